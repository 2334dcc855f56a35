"""A history that was touched is found, and the place is named, though it was the owner of the database who did it."""

from collections.abc import Callable
from typing import Any

import pytest
from psycopg2.extensions import connection, cursor

from dispatch.events import START, canonical, chained
from store import chains
from store.audit import heads, verify
from store.database import Database
from store.relay import SEED, fold, seal, sealed
from tests.factories import NOON, RunningService, a_service, rules

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


def number_of(service: RunningService, id: int) -> dict[str, str]:
    return dict(service.row("SELECT number FROM items WHERE id = %s", (id,)))


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


def status_put(cur: cursor, old: str, new: str) -> None:
    """Give the item another status, in the counters too."""
    cur.execute(
        """INSERT INTO item_deltas (day, township, grid, category, channel, status, n)
        SELECT (created_at AT TIME ZONE 'Asia/Shanghai')::date, township, grid, category, channel, s.status, s.n
        FROM items, (VALUES (%(old)s, -1), (%(new)s, 1)) AS s (status, n) WHERE id = 2""",
        {"old": old, "new": new},
    )
    cur.execute("UPDATE items SET status = %s WHERE id = 2", (new,))


def last_line_deleted_and_head_put_back(cur: cursor) -> None:
    status_put(cur, "accepted", "dispatched")
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
    """With its history and its counters, and no reference stops the owner: only the seals remember."""
    cur.execute("SET session_replication_role TO replica")
    cur.execute("""INSERT INTO item_deltas (day, township, grid, category, channel, status, n)
        SELECT (created_at AT TIME ZONE 'Asia/Shanghai')::date, township, grid, category, channel, status, -1
        FROM items WHERE id = 1""")
    cur.execute("DELETE FROM events WHERE item_id = 1")
    cur.execute("DELETE FROM items WHERE id = 1")


def seal_changed(cur: cursor) -> None:
    cur.execute("UPDATE seals SET event_ids = event_ids[2:] WHERE id = 1")


def seal_deleted(cur: cursor) -> None:
    cur.execute("DELETE FROM seals WHERE id = 1")


def line_added_whole(cur: cursor) -> None:
    """A line that follows as it should, in the item's row and its counters too: no seal knows it."""
    cur.execute("SELECT body, hash FROM events WHERE item_id = 2 AND seq = 3")
    body, head = cur.fetchone()
    body = body.replace('"seq":3', '"seq":4')
    after = (body, head, chained(head, body))
    cur.execute("INSERT INTO events (item_id, seq, body, prev_hash, hash) VALUES (2, 4, %s, %s, %s)", after)
    cur.execute("UPDATE items SET chain_seq = 4, chain_hash = %s WHERE id = 2", after[2:])


def status_changed(cur: cursor) -> None:
    """The row alone, with its counters: the history says otherwise."""
    status_put(cur, "accepted", "closed")


def rule_set_changed(cur: cursor) -> None:
    cur.execute("UPDATE rule_sets SET body = replace(body, '2 working-hours', '9 working-hours')")


def rule_set_deleted(cur: cursor) -> None:
    cur.execute("DELETE FROM rule_sets")


def log_deleted(cur: cursor) -> None:
    cur.execute("DELETE FROM access_log")


def tail_moved(cur: cursor) -> None:
    """prev_hash and body hash as one text: where the one ends and the other begins counts too."""
    cur.execute("""UPDATE events SET body = right(prev_hash, 1) || body, prev_hash = left(prev_hash, 63)
        WHERE item_id = 2 AND seq = 2""")


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
        (line_added_whole, "event 4: no seal covers it, and it waits for none"),
        (status_changed, "it is closed, which its history does not say"),
        (rule_set_changed, "event 1: its rule set {rules} is not what was kept"),
        (rule_set_deleted, "event 1: its rule set {rules} is gone"),
        (log_deleted, "line 1 of the access log, which its history names, is not there"),
        (tail_moved, "event 2: it does not follow the event before it"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_harm_is_found_and_named(
    service: RunningService, owner: connection, harm: Callable[[cursor], None], words: str
) -> None:
    if harm is log_deleted:
        service["dispatcher"].post("/items/{number}/reveal".format(**number_of(service, 2)), {"reason": "回访"})
    with owner.cursor() as cur:
        harm(cur)
    found = fault(service)
    assert words.format(rules=rules().hash[:12]) in found
    if words.startswith(("event", "the history", "its")):
        first = harm in (histories_exchanged, rule_set_changed, rule_set_deleted)
        assert number_of(service, 1 if first else 2)["number"] in found


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
        cur.execute("DELETE FROM outbox WHERE event_id = 5")
        last_line_deleted_and_head_put_back(cur)
    assert fault(service) == "whole"
    assert fault(service, kept) == "seal 2: it is not the one in the heads file"


def test_an_event_that_waits_in_vain_was_taken_away(service: RunningService, owner: connection) -> None:
    with owner.cursor() as cur:
        cur.execute("DELETE FROM seals WHERE id = 2")
        last_line_deleted_and_head_put_back(cur)
    assert fault(service) == "2 events wait for a seal, and 1 are there without one"


def test_it_is_told_how_far_it_is(service: RunningService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chains, "TELL_EVERY", 2)
    told: list[tuple[int, int]] = []
    verify(service.pool, ZONE, tell=lambda *at: told.append(at))
    assert told == [(2, 5), (4, 5)]


def test_words_of_any_kind_are_read_as_they_were_written(service: RunningService) -> None:
    """COPY has its own way with backslashes, tabs and ends of lines."""
    number = service["channel"].report(description='"\\ \t\n\\N 好')["number"]
    service["dispatcher"].act(number, "transfer", to='a\\"\tb\\N')
    assert fault(service) == "whole"
    assert chains.plain(rb"a\\b\tc\nd\\N") == b"a\\b\tc\nd\\N"


def test_what_is_no_event_at_all_is_a_fault_and_no_crash(service: RunningService, owner: connection) -> None:
    for body in ("", "[]", "null", "nonsense", canonical({"seq": 1})):
        with owner.cursor() as cur:
            rewrite(cur, lambda _, body=body: body)
        assert "event 1: it stands in another place" in fault(service)
