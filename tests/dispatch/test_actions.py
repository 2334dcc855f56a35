"""What each action before the work does: placing, classifying, assigning, accepting, taking, replying, saying."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dispatch.errors import BadArguments, Forbidden, WrongState
from dispatch.item import Item
from dispatch.scope import sees_reporters
from dispatch.workflow import act, allowed
from gis.place import NoPlace
from tests.factories import (
    IN_T2G1,
    NOON,
    OUTSIDE,
    POLICY,
    RUBBISH,
    TOILET,
    a_task,
    a_world,
    an_account,
    an_item,
    rules,
)

WORLD = a_world(now=NOON + timedelta(hours=1))


def done(action: str, name: str = "dispatcher", item: Item | None = None, **args: Any) -> Item:
    return act(item or an_item(), an_account(name), action, args, WORLD).item


def main_of(item: Item) -> str:
    assert item.main is not None
    return item.main.unit


def test_locating_moves_lead_handlers_and_task() -> None:
    moved = done("locate", lon=IN_T2G1[0], lat=IN_T2G1[1], item=an_item(category=RUBBISH))
    assert (moved.lead.code, main_of(moved), moved.resolution.grid) == ("T2", "T2", "T2G1")
    assert [(task.worker, task.state) for task in moved.tasks] == [("w-T1G1", "void"), ("w-T2G1", "offered")]
    assert moved.spot is not None and moved.spot.by == "dispatcher"


def test_locating_dispatches_what_waited_and_keeps_what_was_given() -> None:
    waiting = an_item(lon=26.085, lat=119.305)
    assert (waiting.status, waiting.resolution.reason) == ("received", "swapped-axes")
    found = done("locate", lon=119.305, lat=26.085, item=waiting)
    assert (found.status, found.dispatched_at, found.lead.code) == ("dispatched", WORLD.now, "T1")
    assert found.original == {"lon": 26.085, "lat": 119.305, "datum": "wgs84"}
    assert {clock.stage: clock.state for clock in found.clocks}["dispatch"] == "met"


def test_locating_outside_leaves_the_item_with_the_centre() -> None:
    moved = done("locate", lon=OUTSIDE[0], lat=OUTSIDE[1])
    assert (moved.lead.kind, moved.resolution.reason, moved.is_unlocated) == ("centre", "outside-district", True)
    assert moved.resolution.nearest is not None


def test_locating_an_accepted_item_asks_the_new_lead_to_accept() -> None:
    moved = done("locate", lon=IN_T2G1[0], lat=IN_T2G1[1], item=an_item(status="accepted", category=RUBBISH))
    assert (moved.status, main_of(moved)) == ("accepted", "T2")
    assert [h.state for h in moved.handlers if h.role == "main"] == ["assigned"]
    officer = an_account("officer-T2")
    assert "accept" in allowed(moved, officer, rules())
    again = act(moved, officer, "accept", {}, WORLD).item
    assert [c.state for c in again.clocks if c.stage == "accept"] == ["met"]
    assert "accept" not in allowed(again, officer, rules())


def test_what_a_dispatcher_assigned_stays_when_the_place_moves() -> None:
    given = done("assign", main="housing-bureau", assist=["T1"])
    moved = done("locate", lon=IN_T2G1[0], lat=IN_T2G1[1], item=given)
    assert [(h.unit, h.role) for h in moved.handlers] == [("housing-bureau", "main"), ("T2", "assist")]


def test_the_kind_is_the_dispatchers_and_a_report_stays_secret() -> None:
    told = an_item(kind="举报")
    assert told.kind == "report"
    with pytest.raises(Forbidden):
        done("classify", "officer", item=told, category=TOILET, kind="complaint")
    named = done("classify", item=told, category=TOILET, kind="complaint")
    assert (named.kind, named.confidential) == ("complaint", True)
    assert not sees_reporters(an_account("officer"), named)


def test_an_unknown_kind_is_secret_until_a_dispatcher_says_what_it_is() -> None:
    told = an_item(kind="检举")
    assert (told.kind, told.given["kind"]) == ("unclassified", "检举")
    assert not sees_reporters(an_account("officer"), told)
    assert sees_reporters(an_account("dispatcher"), told)


@pytest.mark.parametrize(
    ("lon", "lat", "reason"), [("x", 26, "not-a-number"), (None, None, "no-location"), (0, 0, "null-island")]
)
def test_locating_nowhere_is_refused(lon: Any, lat: Any, reason: str) -> None:
    with pytest.raises(NoPlace) as refused:
        done("locate", lon=lon, lat=lat)
    assert refused.value.code == reason


def test_classifying_brings_the_catalogues_handlers_and_clocks() -> None:
    unknown = an_item(category="神秘事件")
    assert (unknown.category, unknown.given["category"]) == ("unclassified", "神秘事件")
    named = done("classify", item=unknown, category=TOILET, urgency="urgent")
    assert (named.category, named.kind, named.urgency) == (TOILET, "complaint", "urgent")
    assert main_of(named) == "city-management"
    assert {clock.stage for clock in named.clocks} >= {"accept", "settle", "answer"}


def test_classifying_as_what_needs_no_place_dispatches() -> None:
    named = done("classify", item=an_item(lon=None, lat=None, category=None), category=POLICY)
    assert (named.status, named.is_unlocated, named.needs_place) == ("dispatched", False, False)


@pytest.mark.parametrize(
    ("args", "field"),
    [
        ({}, "category"),
        ({"category": "none such"}, "category"),
        ({"category": ["1.01"]}, "category"),
        ({"category": TOILET, "urgency": "soon"}, "urgency"),
        ({"category": TOILET, "urgency": ["urgent"]}, "urgency"),
        ({"category": TOILET, "kind": "gossip"}, "kind"),
        ({"category": TOILET, "kind": ["help"]}, "kind"),
        ({"category": TOILET, "kind": {"a": 1}}, "kind"),
    ],
)
def test_classifying_by_unknown_words(args: dict[str, Any], field: str) -> None:
    with pytest.raises(BadArguments) as refused:
        act(an_item(), an_account("dispatcher"), "classify", args, WORLD)
    assert [error["field"] for error in refused.value.members["errors"]] == [field]


def test_assigning_units() -> None:
    given = done("assign", main="housing-bureau", assist=["city-management", "T1"])
    assert [(h.unit, h.role) for h in given.handlers] == [
        ("housing-bureau", "main"), ("city-management", "assist"), ("T1", "assist")
    ]  # fmt: skip
    waiting = done("assign", item=an_item(lon=None, lat=None), main="housing-bureau")
    assert (waiting.status, waiting.dispatched_at) == ("dispatched", WORLD.now)


def test_the_officer_assigns_a_worker_of_the_own_township() -> None:
    given = done("assign", "officer", worker="w-T1G2", task="settle")
    assert [(t.worker, t.kind, t.state) for t in given.tasks] == [
        ("w-T1G1", "confirm", "void"), ("w-T1G2", "settle", "offered")
    ]  # fmt: skip
    with pytest.raises(BadArguments):
        done("assign", "officer", worker="w-T2G1")
    with pytest.raises(BadArguments):
        done("assign", "officer", worker="w-T1G2", task="dance")


@pytest.mark.parametrize(
    "args",
    [
        {},
        {"main": "nobody"},
        {"main": 7},
        {"main": "T1", "assist": ["T1"]},
        {"main": "T1", "assist": "T2"},
        {"main": "T1", "assist": [1]},
        {"main": "T1", "assist": [["T2"]]},
    ],
)
def test_assigning_nobody(args: dict[str, Any]) -> None:
    with pytest.raises(BadArguments):
        act(an_item(), an_account("dispatcher"), "assign", args, WORLD)


def test_accepting_meets_the_clock() -> None:
    taken = done("accept", "department")
    assert (taken.status, taken.handlers[0].state) == ("accepted", "accepted")
    assert {c.stage: (c.state, c.met_at) for c in taken.clocks}["accept"] == ("met", WORLD.now)
    late = replace(WORLD, now=NOON + timedelta(days=9))
    taken = act(an_item(), an_account("officer"), "accept", {}, late).item
    assert {c.stage: c.state for c in taken.clocks}["accept"] == "late"


def test_the_dispatcher_accepts_where_the_centre_leads() -> None:
    question = an_item(category=POLICY, lon=None, lat=None)
    assert (question.lead.kind, main_of(question)) == ("centre", "centre")
    assert done("accept", item=question).status == "accepted"


def test_a_department_that_only_assists_may_not_accept() -> None:
    with pytest.raises(Forbidden):
        done("accept", "department", item=an_item(category=RUBBISH))


def test_taking_needs_a_task_that_is_offered() -> None:
    taken = done("take", "w-T1G1")
    assert [(t.state, t.taken_at) for t in taken.tasks] == [("taken", WORLD.now)]
    with pytest.raises(WrongState):
        done("take", "w-T1G1", item=taken)
    voided = replace(an_item(), tasks=(a_task(state="void"),))
    with pytest.raises(Forbidden):
        done("take", "w-T1G1", item=voided)


def test_a_reply_ends_the_work() -> None:
    answered = done("reply", text="  已答复 ")
    assert (answered.status, {c.state for c in answered.clocks} & {"running"}) == ("answered", set())
    assert {t.state for t in answered.tasks} == {"void"}
    assert act(an_item(), an_account("dispatcher"), "reply", {"text": " 好 "}, WORLD).words == "好"


@pytest.mark.parametrize("text", [None, "", "  ", 7, ["a"], "x" * 10_001])
def test_words_are_needed_and_bounded(text: Any) -> None:
    for action in ("comment", "reply", "urge"):
        with pytest.raises(BadArguments):
            act(an_item(), an_account("dispatcher"), action, {"text": text}, WORLD)


def test_words_change_nothing_else() -> None:
    item = an_item()
    for action in ("comment", "urge", "supplement"):
        assert act(item, an_account("dispatcher"), action, {"text": "催"}, WORLD).item == item
