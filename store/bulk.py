"""Taking many reports in at once: a block is decided, then written in one statement and one transaction.

Deciding and writing are apart so that one block can be decided while the one before it is written. Nothing is decided
on what may have changed since: the write holds the live Edition and looks whether it is the one that was decided by,
and the keys of the items are unique in the database. Where either fails the block is decided again.
"""

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg2.errors

from dispatch.account import Account
from dispatch.intake import Label, take_in
from dispatch.item import Item
from dispatch.report import Report
from store import saving
from store.desk import Desk, intake_keys, number_of
from store.holding import hold_edition
from store.queries import queries
from store.rows import dumped

log = logging.getLogger("firstline.store")
TRIES = 5

Incoming = tuple[Report, str | None]
"""A report and its key, as ``Desk.take_in`` takes them."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What a block of reports becomes: for each the new item, or None where it is there already; and the rows, as
    JSON, that store them."""

    block: Sequence[Incoming]
    items: list[Item | None]
    rows: list[str]
    edition: int | None


def decide(desk: Desk, account: Account, block: Sequence[Incoming]) -> Decided:
    """What the reports become by the Edition, rules and staff that this process knows; nothing is written."""
    keys = [intake_keys(account, report, key) for report, key in block]
    taken = _taken(desk, keys)
    fresh = [_is_fresh(own, taken) for own in keys]
    ids = iter(_ids(desk, sum(fresh)))
    edition = desk.worlds.shelf.live().id
    world = desk.worlds.now(edition)
    local = world.now.astimezone(desk.pen.rules.zone)
    gathered = Gathered()
    items: list[Item | None] = []
    for (report, _), own, new in zip(block, keys, fresh, strict=True):
        if not new:
            items.append(None)
            continue
        id = next(ids)
        label = Label(id, number_of(id, local), account.id, account.demonstration, secrets.token_hex(8))
        item = take_in(report, label, world)
        items.append(saving.add(gathered, desk.pen, item, account, own, write=Gathered.execute))
    return Decided(block, items, gathered.rows, edition)


def write(desk: Desk, account: Account, decided: Decided) -> list[Item | None]:
    """Write a decided block; decide it again where another Edition went live or another writer was quicker."""
    for _ in range(TRIES):
        if not decided.rows:
            return decided.items
        try:
            with desk.pool.transaction() as cur:
                live = hold_edition(cur)
                if live == decided.edition:
                    cur.execute(queries.bulk_insert, {"rows": f"[{','.join(decided.rows)}]"})
                    return decided.items
            desk.worlds.shelf.flip(live)
        except psycopg2.errors.DeadlockDetected:
            log.info("another import writes the same rows: this block was rolled back and is decided again")
        except psycopg2.errors.UniqueViolation as taken:
            if taken.diag.constraint_name != "intake_keys_pkey":
                raise
        decided = decide(desk, account, decided.block)
    one_by_one = [desk.take_in(account, report, key) for report, key in decided.block]
    return [item if new else None for item, new in one_by_one]


class Gathered:
    """Stands for a cursor where items are added: keeps the parameters of each ``item_insert`` as a row of JSON.

    So ``saving.add`` alone knows what belongs to a new item, whether it is written with others or by itself.
    """

    PLAIN = frozenset({"id", "seq", "body", "prev_hash", "hash"})
    JSON = frozenset({"item", "reporters", "keys", "handlers", "tasks", "deadlines", "deltas", "texts", "outbox"})
    """Values that are JSON texts already. Both together are the parameters of ``item_insert``; a test holds that."""

    def __init__(self) -> None:
        self.rows: list[str] = []

    def execute(self, statement: str, values: dict[str, Any]) -> None:
        """Keep the parameters that a new item has."""
        assert statement == queries.item_insert
        parts = [f'"{name}":{dumped(values[name])}' for name in self.PLAIN]
        parts += [f'"{name}":{values[name]}' for name in self.JSON]
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
