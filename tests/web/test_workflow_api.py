"""The workflow over HTTP: from receipt to reopening, with what is asked, held and refused on the way."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from cli.service import clock
from dispatch.derive import derived
from store.database import Database
from store.pauses import end_pauses
from tests.factories import TOILET, Caller, RunningService, a_service, rules

DOGS = "2.06"
"""Dog nuisance: neither verified nor photographed."""
LATE = "2027-06-30T17:30+08:00"


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


def refused(caller: Caller, number: str, action: str, status: int, code: str, **args: Any) -> dict[str, Any]:
    answer = caller.post(f"/items/{number}/actions", {"action": action, **args})
    assert (answer.status_code, answer.get_json()["code"]) == (status, code), answer.text
    return dict(answer.get_json())


def accepted(service: RunningService, category: str = DOGS) -> str:
    number = str(service["dispatcher"].report(category=category)["number"])
    service["dispatcher"].act(number, "assign", main="city-management")
    service["department"].act(number, "accept")
    return number


def running_as_derived(caller: Caller, number: str) -> None:
    """The clocks that run are due when the item's history and the rules say so."""
    item = caller.get(f"/items/{number}").get_json()
    bodies = [event["body"] for event in caller.get(f"/items/{number}/events").get_json()["events"]]
    due = {line.stage: line.due_at for line in derived(bodies, rules())}
    running = {d["stage"]: datetime.fromisoformat(d["due_at"]) for d in item["deadlines"] if d["state"] == "running"}
    assert running and running == {stage: due[stage] for stage in running}


def test_from_receipt_to_reopening(service: RunningService) -> None:
    dispatcher, handler = service["dispatcher"], service["department"]
    number = accepted(service)
    refused(dispatcher, number, "settle", 403, "forbidden", note="好了")
    refused(handler, number, "answer", 409, "wrong-state", text="好了")
    settled = handler.act(number, "settle", note="已劝导")
    assert settled["status"] == "settled" and "answer" in settled["allowed"]
    answered = handler.act(number, "answer", text="已劝导养犬人")
    assert {d["state"] for d in answered["deadlines"]} == {"met"}
    refused(handler, number, "close", 403, "forbidden")
    dispatcher.act(number, "close")
    again = service["supervisor"].act(number, "reopen", reason="仍在扰民")
    assert (again["status"], again["handlers"][0]["state"]) == ("accepted", "accepted")
    running_as_derived(dispatcher, number)
    words = [e["words"] for e in dispatcher.get(f"/items/{number}/events").get_json()["events"] if e["words"]]
    assert words == ["已劝导", "已劝导养犬人", "仍在扰民"]


def test_settling_needs_the_photo_that_the_rule_asks_for(service: RunningService) -> None:
    number = accepted(service, TOILET)
    told = refused(service["department"], number, "settle", 422, "bad-arguments", note="好了")
    assert told["errors"][0]["field"] == "photo"


def test_a_dispute_is_ruled_and_leaves_no_item_without_a_handler(service: RunningService) -> None:
    dispatcher, handler = service["dispatcher"], service["department"]
    number = accepted(service)
    handler.act(number, "request_return", reason="不归本局")
    assert number in dispatcher.numbers(queue="returns")
    refused(handler, number, "request_return", 409, "wrong-state", reason="再提")
    refused(handler, number, "decide_return", 403, "forbidden", grant=True, reason="自批")
    dispatcher.act(number, "decide_return", grant=False, reason="目录如此")
    handler.act(number, "request_return", reason="确实不归本局")
    refused(dispatcher, number, "decide_return", 409, "wrong-state", grant=True, reason="同意")
    ruled = service["supervisor"].act(number, "decide_return", grant=True, reason="改派街道")
    main = ruled["handlers"][0]
    assert (main["unit"], main["role"], main["state"]) == ("T1", "main", "assigned")
    assert handler.get(f"/items/{number}").status_code == 404
    assert [r["decision"] for r in ruled["requests"]] == ["refused", "granted"]


