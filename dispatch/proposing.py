"""Whom a township may want at the spot of an item: its handlers, the catalogue's, whom others called. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from dispatch.item import CENTRE, Item
from dispatch.routing import handlers_of
from dispatch.rulebook import Rules
from dispatch.units import SCORED, Unit

OFTEN = 0.5
"""A unit that came to be called for this share of the past summonses on a category is proposed."""
LEAST_TIMES = 2
"""Once is no habit."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """A unit, why it is named (``handler``, ``catalogue``, ``history``), how often it was called for the like, and
    whether the form should have it chosen already."""

    unit: str
    why: tuple[str, ...]
    times: int
    chosen: bool


def proposed_units(
    item: Item, rules: Rules, units: Mapping[str, Unit], called: Mapping[str, int], summonses: int
) -> tuple[Proposed, ...]:
    """The units that ``item`` may need at its spot, the likeliest first; never the township that leads it.

    ``called`` tells how often each unit was called in the ``summonses`` of the past on items of the same category.
    Handlers and the catalogue's units are chosen, and departments that were called in half of two or more summonses;
    a unit that was called less often is named and left to the officer. A handler that gave its part back is left out.
    """
    handling = [one.unit for one in item.handlers if one.state != "returned"]
    roles, _ = handlers_of(rules.categories.get(item.category), None, item.lead, item.resolution, rules, units)
    competent = [one.unit for one in roles]
    reasons: dict[str, list[str]] = {}
    for why, codes in (("handler", handling), ("catalogue", competent), ("history", list(called))):
        for code in codes:
            if code in units and code not in (item.lead.code, CENTRE):
                reasons.setdefault(code, []).append(why)
    found = [
        Proposed(code, tuple(dict.fromkeys(why)), called.get(code, 0), _chosen(why, called.get(code, 0), summonses))
        for code, why in reasons.items()
        if units[code].kind in SCORED or why != ["history"] or called[code] >= LEAST_TIMES
    ]
    return tuple(sorted(found, key=lambda one: (not one.chosen, -one.times, one.unit)))


def _chosen(why: list[str], times: int, summonses: int) -> bool:
    return why != ["history"] or (times >= LEAST_TIMES and times >= OFTEN * summonses)
