"""Duplicates, merging and splitting over HTTP: who may, what is refused, what each reader is shown."""

from typing import Any

import pytest

from dispatch.tracking import track_code
from store.database import Database
from tests.callers import code
from tests.factories import IN_T1G1, RunningService, a_service

DOGS = "2.06"


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


def refused(service: RunningService, name: str, number: str, action: str, **args: Any) -> tuple[int, str]:
    return code(service[name].post(f"/items/{number}/actions", {"action": action, **args}))


def test_a_duplicate_is_proposed_at_entry_and_merged(service: RunningService) -> None:
    dispatcher = service["dispatcher"]
    first = dispatcher.report(category=DOGS, description="三楼邻居养的狗整夜叫")["number"]
    lon, lat = IN_T1G1
    asked = {"lon": lon, "lat": lat, "datum": "wgs84", "category": DOGS, "description": "三楼狗整夜叫"}
    (like,) = dispatcher.get("/duplicates", **asked).get_json()["duplicates"]
    assert (like["number"], like["same_category"], like["distance_m"]) == (first, True, 0.0)
    assert 0.5 < like["score"] <= 1 and like["similarity"] > 0.3
    second = service["channel"].report(category=DOGS, description="三楼狗整夜叫")["number"]
    found = dispatcher.get(f"/items/{second}/duplicates").get_json()["duplicates"]
    assert [one["number"] for one in found] == [first]
    merged = dispatcher.act(second, "merge", into=first)
    assert (merged["status"], merged["merged_into"], merged["allowed"]) == ("merged", first, ["unmerge", "comment"])
    assert dispatcher.get(f"/items/{first}").get_json()["merged"] == [second]
    assert dispatcher.get("/duplicates", **asked).get_json()["duplicates"][0]["number"] == first
    assert second not in dispatcher.numbers(status="open") and second in dispatcher.numbers(status="merged")
    own = service["channel"].get(f"/items/{second}").get_json()
    assert (own["status"], own["merged_into"]) == ("merged", None)
    assert service["other-channel"].get("/duplicates", **asked).get_json()["duplicates"] == []
    by_body = dispatcher.post("/duplicates", asked | {"description": "三楼狗整夜叫" * 3000, "odd": [1]})
    assert by_body.status_code == 200 and by_body.get_json()["duplicates"][0]["number"] == first
    assert service["other-channel"].post("/duplicates", asked).get_json()["duplicates"] == []
    assert dispatcher.post("/duplicates", {"lon": [], "lat": {}, "category": 7}).get_json() == {"duplicates": []}
    secret = service.database.settings.secret
    headers = {"X-Track-Code": track_code(second, secret)}
    tracked = service["channel"].get(f"/track/{second}", headers=headers)
    assert (tracked.get_json()["status"], tracked.get_json()["progress"]) == ("merged", "dispatched")
    assert first not in tracked.text
    back = dispatcher.act(second, "unmerge", version=merged["version"])
    assert (back["status"], back["merged_into"]) == ("dispatched", None)


def test_what_is_refused(service: RunningService) -> None:
    dispatcher = service["dispatcher"]
    a, b = (dispatcher.report(category=DOGS)["number"] for _ in range(2))
    assert refused(service, "officer", a, "merge", into=b) == (403, "forbidden")
    assert refused(service, "officer", a, "unmerge") == (403, "forbidden")
    assert refused(service, "officer", a, "split", parts=[{"description": "x"}]) == (403, "forbidden")
    assert refused(service, "dispatcher", a, "unmerge") == (409, "wrong-state")
    assert refused(service, "dispatcher", a, "merge", into=a) == (422, "bad-arguments")
    assert refused(service, "dispatcher", a, "merge") == (422, "bad-arguments")
    assert refused(service, "dispatcher", a, "split", parts=[{}]) == (422, "bad-arguments")
    dispatcher.act(a, "merge", into=b)
    assert refused(service, "dispatcher", a, "merge", into=b) == (409, "wrong-state")
    assert refused(service, "dispatcher", b, "merge", into=a) == (409, "wrong-state")
    assert refused(service, "dispatcher", a, "split", parts=[{"description": "x"}]) == (409, "wrong-state")
    assert refused(service, "dispatcher", a, "merge", into=b, version=1) == (409, "changed")
    assert service["other-department"].get(f"/items/{a}/duplicates").status_code == 404
    assert dispatcher.get("/duplicates", lon="x", lat="91").get_json() == {"duplicates": []}


def test_a_split_sent_twice_gives_the_same_parts(service: RunningService) -> None:
    dispatcher = service["dispatcher"]
    number = dispatcher.report(category=DOGS)["number"]
    body = {"action": "split", "parts": [{"description": "路灯不亮"}, {"category": "1.01"}]}
    answers = [dispatcher.post(f"/items/{number}/actions", body, headers={"Idempotency-Key": "once"}) for _ in "ab"]
    first, again = (answer.get_json() for answer in answers)
    assert first["parts"] == again["parts"] and len(first["parts"]) == 2
    part = first["parts"][0]
    child = dispatcher.get(f"/items/{part['number']}").get_json()
    assert (child["split_from"], child["description"]) == (number, "路灯不亮")
    assert part["track_code"] and first["split"] == [one["number"] for one in first["parts"]]
    assert child["reporter"] == first["reporter"] and child["received_at"] == first["received_at"]
