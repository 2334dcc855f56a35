"""Proving the history: every chain and every seal recomputed, and an older list of heads held against it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from dispatch.events import START, chained
from store.counters import differences
from store.pool import Pool
from store.queries import queries
from store.relay import SEED, sealed

BATCH = 5000
SEALS = 50
"""Seals fetched at once: each names all its events."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found: ``fault`` is the first broken line in words, None where all is whole."""

    events: int
    items: int
    seals: int
    unsealed: int
    fault: str | None


def verify(pool: Pool, zone: str, heads: Mapping[str, Any] | None = None) -> Verdict:
    """Recompute everything, in one snapshot. ``heads`` (see ``heads``) of an earlier day convicts a history that was
    rewritten as a whole. Counters (by days in ``zone``) must add up to the items."""
    with pool.connection() as conn:
        with conn.cursor() as cur:
            cur.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cur.execute(queries.audit_unsealed)
            unsealed = int(cur.fetchone()["n"])
        count = Count()
        fault = _chains(conn, count) or _headless(conn) or _seals(conn, count)
        fault = fault or _against(conn, heads) or _counters(conn, zone)
    return Verdict(count.events, count.items, count.seals, unsealed, fault)


@dataclass(slots=True)
class Count:
    """How much was looked at."""

    events: int = 0
    items: int = 0
    seals: int = 0


def heads(pool: Pool) -> dict[str, Any]:
    """The head of the seals and of each item's chain, to be kept elsewhere and held against a later history."""
    with pool.transaction() as cur:
        cur.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cur.execute(queries.seal_last)
        last = cur.fetchone()
        cur.execute(queries.audit_heads)
        items = {row["number"]: [row["chain_seq"], row["chain_hash"]] for row in cur.fetchall()}
    return {"seal": [last["id"], last["hash"]] if last else None, "items": items}


def _rows(conn: Any, name: str, sql: str, batch: int = BATCH) -> Iterator[Mapping[str, Any]]:
    with conn.cursor(name=name) as cur:
        cur.itersize = batch
        cur.execute(sql)
        yield from cur


def _chains(conn: Any, count: Count) -> str | None:
    """The first event that does not follow from the one before it, or an item whose last event is missing."""
    last: Mapping[str, Any] | None = None
    for row in _rows(conn, "audit_events", queries.audit_events):
        count.events += 1
        if last is None or last["item_id"] != row["item_id"]:
            if last is not None and (fault := _end(last)):
                return fault
            count.items += 1
            last = None
        fault = _link(row, last)
        if fault:
            return fault
        last = row
    return _end(last) if last is not None else None


def _link(row: Mapping[str, Any], last: Mapping[str, Any] | None) -> str | None:
    where = f"item {row['number'] or row['item_id']}, event {row['seq']}"
    seq, head = (last["seq"], last["hash"]) if last else (0, START)
    if row["number"] is None:
        return f"{where}: the item itself is gone"
    if row["seq"] != seq + 1:
        return f"{where}: event {seq + 1} is missing"
    if row["prev_hash"] != head:
        return f"{where}: it does not follow the event before it"
    if row["hash"] != chained(row["prev_hash"], row["body"]):
        return f"{where}: its text is not what was written"
    if _written_for(row["body"]) != (row["number"], row["seq"]):
        return f"{where}: it stands in another place than it was written for"
    return None


def _written_for(body: str) -> tuple[Any, Any]:
    """The item and the place that an event names itself; (None, None) for what is no event at all."""
    try:
        event = json.loads(body)
        return event["number"], event["seq"]
    except (ValueError, TypeError, KeyError):
        return None, None


def _end(last: Mapping[str, Any]) -> str | None:
    if (last["seq"], last["hash"]) != (last["chain_seq"], last["chain_hash"]):
        return f"item {last['number']}: the history ends at event {last['seq']}, the item says {last['chain_seq']}"
    return None


def _headless(conn: Any) -> str | None:
    with conn.cursor() as cur:
        cur.execute(queries.audit_eventless)
        row = cur.fetchone()
    return f"item {row['number']}: its history is gone" if row else None


def _seals(conn: Any, count: Count) -> str | None:
    """The first seal that is not what its events give: an event deleted, changed or put in, chain and item with it."""
    before = SEED
    number = None
    for row in _rows(conn, "audit_seals", queries.audit_seals, SEALS):
        count.seals += 1
        with conn.cursor() as cur:
            cur.execute(queries.audit_hashes, {"ids": row["event_ids"]})
            hashes = {event["id"]: event["hash"] for event in cur.fetchall()}
        gone = [event for event in row["event_ids"] if event not in hashes]
        if gone:
            return f"seal {row['id']}: event {gone[0]} that it covers is gone"
        if row["prev_hash"] != before or row["hash"] != sealed(before, [hashes[e] for e in row["event_ids"]]):
            return f"seal {row['id']}: it is not what its events give" + (f" after seal {number}" if number else "")
        before, number = row["hash"], row["id"]
    return None


def _against(conn: Any, kept: Mapping[str, Any] | None) -> str | None:
    """The first line in which the history disagrees with heads kept earlier."""
    if not kept:
        return None
    with conn.cursor() as cur:
        if kept.get("seal"):
            cur.execute(queries.audit_seal, {"id": kept["seal"][0]})
            row = cur.fetchone()
            if row is None or row["hash"] != kept["seal"][1]:
                return f"seal {kept['seal'][0]}: it is not the one in the heads file"
        items = iter(kept.get("items", {}).items())
        while batch := list(islice(items, BATCH)):
            numbers, seqs = [number for number, _ in batch], [seq for _, (seq, _) in batch]
            cur.execute(queries.audit_named, {"numbers": numbers, "seqs": seqs})
            found = {(row["number"], row["seq"]): row["hash"] for row in cur.fetchall()}
            for number, (seq, head) in batch:
                if found.get((number, seq)) != head:
                    return f"item {number}, event {seq}: it is not the one in the heads file"
    return None


def _counters(conn: Any, zone: str) -> str | None:
    with conn.cursor() as cur:
        wrong = differences(cur, zone)
    for key, (counted, true) in sorted(wrong.items()):
        return f"counter {'/'.join(map(str, key))}: it says {counted}, the items are {true}"
    return None
