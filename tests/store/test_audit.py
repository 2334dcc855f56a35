"""A history that was touched is found, and the place is named, though it was the owner of the database who did it."""

from collections.abc import Callable
from typing import Any

import pytest
from psycopg2.extensions import connection, cursor

from dispatch.events import START, canonical, chained
from store.audit import heads, verify
from store.database import Database
from store.relay import SEED, fold, seal, sealed
from tests.factories import NOON, RunningService, a_service

ZONE = "Asia/Shanghai"


@pytest.fixture
def service(database: Database) -> RunningService:
    """Three items; the second has three lines. All sealed, in two seals."""
    running = a_service(database)
    numbers = [running["channel"].report()["number"] for _ in range(3)]
    running.relay()
    seal(running.pool, NOON)
    running["dispatcher"].act(numbers[1], "comment", text="一")
    running["officer"].act(numbers[1], "accept")
    running.relay()
    seal(running.pool, NOON)
    return running


def fault(service: RunningService, kept: dict[str, Any] | None = None) -> str:
    return verify(service.pool, ZONE, kept).fault or "whole"


def test_a_history_that_nobody_touched(service: RunningService) -> None:
    found = verify(service.pool, ZONE, heads(service.pool))
    assert (found.events, found.items, found.seals, found.unsealed, found.fault) == (5, 3, 2, 0, None)
    service["channel"].report()
    assert verify(service.pool, ZONE).unsealed == 1
    fold(service.pool)
    assert fault(service) == "whole"


def test_an_empty_database(database: Database) -> None:
    found = verify(database.pool, ZONE, heads(database.pool))
    assert (found.events, found.seals, found.fault) == (0, 0, None)


def body_changed(cur: cursor) -> None:
    cur.execute("UPDATE events SET body = replace(body, 'T1G1', 'T1G2') WHERE item_id = 2 AND seq IN (1, 2)")


def one_byte(cur: cursor) -> None:
    cur.execute("UPDATE events SET body = overlay(body placing 'X' from 12 for 1) WHERE item_id = 2 AND seq = 2")


def line_deleted(cur: cursor) -> None:
    cur.execute("DELETE FROM events WHERE item_id = 2 AND seq = 2")


def first_line_deleted(cur: cursor) -> None:
    cur.execute("DELETE FROM events WHERE item_id = 2 AND seq = 1")


def last_line_deleted(cur: cursor) -> None:
    cur.execute("DELETE FROM events WHERE item_id = 2 AND seq = 3")


def last_line_deleted_and_head_put_back(cur: cursor) -> None:
    cur.execute("""UPDATE items i SET chain_seq = e.seq, chain_hash = e.hash FROM events e
        WHERE i.id = 2 AND e.item_id = 2 AND e.seq = 2""")
    cur.execute("DELETE FROM events WHERE item_id = 2 AND seq = 3")


def line_added(cur: cursor) -> None:
    cur.execute("""INSERT INTO events (item_id, seq, body, prev_hash, hash)
        SELECT item_id, 4, body, hash, hash FROM events WHERE item_id = 2 AND seq = 3""")


def line_inserted(cur: cursor) -> None:
    cur.execute("UPDATE events SET seq = 4 WHERE item_id = 2 AND seq = 3")
    cur.execute("""INSERT INTO events (item_id, seq, body, prev_hash, hash)
        SELECT item_id, 3, body, prev_hash, hash FROM events WHERE item_id = 2 AND seq = 2""")


def lines_swapped(cur: cursor) -> None:
    cur.execute("UPDATE events SET seq = 9 WHERE item_id = 2 AND seq = 2")
    cur.execute("UPDATE events SET seq = 2 WHERE item_id = 2 AND seq = 3")
    cur.execute("UPDATE events SET seq = 3 WHERE item_id = 2 AND seq = 9")


def history_deleted(cur: cursor) -> None:
    cur.execute("DELETE FROM events WHERE item_id = 2")


def histories_exchanged(cur: cursor) -> None:
    cur.execute("ALTER TABLE events DROP CONSTRAINT events_item_id_seq_key")
    cur.execute("UPDATE events SET item_id = 4 - item_id WHERE item_id IN (1, 3)")
    cur.execute("UPDATE items i SET chain_hash = e.hash FROM events e WHERE e.item_id = i.id AND i.id IN (1, 3)")


def item_deleted(cur: cursor) -> None:
    """With all that belongs to it, the counters too: only the seals remember."""
    cur.execute("""INSERT INTO item_deltas (day, township, grid, category, channel, status, n)
        SELECT (created_at AT TIME ZONE 'Asia/Shanghai')::date, township, grid, category, channel, status, -1
        FROM items WHERE id = 1""")
    for table in ("events", "event_words", "handlers", "tasks", "deadlines", "reporters", "intake_keys"):
        cur.execute(f"DELETE FROM {table} WHERE item_id = 1")
    cur.execute("DELETE FROM items WHERE id = 1")