def test_an_extension_moves_the_deadline_once(service: RunningService) -> None:
    dispatcher, handler = service["dispatcher"], service["department"]
    number = accepted(service)
    asked = handler.act(number, "request_extension", until=LATE, reason="待处罚决定")
    assert asked["requests"][0]["until"].startswith("2027-06-30T09:30")
    assert number in dispatcher.numbers(queue="extensions")
    granted = dispatcher.act(number, "decide_extension", grant=True, reason="同意")
    due = {d["stage"]: d["due_at"] for d in granted["deadlines"]}
    assert due["settle"].startswith("2027-06-30T09:30") and due["answer"] == due["settle"]
    assert dispatcher.get("/queues").get_json()["extensions"] == 0
    running_as_derived(dispatcher, number)


def test_a_suspension_is_the_supervisors_and_stands_in_its_queue(service: RunningService) -> None:
    handler, supervisor = service["department"], service["supervisor"]
    number = accepted(service)
    handler.act(number, "request_suspension", until=LATE, reason="待诉讼结果")
    refused(service["dispatcher"], number, "decide_suspension", 403, "forbidden", grant=True, reason="同意")
    held = supervisor.act(number, "decide_suspension", grant=True, reason="同意")
    assert (held["status"], held["hold"]["kind"]) == ("suspended", "suspension")
    assert number in supervisor.numbers(queue="suspensions")
    refused(handler, number, "resume", 409, "wrong-state")
    assert supervisor.act(number, "resume")["status"] == "accepted"
    running_as_derived(supervisor, number)


def test_a_pause_ends_by_itself_at_its_limit(service: RunningService) -> None:
    handler = service["department"]
    number = accepted(service)
    paused = handler.act(number, "pause", reason="请补充时间")
    assert paused["hold"]["kind"] == "pause" and "stopped" in {d["state"] for d in paused["deadlines"]}
    desk = service.service.desk
    assert end_pauses(desk, clock()) == 0
    assert end_pauses(desk, clock() + timedelta(days=60)) == 1
    assert end_pauses(desk, clock() + timedelta(days=60)) == 0
    ended = handler.get(f"/items/{number}").get_json()
    running_as_derived(handler, number)
    assert ended["hold"] is None and "stopped" not in {d["state"] for d in ended["deadlines"]}


def test_escalating_is_the_supervisors_and_of_open_items(service: RunningService) -> None:
    supervisor, number = service["supervisor"], accepted(service)
    refused(service["dispatcher"], number, "escalate", 403, "forbidden", reason="久拖", until=LATE)
    refused(supervisor, number, "escalate", 422, "bad-arguments", reason="久拖", until="2020-01-01T00:00Z")
    ordered = supervisor.act(number, "escalate", reason="久拖", until=LATE)
    assert (ordered["status"], ordered["orders"][0]["unit"]) == ("accepted", "city-management")
    service["department"].act(number, "settle", note="已劝导")
    service["department"].act(number, "answer", text="已劝导养犬人")
    refused(supervisor, number, "escalate", 409, "wrong-state", reason="久拖", until=LATE)


def test_declining_tells_a_ground_and_transferring_where_to(service: RunningService) -> None:
    dispatcher = service["dispatcher"]
    first, second = (str(dispatcher.report()["number"]) for _ in range(2))
    refused(dispatcher, first, "decline", 422, "bad-arguments", ground="because")
    assert dispatcher.act(first, "decline", ground="litigation")["status"] == "declined"
    gone = dispatcher.act(second, "transfer", to="110", external_ref={"system": "110", "number": "A7"})
    assert (gone["status"], gone["external_ref"]) == ("transferred", {"system": "110", "number": "A7"})
    refused(dispatcher, second, "locate", 409, "wrong-state", lon=119.3, lat=26.08)
