"""Supervision orders over HTTP: opened, answered, closed; scope, history and notices."""

from datetime import timedelta
from typing import Any

import pytest

from cli.service import clock
from store.audit import verify
from store.database import Database
from store.escalator import Steps
from tests.callers import code
from tests.factories import OUTSIDE, RunningService, a_service
from tests.summoning import actions


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


def opened(service: RunningService, **fields: Any) -> dict[str, Any]:
    number = service["dispatcher"].report(**fields)["number"]
    if not fields:
        service["dispatcher"].act(number, "assign", main="city-management")
    told = {"reason": "三天未动", "until": (clock() + timedelta(days=2)).isoformat()}
    answer = service["supervisor"].post(f"/items/{number}/orders", told)
    assert answer.status_code == 201, answer.text
    return dict(answer.get_json())


def told(service: RunningService, number: str) -> list[tuple[str, str]]:
    with service.pool.transaction() as cur:
        cur.execute(
            "SELECT recipient, kind FROM notices WHERE number = %s AND kind LIKE 'order%%' ORDER BY id", (number,)
        )
        return [(row["recipient"], row["kind"]) for row in cur.fetchall()]


def test_from_opening_to_closing(service: RunningService) -> None:
    order = opened(service)
    number, id = order["number"], order["id"]
    assert (id, order["n"], order["unit"], order["state"]) == (f"{number}-1", 1, "city-management", "open")
    department, supervisor = service["department"], service["supervisor"]
    mine = department.get("/orders", state="open").get_json()["orders"]
    assert [(one["id"], one["allowed"]) for one in mine] == [(id, ["answer"])]
    answered = department.post(f"/orders/{id}/answer", {"text": "明日到场"}).get_json()
    assert (answered["state"], answered["answer"]) == ("answered", "明日到场") and answered["answered_at"]
    assert code(department.post(f"/orders/{id}/answer", {"text": "再答"})) == (409, "wrong-state")
    closed = supervisor.post(f"/orders/{id}/close", {"text": "已核实"}).get_json()
    assert (closed["state"], closed["closing"]) == ("closed", "已核实")
    assert code(supervisor.post(f"/orders/{id}/close", {"text": "再结"})) == (409, "wrong-state")
    item = supervisor.get(f"/items/{number}").get_json()
    assert [one["state"] for one in item["orders"]] == ["closed"]
    assert actions(service, number)[-3:] == ["escalate", "order_answered", "order_closed"]
    events = supervisor.get(f"/items/{number}/events").get_json()["events"][-3:]
    assert [event["words"] for event in events] == ["三天未动", "明日到场", "已核实"]
    assert not any(word in event["body"] for event in events for word in ("三天", "明日", "核实"))
    assert told(service, number) == [
        ("unit:city-management", "order"),
        ("leader:city-management", "order"),
        ("role:supervisor", "order_answered"),
        ("unit:city-management", "order_closed"),
    ]
    assert verify(service.pool, "Asia/Shanghai").fault is None


def test_a_repeat_under_its_key_opens_no_second_order(service: RunningService) -> None:
    number = service["dispatcher"].report()["number"]
    told = {"reason": " 三天未动 ", "until": (clock() + timedelta(days=2)).isoformat()}
    post = lambda key: service["supervisor"].post(  # noqa: E731
        f"/items/{number}/orders", told, headers={"Idempotency-Key": key}
    )
    first = post("k1").get_json()["id"]
    Steps(service.pool, service.service.pen, lambda: clock() + timedelta(days=90)).tick()
    assert (post("k1").get_json()["id"], post("k2").get_json()["reason"]) == (first, "三天未动")
    orders = service["supervisor"].get(f"/items/{number}").get_json()["orders"]
    assert [one["by"] for one in orders].count("supervisor") == 2


def test_who_may_and_what_is_refused(service: RunningService) -> None:
    order = opened(service)
    number, id = order["number"], order["id"]
    told = {"reason": "催", "until": (clock() + timedelta(days=1)).isoformat()}
    for name in ("dispatcher", "officer", "department"):
        assert code(service[name].post(f"/items/{number}/orders", told)) == (403, "forbidden")
        assert code(service[name].post(f"/orders/{id}/close", {"text": "x"})) == (403, "forbidden")
    for name in ("officer", "dispatcher"):
        assert code(service[name].post(f"/orders/{id}/answer", {"text": "x"})) == (403, "forbidden")
    assert code(service["other-department"].post(f"/orders/{id}/answer", {"text": "x"})) == (404, "not-found")
    supervisor = service["supervisor"]
    for body in ({"reason": "催"}, {"until": told["until"]}, {"reason": " ", "until": told["until"]}):
        assert code(supervisor.post(f"/items/{number}/orders", body)) == (422, "bad-arguments")
    past = {"reason": "催", "until": (clock() - timedelta(days=1)).isoformat()}
    assert code(supervisor.post(f"/items/{number}/orders", past)) == (422, "bad-arguments")
    for bad in (f"{number}-2", number, "nothing", f"{number}-99999999"):
        assert code(supervisor.post(f"/orders/{bad}/close", {"text": "x"})) == (404, "not-found")
    assert code(service["department"].post(f"/orders/{id}/answer", {})) == (422, "bad-arguments")
    assert code(supervisor.get("/orders", state="sleeping")) == (422, "bad-filter")
    assert code(supervisor.post("/items/none/orders", told)) == (404, "not-found")


def test_orders_are_listed_in_scope_the_most_pressing_first(service: RunningService) -> None:
    first, second = opened(service)["id"], opened(service)["id"]
    service["department"].post(f"/orders/{first}/answer", {"text": "好"})
    listed = service["supervisor"].get("/orders", state="unclosed").get_json()["orders"]
    assert [one["id"] for one in listed] == [second, first]
    assert service["officer"].get("/orders", unit="city-management").get_json()["orders"]
    assert service["other-department"].get("/orders").get_json()["orders"] == []
    service["supervisor"].post(f"/orders/{first}/close", {"text": "好"})
    closed = service["supervisor"].get("/orders", state="closed").get_json()["orders"]
    assert [one["id"] for one in closed] == [first]


def test_an_order_to_the_centre_is_answered_by_a_dispatcher(service: RunningService) -> None:
    order = opened(service, lon=OUTSIDE[0])
    assert order["unit"] == "centre"
    assert service["dispatcher"].post(f"/orders/{order['id']}/answer", {"text": "已核地址"}).status_code == 200


def test_the_order_of_a_declined_item_stays_and_ends_as_any_other(service: RunningService) -> None:
    order = opened(service)
    ground = next(iter(service.service.rules.grounds))
    service["dispatcher"].act(order["number"], "decline", ground=ground)
    assert Steps(service.pool, service.service.pen, lambda: clock() + timedelta(days=90)).tick() == 0
    assert service["department"].post(f"/orders/{order['id']}/answer", {"text": "已说明"}).status_code == 200
    assert service["supervisor"].post(f"/orders/{order['id']}/close", {"text": "同意"}).status_code == 200
    told = {"reason": "再督", "until": (clock() + timedelta(days=1)).isoformat()}
    assert code(service["supervisor"].post(f"/items/{order['number']}/orders", told)) == (409, "wrong-state")
