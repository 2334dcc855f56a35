"""Units that work is given to: departments, communities, townships; and the city's units and firms that are invited."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from boundaries.district import District
from dispatch.faults import Fault
from dispatch.item import CENTRE
from dispatch.tables import keep, read_text, table

KINDS = ("township", "community", "department", "city", "firm")

SCORED = frozenset({"township", "community", "department"})
"""Kinds of unit that are called and scored; the others are invited and not scored."""

LEAD = "lead"
COMMUNITY = "community"

RESERVED = (CENTRE, LEAD, COMMUNITY)
"""Words of ``handlers.csv`` that no unit may have as its code."""

COLUMNS = ("code", "name", "kind", "handler", "leader_in_charge", "responsible_leader")


@dataclass(frozen=True, slots=True)
class Unit:
    """The last three name the posts (or people) that handle its work, lead it and answer for it; they may be empty."""

    code: str
    name: str
    kind: str
    handler: str = ""
    leader_in_charge: str = ""
    responsible_leader: str = ""


def units_with(district: District, known: Mapping[str, Unit]) -> dict[str, Unit]:
    """The units once ``district`` is live: its townships and communities, and those ``known``, who go first."""
    townships = [Unit(area.code, area.name, "township") for area in district.townships]
    communities = [Unit(area.code, area.name, "community") for area in district.communities]
    return {unit.code: unit for unit in (*townships, *communities)} | dict(known)


def read_units(path: Path) -> tuple[tuple[Unit, ...], tuple[Fault, ...]]:
    """Units of a CSV file in its order, and its faults. UTF-8 or GBK. A line with a fault may be among the units:
    use them only where there is no fault."""
    faults: list[Fault] = []
    text = read_text(path, faults, gbk=True)
    units: dict[str, Unit] = {}
    for row in () if faults else table(text, path.name, faults, columns=COLUMNS):
        code = row.required("code")
        if code in RESERVED:
            row.fault(f"code {code!r} is a word of handlers.csv", "choose another code")
        posts = (row.text(column) for column in COLUMNS[3:])
        keep(units, code, Unit(code, row.required("name"), row.one_of("kind", KINDS), *posts), row)
    return tuple(units.values()), tuple(faults)
