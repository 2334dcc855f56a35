"""The workflow walked whole: every action, from every status, by every role; what is not allowed is refused by name."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dispatch.account import Account
from dispatch.errors import BadArguments, Forbidden, UnknownAction, WrongState
from dispatch.item import Item
from dispatch.workflow import LATER, act, allowed
from gis.place import NoPlace
from tests.factories import (
    IN_T2G1,
    NOON,
    OUTSIDE,
    PEOPLE,
    POLICY,
    RUBBISH,
    TOILET,
    a_task,
    a_world,
    an_account,
    an_item,
)

WORLD = a_world(now=NOON + timedelta(hours=1))
OPEN = "received dispatched accepted settled verified suspended"
ALL = f"{OPEN} answered closed merged declined transferred".split()
TABLE: dict[str, tuple[str, str]] = {
    "locate": ("dispatcher", OPEN),
    "classify": ("dispatcher officer", OPEN),
    "assign": ("dispatcher officer", "received dispatched accepted suspended"),
    "accept": ("department officer", "dispatched"),
    "take": ("w-T1G1", OPEN),
    "reply": ("dispatcher", "received dispatched"),
    "urge": ("dispatcher", OPEN),
    "supplement": ("dispatcher", OPEN),
    "comment": (" ".join(PEOPLE), " ".join(ALL)),
}
"""Action -> who may, and from where, for an item that T1 leads and city-management handles, with a task in T1G1."""
ARGUMENTS: dict[str, dict[str, Any]] = {
    "locate": {"lon": IN_T2G1[0], "lat": IN_T2G1[1]},
    "classify": {"category": RUBBISH},
    "reply": {"text": "已告知"},
    **{action: {"text": "请尽快"} for action in ("urge", "supplement", "comment")},
}


def arguments(action: str, name: str) -> dict[str, Any]:
    if action == "assign":
        return {"worker": "w-T1G2"} if name == "officer" else {"main": "housing-bureau", "assist": ["T1"]}
    return ARGUMENTS.get(action, {})


def may(name: str, status: str) -> list[str]:
    return [action for action, (who, when) in TABLE.items() if name in who.split() and status in when.split()]


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("status", ALL)
def test_the_table_and_its_complement(status: str, name: str) -> None:
    item, account = an_item(status=status), an_account(name)
    assert list(allowed(item, account)) == may(name, status)
    for action, (who, _) in TABLE.items():
        if action in may(name, status):
            change = act(item, account, action, arguments(action, name), WORLD)
            assert change.item.number == item.number
        elif name not in who.split():
            with pytest.raises(Forbidden):
                act(item, account, action, arguments(action, name), WORLD)
        else:
            with pytest.raises(WrongState) as refused:
                act(item, account, action, arguments(action, name), WORLD)
            assert refused.value.members["allowed"] == may(name, status)
            assert status in refused.value.detail


@pytest.mark.parametrize("action", sorted(LATER))
def test_later_actions_are_known_and_not_allowed_yet(action: str) -> None:
    with pytest.raises(WrongState) as refused:
        act(an_item(), an_account("dispatcher"), action, {}, WORLD)
    assert refused.value.members["allowed"] == may("dispatcher", "dispatched")


def test_every_action_of_the_design_is_here_or_comes_later() -> None:
    named = (
        "locate classify assign accept take arrive done settle verify answer reply close reopen request_return "
        "decide_return request_extension decide_extension request_suspension decide_suspension resume pause decline "
        "transfer merge unmerge split urge supplement escalate comment"
    )
    assert TABLE.keys() | LATER == set(named.split())


def test_an_unknown_action() -> None:
    with pytest.raises(UnknownAction, match="dance"):
        act(an_item(), an_account("dispatcher"), "dance", {}, WORLD)


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


def test_locating_an_accepted_item_carries_the_acceptance_on() -> None:
    moved = done("locate", lon=IN_T2G1[0], lat=IN_T2G1[1], item=an_item(status="accepted", category=RUBBISH))
    assert (moved.status, main_of(moved)) == ("accepted", "T2")
    assert [h.state for h in moved.handlers if h.role == "main"] == ["accepted"]


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


def test_no_open_item_is_ever_without_lead_and_main_handler() -> None:
    nowhere = {"lon": None, "lat": None}
    places: list[dict[str, Any]] = [{}, nowhere, {"lon": OUTSIDE[0]}, {"lon": "x"}, {"lon": 0, "lat": 0}]
    for fields in places:
        for category in (TOILET, RUBBISH, POLICY, "?", None):
            item = an_item(category=category, **fields)
            assert item.lead.code and main_of(item)
            for name in ("dispatcher", "officer", "department"):
                account = Account(3, name, *PEOPLE[name])
                for action in allowed(item, account):
                    after = act(item, account, action, arguments(action, name), WORLD).item
                    assert after.lead.code and main_of(after)
