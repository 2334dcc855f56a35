"""The relay: positions in the order of becoming visible, seals over them, and one worker at a time."""

import hashlib
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from psycopg2.extensions import connection

from cli.service import clock
from store import relay
from store.database import Database
from store.relay import Relay, number, prune, seal
from tests.factories import NOON, RunningService, a_service, following

OURS = "application_name = %s AND datname = current_database()"


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


@pytest.fixture
def conn(database: Database) -> Iterator[connection]:
    own = database.pool.dedicated("firstline relay")
    yield own
    own.close()


def put(conn: connection, name: str) -> None:
    with conn.cursor() as cur:
        cur.execute("INSERT INTO outbox (topic, body) VALUES ('word', %s)", ({"name": name},))


def names(service: RunningService, after: int) -> list[str]:
    entries, whole = service.service.hub.since(after)
    assert whole
    return [body["name"] for _, topic, body in entries if topic == "word"]


def until(done: Callable[[], object], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.01)


def test_a_row_that_commits_after_a_later_one_is_not_missed(service: RunningService, conn: connection) -> None:
    """Row 1 is written first and committed last; a reader that resumed after row 2 still gets row 1."""
    start = number(conn)
    slow, quick = service.pool.dedicated(), service.pool.dedicated()
    slow.autocommit = False
    put(slow, "first to begin")
    put(quick, "first to commit")
    seen = number(conn)
    assert start is not None and seen == start + 1 and names(service, start) == ["first to commit"]
    slow.commit()
    assert number(conn) == seen + 1
    assert names(service, seen) == ["first to begin"]
    with service.pool.transaction() as cur:
        cur.execute("SELECT body->>'name' AS name FROM outbox WHERE topic = 'word' ORDER BY id")
        assert [row["name"] for row in cur.fetchall()] == ["first to begin", "first to commit"]
    slow.close()
    quick.close()


def test_a_live_reader_sees_commits_in_reverse_order_of_ids(service: RunningService) -> None:
    service.relay()
    slow, quick = service.pool.dedicated(), service.pool.dedicated()
    slow.autocommit = False
    with following(service):
        stream = service["dispatcher"].follow()
        stream.until("hello")
        put(slow, "one")
        put(quick, "two")
        service.relay()
        kind, position, data = next(stream.events())
        assert (kind, data) == ("word", '{"name": "two"}')
        stream.close()
        slow.commit()
        service.relay()
        again = service["dispatcher"].follow(position)
        assert [event[2] for event in again.until("hello")[:-1]] == ['{"name": "one"}']
        again.close()
    slow.close()
    quick.close()


def test_nothing_new_is_no_position_and_no_notice(service: RunningService, conn: connection) -> None:
    assert number(conn) == 1  # the Edition
    with conn.cursor() as cur:
        cur.execute("LISTEN firstline")
    assert number(conn) is None
    put(conn, "x")
    put(conn, "y")
    assert number(conn) == 3
    conn.poll()
    assert [note.payload for note in conn.notifies] == ['{"position" : 3}']


def test_one_relay_works_and_the_next_takes_over(service: RunningService) -> None:
    first, second = Relay(service.pool, clock), Relay(service.pool, clock)
    first.start()
    until(lambda: service.row("SELECT last_position FROM relay_state")["last_position"] == 1)
    second.start()
    relays = f"SELECT count(*) AS n FROM pg_stat_activity WHERE {OURS}"
    until(lambda: service.row(relays, ("firstline relay",))["n"] == 2)
    first.stop()
    first.join(10)
    service["channel"].report()
    until(lambda: service.row("SELECT last_position FROM relay_state")["last_position"] == 2)
    second.stop()
    second.join(10)


def test_a_relay_survives_a_lost_connection(service: RunningService, owner: connection) -> None:
    working = Relay(service.pool, clock)
    working.start()
    until(lambda: service.row("SELECT last_position FROM relay_state")["last_position"] == 1)
    with owner.cursor() as cur:
        cur.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {OURS}", ("firstline relay",))
    service["channel"].report()
    until(lambda: service.row("SELECT last_position FROM relay_state")["last_position"] == 2)
    working.stop()
    working.join(10)


def test_a_hub_survives_a_lost_connection(service: RunningService, owner: connection) -> None:
    service.relay()
    with following(service):
        stream = service["dispatcher"].follow()
        stream.until("hello")
        with owner.cursor() as cur:
            cur.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {OURS}", ("firstline hub",))
        number_ = service["channel"].report()["number"]
        service.relay()
        assert number_ in next(stream.events())[2]
        stream.close()


def test_seals_chain_the_events_in_stream_order(service: RunningService) -> None:
    numbers = [service["channel"].report()["number"] for _ in range(3)]
    assert seal(service.pool, NOON) == 0  # not numbered yet
    service.relay()
    assert seal(service.pool, NOON) == 3
    service["dispatcher"].act(numbers[0], "comment", text="x")
    service.relay()
    assert seal(service.pool, NOON) == 1 and seal(service.pool, NOON) == 0
    with service.pool.transaction() as cur:
        cur.execute("SELECT * FROM seals ORDER BY id")
        first, second = cur.fetchall()
        cur.execute("SELECT hash FROM events ORDER BY id")
        hashes = [row["hash"] for row in cur.fetchall()]
    assert first["hash"] == hashlib.sha256(("0" * 64 + "".join(hashes[:3])).encode()).hexdigest()
    assert (second["prev_hash"], second["event_ids"]) == (first["hash"], [4])


def test_one_sealer_at_a_time(service: RunningService) -> None:
    service["channel"].report()
    service.relay()
    with service.pool.transaction() as cur:
        cur.execute("SELECT pg_advisory_xact_lock(%s)", (relay.SEAL_LOCK,))
        assert seal(service.pool, NOON) == 0
    assert seal(service.pool, NOON) == 1


def test_the_past_is_pruned_as_far_as_it_is_sealed(service: RunningService) -> None:
    service["channel"].report()
    service.relay()
    later = clock() + timedelta(hours=25)
    prune(service.pool, later)
    assert service.row("SELECT pruned_to FROM relay_state")["pruned_to"] == 0
    seal(service.pool, NOON)
    service["channel"].report()
    service.relay()
    prune(service.pool, clock())
    assert service.row("SELECT pruned_to FROM relay_state")["pruned_to"] == 0
    prune(service.pool, later)
    assert service.row("SELECT pruned_to FROM relay_state")["pruned_to"] == 2
    assert service.service.hub.since(1) == ([], False)
    entries, whole = service.service.hub.since(2)
    assert whole and [entry[0] for entry in entries] == [3]
    assert seal(service.pool, NOON) == 1


def test_a_chore_that_fails_keeps_no_other_from_being_done(service: RunningService) -> None:
    done = []

    def broken(now: object) -> None:
        raise ValueError("an item that cannot be closed")

    Relay(service.pool, clock, more=(broken, done.append))._chores()
    assert len(done) == 1
