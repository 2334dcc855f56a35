"""Proving the history: every chain and every seal recomputed, and an older list of heads held against it."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Any

from psycopg2.extensions import connection

from store.chains import Broken, Chains, Seals
from store.counters import differences
from store.pool import Pool
from store.queries import queries

BATCH = 5000
LET_GO_S = 0.1

Tell = Callable[[int, int], None]
"""Hears how many events were looked at, of how many."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found: ``fault`` is the first broken line in words, None where all is whole."""

    events: int
    items: int
    seals: int
    unsealed: int
    fault: str | None


def silent(looked_at: int, events: int) -> None:
    """Tell nobody."""


def verify(pool: Pool, zone: str, heads: Mapping[str, Any] | None = None, tell: Tell = silent) -> Verdict:
    """Recompute everything, in one snapshot. ``heads`` (see ``heads``) of an earlier day convicts a history that was
    rewritten as a whole. Counters (by days in ``zone``) must add up to the items.

    Chains are read on one connection, and seals meanwhile on a second one in the same snapshot: two cores are used.
    """
    with _two(pool) as (conn, other):
        with conn.cursor() as cur:
            cur.execute(queries.audit_unsealed)
            there = cur.fetchone()
        chains, seals = Chains(lambda looked_at: tell(looked_at, there["events"])), Seals()
        with ThreadPoolExecutor(1, "seals") as aside:
            beside = aside.submit(lambda: _headless(other) or _sealed(other, seals, there))
            fault = _chained(conn, chains)
            if fault:
                _let_go(other, beside)
                return Verdict(chains.events, chains.items, 0, int(there["unsealed"]), fault)
            try:
                fault = beside.result() or _rules(conn, chains) or _unmasked(conn, chains)
                fault = fault or _against(conn, heads) or _counters(conn, zone)
            except Broken as broken:
                fault = str(broken)
        return Verdict(chains.events, chains.items, seals.seals, int(there["unsealed"]), fault)


@contextmanager
def _two(pool: Pool) -> Iterator[tuple[connection, connection]]:
    """Two connections that see the same moment, and nothing after it."""
    conn = pool.dedicated("firstline audit")
    try:
        other = pool.dedicated("firstline audit")
        try:
            for one in (conn, other):
                one.set_session(isolation_level="REPEATABLE READ", readonly=True, autocommit=False)
            with conn.cursor() as cur, other.cursor() as beside:
                cur.execute(queries.audit_snapshot)
                beside.execute("SET TRANSACTION SNAPSHOT %(snapshot)s", cur.fetchone())
                cur.execute(queries.audit_plan)
                beside.execute(queries.audit_plan)
            yield conn, other
        finally:
            other.close()
    finally:
        conn.close()


def _chained(conn: connection, chains: Chains) -> str | None:
    """The first event that is not what was written, or does not follow the one before it."""
    try:
        _read(conn, queries.audit_events, chains)
        chains.end()
    except Broken as broken:
        return str(broken)
    return None


def _let_go(conn: connection, beside: "Future[str | None]") -> None:
    """End what still runs on a connection; what it says counts no more."""
    while not beside.done():
        conn.cancel()
        wait((beside,), LET_GO_S)


def heads(pool: Pool) -> dict[str, Any]:
    """The head of the seals and of each item's chain, to be kept elsewhere and held against a later history."""
    with pool.transaction() as cur:
        cur.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cur.execute(queries.seal_last)
        last = cur.fetchone()
        cur.execute(queries.audit_heads)
        items = {row["number"]: [row["chain_seq"], row["chain_hash"]] for row in cur.fetchall()}
    return {"seal": [last["id"], last["hash"]] if last else None, "items": items}


def _read(conn: connection, query: str, into: Chains | Seals) -> None:
    with conn.cursor() as cur:
        cur.copy_expert(f"COPY ({query}) TO STDOUT", into)


def _headless(conn: connection) -> str | None:
    with conn.cursor() as cur:
        cur.execute(queries.audit_eventless)
        row = cur.fetchone()
    return f"item {row['number']}: its history is gone" if row else None


def _sealed(conn: connection, seals: Seals, there: Mapping[str, Any]) -> str | None:
    """The first seal that is not what its events give: an event deleted, changed or put in, chain and item with it; or
    an event that stands outside the seals without waiting for one."""
    with conn.cursor() as cur:
        cur.execute(queries.audit_seals_plan)
        _read(conn, queries.audit_seals, seals)
        if seals.short is not None:
            cur.execute(queries.audit_gone, {"id": seals.short})
            return f"seal {seals.short}: event {cur.fetchone()['id']} that it covers is gone"
        if there["unsealed"] == there["waiting"]:
            return None
        cur.execute(queries.audit_stray)
        row = cur.fetchone()
    if row:
        return f"item {row['number']}, event {row['seq']}: no seal covers it, and it waits for none"
    return f"{there['waiting']} events wait for a seal, and {there['unsealed']} are there without one"


def _rules(conn: connection, chains: Chains) -> str | None:
    """The first event whose rule set is not kept, or not as it was."""
    with conn.cursor() as cur:
        cur.execute(queries.audit_rule_sets)
        kept = {row["hash"]: sha256(row["body"].encode()).hexdigest() for row in cur.fetchall()}
    for hash, where in chains.rules.items():
        if kept.get(hash) != hash:
            return f"{where}: its rule set {hash[:12]} is {'not what was kept' if hash in kept else 'gone'}"
    return None


def _unmasked(conn: connection, chains: Chains) -> str | None:
    """The first unmasking of the history that the access log does not know."""
    with conn.cursor() as cur:
        cur.execute(queries.audit_log, {"ids": list(chains.reveals)})
        kept = {row["id"]: row["item"] for row in cur.fetchall()}
    for id, number in chains.reveals.items():
        if kept.get(id) != number:
            return f"item {number}: line {id} of the access log, which its history names, is not there"
    return None


def _against(conn: connection, kept: Mapping[str, Any] | None) -> str | None:
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


def _counters(conn: connection, zone: str) -> str | None:
    with conn.cursor() as cur:
        wrong = differences(cur, zone)
    for key, (counted, true) in sorted(wrong.items()):
        return f"counter {'/'.join(map(str, key))}: it says {counted}, the items are {true}"
    return None
