"""Notices on disk: told in the transaction of what they tell of, read once, kept for a while, found by index."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg2.extensions import connection

from cli.service import clock
from dispatch.account import Account
from dispatch.errors import Changed, WrongState
from dispatch.notice import Notice
from store import saving
from store.database import Database
from store.notices import BATCH, KEEP, MOST_COUNTED, SETTLED, Notices, prune
from store.queries import queries
from store.reviews import tell_overdue_orders, tell_reviews
from tests.factories import PEOPLE, RunningService, a_redrawn_town, a_service

TOLD = "INSERT INTO notices (recipient, kind, number, facts, at) VALUES (%s, 'urged', '1', '{}', %s) RETURNING id"


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


def kinds(service: RunningService, name: str) -> list[str]:
    return [one["kind"] for one in service.service.notices.listed(service[name].account)]


def tell(service: RunningService, to: str, at: datetime | None = None) -> int:
    return int(service.row(TOLD, (to, at or clock()))["id"])


def counted(service: RunningService) -> tuple[int, int]:
    row = service.row("SELECT (SELECT count(*) FROM notices) AS n, (SELECT count(*) FROM outbox) AS lines")
    return row["n"], row["lines"]


def test_intake_tells_nobody_and_an_action_the_parties_alone(service: RunningService) -> None:
    everybody = {name: service[name] for name in PEOPLE}
    number = service["channel"].report()["number"]
    assert counted(service)[0] == 0
    service["dispatcher"].act(number, "assign", main="housing-bureau")
    found = {name: kinds(service, name) for name in everybody}
    assert {name: told for name, told in found.items() if told} == {
        "other-department": ["handler"], "department": ["released"],
    }  # fmt: skip


def test_whoever_is_moved_by_publishing_is_told(service: RunningService) -> None:
    service["channel"].report()
    assert [service[name] for name in ("officer", "officer-T2")]
    service.publish(a_redrawn_town())
    assert (kinds(service, "officer"), kinds(service, "officer-T2")) == (["boundary_lost"], ["boundary_gained"])


def test_a_failed_action_leaves_no_notice(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    before = counted(service)
    desk, dispatcher = service.service.desk, service["dispatcher"].account
    with pytest.raises(Changed):
        desk.act(dispatcher, number, "assign", {"main": "housing-bureau"}, version=9)
    with pytest.raises(WrongState):
        desk.act(dispatcher, number, "close", {})
    assert counted(service) == before


def test_a_transaction_that_dies_takes_its_notices_with_it(
    service: RunningService, monkeypatch: pytest.MonkeyPatch, owner: connection
) -> None:
    """The connection is cut after the notices were written and before the commit."""
    number = service["channel"].report()["number"]
    before, whole = counted(service), saving.prepared.run

    def write_and_die(cur: Any, statement: str, *args: Any, **more: Any) -> None:
        whole(cur, statement, *args, **more)
        if statement != queries.notices_add:
            return
        cur.execute("SELECT count(*) AS n FROM notices")
        assert cur.fetchone()["n"] == 2
        with owner.cursor() as other:
            other.execute("SELECT pg_terminate_backend(%s)", (cur.connection.info.backend_pid,))
        cur.execute("SELECT 1")

    monkeypatch.setattr(saving.prepared, "run", write_and_die)
    with pytest.raises(Exception, match=r"terminat|closed|away|reach"):
        service.service.desk.act(service["dispatcher"].account, number, "assign", {"main": "housing-bureau"})
    monkeypatch.undo()
    assert counted(service) == before
    assert service.service.desk.item(service["dispatcher"].account, number).version == 1


def test_reading_is_idempotent_and_nobody_elses(service: RunningService) -> None:
    desk, dispatcher, supervisor = (
        service.service.notices,
        service["dispatcher"].account,
        service["supervisor"].account,
    )
    ids = [tell(service, "role:dispatcher") for _ in range(5)]
    assert desk.unread(dispatcher) == 5 and desk.unread(supervisor) == 0
    assert desk.read(dispatcher, [ids[1], ids[1], 999]) == desk.read(dispatcher, [ids[1]]) == 4
    assert desk.read(supervisor, ids) == 0 and desk.unread(dispatcher) == 4
    assert service.row("SELECT count(*) AS n FROM notice_reads WHERE account = %s", (supervisor.id,))["n"] == 0
    assert [one["id"] for one in desk.listed(dispatcher, unread=True)] == [ids[4], ids[3], ids[2], ids[0]]
    assert desk.read_to(dispatcher, ids[3]) == desk.read_to(dispatcher, ids[2]) == 1
    assert [one["read"] for one in desk.listed(dispatcher)] == [False, True, True, True, True]
    assert desk.read_to(dispatcher) == 0 and desk.listed(dispatcher, unread=True) == []


def test_a_page_goes_on_where_the_last_ended(service: RunningService) -> None:
    desk, officer = service.service.notices, service["officer"].account
    ids = [tell(service, ("unit:T1", "role:officer", f"account:{officer.id}")[n % 3]) for n in range(7)]
    first = desk.listed(officer, limit=4)
    rest = desk.listed(officer, limit=4, before=first[-1]["id"])
    assert [one["id"] for one in (*first, *rest)] == ids[::-1]


def test_what_came_before_the_account_counts_as_read(service: RunningService) -> None:
    old = tell(service, "role:dispatcher")
    dispatcher = service["dispatcher"].account
    late = tell(service, "role:dispatcher", clock() - timedelta(hours=1))  # its transaction ended after that
    desk = service.service.notices
    assert desk.unread(dispatcher) == 0
    assert [(one["id"], one["read"]) for one in desk.listed(dispatcher)] == [(late, True), (old, True)]
    tell(service, "role:dispatcher")
    assert desk.unread(dispatcher) == 1


def test_a_notice_that_comes_to_light_late_is_not_swallowed(service: RunningService, owner: connection) -> None:
    """It has its id before the newest one was read, and is committed after that."""
    desk, dispatcher = service.service.notices, service["dispatcher"].account
    slow = service.pool.dedicated()
    slow.autocommit = False
    with slow.cursor() as cur:
        cur.execute(TOLD, ("role:dispatcher", clock()))
        hidden = cur.fetchone()["id"]
        assert tell(service, "role:dispatcher") > hidden
        assert desk.read_to(dispatcher) == 0
        slow.commit()
    slow.close()
    assert [one["id"] for one in desk.listed(dispatcher, unread=True)] == [hidden]


def test_the_mark_moves_on_and_the_single_notes_go(service: RunningService) -> None:
    dispatcher, now = service["dispatcher"].account, clock()
    for age in (3, 2, 1):
        tell(service, "role:dispatcher", now + timedelta(minutes=age))
    notes = "SELECT count(*) AS n, (SELECT read_to FROM notice_marks WHERE account = %s) AS mark FROM notice_reads"
    assert Notices(service.pool, clock).read_to(dispatcher) == 0
    assert service.row(notes, (dispatcher.id,)) == {"n": 3, "mark": 0}
    later = Notices(service.pool, lambda: now + SETTLED + timedelta(hours=1))
    assert later.read_to(dispatcher) == 0
    row = service.row(notes, (dispatcher.id,))
    assert row["n"] == 0 and row["mark"] > 0


def test_two_readings_of_one_account_at_once(service: RunningService) -> None:
    desk, dispatcher = service.service.notices, service["dispatcher"].account
    ids = [tell(service, "role:dispatcher") for _ in range(60)]
    start = threading.Barrier(6)

    def read(n: int) -> int:
        start.wait()
        if n % 3 == 0:
            return desk.read_to(dispatcher, ids[40])
        return desk.read(dispatcher, ids[::-1] if n % 3 == 1 else ids)

    with ThreadPoolExecutor(6) as pool:
        left = list(pool.map(read, range(6)))
    assert min(left) == 0 == desk.unread(dispatcher)


def test_old_notices_go_and_with_them_who_has_read_them(service: RunningService) -> None:
    desk, dispatcher, now = service.service.notices, service["dispatcher"].account, clock()
    with service.pool.transaction() as cur:
        rows = [{"recipient": "role:dispatcher", "kind": "urged", "number": None, "facts": {}}] * (BATCH + 5)
        cur.execute(queries.notices_add, {"notices": saving.dumped(rows), "at": now})
    first = service.row("SELECT min(id) AS id FROM notices")["id"]
    fresh = tell(service, "role:dispatcher", now + timedelta(days=1))
    desk.read(dispatcher, [first, fresh])
    assert prune(service.pool, now + KEEP - timedelta(hours=1)) == 0
    assert prune(service.pool, now + KEEP + timedelta(hours=1)) == BATCH + 5
    assert [one["id"] for one in desk.listed(dispatcher)] == [fresh]
    assert service.row("SELECT count(*) AS n FROM notice_reads")["n"] == 1


def test_many_unread_are_counted_up_to_a_bound(service: RunningService) -> None:
    dispatcher = service["dispatcher"].account
    with service.pool.transaction() as cur:
        rows = [{"recipient": "role:dispatcher", "kind": "urged", "number": None, "facts": {}}] * (MOST_COUNTED + 5)
        cur.execute(queries.notices_add, {"notices": saving.dumped(rows), "at": clock()})
    assert service.service.notices.unread(dispatcher) == MOST_COUNTED


def test_pages_and_counts_are_read_by_index(service: RunningService, owner: connection) -> None:
    officer = service["officer"].account
    with owner.cursor() as cur:
        cur.execute(
            """INSERT INTO notices (recipient, kind, number, facts, at)
            SELECT 'unit:' || n %% 50, 'urged', '1', '{}', %s FROM generate_series(1, 100000) AS n""",
            (clock(),),
        )
        cur.execute("ANALYZE notices, notice_marks, notice_reads, accounts")
    values: dict[str, Any] = {"account": officer.id, "recipients": ["unit:7", "unit:8", "role:officer"]}
    values |= {"unread": True, "limit": 50, "before": 90_000, "most": MOST_COUNTED, "to": 90_000, "read_to": 80_000}
    values |= {"ids": [1, 2, 3], "older_than": datetime(2020, 1, 1, tzinfo=UTC)}
    for query in (queries.notices_page, queries.notices_unread, queries.notices_read_some, queries.notices_prune):
        plan = explained(service, query, values)
        assert "Seq Scan on notices" not in plan, plan
    for query in (queries.notices_page, queries.notices_unread):
        assert "notices_recipient" in explained(service, query, values)
    assert "Index" in explained(service, queries.notices_mark, values)


def explained(service: RunningService, query: str, values: dict[str, Any]) -> str:
    with service.pool.transaction() as cur:
        cur.execute("EXPLAIN " + query, values)
        return "\n".join(str(next(iter(row.values()))) for row in cur.fetchall())


def test_what_is_told_of_no_item_is_told_too(service: RunningService) -> None:
    admin: Account = service["admin"].account
    with service.pool.transaction() as cur:
        saving.tell(cur, None, [Notice("role:admin", "sweep_done", {"n": 3})], clock())
    only = service.service.notices.listed(admin)[0]
    assert (only["kind"], only["number"], only["facts"], only["read"]) == ("sweep_done", None, {"n": 3}, False)


def test_the_day_of_review_is_told_once_however_many_ask(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    unit, supervisor = service["department"], service["supervisor"]
    unit.act(number, "accept")
    unit.act(number, "request_suspension", reason="汛期", until="2027-06-30T17:30+08:00")
    supervisor.act(number, "decide_suspension", grant=True, reason="同意")
    assert service["dispatcher"] and service["officer"]
    pool, day = service.pool, datetime(2027, 7, 1, tzinfo=UTC)
    assert tell_reviews(pool, clock()) == 0
    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(lambda _: tell_reviews(pool, day), range(4))) == 1
    assert tell_reviews(pool, day + timedelta(days=1)) == 0
    assert kinds(service, "supervisor")[0] == kinds(service, "department")[0] == "review"
    assert kinds(service, "dispatcher") == [] and kinds(service, "officer") == ["suspended"]


def test_an_order_that_nobody_answered_in_time_is_told_once(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    supervisor, pool = service["supervisor"], service.pool
    order = supervisor.act(number, "escalate", reason="三天未动", until="2027-06-30T17:30+08:00")["orders"][0]
    supervisor.act(number, "escalate", reason="仍未动", until="2027-08-30T17:30+08:00")
    told, late = len(kinds(service, "supervisor")), datetime(2027, 7, 1, tzinfo=UTC)
    assert tell_overdue_orders(pool, clock()) == 0
    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(lambda _: tell_overdue_orders(pool, late), range(4))) == 1
    assert tell_overdue_orders(pool, late + timedelta(days=1)) == 0
    notice = service["supervisor"].get("/notices").get_json()["notices"][0]
    assert len(kinds(service, "supervisor")) == told + 1
    assert (notice["kind"], notice["facts"]["id"]) == ("order_overdue", order["id"])


def test_an_answered_order_is_not_overdue(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    item = service["supervisor"].act(number, "escalate", reason="三天未动", until="2027-06-30T17:30+08:00")
    path = f"/orders/{item['orders'][0]['id']}"
    assert service["supervisor"].post(f"{path}/close", {"text": "不再需要"}).status_code == 200
    assert tell_overdue_orders(service.pool, datetime(2027, 7, 1, tzinfo=UTC)) == 0


def test_reviews_are_found_by_index(service: RunningService, owner: connection) -> None:
    with owner.cursor() as cur:
        cur.execute("SET enable_seqscan = off")
        for query in (queries.reviews_due, queries.review_due, queries.orders_overdue):
            cur.execute("EXPLAIN " + query, {"now": clock(), "number": "1"})
            plan = "\n".join(row[0] for row in cur.fetchall())
            if query == queries.orders_overdue:
                assert "notices_overdue" in plan and "orders_open" in plan, plan
                continue
            assert "notices_review" in plan and ("items_suspended" in plan or query == queries.review_due), plan
