"""Climbing: what an item's clocks, which nobody met, make the escalator do at an instant. Pure.

Each rung of each clock is climbed once and in order. What was missed (the service was off for days) is climbed at once:
one event names every rung, and each recipient is told once, of the highest. A clock that was met, stopped or moved
climbs no further; one that was moved begins anew, towards its new due time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from dispatch.escalation import RUNGS, Ladder, Rung
from dispatch.item import CENTRE, OPEN_TASK, Clock, Item, Order
from dispatch.notice import Notice
from dispatch.rulebook import Rules
from dispatch.supervision import ESCALATED, opened, order_told
from dispatch.working_time import WorkingCalendar

DISPATCHER, SUPERVISOR = "role:dispatcher", "role:supervisor"
ACTIONS = {"warning": "warned", "reminder": "reminded", "order": "ordered"}
"""What the history calls the highest rung of a step."""


@dataclass(frozen=True, slots=True)
class Climb:
    """``item`` as it stands after the step. ``action`` None: no rung was reached, clocks were put right alone."""

    item: Item
    action: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Reached:
    """A rung that a clock climbs now; ``n`` counts from 1."""

    clock: Clock
    n: int
    rung: Rung


def climb(item: Item, rules: Rules, now: datetime) -> Climb:
    """The step that is due at ``now``. Nothing is due on an item that is not open: its clocks climb no further."""
    ladder, clocks, reached = rules.ladders[item.urgency], [], []
    for clock in item.clocks:
        if clock.state != "running" or clock.step_at is None or clock.step_at > now:
            clocks.append(clock)
        elif not item.is_open:
            clocks.append(replace(clock, step_at=None))
        else:
            step, step_at = climbed(ladder, clock.step, clock.near_at, clock.due_at, now, rules.calendar)
            clocks.append(replace(clock, step=step, step_at=step_at))
            reached += [Reached(clock, n + 1, ladder[n]) for n in range(clock.step, step)]
    after = replace(item, clocks=tuple(clocks), updated_at=now)
    return _told(after, reached, rules, now) if reached else Climb(after)


def climbed(
    ladder: Ladder, step: int, near_at: datetime, due_at: datetime, now: datetime, calendar: WorkingCalendar
) -> tuple[int, datetime | None]:
    """How many rungs are climbed at ``now`` where ``step`` were before, and when the next is; None where none is."""
    while step < len(ladder):
        at = ladder[step].at(near_at, due_at, calendar)
        if at > now:
            return step, at
        step += 1
    return step, None


def awaited(item: Item, stage: str) -> str:
    """The unit that a stage waits for: the centre to dispatch, and for all of an item that it leads itself; else the
    main handler, or whoever leads once the work is settled and its verification is due."""
    if stage == "dispatch" or not item.lead.is_township:
        return CENTRE
    if (stage == "verify" and item.status == "settled") or item.main is None:
        return item.lead.code
    return item.main.unit


def recipients(item: Item, stage: str, to: str) -> tuple[str, ...]:
    """The keys under which a rung ``to`` somebody is told. The centre has no leaders here: the supervisor is told."""
    unit = awaited(item, stage)
    if to == "supervisor" or (to != "handler" and unit == CENTRE):
        return (SUPERVISOR,)
    if to != "handler":
        return (f"leader:{unit}",)
    if stage == "verify" and item.status == "settled":
        workers = dict.fromkeys(t.worker for t in item.tasks if t.kind == "verify" and t.state in OPEN_TASK)
        return (*(f"worker:{name}" for name in workers), DISPATCHER)
    if unit != CENTRE:
        return (f"unit:{unit}",)
    others = stage != "dispatch" and item.main is not None and item.main.unit != CENTRE
    return (DISPATCHER, f"unit:{item.main.unit}") if others and item.main else (DISPATCHER,)


def _told(item: Item, reached: Sequence[Reached], rules: Rules, now: datetime) -> Climb:
    item, orders = _ordered(item, reached, rules, now)
    told: list[tuple[int, Notice]] = []
    for one in reached:
        kind = "reminder" if one.rung.kind == "order" else one.rung.kind
        facts = {
            "stage": one.clock.stage,
            "due_at": one.clock.due_at.isoformat(),
            "unit": awaited(item, one.clock.stage),
            "rung": one.rung.to,
            "n": one.n,
        }
        weight = RUNGS.index(kind) * 100 + one.n
        told += [(weight, Notice(to, kind, facts)) for to in recipients(item, one.clock.stage, one.rung.to)]
    told += [(RUNGS.index("order") * 100, notice) for order in orders for notice in order_told(item, order)]
    facts = {"climbed": [f"{r.clock.stage}/{r.n}/{r.rung.kind}/{r.rung.to}" for r in reached]}
    if orders:
        return Climb(item, "ordered", facts | {"orders": [order.n for order in orders]}, once_each(told))
    warned = all(one.rung.kind == "warning" for one in reached)
    return Climb(item, ACTIONS["warning" if warned else "reminder"], facts, once_each(told))


def _ordered(item: Item, reached: Iterable[Reached], rules: Rules, now: datetime) -> tuple[Item, list[Order]]:
    """The item with the orders that the last rungs open. A unit that has one open by the ladder already gets no second
    for this item: it is to answer for all of it."""
    orders: list[Order] = []
    for one in reached:
        if one.rung.limit is None:
            continue
        unit = awaited(item, one.clock.stage)
        if any(o.unit == unit and o.by == ESCALATED and o.state != "closed" for o in item.orders):
            continue
        until = rules.calendar.add(now, one.rung.limit)
        item, order = opened(item, unit, ESCALATED, f"late:{one.clock.stage}", until, now)
        orders.append(order)
    return item, orders


def once_each(told: Iterable[tuple[int, Notice]]) -> tuple[Notice, ...]:
    """One notice for each recipient: the one of the greatest weight, the first of equal ones."""
    best: dict[str, tuple[int, Notice]] = {}
    for weight, notice in told:
        if notice.to not in best or weight > best[notice.to][0]:
            best[notice.to] = (weight, notice)
    return tuple(notice for _, notice in best.values())
