"""Notices over HTTP: a page, reading, and the live stream, each in the account's own keys."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from store.database import Database
from tests.callers import code
from tests.factories import PEOPLE, Caller, RunningService, a_service, following
from tests.summoning import here, soon, summon


@pytest.fixture
def service(database: Database) -> Iterator[RunningService]:
    running = a_service(database)
    running.relay()
    with following(running):
        yield running


def told(caller: Caller, **query: Any) -> list[tuple[str, str | None]]:
    answer = caller.get("/notices", **query).get_json()
    return [(one["kind"], one["number"]) for one in answer["notices"]]


def read(caller: Caller, **body: Any) -> int:
    answer = caller.post("/notices/read", body)
    assert answer.status_code == 200, answer.text
    return int(answer.get_json()["unread"])


def test_a_notice_is_shown_and_read(service: RunningService) -> None:
    unit, dispatcher = service["department"], service["dispatcher"]
    number = service["channel"].report()["number"]
    assert unit.get("/notices").get_json() == {"notices": [], "unread": 0, "next": None}
    dispatcher.act(number, "urge", text="第二次来电")
    dispatcher.act(number, "supplement", text="在三楼")
    shown = unit.get("/notices").get_json()
    assert shown["unread"] == 2 and shown["next"] is None
    newest = shown["notices"][0]
    assert (newest["kind"], newest["number"], newest["facts"], newest["read"]) == ("supplemented", number, {}, False)
    assert newest["at"].endswith("+00:00") and set(newest) == {"id", "kind", "number", "facts", "at", "read"}
    assert read(unit, ids=[newest["id"]]) == 1
    assert told(unit, unread=1) == [("urged", number)]
    assert read(unit, to=newest["id"]) == 0
    dispatcher.act(number, "urge", text="第三次来电")
    assert told(unit, unread=1) == [("urged", number)]
    assert read(unit, all=True) == read(unit, all=True) == 0
    assert told(unit, unread=1) == [] and len(told(unit)) == 3
    assert told(dispatcher) == []


def test_pages_follow_each_other(service: RunningService) -> None:
    unit = service["department"]
    number = service["channel"].report()["number"]
    for _ in range(3):
        service["dispatcher"].act(number, "urge", text="催")
    first = unit.get("/notices", limit=2).get_json()
    rest = unit.get("/notices", limit=2, cursor=first["next"]).get_json()
    ids = [one["id"] for one in first["notices"] + rest["notices"]]
    assert len(ids) == 3 == first["unread"] and ids == sorted(ids, reverse=True) and rest["next"] is None


def test_what_cannot_be_understood_is_refused(service: RunningService) -> None:
    unit = service["department"]
    cursors = [{"cursor": given} for given in ("-1", "0", "9" * 19, "9" * 30, "0" * 20 + "9" * 30)]
    for query in ({"limit": "x"}, {"unread": "yes"}, *cursors):
        assert code(unit.get("/notices", **query)) == (422, "bad-filter")
    for body in ({}, {"ids": [1], "all": True}, {"ids": "1"}, {"ids": ["1"]}, {"ids": [True]}, {"ids": [0]},
                 {"ids": [2**63]}, {"ids": [1] * 201}, {"to": -1}, {"to": 1.5}, {"all": "yes"}):  # fmt: skip
        assert code(unit.post("/notices/read", body)) == (422, "bad-arguments"), body
    assert code(unit.post("/notices/read", data="[]")) == (400, "not-json")
    assert service.app.test_client().get("/api/v1/notices").status_code == 401
    assert service.app.test_client().post("/api/v1/notices/read", json={"all": True}).status_code in (401, 403)


def test_nobody_reads_or_marks_anothers(service: RunningService) -> None:
    for name in PEOPLE:
        assert service[name]
    number = service["channel"].report()["number"]
    service["dispatcher"].act(number, "urge", text="催")
    own = service["department"].get("/notices").get_json()["notices"][0]["id"]
    for name in PEOPLE:
        assert told(service[name]) == ([("urged", number)] if name in ("department", "officer") else []), name
        if name not in ("department", "officer"):
            assert read(service[name], ids=[own]) == read(service[name], to=own) == 0
    assert service["department"].get("/notices").get_json()["unread"] == 1


def test_the_stream_tells_it_to_its_recipients_alone(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    position = service.relay()
    service["dispatcher"].act(number, "urge", text="催")
    service.relay()
    heard = {}
    for name in PEOPLE:
        stream = service[name].follow(position)
        events = stream.until("hello")
        stream.close()
        heard[name] = [json.loads(data) for kind, _, data in events if kind == "notice"]
        assert "recipient" not in str(heard[name])
    assert {name for name, events in heard.items() if events} == {"department", "officer"}
    same = ("id", "kind", "number", "facts")
    shown, live = service["department"].get("/notices").get_json()["notices"][0], heard["department"][0]
    assert [shown[name] for name in same] == [live[name] for name in same] and set(live) == {*same, "at"}


def test_a_notice_comes_live(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    service.relay()
    stream = service["officer"].follow()
    stream.until("hello")
    service["dispatcher"].act(number, "urge", text="催")
    service.relay()
    told_so = stream.until("notice")
    assert json.loads(told_so[-1][2])["number"] == number
    stream.close()


def test_a_summons_is_told_to_the_called_and_its_answers_to_the_township(service: RunningService) -> None:
    officer, unit, other = service["officer"], service["department"], service["other-department"]
    made = summon(service)
    id, number = made["id"], made["number"]
    assert told(unit) == told(other) == [("summons_called", number)] and told(officer) == []
    assert unit.post(f"/summonses/{id}/acknowledge").status_code == 200
    assert other.post(f"/summonses/{id}/excuse", {"reason": "无人"}).status_code == 200
    assert unit.post(f"/summonses/{id}/check-ins", here()).status_code == 200
    assert told(officer) == [("checked_in", number), ("summons_excused", number), ("summons_acknowledged", number)]
    first = officer.get("/notices").get_json()["notices"][-1]["facts"]
    assert first == {"summons": id, "unit": "city-management", "state": "acknowledged", "in_time": True}
    tasks = [{"department": "city-management", "text": "清淤", "due_at": soon(600)}]
    assert officer.post(f"/summonses/{id}/conclude", {"plan": "清淤", "tasks": tasks}).status_code == 200
    assert told(unit)[0] == ("summons_task", number)
    assert unit.post(f"/summonses/{id}/tasks/1/done").status_code == 200
    assert told(officer)[0] == ("summons_task_done", number)
