"""Supervision orders: to whom they go, who answers and closes, and what they outlive. No database."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dispatch.account import Account
from dispatch.errors import BadArguments, Forbidden, UnknownItem, WrongState
from dispatch.item import CENTRE, Handler, Item, Order
from dispatch.scope import readers_of
from dispatch.supervision import (
    allowed_on,
    answer_order,
    answers,
    close_order,
    escalate,
    order_id,
    parse_order_id,
)
from tests.factories import NOON, OUTSIDE, a_world, an_account, an_item

WORLD = a_world()
LATER = a_world(now=NOON + timedelta(days=3))
UNTIL = {"reason": "三天未动", "until": (NOON + timedelta(days=2)).isoformat()}
DEPARTMENT, SUPERVISOR = an_account("department"), an_account("supervisor")


def ordered(item: Item | None = None) -> Item:
    return escalate(item or an_item(status="accepted"), SUPERVISOR, UNTIL, WORLD).item


def test_an_order_is_opened_answered_and_closed_and_each_side_is_told() -> None:
    change = escalate(an_item(status="accepted"), SUPERVISOR, UNTIL, WORLD)
    (order,) = change.item.orders
    assert (order.n, order.unit, order.by, order.state) == (1, "city-management", "supervisor", "open")
    assert change.words == "三天未动" and "三天" not in str(change.facts)
    assert [n.to for n in change.notices] == ["unit:city-management", "leader:city-management"]
    answered = answer_order(change.item, DEPARTMENT, 1, {"text": "明日到场"}, WORLD)
    assert answered.item.orders[0].state == "answered" and answered.facts["in_time"] is True
    assert [(n.to, n.kind) for n in answered.notices] == [("role:supervisor", "order_answered")]
    closed = close_order(answered.item, SUPERVISOR, 1, {"text": "已核实"}, WORLD)
    assert closed.item.orders[0].state == "closed"
    assert [(n.to, n.kind) for n in closed.notices] == [("unit:city-management", "order_closed")]
    assert (answered.words, closed.words) == ("明日到场", "已核实")


def test_a_late_answer_is_taken_and_says_so() -> None:
    late = answer_order(ordered(), DEPARTMENT, 1, {"text": "来迟了"}, LATER)
    assert late.facts["in_time"] is False and late.item.orders[0].state == "answered"


def test_who_may_do_what() -> None:
    item = ordered()
    for name in ("officer", "other-department", "dispatcher", "supervisor", "leader", "worker"):
        with pytest.raises(Forbidden):
            answer_order(item, an_account(name), 1, {"text": "我来答"}, WORLD)
    for name in ("department", "officer", "dispatcher"):
        with pytest.raises(Forbidden):
            close_order(item, an_account(name), 1, {"text": "我来结"}, WORLD)
    with pytest.raises(UnknownItem):
        answer_order(item, DEPARTMENT, 2, {"text": "没有"}, WORLD)
    with pytest.raises(BadArguments):
        answer_order(item, DEPARTMENT, 1, {"text": " "}, WORLD)
    done = answer_order(item, DEPARTMENT, 1, {"text": "明日到场"}, WORLD).item
    with pytest.raises(WrongState):
        answer_order(done, DEPARTMENT, 1, {"text": "再答"}, WORLD)
    over = close_order(item, SUPERVISOR, 1, {"text": "撤销"}, WORLD).item
    for act, account in ((answer_order, DEPARTMENT), (close_order, SUPERVISOR)):
        with pytest.raises(WrongState):
            act(over, account, 1, {"text": "已结"}, WORLD)
    assert allowed_on(item.orders[0], DEPARTMENT) == ("answer",)
    assert allowed_on(item.orders[0], SUPERVISOR) == allowed_on(done.orders[0], SUPERVISOR) == ("close",)
    assert allowed_on(done.orders[0], DEPARTMENT) == allowed_on(over.orders[0], SUPERVISOR) == ()


def test_an_order_to_the_centre_is_the_dispatchers() -> None:
    item = an_item(lon=OUTSIDE[0])
    change = escalate(item, SUPERVISOR, UNTIL, WORLD)
    assert change.item.orders[0].unit == CENTRE
    assert [n.to for n in change.notices] == ["role:dispatcher"]
    assert answers(change.item.orders[0], an_account("dispatcher"))
    assert readers_of(change.item) == readers_of(item)


def test_a_unit_that_no_longer_handles_the_item_still_answers_for_its_order() -> None:
    gone = replace(ordered(), handlers=(Handler("housing-bureau", "main"),))
    assert "unit:city-management" in readers_of(gone)
    answered = answer_order(gone, DEPARTMENT, 1, {"text": "已移交"}, WORLD).item
    over = close_order(answered, SUPERVISOR, 1, {"text": "同意"}, WORLD).item
    assert "unit:city-management" not in readers_of(over)


@pytest.mark.parametrize("status", ["merged", "declined", "transferred", "closed"])
def test_an_order_outlives_the_item(status: str) -> None:
    item = replace(ordered(), status=status)
    answered = answer_order(item, DEPARTMENT, 1, {"text": "已说明"}, WORLD).item
    assert close_order(answered, SUPERVISOR, 1, {"text": "同意"}, WORLD).item.orders[0].state == "closed"


@pytest.mark.parametrize("id", ["", "1", "-1", "261124-0000001-", "261124-0000001-x", "261124-0000001-²", "a-9999999"])
def test_what_is_no_order(id: str) -> None:
    with pytest.raises(UnknownItem):
        parse_order_id(id)


def test_the_id_of_an_order() -> None:
    assert parse_order_id(order_id("261124-0000001", 12)) == ("261124-0000001", 12)
    assert answers(Order(1, "T1", "supervisor", "", NOON, NOON), Account(1, "o", "officer", "T1"))
