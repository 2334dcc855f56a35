"""Check-in over HTTP: what proves presence and what does not, codes, and many at once on one server or two."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from app import create_app
from cli.service import Service, clock
from dispatch.checkin import code_at
from gis.datum import from_wgs84
from store.database import Database
from store.summons_desk import CODES_BY_UNIT
from tests.callers import Caller
from tests.factories import IN_T1G1, RunningService, a_service, rules
from tests.summoning import FAR, actions, code, here, soon, state_of, summon


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


@pytest.mark.parametrize(
    ("args", "minutes", "word", "distance"),
    [
        (here(FAR), 30, "too-far", 600),
        (here(FAR, accuracy_m=150), 30, "too-far", 600),
        (here(accuracy_m=900), 30, "too-vague", 0),
        (here(), 90, "too-early", 0),
        ({"code": "12345"}, 30, "wrong-code", None),
        ({"lon": 0, "lat": 0}, 30, "null-island", None),
        ({}, 30, "no-location", None),
        (here(attendee="甲"), 30, "bad-arguments", None),
    ],
)
def test_what_is_no_proof(
    service: RunningService, args: dict[str, Any], minutes: int, word: str, distance: float | None
) -> None:
    made = summon(service, meet_at=soon(minutes))
    answer = service["department"].post(f"/summonses/{made['id']}/check-ins", args)
    assert code(answer) == (422, word)
    if distance is not None:
        told = answer.get_json()
        assert told["radius_m"] == 200 and told["distance_m"] == pytest.approx(distance, abs=20)
    assert state_of(service["officer"], made["id"])["city-management"] == "sent"


def test_a_position_in_another_datum(service: RunningService) -> None:
    made = summon(service)
    lon, lat = from_wgs84(*IN_T1G1, "gcj02")
    came = service["department"].post(f"/summonses/{made['id']}/check-ins", here((lon, lat), datum="GCJ-02")).get_json()
    assert came["state"] == "present" and came["distance_m"] < 1


def test_who_comes_after_the_time_is_late(service: RunningService) -> None:
    made = summon(service, meet_at=soon(-10))
    came = service["department"].post(f"/summonses/{made['id']}/check-ins", here()).get_json()
    assert came["state"] == "late" and 600 <= came["late_by_s"] < 660


def test_the_code_in_a_basement(service: RunningService) -> None:
    made = summon(service)
    shown = service["officer"].get(f"/summonses/{made['id']}/code").get_json()
    assert shown["svg"].startswith("<svg") and shown["code"] in shown["url"] and 0 < shown["seconds"] <= 60
    came = service["department"].post(f"/summonses/{made['id']}/check-ins", {"code": shown["code"]}).get_json()
    assert (came["proof"], came["distance_m"], came["state"]) == ("code", None, "present")


def test_codes_cannot_be_tried_out(service: RunningService) -> None:
    made = summon(service)
    path = f"/summonses/{made['id']}/check-ins"
    for _ in range(CODES_BY_UNIT):
        assert code(service["department"].post(path, {"code": "000000"}))[1] == "wrong-code"
    right = code_at(service.database.settings.secret, made["id"], clock())
    answer = service["department"].post(path, {"code": right})
    assert code(answer) == (429, "throttled") and int(answer.headers["Retry-After"]) > 0
    assert service["department"].post(path, here()).status_code == 200, "by position it still can"
    assert service["other-department"].post(path, {"code": right}).status_code == 200


def test_two_check_ins_at_once_are_one(service: RunningService) -> None:
    made = summon(service)
    caller, path = service["department"], f"/summonses/{made['id']}/check-ins"
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda n: caller.post(path, here(attendee={"name": f"甲{n}"})), range(6)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.get_json()["checked_in_at"] for answer in answers}) == 1
    assert actions(service, made["number"]).count("checked_in") == 1
    both = summon(service)
    path = f"/summonses/{both['id']}/check-ins"
    with ThreadPoolExecutor(2) as pool:
        callers = [service["department"], service["other-department"]]
        assert [a.status_code for a in pool.map(lambda one: one.post(path, here()), callers)] == [200, 200]
    assert actions(service, both["number"]).count("checked_in") == 2


def test_two_servers_take_one_check_in_and_one_conclusion(service: RunningService) -> None:
    made, caller, officer = summon(service), service["department"], service["officer"]
    with Database.open(service.database.settings) as second:
        app = create_app(Service(second, rules()))
        clients = [service.app.test_client(), app.test_client()] * 3

        def both(name: Caller, act: str, body: dict[str, Any]) -> list[Any]:
            path = f"/summonses/{made['id']}/{act}"
            with ThreadPoolExecutor(6) as pool:
                return list(pool.map(lambda client: replace(name, client=client).post(path, body), clients))

        assert {answer.status_code for answer in both(caller, "check-ins", here())} == {200}
        ends = [answer.status_code for answer in both(officer, "conclude", {"plan": "x"})]
    assert sorted(ends) == [200, 409, 409, 409, 409, 409]
    told = actions(service, made["number"])
    assert (told.count("checked_in"), told.count("summons_concluded")) == (1, 1)
