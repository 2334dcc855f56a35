"""Taking many reports in at once: a block is decided, then written in one statement and one transaction.

Deciding and writing are apart so that one block can be decided while the one before it is written. Nothing is decided
on what may have changed since: the write holds the live Edition and looks whether it is the one that was decided by,
and the keys of the items are unique in the database. Where either fails the block is decided again.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg2.errors
from psycopg2.extensions import cursor

from dispatch.account import Account
from dispatch.intake import Label, take_in
from dispatch.item import Item
from dispatch.report import Report
from store import saving
from store.desk import EDITION_LOCK, Desk, intake_keys, number_of
from store.queries import queries
from store.rows import dumped

TRIES = 5

Incoming = tuple[Report, str | None]
"""A report and its key, as ``Desk.take_in`` takes them."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What a block of reports becomes: for each the new item and its keys, or None where it is there already."""

    block: Sequence[Incoming]
    items: list[tuple[Item, list[dict[str, Any]]] | None]
    edition: int | None


def take_in_many(desk: Desk, account: Account, block: Sequence[Incoming]) -> list[Item | None]:
    """Take a block of reports in, all in one transaction: the new items, None for each that was there already.

    As ``Desk.take_in`` for one after the other: of two with the same key the first counts. When this returns, all is
    on disk; when it raises, nothing of the block is, unless the connection broke in the commit itself.
    """
    return write(desk, account, decide(desk, account, block))


def decide(desk: Desk, account: Account, block: Sequence[Incoming]) -> Decided:
    """What the reports become by the Edition, rules and staff that this process knows; nothing is written."""
    keys = [intake_keys(account, report, key) for report, key in block]
    taken = _taken(desk, keys)
    fresh = [_is_fresh(own, taken) for own in keys]
    ids = iter(_ids(desk, sum(fresh)))
    edition = desk.worlds.shelf.live().id
    world = desk.worlds.now(edition)
    local = world.now.astimezone(desk.pen.rules.zone)
    items: list[tuple[Item, list[dict[str, Any]]] | None] = []
    for (report, _), own, new in zip(block, keys, fresh, strict=True):
        if new:
            id = next(ids)
            label = Label(id, number_of(id, local), account.id, account.demonstration, secrets.token_hex(8))
            items.append((take_in(report, label, world), own))
        else:
            items.append(None)
    return Decided(block, items, edition)


def write(desk: Desk, account: Account, decided: Decided) -> list[Item | None]:
    """Write a decided block; decide it again where another Edition went live or another writer was quicker."""
    for _ in range(TRIES):
        try:
            with desk.pool.transaction() as cur:
                cur.execute(queries.edition_held, {"edition_lock": EDITION_LOCK})
                live = cur.fetchone()["edition"]
                if live == decided.edition:
                    return _insert(cur, desk, account, decided)
            desk.worlds.shelf.flip(live)
        except psycopg2.errors.DeadlockDetected:
            pass  # two imports of the same rows, each waiting for the other's: ours was rolled back
        except psycopg2.errors.UniqueViolation as taken:
            if taken.diag.constraint_name != "intake_keys_pkey":
                raise
        decided = decide(desk, account, decided.block)
    one_by_one = [desk.take_in(account, report, key) for report, key in decided.block]
    return [item if new else None for item, new in one_by_one]


def _insert(cur: cursor, desk: Desk, account: Account, decided: Decided) -> list[Item | None]:
    gathered = _Gathered()
    done = [
        entry and saving.add(gathered, desk.pen, entry[0], account, entry[1])  # type: ignore[arg-type]
        for entry in decided.items
    ]
    if gathered.rows:
        cur.execute(queries.bulk_insert, {"rows": f"[{','.join(gathered.rows)}]"})
    return done


class _Gathered:
    """Stands for a cursor where items are added: keeps the parameters of each ``item_insert`` as a row of JSON.

    So ``saving.add`` alone knows what belongs to a new item, whether it is written with others or by itself.
    """

    PLAIN = frozenset({"id", "seq", "body", "prev_hash", "hash"})

    def __init__(self) -> None:
        self.rows: list[str] = []

    def execute(self, statement: str, values: dict[str, Any]) -> None:
        """All other values are JSON texts already."""
        assert statement == queries.item_insert
        parts = (f'"{name}":{dumped(value) if name in self.PLAIN else value}' for name, value in values.items())
        self.rows.append(f"{{{','.join(parts)}}}")


def _taken(desk: Desk, keys: list[list[dict[str, Any]]]) -> set[tuple[Any, ...]]:
    asked = [key for own in keys for key in own]
    if not asked:
        return set()
    with desk.pool.transaction() as cur:
        cur.execute(queries.bulk_keys_taken, {"keys": dumped(asked)})
        return {(row["account"], row["scope"], row["key"]) for row in cur.fetchall()}


def _is_fresh(own: list[dict[str, Any]], taken: set[tuple[Any, ...]]) -> bool:
    """Whether none of a report's keys is taken; they are from now on."""
    mine = {(key["account"], key["scope"], key["key"]) for key in own}
    fresh = taken.isdisjoint(mine)
    taken |= mine
    return fresh


def _ids(desk: Desk, count: int) -> list[int]:
    if not count:
        return []
    with desk.pool.transaction() as cur:
        cur.execute(queries.bulk_ids, {"count": count})
        return [row["id"] for row in cur.fetchall()]
