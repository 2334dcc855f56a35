"""Mutual ratings in the database: once whoever is quick, all in one transaction, told once when the time is over."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from cli.service import Service, clock
from dispatch.errors import WrongState
from store import audit
from store.counters import differences
from store.database import Database
from store.mutual_desk import MutualDesk
from tests.factories import RunningService, a_service, rules
from tests.mutual_rating import DEPARTMENT, LOW, TOWNSHIP, concluded, notices, rate
from tests.reports import IN_T2G1


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


def desks(service: RunningService) -> list[MutualDesk]:
    """Two desks as two processes have them: each with its own rules, people and Edition."""
    found = [Service(service.database, rules()).mutual for _ in range(2)]
    for desk in found:
        desk.worlds.now()
    return found


def tried(act: Any) -> str:
    try:
        act()
        return "done"
    except WrongState:
        return "refused"


def test_of_two_that_rate_at_once_one_counts(service: RunningService) -> None:
    officer = service["officer"].account
    for _ in range(4):
        id = concluded(service)
        with ThreadPoolExecutor(2) as pool:
            done = list(
                pool.map(lambda desk, id=id: tried(lambda: desk.rate(officer, id, TOWNSHIP)), desks(service))  # type: ignore[misc]
            )
        assert sorted(done) == ["done", "refused"]
        query = "SELECT count(*) AS n FROM mutual_ratings WHERE summons_id = %s"
        assert service.row(query, [id])["n"] == 1


def test_both_sides_at_once_are_both_kept_and_seen(service: RunningService) -> None:
    officer, housing = service["officer"].account, service["other-department"].account
    id = concluded(service)
    one, other = desks(service)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(one.rate, officer, id, TOWNSHIP)
        second = pool.submit(other.rate, housing, id, DEPARTMENT)
        first.result(), second.result()
    assert len(one.ratings([id])[id]) == 2
    assert len(notices(service, "rating_visible")) == 1  # whoever came second was there
    whole(service)


def test_two_rulings_at_once(service: RunningService) -> None:
    id = concluded(service)
    rate(service, id, "officer", LOW)
    rate(service, id, "other-department", DEPARTMENT)
    made = service["other-department"].post(f"/summonses/{id}/objections", {"reason": "不实"}).get_json()
    supervisor = service["supervisor"].account
    rulings = [{"grant": grant, "reason": "核实"} for grant in (True, False)]
    with ThreadPoolExecutor(2) as pool:
        done = list(
            pool.map(lambda desk, args: tried(lambda: desk.rule(supervisor, made["id"], args)), desks(service), rulings)
        )
    assert sorted(done) == ["done", "refused"]
    whole(service)


def test_the_end_of_the_time_is_told_once_by_any_number_of_processes(service: RunningService) -> None:
    ids = [concluded(service) for _ in range(3)]
    for id in ids:
        rate(service, id, "officer", TOWNSHIP)
    one, other = desks(service)
    assert one.tell_of_ratings(clock()) == 0 and notices(service, "rating_visible") == []
    later = clock() + timedelta(days=30)
    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(lambda desk: desk.tell_of_ratings(later), [one, other]))
    assert sum(told) == 3 and notices(service, "rating_visible") == ["unit:housing-bureau"] * 3
    assert one.tell_of_ratings(later) == 0
    facts = service.row("SELECT facts, number FROM notices WHERE kind = 'rating_visible' ORDER BY id LIMIT 1")
    assert facts["facts"]["by"] == "T1" and facts["number"]


def test_a_township_that_the_item_has_left_is_not_told(service: RunningService) -> None:
    id = concluded(service)
    number = rate(service, id, "other-department", DEPARTMENT)["number"]
    service["dispatcher"].act(number, "locate", lon=IN_T2G1[0], lat=IN_T2G1[1], datum="wgs84")
    assert service["officer"].get(f"/items/{number}").status_code == 404
    assert service.service.mutual.tell_of_ratings(clock() + timedelta(days=30)) == 1
    assert notices(service, "rating_visible") == []


def test_what_was_told_when_both_had_rated_is_not_told_again(service: RunningService) -> None:
    id = concluded(service)
    rate(service, id, "officer", TOWNSHIP)
    rate(service, id, "other-department", DEPARTMENT)
    assert notices(service, "rating_visible") == ["unit:T1"]
    assert service.service.mutual.tell_of_ratings(clock() + timedelta(days=30)) == 0


def test_a_rating_that_cannot_be_written_whole_is_not_written(
    service: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = concluded(service)
    number = service["officer"].get(f"/summonses/{id}").get_json()["number"]
    before = service["officer"].get(f"/items/{number}").get_json()["version"]

    def broken(*_: Any) -> Any:
        raise RuntimeError("the power went")

    monkeypatch.setattr(MutualDesk, "_saved", broken)
    with pytest.raises(RuntimeError):
        service.service.mutual.rate(service["officer"].account, id, TOWNSHIP)
    monkeypatch.undo()
    assert service.service.mutual.ratings([id]) == {}
    assert service["officer"].get(f"/items/{number}").get_json()["version"] == before
    rate(service, id, "officer", TOWNSHIP)


def whole(service: RunningService) -> None:
    """The chains hold and the counters add up."""
    service.relay()
    zone = str(service.service.rules.zone)
    assert audit.verify(service.pool, zone).fault is None
    with service.pool.transaction() as cur:
        assert not differences(cur, zone)
