"""Rating, the appeal and the time limit, as pure decisions; and what a citizen is shown of a history."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dispatch import rating
from dispatch.account import CITIZEN, ESCALATOR
from dispatch.errors import BadArguments, Forbidden, WrongState
from dispatch.item import Item
from dispatch.tracking import is_code, may, track_code
from dispatch.workflow import act, allowed
from dispatch.world import World
from tests.factories import NOON, a_world, an_account, an_item, rules

WORLD = a_world()
DAYS = timedelta(days=1)
UNHAPPY = {"level": 1, "comment": "没有人来"}


def later(days: float) -> World:
    return replace(WORLD, now=NOON + days * DAYS)


def answered(item: Item | None = None, days: float = 0) -> Item:
    """The item settled and answered so many days after noon."""
    settled = replace(item or an_item(), status="verified")
    return act(settled, an_account("dispatcher"), "answer", {"text": "已办结"}, later(days)).item


def rated(item: Item, days: float, **args: Any) -> Item:
    return act(item, CITIZEN, "rate", args, later(days)).item


def test_an_answer_sets_the_time_limit_and_reopening_takes_it_away() -> None:
    item = answered()
    assert item.close_at == rules().calendar.add(NOON, rules().thresholds.close_after)
    again = act(item, an_account("supervisor"), "reopen", {"reason": "复查"}, later(1)).item
    assert again.close_at is None
    replied = act(an_item(status="received"), an_account("dispatcher"), "reply", {"text": "已告知"}, WORLD).item
    assert replied.close_at == item.close_at


@pytest.mark.parametrize(
    ("level", "status"), [(5, "closed"), (4, "closed"), (3, "closed"), (2, "accepted"), (1, "accepted")]
)
def test_what_each_level_does_first(level: int, status: str) -> None:
    after = rated(answered(), 1, level=level, comment="如此")
    assert (after.status, after.reopened) == (status, int(level < 3))
    assert (after.restarted_at == later(1).now) == (level < 3)


@pytest.mark.parametrize(
    ("args", "field"),
    [
        ({}, "level"), ({"level": True}, "level"), ({"level": "5"}, "level"), ({"level": 6}, "level"),
        ({"level": 5, "resolved": "yes"}, "resolved"), ({"level": 5, "comment": 7}, "comment"),
        ({"level": 2}, "comment"), ({"level": 1, "comment": "  "}, "comment"),
    ],
)  # fmt: skip
def test_what_is_no_rating(args: Mapping[str, Any], field: str) -> None:
    with pytest.raises(BadArguments) as refused:
        rated(answered(), 1, **args)
    assert refused.value.members["errors"][0]["field"] == field


def test_the_first_reopens_and_tells_main_handler_and_lead_and_the_second_the_supervisor() -> None:
    change = act(answered(), CITIZEN, "rate", UNHAPPY, later(1))
    assert [(n.to, n.kind) for n in change.notices] == [("unit:city-management", "reopened"), ("unit:T1", "reopened")]
    assert change.words == "没有人来" and "comment" not in change.facts
    second = act(answered(change.item, 2), CITIZEN, "rate", UNHAPPY, later(3))
    assert (second.item.status, second.item.reopened, second.item.contested_at) == ("answered", 1, later(3).now)
    assert [(n.to, n.kind) for n in second.notices] == [("role:supervisor", "contested")]
    dispatcher, supervisor = an_account("dispatcher"), an_account("supervisor")
    assert not {"close", "reopen", "follow_up"} & set(allowed(second.item, dispatcher, rules()))
    assert {"close", "reopen"} <= set(allowed(second.item, supervisor, rules()))
    with pytest.raises(WrongState):
        act(second.item, ESCALATOR, "close", {"close_at": second.item.close_at}, later(60))
    ended = act(second.item, supervisor, "close", {"reason": "维持"}, later(4)).item
    assert (ended.status, ended.contested_at) == ("closed", None)
    with pytest.raises(Forbidden):
        act(ended, supervisor, "close", {"reason": "再关"}, later(4))


def test_a_rating_is_given_once_for_each_answer() -> None:
    item = rated(answered(), 1, level=5)
    told = rating.rating_of(item, {"level": 5}, "citizen", later(2).now)
    assert rating.repeats(item, told)
    assert not rating.repeats(item, replace(told, level=4)) and not rating.repeats(item, replace(told, by="follow-up"))
    with pytest.raises(WrongState, match="once for each answer"):
        rating.demand_unrated(item)
    again = act(item, an_account("dispatcher"), "reopen", {"reason": "又来"}, later(3)).item
    new = answered(again, 4)
    assert rating.current(new) is None and not rating.repeats(new, told)
    assert rated(new, 5, level=5).status == "closed"


def test_the_rating_that_reopened_is_repeated_until_there_is_another_answer() -> None:
    item = rated(answered(), 1, **UNHAPPY)
    told = rating.rating_of(item, UNHAPPY, "citizen", later(2).now)
    assert rating.repeats(item, told)
    assert not rating.repeats(answered(item, 2), told)


def test_after_the_time_limit_an_answer_is_rated_within_the_rule() -> None:
    item = answered()
    close_at = item.close_at
    closed = act(item, ESCALATOR, "close", {"close_at": close_at}, later(20))
    assert closed.facts == {"by": "time-limit", "rated": False} and closed.item.ratings == ()
    assert rated(closed.item, 20, level=4).status == "closed"
    assert rated(closed.item, 20, **UNHAPPY).status == "accepted"
    with pytest.raises(WrongState, match="time for that is over"):
        rated(closed.item, 60, level=4)
    assert may(closed.item, (), later(20)).rate and not may(closed.item, (), later(60)).rate


def test_a_time_limit_that_moved_closes_nothing() -> None:
    item = answered()
    stale = {"close_at": datetime(2026, 1, 1, tzinfo=UTC)}
    for args in (stale, {}):
        with pytest.raises(WrongState):
            act(item, ESCALATOR, "close", args, later(60))
    with pytest.raises(WrongState):
        act(rated(item, 1, level=5), ESCALATOR, "close", {"close_at": item.close_at}, later(60))


def test_an_appeal_is_for_what_is_closed_and_in_time() -> None:
    closed = rated(answered(), 1, level=3)
    change = act(closed, CITIZEN, "appeal", {"text": "不同意"}, later(2))
    assert change.item.contested_at == later(2).now and change.words == "不同意"
    with pytest.raises(WrongState):
        act(change.item, CITIZEN, "appeal", {"text": "不同意"}, later(3))
    with pytest.raises(WrongState):
        act(closed, CITIZEN, "appeal", {"text": "不同意"}, later(120))
    with pytest.raises(WrongState):
        act(answered(), CITIZEN, "appeal", {"text": "不同意"}, later(1))


def test_the_citizen_may_do_nothing_else() -> None:
    for item in (an_item(), answered(), rated(answered(), 1, level=5)):
        assert set(allowed(item, CITIZEN, rules())) <= {"rate", "appeal", "urge", "supplement", "comment"}


def test_a_code_is_judged_whatever_its_case_and_spaces() -> None:
    code = track_code("261124-0000001", b"secret")
    assert is_code("261124-0000001", f" {code[:4].lower()} {code[4:]}", b"secret")
    for wrong in ("", code[:-1], code + "A", "é中", "A" * 10_000):
        assert not is_code("261124-0000001", wrong, b"secret")
    assert not is_code("261124-0000002", code, b"secret") and not is_code("261124-0000001", code, b"other")
