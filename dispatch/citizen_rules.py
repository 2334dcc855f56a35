"""What ``rules.toml`` says of the citizen: how long an answer may be rated, how often one may speak, what is texted."""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

from dispatch.limits import Limit

KINDS = ("received", "accepted", "answered", "rate")
"""Texts to the citizen: taken in; accepted by whom; answered; a reminder to rate."""

FILLED: Mapping[str, frozenset[str]] = {
    "received": frozenset({"number", "code"}),
    "accepted": frozenset({"number", "code", "unit"}),
    "answered": frozenset({"number", "code"}),
    "rate": frozenset({"number", "code"}),
}
"""What may stand in braces in the words of each kind."""

FORM: dict[str, dict[str, tuple[str, tuple[Any, ...]]]] = {
    "citizen": {
        "rate_within": ("limit", ()),
        "appeal_within": ("limit", ()),
        "urges_a_day": ("count", (0, 100)),
        "supplements_a_day": ("count", (0, 100)),
    },
    "texts": {
        **{kind: ("template", tuple(sorted(FILLED[kind]))) for kind in KINDS},
        "a_day": ("count", (0, 100)),
        "quiet_from": ("count", (0, 24)),
        "quiet_to": ("count", (0, 24)),
        "secret": ("flag", ()),
    },
}
"""The two sections, as thresholds.py reads them."""


@dataclass(frozen=True, slots=True)
class CitizenRules:
    """``rate_within`` and ``appeal_within`` count from when an answered item closes of itself. The citizen may urge and
    supplement so often on one day of the city."""

    rate_within: Limit
    appeal_within: Limit
    urges_a_day: int
    supplements_a_day: int


@dataclass(frozen=True, slots=True)
class TextRules:
    """``words`` by kind; a kind without words is never sent. At most ``a_day`` to one phone on one day of the city, and
    none from the hour ``quiet_from`` to the hour ``quiet_to``. ``secret``: whether also to who reported in secret."""

    words: Mapping[str, str]
    a_day: int
    quiet_from: int
    quiet_to: int
    secret: bool

    def is_quiet(self, hour: int) -> bool:
        """Whether nobody is texted at that hour of the city's day. The same two hours mean that no hour is quiet."""
        if self.quiet_from <= self.quiet_to:
            return self.quiet_from <= hour < self.quiet_to
        return hour >= self.quiet_from or hour < self.quiet_to


def citizen_rules(found: Mapping[str, Any]) -> CitizenRules:
    """The section [citizen], read already."""
    return CitizenRules(
        found["rate_within"], found["appeal_within"], int(found["urges_a_day"]), int(found["supplements_a_day"])
    )


def text_rules(found: Mapping[str, Any]) -> TextRules:
    """The section [texts], read already."""
    words = {kind: found[kind] for kind in KINDS if found[kind]}
    return TextRules(words, int(found["a_day"]), int(found["quiet_from"]), int(found["quiet_to"]), found["secret"])


def template(value: object, known: tuple[str, ...]) -> str:
    """Words with braces for what is filled in. Raises ValueError for anything else."""
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no text")
    try:
        parts = list(Formatter().parse(value))
    except ValueError:
        raise ValueError("its braces do not close") from None
    for _, name, form, conversion in parts:
        if name is not None and (name not in known or form or conversion):
            raise ValueError(f"{{{name}}} is not filled in here; known: {', '.join(known)}")
    return value.strip()
