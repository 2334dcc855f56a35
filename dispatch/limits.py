"""Time limits as a city writes them: ``3 working-days``, ``4 working-hours``, ``30 clock-hours``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from dispatch.tables import Row

Unit = Literal["working-hours", "working-days", "clock-hours"]

UNITS: tuple[Unit, ...] = ("working-hours", "working-days", "clock-hours")

STAGES = ("dispatch", "accept", "contact", "settle", "verify", "answer")
"""The stages of an item that have a deadline, in the order of the work."""

LONGEST_DAYS = 366
"""A longer limit is taken for a slip of the pen."""

_FORM = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+-[a-z]+)")


@dataclass(frozen=True, slots=True)
class Limit:
    """An amount of time and the clock it is counted on."""

    amount: float
    unit: Unit

    def __str__(self) -> str:
        """As the rule files write it."""
        return f"{self.amount:g} {self.unit}"


StageLimits = Mapping[str, tuple[Limit, ...]]
"""Limits of each stage. Several limits of one stage are several clocks: the earliest due time counts."""


def parse_limit(text: str) -> Limit:
    """The limit that ``text`` writes. ValueError with a sentence where it is none: no amount, an unknown unit, a
    part of a working day, zero, or more than a year."""
    found = _FORM.fullmatch(text.strip())
    if not found or found.group(2) not in UNITS:
        raise ValueError(f"limit {text.strip()!r} is not an amount and one of {', '.join(UNITS)}")
    amount, unit = float(found.group(1)), cast(Unit, found.group(2))
    if unit == "working-days" and amount != int(amount):
        raise ValueError(f"limit {text.strip()!r} counts a part of a working day; count working-hours instead")
    days = amount if unit == "working-days" else amount / 24
    if not 0 < days <= LONGEST_DAYS:
        raise ValueError(f"limit {text.strip()!r} is not above zero and within a year")
    return Limit(amount, unit)


def stage_limits(row: Row, column: str = "limits") -> dict[str, tuple[Limit, ...]]:
    """Stage limits of a cell such as ``settle=3 working-days|72 clock-hours; answer=5 working-days``.

    Several limits of one stage, split by ``|``, are several clocks: the earliest due time counts. What does not parse
    is a fault of the row and is left out.
    """
    limits: dict[str, tuple[Limit, ...]] = {}
    for part in row.words(column):
        stage, _, written = part.partition("=")
        stage = stage.strip()
        if stage not in STAGES:
            row.fault(f"stage {stage!r} is unknown", f"write one of: {', '.join(STAGES)}")
        elif stage in limits:
            row.fault(f"stage {stage} stands twice", "keep one; several clocks of a stage are split by |")
        else:
            try:
                limits[stage] = tuple(parse_limit(one) for one in written.split("|"))
            except ValueError as error:
                row.fault(f"{stage}: {error}", "write for example 3 working-days")
    return {stage: limits[stage] for stage in STAGES if stage in limits}
