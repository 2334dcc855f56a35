"""Calling units and what they answer: who may do what, what becomes of each call, and that the figures add up."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from dispatch import answering, summoning
from dispatch.checkin import code_at
from dispatch.errors import BadArguments, Forbidden, UnknownItem, WrongState
from dispatch.scope import readers_of
from dispatch.summons import in_time
from gis.place import NoPlace
from tests.dispatch.calling import ITEM, MEET, OFFICER, SECRET, UNITS, WORLD, at, call_units, check_in, department
from tests.factories import IN_T1G1, NOON, an_account, an_item


def test_a_summons_takes_place_and_address_from_its_item() -> None:
    summons = call_units(note="带图纸")
    assert (summons.lon, summons.lat, summons.township, summons.state) == (*IN_T1G1, "T1", "open")
    assert [call.state for call in summons.calls] == ["sent"] * 3
    elsewhere = call_units(lon=119.306, lat=26.086, place="路口")
    assert (elsewhere.lon, elsewhere.place) == (119.306, "路口")


def test_a_call_is_acknowledged_within_two_working_hours_or_by_the_meeting() -> None:
    assert call_units().acknowledge_by == MEET
    afternoon = call_units(meet_at=(NOON + timedelta(days=3)).isoformat())
    assert afternoon.acknowledge_by == WORLD.rules.calendar.add(NOON, WORLD.rules.thresholds.acknowledge)
    written_down_after = call_units(meet_at=(NOON - timedelta(hours=1)).isoformat())
    assert written_down_after.acknowledge_by == NOON


@pytest.mark.parametrize(
    ("args", "field"),
    [
        ({"departments": []}, "departments"),
        ({"departments": "city-management"}, "departments"),
        ({"departments": ["city-management", "city-management"]}, "departments"),
        ({"departments": ["no-such-unit"]}, "departments"),
        ({"departments": [["x"]]}, "departments"),
        ({"departments": ["T1"]}, "departments"),
        ({"meet_at": None}, "meet_at"),
        ({"meet_at": "tomorrow"}, "meet_at"),
        ({"meet_at": "2020-01-01T09:00+08:00"}, "meet_at"),
        ({"meet_at": "2029-01-01T09:00+08:00"}, "meet_at"),
        ({"note": "x" * 4001}, "note"),
        ({"place": 7}, "place"),
    ],
)
def test_what_no_summons_can_be_made_of(args: dict[str, Any], field: str) -> None:
    with pytest.raises(BadArguments) as refused:
        call_units(**args)
    assert refused.value.members["errors"][0]["field"] == field


def test_a_meeting_needs_a_place() -> None:
    with pytest.raises(NoPlace):
        call_units(lon=IN_T1G1[1], lat=IN_T1G1[0])
    nowhere = replace(ITEM, spot=None)
    with pytest.raises(NoPlace):
        summoning.summon(5, nowhere, OFFICER, {"departments": [UNITS[0]], "meet_at": MEET.isoformat()}, WORLD)


@pytest.mark.parametrize(
    "name", ["dispatcher", "officer-T2", "department", "worker", "supervisor", "leader-T1", "admin"]
)
def test_only_the_officer_of_the_lead_calls(name: str) -> None:
    summons, somebody = call_units(), an_account(name)
    tries: list[Any] = [
        lambda: summoning.summon(5, ITEM, somebody, {}, WORLD),
        lambda: summoning.conclude(summons, ITEM, somebody, {}, WORLD),
        lambda: summoning.cancel(summons, ITEM, somebody, {}, WORLD),
        lambda: summoning.reschedule(summons, ITEM, somebody, {}, WORLD),
    ]
    for attempt in tries:
        with pytest.raises(Forbidden):
            attempt()


def test_an_item_that_is_over_calls_nobody() -> None:
    over = an_item(WORLD, status="closed")
    with pytest.raises(WrongState):
        summoning.summon(5, over, OFFICER, {"departments": [UNITS[0]], "meet_at": MEET.isoformat()}, WORLD)


def test_called_units_read_the_item() -> None:
    assert "unit:water-company" not in readers_of(ITEM)
    assert "unit:water-company" in readers_of(replace(ITEM, summoned=("water-company",)))


def test_the_road_of_a_call() -> None:
    summons = answering.acknowledge(call_units(), department("city-management"), at(5)).summons
    call = summons.call_of("city-management")
    assert call and call.state == "acknowledged" and in_time(summons, call, NOON)
    with pytest.raises(WrongState):
        answering.acknowledge(summons, department("city-management"), at(6))
    with pytest.raises(Forbidden):
        answering.acknowledge(summons, department("civil-affairs"), at(6))
    there = check_in(summons, "city-management", 59).call_of("city-management")
    assert there and (there.state, there.late_by_s, there.proof, there.attendee.post) == ("present", 0, "code", "科员")


def test_who_comes_unasked_for_has_acknowledged_by_coming() -> None:
    summons = check_in(call_units(), "housing-bureau", 70)
    call = summons.call_of("housing-bureau")
    assert call and (call.state, call.late_by_s) == ("late", 600)
    assert call.acknowledged_at == NOON + timedelta(minutes=70) and in_time(summons, call, NOON) is False


def test_a_second_check_in_changes_nothing() -> None:
    summons = check_in(call_units(), "city-management", 50)
    again = answering.check_in(summons, department("city-management"), {"code": "000000"}, at(80), SECRET)
    assert again.action is None and again.summons == summons


def test_nothing_personal_stands_in_the_facts() -> None:
    args = {"code": code_at(SECRET, 5, NOON), "attendee": {"name": "林小明", "post": "副局长"}}
    outcome = answering.check_in(call_units(), department("city-management"), args, WORLD, SECRET)
    assert "林小明" not in str(outcome.facts) and "副局长" not in str(outcome.facts) and outcome.words is None


def test_a_unit_excuses_itself_before_the_meeting_and_the_officer_after_it() -> None:
    summons = call_units()
    unit, args = department("city-management"), {"reason": "防汛"}
    assert answering.excuse(summons, ITEM, unit, args, at(59)).summons.calls[0].state == "excused"
    with pytest.raises(WrongState):
        answering.excuse(summons, ITEM, unit, args, at(60))
    with pytest.raises(Forbidden):
        answering.excuse(summons, ITEM, unit, {"department": "housing-bureau", "reason": "防汛"}, at(1))
    with pytest.raises(BadArguments):
        answering.excuse(summons, ITEM, unit, {}, at(1))
    by_officer = {"department": "city-management", "reason": "防汛"}
    excused = answering.excuse(summons, ITEM, OFFICER, by_officer, at(90)).summons
    assert excused.calls[0].state == "excused"
    assert check_in(excused, "city-management", 95).calls[0].state == "late", "it came all the same"
    with pytest.raises(BadArguments):
        answering.excuse(summons, ITEM, OFFICER, {"department": "civil-affairs", "reason": "x"}, at(1))


def test_a_substitute_is_called_in_the_units_place() -> None:
    args = {"reason": "职责在民政", "substitute": "civil-affairs"}
    summons = answering.excuse(call_units(), ITEM, department("housing-bureau"), args, at(1)).summons
    assert [call.state for call in summons.calls] == ["sent", "substituted", "sent", "sent"]
    with pytest.raises(WrongState):
        check_in(summons, "housing-bureau", 50)
    assert check_in(summons, "civil-affairs", 50).calls[3].state == "present"
    for wrong in ("no-such-unit", "city-management", "T1"):
        with pytest.raises(BadArguments):
            answering.excuse(call_units(), ITEM, department("housing-bureau"), args | {"substitute": wrong}, at(1))


def test_concluding_marks_who_has_not_come_as_absent() -> None:
    summons = check_in(call_units(), "city-management", 50)
    summons = answering.excuse(summons, ITEM, department("water-company"), {"reason": "抢修"}, at(51)).summons
    task = {"department": "city-management", "text": "清运", "due_at": (NOON + timedelta(days=1)).isoformat()}
    outcome = summoning.conclude(summons, ITEM, OFFICER, {"plan": "清运后复查", "tasks": [task]}, at(90))
    assert [call.state for call in outcome.summons.calls] == ["present", "absent", "excused"]
    assert outcome.summons.state == "concluded" and outcome.words == "清运后复查"
    with pytest.raises(WrongState):
        check_in(outcome.summons, "housing-bureau", 91)
    done = answering.task_done(outcome.summons, ITEM, department("city-management"), 1, at(100))
    assert done.summons.tasks[0].done_at is not None and done.facts["in_time"]
    assert answering.task_done(done.summons, ITEM, OFFICER, 1, at(101)).action is None
    with pytest.raises(Forbidden):
        answering.task_done(outcome.summons, ITEM, department("housing-bureau"), 1, at(100))
    with pytest.raises(UnknownItem):
        answering.task_done(outcome.summons, ITEM, OFFICER, 2, at(100))


@pytest.mark.parametrize(
    "task",
    [
        {"department": "civil-affairs", "text": "x", "due_at": "2026-12-01"},
        {"department": "city-management", "text": "", "due_at": "2026-12-01"},
        {"department": "city-management", "text": "x", "due_at": "2026-11-01"},
        {"department": "city-management", "text": "x"},
        "clean up",
    ],
)
def test_a_task_needs_a_unit_that_was_called_words_and_a_deadline_ahead(task: Any) -> None:
    with pytest.raises(BadArguments):
        summoning.conclude(call_units(), ITEM, OFFICER, {"plan": "x", "tasks": [task]}, WORLD)
    with pytest.raises(BadArguments):
        summoning.conclude(call_units(), ITEM, OFFICER, {"plan": " "}, WORLD)


def test_another_time_must_be_acknowledged_anew() -> None:
    summons = answering.acknowledge(call_units(), department("city-management"), at(5)).summons
    moved = summoning.reschedule(
        summons, ITEM, OFFICER, {"meet_at": (MEET + timedelta(hours=2)).isoformat(), "place": "北门"}, at(6)
    ).summons
    assert (moved.calls[0].state, moved.calls[0].acknowledged_at, moved.moves) == ("sent", None, 1)
    assert (moved.place, moved.meet_at, moved.lon) == ("北门", MEET + timedelta(hours=2), summons.lon)
    with pytest.raises(BadArguments):
        summoning.reschedule(summons, ITEM, OFFICER, {"reason": "雨"}, at(6))
    with pytest.raises(WrongState):
        summoning.reschedule(check_in(summons, "city-management", 50), ITEM, OFFICER, {"place": "x"}, at(55))


def test_a_cancelled_summons_is_over() -> None:
    over = summoning.cancel(call_units(), ITEM, OFFICER, {"reason": "雨"}, at(1)).summons
    assert over.state == "cancelled" and answering.allowed(over, ITEM, department("city-management")) == []
    for attempt in (
        lambda: summoning.cancel(over, ITEM, OFFICER, {"reason": "雨"}, at(2)),
        lambda: summoning.conclude(over, ITEM, OFFICER, {"plan": "x"}, at(2)),
        lambda: answering.acknowledge(over, department("city-management"), at(2)),
    ):
        with pytest.raises(WrongState):
            attempt()


@pytest.mark.parametrize(
    ("now", "proposed"),
    [
        ("2026-11-24T09:02", "2026-11-24T10:00"),
        ("2026-11-24T09:00", "2026-11-24T09:30"),
        ("2026-11-24T11:10", "2026-11-24T14:30"),
        ("2026-11-24T17:10", "2026-11-25T08:00"),
        ("2026-11-27T20:00", "2026-11-30T08:00"),
    ],
)
def test_the_next_working_half_hour_is_proposed(now: str, proposed: str) -> None:
    zone = WORLD.rules.zone
    at_now, expected = (datetime.fromisoformat(text).replace(tzinfo=zone) for text in (now, proposed))
    assert summoning.next_meeting(WORLD.rules.calendar, at_now) == expected