def seal_changed(cur: cursor) -> None:
    cur.execute("UPDATE seals SET event_ids = event_ids[2:] WHERE id = 1")


def seal_deleted(cur: cursor) -> None:
    cur.execute("DELETE FROM seals WHERE id = 1")


def counter_changed(cur: cursor) -> None:
    cur.execute("UPDATE item_deltas SET n = 2 WHERE id = 1")


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (one_byte, "event 2: its text is not what was written"),
        (body_changed, "event 1: its text is not what was written"),
        (line_deleted, "event 3: event 2 is missing"),
        (first_line_deleted, "event 2: event 1 is missing"),
        (last_line_deleted, "the history ends at event 2, the item says 3"),
        (last_line_deleted_and_head_put_back, "seal 2: event 5 that it covers is gone"),
        (line_added, "event 4: its text is not what was written"),
        (line_inserted, "event 3: it does not follow the event before it"),
        (lines_swapped, "event 2: it does not follow the event before it"),
        (history_deleted, "its history is gone"),
        (histories_exchanged, "event 1: it stands in another place than it was written for"),
        (item_deleted, "seal 1: event 1 that it covers is gone"),
        (seal_changed, "seal 1: it is not what its events give"),
        (seal_deleted, "seal 2: it is not what its events give"),
        (counter_changed, "counter "),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_harm_is_found_and_named(
    service: RunningService, owner: connection, harm: Callable[[cursor], None], words: str
) -> None:
    with owner.cursor() as cur:
        harm(cur)
    found = fault(service)
    assert words in found
    if words.startswith(("event", "the history", "its")):
        number = service.row("SELECT number FROM items WHERE id = %s", (1 if harm is histories_exchanged else 2,))[
            "number"
        ]
        assert number in found


def rewrite(cur: cursor, change: Callable[[str], str]) -> None:
    """Write the whole history anew, every chain and every seal in order: what an owner with time would do."""
    cur.execute("SELECT id, item_id, seq, body FROM events ORDER BY item_id, seq")
    heads_: dict[int, tuple[int, str]] = {}
    hashes: dict[int, str] = {}
    for id, item, seq, body in cur.fetchall():
        body, before = change(body), heads_.get(item, (0, START))[1]
        hashes[id] = chained(before, body)
        heads_[item] = (seq, hashes[id])
        cur.execute(
            "UPDATE events SET body = %s, prev_hash = %s, hash = %s WHERE id = %s", (body, before, hashes[id], id)
        )
    for item, head in heads_.items():
        cur.execute("UPDATE items SET chain_seq = %s, chain_hash = %s WHERE id = %s", (*head, item))
    last = SEED
    cur.execute("SELECT id, event_ids FROM seals ORDER BY id")
    for id, ids in cur.fetchall():
        hash = sealed(last, [hashes[event] for event in ids])
        cur.execute("UPDATE seals SET prev_hash = %s, hash = %s WHERE id = %s", (last, hash, id))
        last = hash


def test_a_history_rewritten_whole_is_convicted_by_older_heads(service: RunningService, owner: connection) -> None:
    kept = heads(service.pool)
    with owner.cursor() as cur:
        rewrite(cur, lambda body: body.replace('"role":"officer"', '"role":"worker"'))
    assert fault(service) == "whole"
    assert fault(service, kept) == "seal 2: it is not the one in the heads file"
    assert fault(service, kept | {"seal": None}).endswith("event 3: it is not the one in the heads file")


def test_older_heads_do_not_accuse_a_history_that_went_on(service: RunningService) -> None:
    kept = heads(service.pool)
    for number in kept["items"]:
        service["dispatcher"].act(number, "comment", text="二")
    service["channel"].report()
    service.relay()
    seal(service.pool, NOON)
    assert fault(service, kept) == "whole"


def test_heads_convict_what_was_cut_off_with_its_seal(service: RunningService, owner: connection) -> None:
    kept = heads(service.pool)
    with owner.cursor() as cur:
        cur.execute("DELETE FROM seals WHERE id = 2")
        last_line_deleted_and_head_put_back(cur)
    assert fault(service) == "whole"
    assert fault(service, kept) == "seal 2: it is not the one in the heads file"


def test_what_is_no_event_at_all_is_a_fault_and_no_crash(service: RunningService, owner: connection) -> None:
    for body in ("", "[]", "null", "nonsense", canonical({"seq": 1})):
        with owner.cursor() as cur:
            rewrite(cur, lambda _, body=body: body)
        assert "event 1: it stands in another place" in fault(service)
