"""Sweeps over HTTP: the likes of a settled item settled together, and a survey with one task for each cell."""

from datetime import timedelta
from typing import Any

import pytest
from psycopg2.errors import InsufficientPrivilege
from psycopg2.extensions import connection

from cli.service import clock
from dispatch.staff import StaffRow
from store.database import Database
from store.world import import_people
from tests.callers import code
from tests.factories import IN_T1G1, IN_T2G1, RunningService, a_service, staff

DOGS = "2.06"
RUBBISH = "1.01"
LATER = "2027-06-30T17:30+08:00"


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


def led_by_t1(service: RunningService, **fields: Any) -> str:
    """An item that the township T1 leads and handles."""
    number = str(service["dispatcher"].report(**{"category": DOGS, **fields})["number"])
    service["dispatcher"].act(number, "assign", main="T1")
    return number


def settled(service: RunningService) -> str:
    number = led_by_t1(service)
    service["officer"].act(number, "accept")
    service["officer"].act(number, "settle", note="代取快递已安排")
    return number


def swept(service: RunningService, name: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = service[name].post("/sweeps", body)
    assert answer.status_code == 201, answer.text
    return dict(answer.get_json())


def test_from_one_settled_item_to_all_its_likes(service: RunningService) -> None:
    source, likes = settled(service), [led_by_t1(service), led_by_t1(service)]
    photo_first = led_by_t1(service)
    led_by_t1(service, lon=IN_T2G1[0], lat=IN_T2G1[1])
    done_before = settled(service)
    sweep = swept(service, "officer", {"from": source, "area": {"community": "T1C"}})
    assert {one["number"] for one in sweep["members"]} == {*likes, photo_first, done_before}
    path = f"/sweeps/{sweep['id']}"
    service["officer"].act(photo_first, "classify", category=RUBBISH)
    out = service["officer"].post(f"{path}/members", {"remove": [likes[1]]}).get_json()
    assert likes[1] not in {one["number"] for one in out["members"]}
    back = service["dispatcher"].post(f"{path}/members", {"add": [likes[1]]}).get_json()
    assert (back["progress"]["items"], back["progress"]["settled"]) == (4, 1)
    told = service["officer"].post(f"{path}/settle", {"note": "一并办结"}).get_json()
    assert (set(told["settled"]), told["already"]) == (set(likes), [done_before])
    assert [(one["number"], one["code"]) for one in told["refused"]] == [(photo_first, "wrong-state")]
    assert (told["sweep"]["progress"]["settled"], told["sweep"]["progress"]["open"]) == (3, 1)
    again = service["officer"].post(f"{path}/settle", {"note": "一并办结"}).get_json()
    assert (again["settled"], set(again["already"])) == ([], {*likes, done_before})
    for number in likes:
        (event,) = [
            e for e in service["officer"].get(f"/items/{number}/events").get_json()["events"] if e["action"] == "settle"
        ]
        assert (event["data"]["sweep"], event["words"]) == (sweep["id"], "一并办结")
    (event,) = [
        e for e in service["officer"].get(f"/items/{source}/events").get_json()["events"] if e["action"] == "sweep"
    ]
    assert (event["data"]["sweep"], event["data"]["found"]) == (sweep["id"], 4)
    assert [one["id"] for one in service["officer"].get("/sweeps", from_=source).get_json()["sweeps"]] == [sweep["id"]]


def test_who_may_sweep_and_see_it(service: RunningService) -> None:
    source = settled(service)
    area = {"area": {"township": "T1"}}
    open_one = led_by_t1(service)
    post = lambda name, body: code(service[name].post("/sweeps", body))  # noqa: E731
    assert post("department", {"from": source, **area}) == (403, "forbidden")
    assert post("officer-T2", {"from": source, **area}) == (404, "not-found")
    assert post("officer", {"from": source, "area": {"township": "T2"}}) == (403, "forbidden")
    assert post("officer", {"from": open_one, **area}) == (409, "wrong-state")
    for wrong in ({}, {"area": "T1"}, {"area": {"township": "X"}}, {"area": {"township": []}}, area | {"since": "?"}):
        assert post("officer", {"from": source, **wrong}) == (422, "bad-arguments")
    sweep = swept(service, "dispatcher", {"from": source, **area})
    path = f"/sweeps/{sweep['id']}"
    assert service["officer"].get(path).status_code == 200
    for name in ("officer-T2", "w-T1G1"):
        assert code(service[name].get(path)) == (404, "not-found")
    assert code(service["channel"].get(path)) == (403, "forbidden")
    assert code(service["officer"].post(f"{path}/members", {"add": ["261124-9999999"]})) == (422, "bad-arguments")
    assert code(service["officer"].post(f"{path}/members", {})) == (422, "bad-arguments")
    assert code(service["officer"].post(f"{path}/settle", {})) == (422, "bad-arguments")
    told = service["dispatcher"].post(f"{path}/settle", {"note": "办结"}).get_json()
    assert [(one["number"], one["code"]) for one in told["refused"]] == [(open_one, "forbidden")]


def test_a_survey_reaches_each_cells_worker_and_comes_back(service: RunningService) -> None:
    body = {"cells": ["T1G1", "T1G2", "T1G1"], "text": "独居老人取快递有无困难", "due_at": LATER}
    assert code(service["officer"].post("/sweeps", {**body, "cells": ["T2G1"]})) == (403, "forbidden")
    for wrong in ({"cells": []}, {"cells": ["X"]}, {"cells": [[]]}, {"text": " "}, {"due_at": "2020-01-01"}):
        assert code(service["officer"].post("/sweeps", body | wrong)) == (422, "bad-arguments")
    headers = {"Idempotency-Key": "s1"}
    answers = [service["officer"].post("/sweeps", body, headers=headers) for _ in "ab"]
    assert [answer.status_code for answer in answers] == [201, 200]
    sweep = answers[1].get_json()
    assert sweep["id"] == answers[0].get_json()["id"]
    assert [task["worker"] for task in sweep["tasks"]] == ["w-T1G1", "w-T1G2"]
    path = f"/sweeps/{sweep['id']}"
    worker = service["w-T1G1"]
    (mine,) = worker.get("/sweeps", waiting="yes").get_json()["sweeps"]
    assert [task["n"] for task in mine["tasks"]] == [1] and mine["question"] == body["text"]
    assert code(worker.post(f"{path}/tasks/2/done", {"result": "none"})) == (404, "not-found")
    assert code(service["w-T2G1"].post(f"{path}/tasks/1/done", {"result": "none"})) == (404, "not-found")
    for wrong in ({}, {"result": "maybe"}, {"result": "found"}, {"result": "none", "count": -1}):
        assert code(worker.post(f"{path}/tasks/1/done", wrong)) == (422, "bad-arguments")
    finding = {"description": "三号楼有独居老人取件困难", "lon": IN_T1G1[0], "lat": IN_T1G1[1], "datum": "wgs84"}
    found = {"result": "found", "text": "两户", "count": 2, "item": finding}
    for _ in range(2):
        done = worker.post(f"{path}/tasks/1/done", found).get_json()
    assert (done["tasks"][0]["result"], done["tasks"][0]["count"]) == ("found", 2)
    assert worker.get("/sweeps", waiting="yes").get_json()["sweeps"] == []
    service["officer"].post(f"{path}/tasks/2/done", {"result": "none"})
    whole = service["dispatcher"].get(path).get_json()
    (member,) = whole["members"]
    item = service["dispatcher"].get(f"/items/{member['number']}").get_json()
    assert (member["task"], item["kind"], item["channel"]) == (1, "finding", "patrol")
    assert {name: whole["progress"][name] for name in ("tasks", "done", "found", "none", "counted", "late")} == {
        "tasks": 2, "done": 2, "found": 1, "none": 1, "counted": 2, "late": 0,
    }  # fmt: skip
    assert len(service["dispatcher"].numbers()) == 1


def test_a_deputy_gets_the_task_and_with_nobody_there_the_township(service: RunningService) -> None:
    today = clock().date()
    away = today - timedelta(days=2), today + timedelta(days=3)
    rows = [row for row in staff() if row.grid not in ("T1G1", "T2G1")]
    rows += [StaffRow("T1G1", "w-T1G1", "worker T1G1", "", "w-T1G2", *away)]
    import_people(service.pool, None, rows)
    service.service.worlds.forget_people()
    sweep = swept(service, "dispatcher", {"cells": ["T1G1", "T2G1"], "text": "井盖", "due_at": LATER})
    assert [task["worker"] for task in sweep["tasks"]] == ["w-T1G2", None]
    done = service["officer-T2"].post(f"/sweeps/{sweep['id']}/tasks/2/done", {"result": "none"})
    (own,) = done.get_json()["tasks"]  # of the other township's cell it sees nothing
    assert own["n"] == 2 and own["done_at"] <= clock().isoformat()
    (other,) = service["officer"].get(f"/sweeps/{sweep['id']}").get_json()["tasks"]
    assert other["n"] == 1
    not_theirs = service["officer"].post(f"/sweeps/{sweep['id']}/tasks/2/done", {"result": "none"})
    assert code(not_theirs) == (404, "not-found")


def test_who_reads_a_sweep_is_not_told_of_an_item_of_another_township(service: RunningService) -> None:
    source = settled(service)
    sweep = swept(service, "dispatcher", {"from": source, "area": {"township": "T2"}})
    path = f"/sweeps/{sweep['id']}"
    assert service["dispatcher"].get(path).get_json()["from"] == source
    seen = service["officer-T2"].get(path).get_json()
    assert (seen["from"], seen["kind"]) == (None, "likes")


def test_marks_and_settlements_are_history(service: RunningService, owner: connection) -> None:
    source = settled(service)
    led_by_t1(service)
    swept(service, "officer", {"from": source, "area": {"township": "T1"}})
    for table in ("sweep_marks", "sweep_settlements"):
        with pytest.raises(InsufficientPrivilege):
            service.row(f"DELETE FROM {table} RETURNING id")
