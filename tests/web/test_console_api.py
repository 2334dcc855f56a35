"""What the dispatcher's console asks for besides items: a caller's items, places by address, who looks at what."""

import logging
from typing import Any

import pytest

from store.database import Database
from tests.callers import code
from tests.factories import IN_T1G1, IN_T2G1, PEOPLE, RunningService, a_service
from tests.repository import ROOT

PHONE = "138 0000 1234"
SAME = "+13800001234"
SEATS = ("seat-number-1", "seat-number-2")


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


def of_caller(service: RunningService, phone: Any = PHONE, name: str = "dispatcher") -> list[str]:
    answer = service[name].post("/callers/items", {"phone": phone})
    assert answer.status_code == 200, answer.text
    return [item["number"] for item in answer.get_json()["items"]]


def lines(service: RunningService) -> list[tuple[Any, ...]]:
    with service.database.pool.transaction() as cur:
        cur.execute("SELECT account, item, reason FROM access_log ORDER BY id")
        return [tuple(row.values()) for row in cur.fetchall()]


def test_a_callers_items_are_found_by_the_very_number(service: RunningService) -> None:
    reporter = {"name": "陈先生", "phone": PHONE}
    first = service["channel"].report(reporter=reporter)["number"]
    second = service["dispatcher"].report(reporter={"name": "", "phone": "13800001234"})["number"]
    service["channel"].report(reporter={"name": "陈先生", "phone": "13800001235"})
    assert of_caller(service) == of_caller(service, SAME) == [second, first]
    assert of_caller(service, "1380000123") == [], "a part of a number finds nothing"
    service["dispatcher"].act(second, "reply", text="已答复")
    assert of_caller(service) == [first, second], "what is open stands first"
    told = service["dispatcher"].post("/callers/items", {"phone": PHONE}).get_json()["items"][0]["reporter"]
    assert told == {"name": "陈**", "phone": "138****1234"}, "found, yet masked"


def test_each_look_up_is_logged_without_the_number(service: RunningService, caplog: pytest.LogCaptureFixture) -> None:
    service["channel"].report(reporter={"name": "", "phone": PHONE})
    with caplog.at_level(logging.DEBUG):
        of_caller(service)
        of_caller(service, "13999999999")
    (one, two) = lines(service)
    assert one[0] == two[0] and one[1] != two[1] and all(line[1].startswith("caller:") for line in (one, two))
    assert "1234" not in str((one, two)) and "00001234" not in caplog.text


def test_the_number_is_a_dispatchers_alone_to_look_up(service: RunningService) -> None:
    for name in sorted(PEOPLE.keys() - {"dispatcher"}):
        assert code(service[name].post("/callers/items", {"phone": PHONE})) == (403, "forbidden"), name
    assert service.app.test_client().post("/api/v1/callers/items", json={"phone": PHONE}).status_code == 401
    for odd in (None, 13800001234, "", "12", "abc", "1" * 21, ["13800001234"], {"a": 1}):
        assert code(service["dispatcher"].post("/callers/items", {"phone": odd})) == (422, "bad-arguments"), odd
    assert lines(service) == [], "what is refused looked nothing up"


def test_places_are_proposed_for_an_address(service: RunningService) -> None:
    answer = service["dispatcher"].get("/places", q="东门小学").get_json()
    best = answer["places"][0]
    assert (answer["reason"], best["name"], best["lon"], best["lat"]) == (None, "东门小学", *IN_T1G1)
    assert (best["township"]["code"], best["grid"]["code"], best["accuracy_m"]) == ("T1", "T1G1", 30.0)
    two = service["worker"].get("/places", q="中心公园").get_json()
    assert two["reason"] == "address-ambiguous" and len(two["places"]) == 2
    assert service["dispatcher"].get("/places").get_json() == {"places": [], "reason": "address-unknown"}
    assert service.app.test_client().get("/api/v1/places?q=x").status_code == 401


def look(service: RunningService, name: str, seat: str, number: str | None) -> list[tuple[str, str, bool]]:
    answer = service[name].post("/presence", {"seat": seat, "number": number})
    assert answer.status_code == 200, answer.text
    return [(one["number"], one["role"], one["own"]) for one in answer.get_json()["looking"]]


def test_who_looks_at_what_is_told_to_the_others(service: RunningService) -> None:
    here = service["channel"].report(lon=IN_T1G1[0], lat=IN_T1G1[1])["number"]
    there = service["channel"].report(lon=IN_T2G1[0], lat=IN_T2G1[1])["number"]
    assert look(service, "dispatcher", SEATS[0], here) == []
    assert look(service, "supervisor", SEATS[0], there) == [(here, "dispatcher", False)]
    assert look(service, "dispatcher", SEATS[1], None) == [(here, "dispatcher", True), (there, "supervisor", False)]
    assert look(service, "officer", SEATS[0], there) == [(here, "dispatcher", False)], "each in the own scope"
    assert look(service, "officer-T2", SEATS[0], here) == [(there, "supervisor", False)], "nor does it look elsewhere"
    assert look(service, "dispatcher", SEATS[0], None) == [(there, "supervisor", False)], "its own sign is taken down"
    assert look(service, "officer", SEATS[0], None) == []


def test_a_sign_fades_after_half_a_minute(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    look(service, "dispatcher", SEATS[0], number)
    with service.database.pool.transaction() as cur:
        cur.execute("UPDATE presence SET at = at - interval '31 seconds'")
    assert look(service, "supervisor", SEATS[0], number) == []
    with service.database.pool.transaction() as cur:
        cur.execute("SELECT count(*) AS n FROM presence")
        assert cur.fetchone()["n"] == 1, "and what has faded is thrown away"


def test_what_presence_refuses(service: RunningService) -> None:
    for name in ("worker", "department", "channel", "leader"):
        assert code(service[name].post("/presence", {"seat": SEATS[0]})) == (403, "forbidden"), name
    for odd in (None, "", "short", "x" * 65, "with space in it", 12345678):
        assert code(service["dispatcher"].post("/presence", {"seat": odd})) == (422, "bad-arguments"), odd
    assert code(service["dispatcher"].post("/presence", {"seat": SEATS[0], "number": 7})) == (422, "bad-arguments")
    assert look(service, "dispatcher", SEATS[0], "nothing of ours'; --") == []


def test_the_number_stands_in_no_address() -> None:
    script = (ROOT / "web/static/callers.js").read_text()
    assert 'post("/callers/items", { phone' in script and "?phone" not in script
