"""The ladder: who is told of a late clock, when, and what the last rung opens. No database."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.escalation import LADDERS
from dispatch.item import CENTRE, Clock, Handler, Item, Lead
from dispatch.ladder import climb, recipients
from dispatch.notice import Notice
from dispatch.sending import met, stopped, wind
from dispatch.supervision import order_id
from dispatch.waiting import Waiting, climb_waiting
from tests.factories import NOON, OUTSIDE, a_task, a_world, an_item, rules

RULES = rules()
CAL = RULES.calendar
LADDER = RULES.ladders["normal"]


def clocked(item: Item | None = None, stage: str = "settle", due: datetime = NOON) -> Item:
    """An accepted item of city-management with one clock that runs."""
    clock = Clock(stage, due, due - timedelta(hours=1), "running", "a rule", step_at=due - timedelta(hours=1))
    return replace(item or an_item(status="accepted"), clocks=(clock,), urgency="normal")


def rung_at(n: int, item: Item) -> datetime:
    return LADDER[n].at(item.clocks[0].near_at, item.clocks[0].due_at, CAL)


def keys(notices: tuple[Notice, ...]) -> list[tuple[str, str]]:
    return [(notice.to, notice.kind) for notice in notices]


def test_rung_by_rung() -> None:
    item, told = clocked(), []
    for n in range(len(LADDER)):
        at = rung_at(n, item)
        assert climb(item, RULES, at - timedelta(seconds=1)).action is None
        step = climb(item, RULES, at)
        item = step.item
        told.append((step.action, keys(step.notices)))
        assert item.clocks[0].step == n + 1
        assert climb(item, RULES, at).action is None
    unit, leader, supervisor = "unit:city-management", "leader:city-management", "role:supervisor"
    assert told == [
        ("warned", [(unit, "warning")]),
        ("reminded", [(unit, "reminder")]),
        ("reminded", [(leader, "reminder")]),
        ("reminded", [(leader, "reminder")]),
        ("reminded", [(supervisor, "reminder")]),
        ("ordered", [(unit, "order"), (leader, "order"), (supervisor, "order")]),
    ]
    (order,) = item.orders
    assert (order.unit, order.by, order.reason) == ("city-management", "escalator", "late:settle")
    last = rung_at(len(LADDER) - 1, item)
    assert LADDER[-1].limit is not None and order.until == CAL.add(last, LADDER[-1].limit)
    assert item.clocks[0].step_at is None
    assert climb(item, RULES, NOON + timedelta(days=900)).action is None


def test_missed_rungs_are_one_event_and_each_is_told_once() -> None:
    step = climb(clocked(), RULES, rung_at(4, clocked()))
    assert step.action == "reminded"
    assert step.facts["climbed"] == [
        "settle/1/warning/handler",
        "settle/2/reminder/handler",
        "settle/3/reminder/leader_in_charge",
        "settle/4/reminder/responsible_leader",
        "settle/5/reminder/supervisor",
    ]
    assert [(n.to, n.facts["n"]) for n in step.notices] == [
        ("unit:city-management", 2),
        ("leader:city-management", 4),
        ("role:supervisor", 5),
    ]


def test_several_clocks_are_one_event_and_one_order() -> None:
    item = clocked()
    both = replace(item, clocks=(*item.clocks, replace(item.clocks[0], stage="answer")))
    step = climb(both, RULES, NOON + timedelta(days=30))
    assert step.action == "ordered" and len(step.facts["climbed"]) == 2 * len(LADDER)
    assert len(step.item.orders) == 1 and step.facts["orders"] == [1]
    assert sorted({to for to, _ in keys(step.notices)}) == sorted(to for to, _ in keys(step.notices))
    assert {kind for _, kind in keys(step.notices)} == {"order"}


def test_a_unit_with_an_open_order_of_the_ladder_gets_a_reminder_and_no_second() -> None:
    first = climb(clocked(), RULES, NOON + timedelta(days=30)).item
    again = replace(first, clocks=clocked().clocks)
    step = climb(again, RULES, NOON + timedelta(days=30))
    assert step.action == "reminded" and len(step.item.orders) == 1
    closed = replace(again, orders=(replace(first.orders[0], closed_at=NOON),))
    assert len(climb(closed, RULES, NOON + timedelta(days=30)).item.orders) == 2


@pytest.mark.parametrize("urgency", ["critical", "urgent", "normal"])
def test_each_urgency_has_its_ladder(urgency: str) -> None:
    item = replace(clocked(), urgency=urgency)
    ladder = RULES.ladders[urgency]
    late = CAL.add(NOON, ladder[2].after)  # type: ignore[arg-type]
    assert climb(item, RULES, late - timedelta(seconds=1)).item.clocks[0].step == 2
    assert climb(item, RULES, late).item.clocks[0].step == 3
    assert set(RULES.ladders) == set(LADDERS)


def test_what_was_met_stopped_or_ended_climbs_no_further() -> None:
    item, later = clocked(), NOON + timedelta(days=30)
    for clocks in (met(item.clocks, ("settle",), NOON), stopped(item.clocks)):
        quiet = climb(replace(item, clocks=clocks), RULES, later)
        assert (quiet.action, quiet.item.clocks) == (None, clocks)
    over = climb(replace(item, status="answered"), RULES, later)
    assert over.action is None and over.item.clocks[0].step_at is None


def test_a_moved_clock_begins_anew_and_one_that_stays_keeps_its_rungs() -> None:
    world = a_world()
    item = an_item(world, status="accepted")
    item = climb(item, RULES, max(c.due_at for c in item.clocks) + timedelta(seconds=1)).item
    assert max(c.step for c in item.clocks) >= 2
    assert wind(item, world).clocks == item.clocks
    later = NOON + timedelta(days=200)
    moved = {c.stage: c for c in wind(replace(item, extended_until=later), world).clocks}
    assert (moved["settle"].step, moved["settle"].due_at) == (0, later)
    assert moved["settle"].step_at == moved["settle"].near_at > NOON
    assert moved["contact"].step >= 2


def test_who_is_told() -> None:
    item = an_item(status="settled")
    township = replace(item, lead=Lead("township", "T1"))
    assert recipients(township, "dispatch", "handler") == ("role:dispatcher",)
    assert recipients(township, "dispatch", "leader_in_charge") == ("role:supervisor",)
    assert recipients(township, "settle", "handler") == ("unit:city-management",)
    verifying = replace(township, tasks=(a_task(kind="verify"), a_task(n=2, kind="verify", state="void", worker="x")))
    assert recipients(verifying, "verify", "handler") == ("worker:w-T1G1", "role:dispatcher")
    assert recipients(verifying, "verify", "leader_in_charge") == ("leader:T1",)
    assert recipients(replace(verifying, status="accepted"), "verify", "handler") == ("unit:city-management",)
    nowhere = an_item(lon=OUTSIDE[0])
    assert nowhere.lead.code == CENTRE
    theirs = replace(nowhere, handlers=(Handler("city-management", "main"),))
    assert recipients(theirs, "settle", "handler") == ("role:dispatcher", "unit:city-management")
    own = replace(nowhere, handlers=(Handler(CENTRE, "main"),))
    assert recipients(own, "settle", "handler") == ("role:dispatcher",)
    ordered = climb(clocked(theirs), RULES, NOON + timedelta(days=30))
    assert ordered.item.orders[0].unit == CENTRE
    assert ("role:dispatcher", "order") in keys(ordered.notices)
    order = next(n for n in ordered.notices if n.kind == "order")
    assert order.facts["id"] == order_id(theirs.number, 1)


def test_calls_and_joint_tasks_climb_too() -> None:
    call = Waiting("call", 5, "housing-bureau", 0, NOON, 0)
    told = []
    while True:
        at = call.step_at or NOON
        call, event = climb_waiting(call, RULES, at)
        assert event is not None and event.action == "summons_unanswered"
        told += keys(event.notices)
        if call.step_at is None:
            break
    leader = ("leader:housing-bureau", "summons_unanswered")
    assert told == [leader, leader, ("role:supervisor", "summons_unanswered")]
    task = Waiting("task", 5, "T1", 2, NOON, 0)
    after, late = climb_waiting(task, RULES, NOON + timedelta(days=60))
    assert late is not None and late.action == "summons_task_late" and late.facts["task"] == 2
    assert [to for to, _ in keys(late.notices)] == ["unit:T1", "leader:T1", "role:supervisor"]
    assert (after.step, after.step_at) == (len(RULES.ladders["task"]), None)


moments = st.lists(
    st.tuples(st.integers(-60, 60 * 24 * 30), st.sampled_from(["tick"] * 6 + ["extend", "hold", "resume", "meet"])),
    max_size=25,
)


@given(moments)
def test_every_rung_once_and_in_order_whatever_the_time_does(history: list[tuple[int, str]]) -> None:
    """Ticks at any times, also backwards, between moves of the clock: what each due time climbed is 1, 2, 3 ... without
    repeat or gap, and nothing before its time."""
    item = clocked()
    climbed: dict[datetime, list[str]] = {}
    latest = NOON - timedelta(days=1)
    for minutes, what in history:
        now = NOON + timedelta(minutes=minutes)
        clock = item.clocks[0]
        if what == "extend":
            due = max(clock.due_at, latest) + timedelta(hours=3)
            item = clocked(item, due=due)
        elif what == "hold":
            item = replace(item, clocks=stopped(item.clocks))
        elif what == "resume" and clock.state == "stopped":
            item = replace(item, clocks=(replace(clock, state="running"),))
        elif what == "meet":
            item = replace(item, clocks=met(item.clocks, ("settle",), now))
        else:
            step = climb(item, RULES, now)
            for rung in step.facts.get("climbed", ()):
                n = int(rung.split("/")[1])
                assert LADDER[n - 1].at(clock.near_at, clock.due_at, CAL) <= now
                climbed.setdefault(clock.due_at, []).append(rung)
            item = step.item
        latest = max(latest, now)
    for rungs in climbed.values():
        assert [int(rung.split("/")[1]) for rung in rungs] == list(range(1, len(rungs) + 1))
    assert len([o for o in item.orders if o.state != "closed"]) <= 1
