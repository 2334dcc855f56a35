"""The desk: what one transaction holds together, and what happens when two want the same."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg2
import pytest
from psycopg2.extensions import connection

from cli.service import clock
from dispatch.errors import Changed, UnknownItem, WrongState
from dispatch.report import Report, read_report
from store.counters import differences
from store.database import Database
from store.errors import RowRefused
from store.filters import like
from store.holding import EDITION_LOCK
from store.keys import bounded, number_of
from store.relay import fold
from tests.factories import IN_T2G1, NOON, RunningService, a_redrawn_town, a_report, a_service, rules


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


def report(**fields: Any) -> Report:
    return read_report(a_report(**fields), now=clock(), zone=rules().zone)


def test_an_item_comes_back_as_it_was_stored(service: RunningService) -> None:
    desk, maker = service.service.desk, service["channel"].account
    told = report(
        external_ref={"system": "s", "number": "1"}, due_at="2026-12-01", kind="?", anonymous=True, accuracy_m=9
    )
    stored, new = desk.take_in(maker, told)
    assert new and desk.item(maker, stored.number) == stored
    moved = desk.act(service["dispatcher"].account, stored.number, "locate", {"lon": IN_T2G1[0], "lat": IN_T2G1[1]})
    assert desk.item(maker, stored.number) == moved
    accepted = desk.act(service["officer-T2"].account, stored.number, "accept", {})
    assert desk.item(maker, stored.number) == accepted


def test_what_fails_leaves_nothing_behind(service: RunningService, owner: connection) -> None:
    desk, dispatcher = service.service.desk, service["dispatcher"].account
    number = desk.take_in(dispatcher, report())[0].number
    tables = ("items", "events", "outbox", "item_deltas", "handlers", "tasks", "deadlines", "intake_keys", "reporters")
    counted = "SELECT " + ", ".join(f"(SELECT count(*) FROM {table}) AS {table}" for table in tables)
    before = service.row(counted)
    with pytest.raises(WrongState):
        desk.act(dispatcher, number, "close", {})
    with owner.cursor() as cur:
        cur.execute("ALTER TABLE outbox ADD CONSTRAINT full_up CHECK (id < 0) NOT VALID")
    with pytest.raises(RowRefused):
        desk.take_in(dispatcher, report(client_ref="x"))
    with pytest.raises(RowRefused):
        desk.act(dispatcher, number, "comment", {"text": "x"})
    assert service.row(counted) == before


def test_the_services_role_cannot_touch_history(service: RunningService) -> None:
    service["channel"].report()
    for table in ("events", "seals", "access_log", "rule_sets", "editions", "edition_areas"):
        column = "reason" if table in ("access_log", "editions") else "hash"
        column = "name" if table == "edition_areas" else column
        for statement in (
            f"UPDATE {table} SET {column} = {column}",
            f"DELETE FROM {table}",
            f"TRUNCATE {table} CASCADE",
        ):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege), service.pool.transaction() as cur:
                cur.execute(statement)


def test_an_event_holds_nothing_of_the_citizen(service: RunningService) -> None:
    number = service["channel"].report(description="我家隔壁", address="东门街1号")["number"]
    service["dispatcher"].act(number, "comment", text="王先生来电")
    with service.pool.transaction() as cur:
        cur.execute("SELECT string_agg(body, ' ') AS bodies FROM events")
        bodies = cur.fetchone()["bodies"]
        cur.execute("SELECT string_agg(body::text, ' ') AS bodies FROM outbox")
        bodies += cur.fetchone()["bodies"]
    for secret in ("隔壁", "东门", "林", "13812345678", "王先生"):
        assert secret not in bodies
    assert rules().hash in bodies


def test_two_that_act_at_once_follow_each_other(service: RunningService) -> None:
    desk, dispatcher = service.service.desk, service["dispatcher"].account
    number = desk.take_in(dispatcher, report())[0].number

    def act(n: int) -> int:
        return desk.act(dispatcher, number, "comment", {"text": str(n)}).version

    with ThreadPoolExecutor(6) as pool:
        versions = sorted(pool.map(act, range(18)))
    assert versions == list(range(2, 20))
    lines = desk.events(dispatcher, number)
    assert [line["prev_hash"] for line in lines[1:]] == [line["hash"] for line in lines[:-1]]


def test_only_one_of_two_with_the_same_version_acts(service: RunningService) -> None:
    desk, dispatcher = service.service.desk, service["dispatcher"].account
    number = desk.take_in(dispatcher, report())[0].number

    def act(n: int) -> bool:
        try:
            desk.act(dispatcher, number, "comment", {"text": str(n)}, version=1)
        except Changed:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(act, range(6))) == 1


def test_who_waited_for_a_lock_and_lost_the_item_is_told_it_is_not_there(service: RunningService) -> None:
    desk, dispatcher, officer = service.service.desk, service["dispatcher"].account, service["officer"].account
    number = desk.take_in(dispatcher, report(category=None))[0].number
    holder = service.pool.dedicated()
    holder.autocommit = False
    with holder.cursor() as cur:
        cur.execute("UPDATE items SET readers = '{}' WHERE number = %s", (number,))
    failed: list[Exception] = []

    def act() -> None:
        try:
            desk.act(officer, number, "comment", {"text": "x"})
        except Exception as error:
            failed.append(error)

    waiting = threading.Thread(target=act)
    waiting.start()
    waiting.join(0.3)
    assert waiting.is_alive()
    holder.commit()
    waiting.join(10)
    holder.close()
    assert [type(error) for error in failed] == [UnknownItem]


def test_an_intake_that_waited_for_a_publish_sees_the_new_edition(service: RunningService) -> None:
    """The statement that waits for the lock began before the flip was committed; the item must not come by the old."""
    desk, channel = service.service.desk, service["channel"].account
    edition = stored_edition(service)
    publisher = service.pool.dedicated()
    publisher.autocommit = False
    with publisher.cursor() as cur:
        cur.execute("SELECT pg_advisory_xact_lock(%s)", (EDITION_LOCK,))
        with ThreadPoolExecutor(2) as pool:
            coming = pool.submit(desk.take_in, channel, report())
            held = service["channel"].report  # a second one by the web
            also = pool.submit(held)
            waiting_for_lock(service, 2)
            cur.execute("UPDATE live_edition SET edition = %s", (edition,))
            publisher.commit()
            item = coming.result(20)[0]
            other = also.result(20)
    publisher.close()
    assert (item.edition, item.lead.code) == (edition, "T2")
    assert (other["resolution"]["edition"], other["lead"]["code"]) == (edition, "T2")


def test_a_locate_that_waited_for_a_publish_sees_the_new_edition(service: RunningService) -> None:
    desk, dispatcher = service.service.desk, service["dispatcher"].account
    number = desk.take_in(dispatcher, report(lon=None))[0].number
    edition = stored_edition(service)
    publisher = service.pool.dedicated()
    publisher.autocommit = False
    with publisher.cursor() as cur:
        cur.execute("SELECT pg_advisory_xact_lock(%s)", (EDITION_LOCK,))
        with ThreadPoolExecutor(1) as pool:
            place = {"lon": 119.305, "lat": 26.085}
            coming = pool.submit(desk.act, dispatcher, number, "locate", place)
            waiting_for_lock(service, 1)
            cur.execute("UPDATE live_edition SET edition = %s", (edition,))
            publisher.commit()
            item = coming.result(20)
    publisher.close()
    assert (item.edition, item.lead.code) == (edition, "T2")


def stored_edition(service: RunningService) -> int:
    """The redrawn town stored as an Edition that is not live yet."""
    service.publish(a_redrawn_town())
    with service.pool.transaction() as cur:
        cur.execute("UPDATE live_edition SET edition = 1")
    service.service.shelf.flip(1)
    return 2


def waiting_for_lock(service: RunningService, n: int) -> None:
    import time

    end = time.monotonic() + 10
    while service.row("SELECT count(*) AS n FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")["n"] < n:
        assert time.monotonic() < end
        time.sleep(0.01)


def test_counters_equal_the_items_before_and_after_folding(service: RunningService) -> None:
    desk, dispatcher = service.service.desk, service["dispatcher"].account
    for fields in ({}, {}, {"lon": None}, {"category": "?"}, {"channel": "web"}):
        number = desk.take_in(dispatcher, report(**fields))[0].number
    desk.act(dispatcher, number, "locate", {"lon": IN_T2G1[0], "lat": IN_T2G1[1]})
    desk.act(dispatcher, number, "reply", {"text": "好"})
    for _ in range(2):
        with service.pool.transaction() as cur:
            assert differences(cur, "Asia/Shanghai") == {}
        fold(service.pool)
    assert service.row("SELECT count(*) AS n FROM item_deltas")["n"] == 0
    assert service.row("SELECT sum(n) AS n FROM item_counts")["n"] == 5
    with service.pool.transaction() as cur:
        cur.execute("UPDATE item_counts SET n = n + 1 WHERE channel = 'web'")
        assert [counted - true for counted, true in differences(cur, "Asia/Shanghai").values()] == [1]


def test_folding_beside_writing_counts_nothing_twice(service: RunningService) -> None:
    desk, dispatcher = service.service.desk, service["dispatcher"].account
    done = threading.Event()

    def folding() -> None:
        while not done.is_set():
            fold(service.pool)

    folder = threading.Thread(target=folding)
    folder.start()
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: desk.take_in(dispatcher, report()), range(30)))
    done.set()
    folder.join(10)
    with service.pool.transaction() as cur:
        assert differences(cur, "Asia/Shanghai") == {}


def test_people_are_read_again_once_told_and_nobody_waits(service: RunningService) -> None:
    worlds = service.service.worlds
    units, _ = worlds.people()
    with service.pool.transaction() as cur:
        cur.execute("UPDATE units SET name = 'renamed' WHERE code = 'T1'")
    assert worlds.people()[0] is units
    worlds.forget_people()
    worlds._lock.acquire()  # somebody is reading
    assert worlds.people()[0] is units
    worlds._lock.release()
    assert worlds.people()[0]["T1"].name == "renamed"


def test_texts_for_queries() -> None:
    assert like(r"100%_\x") == r"100\%\_\\x"
    assert bounded("a" * 200) == "a" * 200
    assert len(bounded("a" * 201)) < 200 and bounded("a" * 201) != bounded("a" * 202)
    assert number_of(187, NOON) == "261124-0000187"
