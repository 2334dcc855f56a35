"""Editions that wait for an instant, earlier ones published again, and planners who must not miss each other."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from boundaries.check import check
from dispatch.account import Account
from store import publishing
from store.audit import verify
from store.database import Database
from store.errors import EditionChanged, NoEdition, NotPlanned, PastInstant
from store.foretelling import foretell
from store.publisher import ASIDE_S, TICK_S, Publisher
from store.publishing import cancel, listed, live_edition_id, planned, retired
from tests.factories import RUBBISH, RunningService, a_redrawn_town, a_service, a_town, with_cell

PLANNER = Account(0, "li", "planner")
SOON = timedelta(days=3)


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


def now() -> datetime:
    return datetime.now(UTC)


def carried_out(service: RunningService, at: datetime) -> int | None:
    """What a process does that looks at that time."""
    running = service.service
    edition = publishing.carry_out_due(service.pool, running.worlds, running.pen, lambda: at)
    if edition is not None:
        running.shelf.flip(edition)
        running.worlds.forget_people()
    return edition


def plan(service: RunningService, town: Any, at: datetime, **more: Any) -> int:
    live = service.service.shelf.live().id
    edition = service.publish(town, at=at, by=PLANNER, **more)
    service.service.shelf.flip(live or 0)
    return edition


def state(service: RunningService, edition: int) -> str:
    return str(next(row["state"] for row in listed(service.pool) if row["id"] == edition))


def test_a_planned_edition_goes_live_at_its_instant(service: RunningService) -> None:
    number = service["channel"].report(category=RUBBISH)["number"]
    at = now() + SOON
    edition = plan(service, a_redrawn_town(), at, reason="next year")
    assert live_edition_id(service.pool) == 1 and state(service, edition) == "waiting"
    waiting = planned(service.pool)[0]
    assert (waiting["edition"], waiting["expect"], waiting["by"], waiting["reason"]) == (edition, 1, "li", "next year")
    assert datetime.fromisoformat(waiting["live_from"]) == at
    assert carried_out(service, at - timedelta(seconds=1)) is None
    assert carried_out(service, at) == edition == live_edition_id(service.pool)
    assert carried_out(service, at) is None and planned(service.pool) == []
    item = service["dispatcher"].get(f"/items/{number}").get_json()
    assert (item["lead"]["code"], item["resolution"]["edition"]) == ("T2", edition)
    last = service["dispatcher"].get(f"/items/{number}/events").get_json()["events"][-1]
    assert (last["action"], last["actor"]["role"]) == ("moved", "planner")
    row = listed(service.pool)[0]
    assert (row["state"], row["instead_of"], row["moved"], row["kept"]) == ("live", 1, 1, 0)
    assert verify(service.pool, "Asia/Shanghai").fault is None


def test_a_plan_is_refused_where_another_edition_is_live_by_then(service: RunningService) -> None:
    at = now() + SOON
    edition = plan(service, a_redrawn_town(), at)
    other = service.publish(a_town())
    assert carried_out(service, at) is None
    assert live_edition_id(service.pool) == other and state(service, edition) == "refused"
    told = [n for n in service["planner"].get("/notices").get_json()["notices"] if n["kind"] == "edition_refused"]
    assert told[0]["facts"] == {"edition": edition, "expect": 1, "live": other}
    assert carried_out(service, at) is None


def test_plans_follow_each_other(service: RunningService) -> None:
    first = plan(service, a_redrawn_town(), now() + SOON)
    with pytest.raises(EditionChanged) as refused:
        plan(service, a_town(), now() + 2 * SOON, expect=1)
    assert refused.value.members["live"] == first
    second = plan(service, a_town(), now() + 2 * SOON, expect=first)
    assert [row["expect"] for row in planned(service.pool)] == [1, first]
    later = now() + 3 * SOON
    assert [carried_out(service, later) for _ in range(3)] == [first, second, None]


def test_a_plan_that_is_called_off(service: RunningService) -> None:
    at = now() + SOON
    edition = plan(service, a_redrawn_town(), at)
    cancel(service.pool, edition, by=PLANNER, at=now())
    assert carried_out(service, at) is None and state(service, edition) == "cancelled"
    for unknown in (edition, 1, 99):
        with pytest.raises(NotPlanned):
            cancel(service.pool, unknown, by=PLANNER, at=now())


def test_what_cannot_be_planned(service: RunningService, database: Database) -> None:
    before = len(listed(service.pool))
    with pytest.raises(PastInstant):
        plan(service, a_redrawn_town(), now() - timedelta(seconds=1))
    with pytest.raises(EditionChanged):
        plan(service, a_redrawn_town(), now() + SOON, expect=9)
    assert len(listed(service.pool)) == before


def test_many_processes_carry_a_plan_out_once(service: RunningService) -> None:
    at = now() + SOON
    edition = plan(service, a_redrawn_town(), at)
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda _: carried_out(service, at), range(3)))
    assert sorted(done, key=str) == [edition, None, None]
    assert next(row["live_from"] for row in listed(service.pool) if row["id"] == edition) == [at.isoformat()]


def test_a_plan_that_dies_in_the_middle_still_waits(service: RunningService, monkeypatch: pytest.MonkeyPatch) -> None:
    at = now() + SOON
    edition = plan(service, a_redrawn_town(), at)

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(publishing, "_flip", dies)
    with pytest.raises(KeyboardInterrupt):
        carried_out(service, at)
    monkeypatch.undo()
    assert live_edition_id(service.pool) == 1 and state(service, edition) == "waiting"
    assert carried_out(service, at) == edition


def test_the_clock_of_plans_survives_what_fails() -> None:
    def fails() -> int | None:
        raise RuntimeError("no")

    assert Publisher(fails).tick() == ASIDE_S
    assert Publisher(lambda: 3).tick() == Publisher(lambda: None).tick() == TICK_S


def test_two_planners_who_expect_nothing_do_not_publish_over_each_other(service: RunningService) -> None:
    """The one who comes second began before the first was done, and could not know."""
    with the_first_under_way(service) as publish_second, pytest.raises(EditionChanged):
        publish_second()
    assert len(listed(service.pool)) == 1


@contextmanager
def the_first_under_way(service: RunningService) -> Iterator[Any]:
    from store.plans import PLAN_LOCK

    holder = service.pool.dedicated()
    holder.autocommit = False
    with holder.cursor() as cur, ThreadPoolExecutor(1) as pool:
        cur.execute("SELECT pg_advisory_xact_lock(%s)", (PLAN_LOCK,))
        second = pool.submit(service.publish, a_redrawn_town())
        waits = "SELECT count(*) AS n FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted"
        while service.row(waits, (PLAN_LOCK,))["n"] == 0:
            assert not second.done(), second.result()
        cur.execute("DELETE FROM live_edition")  # stands for: another one is live
        holder.commit()
        yield lambda: second.result(20)
    holder.close()


def test_an_earlier_edition_published_again(service: RunningService) -> None:
    number = service["channel"].report(category=RUBBISH)["number"]
    second = service.publish(a_redrawn_town())
    running = service.service
    told = {"by": PLANNER, "reason": "back", "clock": now}
    with pytest.raises(EditionChanged):
        publishing.rollback(service.pool, running.worlds, running.pen, 1, expect=1, **told)
    with pytest.raises(NoEdition, match="no Edition 99"):
        publishing.rollback(service.pool, running.worlds, running.pen, 99, expect=None, **told)
    third = publishing.rollback(service.pool, running.worlds, running.pen, 1, expect=second, **told)
    running.shelf.flip(third)
    rows = {row["id"]: row for row in listed(service.pool)}
    assert third not in (1, second) and rows[third]["digest"] == rows[1]["digest"]
    assert (rows[third]["again"], rows[third]["reason"], rows[third]["published_by"]) == (1, "back", "li")
    item = service["dispatcher"].get(f"/items/{number}").get_json()
    assert (item["lead"]["code"], item["resolution"]["edition"]) == ("T1", third)


def test_work_under_way_keeps_its_lead_unless_told(service: RunningService) -> None:
    number = service["channel"].report(category=RUBBISH)["number"]
    service["officer"].act(number, "accept")
    service["officer-T2"].get("/notices")
    second = service.publish(a_redrawn_town())
    item = service["dispatcher"].get(f"/items/{number}").get_json()
    assert (item["lead"]["code"], item["resolution"]["township"]["code"], item["status"]) == ("T1", "T2", "accepted")
    assert number in service["officer"].numbers() and number in service["officer-T2"].numbers()
    refused = service["officer-T2"].post(f"/items/{number}/actions", {"action": "settle", "note": "x"})
    assert refused.status_code == 403
    assert kinds(service, "officer") == ["boundary_kept"] and kinds(service, "officer-T2") == ["boundary_beside"]
    assert next(row["kept"] for row in listed(service.pool) if row["id"] == second) == 1
    service.publish(a_redrawn_town(), move_in_work=True)
    item = service["dispatcher"].get(f"/items/{number}").get_json()
    assert (item["lead"]["code"], item["handlers"][0]["unit"]) == ("T2", "T2")
    assert kinds(service, "officer")[0] == "boundary_lost" and kinds(service, "officer-T2")[0] == "boundary_gained"
    assert number not in service["officer"].numbers()
    assert verify(service.pool, "Asia/Shanghai").fault is None


def kinds(service: RunningService, name: str) -> list[str]:
    return [notice["kind"] for notice in service[name].get("/notices").get_json()["notices"]]


def test_what_a_publish_would_do(service: RunningService) -> None:
    fresh, busy = (service["channel"].report(category=RUBBISH)["number"] for _ in range(2))
    service["officer"].act(busy, "accept")
    told = foretell(service.pool, a_redrawn_town())
    assert (told.expect, told.moves, told.keeps, told.waiting) == (1, 1, 1, [])
    told = foretell(service.pool, a_redrawn_town(), move_in_work=True)
    assert (told.moves, told.keeps) == (2, 0)
    assert foretell(service.pool, a_town()).moves == 0
    edition = plan(service, a_redrawn_town(), now() + SOON)
    assert foretell(service.pool, a_town(), at=now() + 2 * SOON).expect == edition
    assert foretell(service.pool, a_town()).waiting[0]["edition"] == edition
    assert service["dispatcher"].get(f"/items/{fresh}").get_json()["version"] == 1


def test_codes_that_an_earlier_edition_gave_away(service: RunningService) -> None:
    town = a_town()
    assert retired(service.pool) == {}
    renamed = with_cell(town, "T1G1", code="T1G7")
    service.publish(renamed)
    gone = retired(service.pool)
    assert list(gone) == ["T1G1"] and gone["T1G1"].equals(town.cells[0].geometry)
    back = with_cell(renamed, "T2G1", code="T1G1")
    assert faults(back, gone) == ["retired-code"]
    assert faults(town, gone) == []
    swapped = with_cell(with_cell(with_cell(renamed, "T1G7", code="x"), "T1G2", code="T1G7"), "x", code="T1G2")
    assert faults(swapped, gone) == []
    plan(service, with_cell(renamed, "T1G2", code="T1G9"), now() + SOON)
    assert list(retired(service.pool)) == ["T1G1"]  # what was never live gives no code away


def faults(town: Any, gone: Any) -> list[str]:
    return [fault.kind for fault in check(town, gone) if fault.kind == "retired-code"]


def test_a_township_that_is_no_more_leads_nothing(service: RunningService) -> None:
    number = service["channel"].report(category=RUBBISH)["number"]
    service["officer"].act(number, "accept")
    town = a_town()
    cells = tuple(replace(cell, township="T2") for cell in town.cells)
    service.publish(replace(town, cells=cells, townships=()))
    assert service["dispatcher"].get(f"/items/{number}").get_json()["lead"]["code"] == "T2"


@pytest.mark.parametrize("how", ["reopen", "rate"])
def test_what_is_opened_again_stands_in_the_live_edition(service: RunningService, how: str) -> None:
    """It was over while the boundaries changed, and so did not follow."""
    number = service["channel"].report(category=RUBBISH)["number"]
    service["dispatcher"].act(number, "reply", text="x")
    second = service.publish(a_redrawn_town())
    over = service["dispatcher"].get(f"/items/{number}").get_json()
    assert over["resolution"]["edition"] == 1
    if how == "reopen":
        service["dispatcher"].act(number, "reopen", reason="x")
    else:
        told = {"level": 1, "resolved": False, "comment": "x"}
        assert service["dispatcher"].post(f"/items/{number}/follow-up", told).status_code == 200
    item = service["dispatcher"].get(f"/items/{number}").get_json()
    assert (item["status"], item["resolution"]["edition"]) == ("accepted", second)
    assert (item["resolution"]["township"]["code"], item["lead"]["code"]) == ("T2", "T1")
