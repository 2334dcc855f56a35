"""Who leads an item, who handles it, and what the grid worker is asked to do."""

from collections.abc import Mapping
from dataclasses import dataclass

from dispatch.categories import Category
from dispatch.handlers import HandlerRule
from dispatch.item import CENTRE, Lead
from dispatch.kinds import WORKER_TASKS
from dispatch.rulebook import Rules
from dispatch.units import COMMUNITY, LEAD, Unit
from gis.resolution import Resolution

MAIN, ASSIST = "main", "assist"


@dataclass(frozen=True, slots=True)
class HandlerRole:
    """A unit and its part in the work: ``main`` 主办 or ``assist`` 协办."""

    unit: str
    role: str


def lead_of(resolution: Resolution) -> Lead:
    """The township of the place; the centre where the place is in none or there is no place."""
    if resolution.township is None:
        return Lead(CENTRE, CENTRE)
    return Lead("township", resolution.township)


def handlers_of(
    category: Category | None,
    kind: str | None,
    lead: Lead,
    resolution: Resolution,
    rules: Rules,
    units: Mapping[str, Unit] | None = None,
) -> tuple[tuple[HandlerRole, ...], str | None]:
    """The main handler first, then those who assist; and the grid worker's task, None for none.

    The catalogue's word on the category decides. Without one (unclassified, or no line for it) the lead handles; so it
    does for a main handler that is not found: a place without a known community, a unit that is not among ``units``,
    those that live (None: those of the rules). Such a unit does not assist either. No unit stands twice. A task needs
    a cell, and a kind that allows it: nobody is sent to look at a consultation. ``kind`` None allows all.
    """
    rule = rules.handlers.get(category.code) if category else None
    if rule is None:
        rule = HandlerRule("", LEAD, (), rules.thresholds.unclassified.task if category is None else None)
    known = rules.units if units is None else units
    first = _unit(rule.main, lead, resolution, known) or lead.code
    others = dict.fromkeys(_unit(word, lead, resolution, known) for word in rule.assist)
    # the centre does not assist: it has no hands on the spot
    assisting = (unit for unit in others if unit and unit not in (first, CENTRE))
    roles = (HandlerRole(first, MAIN), *(HandlerRole(unit, ASSIST) for unit in assisting))
    return roles, rule.task if rule.task in _tasks(kind, rules) and resolution.grid is not None else None


def _unit(word: str, lead: Lead, resolution: Resolution, units: Mapping[str, Unit]) -> str | None:
    if word == LEAD:
        return lead.code
    if word == CENTRE:
        return CENTRE
    code = resolution.community if word == COMMUNITY else word
    return code if code in units else None


def _tasks(kind: str | None, rules: Rules) -> tuple[str, ...]:
    known = rules.kinds.get(kind or "")
    return known.tasks if known else WORKER_TASKS
