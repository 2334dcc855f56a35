"""The desk: taking items in, showing them, acting on them. Each write is one transaction."""

import hashlib
import secrets
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import psycopg2.errors
from psycopg2.extensions import cursor

from dispatch.account import Account
from dispatch.errors import Changed, Forbidden, UnknownItem
from dispatch.intake import Label, take_in
from dispatch.item import Item
from dispatch.report import Report
from dispatch.scope import has_secret_reporter, keys_of
from dispatch.workflow import act
from store import saving
from store.errors import DatabaseAway, NoEdition
from store.pool import Pool
from store.queries import queries
from store.rows import dumped, item_of
from store.world import Worlds

EDITION_LOCK = 0x46454449
"""Advisory lock: intake holds it shared from reading the live Edition to its commit, publishing alone to flip."""

PLACING = frozenset({"locate"})
"""Actions that resolve a place anew, and so must hold the live Edition."""

TRIES = 40
BETWEEN_TRIES_S = 0.05
LONGEST_KEY = 200


class _NotReady(Exception):
    """The live Edition is not in memory yet. It is built outside the transaction, which holds a lock."""

    def __init__(self, edition: int) -> None:
        super().__init__(edition)
        self.edition = edition


class Desk:
    """Items through the eyes of an account. Scope is part of every query."""

    def __init__(self, pool: Pool, worlds: Worlds, secret: bytes) -> None:
        self.pool, self.worlds = pool, worlds
        self.pen = saving.Pen(worlds.rules, secret)

    def take_in(self, account: Account, report: Report, key: str | None = None) -> tuple[Item, bool]:
        """Take a report in; the item, and True where it is new.

        The same ``client_ref`` (for the account and channel) or Idempotency-Key ``key`` (for the account) gives the
        first item again, however many ask at once. When this returns, the item is on disk.
        """
        keys = intake_keys(account, report, key)
        salt = secrets.token_hex(8)
        edition = self.worlds.shelf.live().id
        for _ in range(TRIES):
            world = self.worlds.now(edition)  # before the transaction: whoever holds a connection waits for no other
            try:
                with self.pool.transaction() as cur:
                    if keys and (first := self._known(cur, account, keys)) is not None:
                        return first, False
                    cur.execute(f"{queries.edition_hold};\n{queries.intake_begin}", {"edition_lock": EDITION_LOCK})
                    begun = cur.fetchone()
                    if begun["edition"] == edition:
                        item = take_in(report, self._label(account, begun["id"], salt, world.now), world)
                        return saving.add(cur, self.pen, item, account, keys), True
                # another Edition went live meanwhile: let go of the lock, build its index, and ask again
                edition = begun["edition"]
                self.worlds.shelf.flip(edition)
            except psycopg2.errors.UniqueViolation as taken:
                if taken.diag.constraint_name != "intake_keys_pkey":
                    raise
                with self.pool.transaction() as cur:
                    first = self._known(cur, account, keys)
                if first is not None:
                    return first, False
        raise DatabaseAway("The boundaries keep changing; nothing was stored. Try again.")

    def _label(self, account: Account, id: int, salt: str, now: datetime) -> Label:
        number = number_of(id, now.astimezone(self.pen.rules.zone))
        return Label(id, number, account.id, account.demonstration, salt)

    def _known(self, cur: cursor, account: Account, keys: list[dict[str, Any]]) -> Item | None:
        """The item that one of the keys stands for already, or None.

        Asked before anything is inserted: a refused insert would put the citizen's words into the database's log.
        """
        cur.execute(queries.item_by_key, {"account": account.id, "keys": dumped(keys)})
        row = cur.fetchone()
        if row is None:
            return None
        cur.execute(queries.item_card_by_id, {"id": row["item_id"]})
        return item_of(cur.fetchone())

    def item(self, account: Account, number: str) -> Item:
        """One item in scope. Raises UnknownItem."""
        with self.pool.transaction() as cur:
            return self._card(cur, account, number)

    def items(self, account: Account, filters: Mapping[str, Any], limit: int, before: int | None) -> list[Item]:
        """A page in scope, newest first; see the query items_page for the filters."""
        values = filled(filters, self.worlds.clock()) | {"keys": scope(account), "limit": limit, "before": before}
        with self.pool.transaction() as cur:
            cur.execute(queries.items_page, values)
            return [item_of(row) for row in cur.fetchall()]

    def queue_counts(self, account: Account) -> dict[str, int]:
        """How many items in scope stand in each queue."""
        with self.pool.transaction() as cur:
            cur.execute(queries.queue_counts, {"keys": scope(account), "now": self.worlds.clock()})
            return dict(cur.fetchone())

    def events(self, account: Account, number: str, after: int = 0) -> list[dict[str, Any]]:
        """The history of an item in scope, oldest first: ``body`` is the text that was hashed."""
        with self.pool.transaction() as cur:
            item = self._card(cur, account, number)
            cur.execute(queries.item_events, {"id": item.id, "after": after})
            return [dict(row) for row in cur.fetchall()]

    def act(
        self, account: Account, number: str, action: str, args: Mapping[str, Any], version: int | None = None
    ) -> Item:
        """Do one action of the workflow. Raises UnknownItem, Changed (for a stale ``version``), and what
        ``dispatch.workflow.act`` raises; then nothing was done."""
        self.worlds.people()  # read before the transaction: whoever holds a connection waits for no other
        for _ in range(TRIES):
            try:
                with self.pool.transaction() as cur:
                    return self._act(cur, account, number, action, args, version)
            except _NotReady as not_ready:
                self.worlds.shelf.get(not_ready.edition)
            except (psycopg2.errors.LockNotAvailable, psycopg2.errors.DeadlockDetected):
                time.sleep(BETWEEN_TRIES_S)  # with the connection given back: intake goes on meanwhile
        raise DatabaseAway("The item is being changed by somebody else; nothing was done. Try again.")

    def _act(
        self, cur: cursor, account: Account, number: str, action: str, args: Mapping[str, Any], version: int | None
    ) -> Item:
        edition = None
        if action in PLACING:
            # Edition first, then the row, and never waiting long for it: a publisher holds rows while it waits for us
            edition = hold_edition(cur)
            if not self.worlds.shelf.has(edition):
                raise _NotReady(edition)
        cur.execute("SET LOCAL lock_timeout = '250ms'")
        cur.execute(queries.item_lock, {"number": number, "keys": scope(account)})
        if cur.fetchone() is None:
            raise unknown(number)
        before = self._card(cur, account, number)
        if version is not None and version != before.version:
            cur.execute(queries.item_events, {"id": before.id, "after": version})
            raise Changed(
                f"The item is at version {before.version}, not {version}: look at what changed, then decide again.",
                version=before.version, events=[shown(row) for row in cur.fetchall()],
            )  # fmt: skip
        world = self.worlds.now(edition)
        change = act(before, account, action, args, world)
        after = replace(change.item, updated_at=world.now)
        salt = secrets.token_hex(8) if change.words is not None else None
        return saving.save(cur, self.pen, before, after, account, action, change.facts, change.words, salt)

    def reveal(self, account: Account, number: str, reason: str) -> dict[str, Any]:
        """The reporter unmasked (``given``: what else was said of them), with the reason in the access log.

        That of a report (举报) or a confidential item is shown to dispatchers alone. Raises UnknownItem, Forbidden.
        """
        with self.pool.transaction() as cur:
            item = self._card(cur, account, number)
            if account.role != "dispatcher" and has_secret_reporter(item):
                raise Forbidden("The reporter of this item is shown to dispatchers alone.")
            values = {"id": item.id, "number": number, "account": account.id, "reason": reason}
            cur.execute(queries.reporter_reveal, values | {"at": self.worlds.clock()})
            found = cur.fetchone()
        told = dict(found) if found else {"name": "", "phone": ""}
        return told | ({"given": item.given["reporter"]} if "reporter" in item.given else {})

    def _card(self, cur: cursor, account: Account, number: str) -> Item:
        cur.execute(queries.item_card, {"number": number, "keys": scope(account)})
        row = cur.fetchone()
        if row is None:
            raise unknown(number)
        return item_of(row)


FILTERS = ["status", "township", "grid", "category", "channel", "kind", "bbox", "from", "to", "queue", "q"]


def filled(filters: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Filters as the queries take them: each there, None where it filters nothing."""
    values = dict.fromkeys(FILTERS) | dict(filters)
    box = values.pop("bbox") or (None, None, None, None)
    values |= dict(zip(("west", "south", "east", "north"), box, strict=True))
    return values | {"q_like": like(values["q"]) if values["q"] else None, "now": now}


def hold_edition(cur: cursor) -> int:
    """Hold the live Edition, shared, until the commit; its id. Raises NoEdition.

    Two statements: one that waited for the lock would still see the Edition that was live when it began to wait.
    """
    cur.execute(f"{queries.edition_hold};\n{queries.edition_live}", {"edition_lock": EDITION_LOCK})
    row = cur.fetchone()
    if row is None:
        raise NoEdition()
    return int(row["edition"])


def scope(account: Account) -> list[str] | None:
    """The account's keys as a query takes them; None sees all."""
    keys = keys_of(account)
    return None if keys is None else list(keys)


def unknown(number: str) -> UnknownItem:
    """The one answer for an item that is not there and for one out of scope."""
    return UnknownItem(f"There is no item {number[:40]!r} among those you may see.")


def like(text: str) -> str:
    """``text`` with LIKE's own signs taken literally."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """An event as the API shows it: its place in the chain and the very text that was hashed."""
    return {name: row[name] for name in ("seq", "body", "prev_hash", "hash", "words")}


def intake_keys(account: Account, report: Report, key: str | None) -> list[dict[str, Any]]:
    """The promises a report makes about repeats; see the table intake_keys."""
    keys = []
    if report.client_ref:
        scope = f"ref:{bounded(report.channel)}"
        keys.append({"account": account.id, "scope": scope, "key": bounded(report.client_ref)})
    if key:
        keys.append({"account": account.id, "scope": "idempotency-key", "key": bounded(key)})
    return keys


def bounded(text: str) -> str:
    """``text``, or for a long one its beginning and its digest: an index takes no text of any length, and two long ones
    that begin alike are not the same."""
    if len(text) <= LONGEST_KEY:
        return text
    return f"{text[:64]}…{hashlib.sha256(text.encode()).hexdigest()}"


def number_of(id: int, local: datetime) -> str:
    """An item's number: the day it came in (city's zone) and its id, such as ``261124-0000187``.

    Sorts by age, is short enough for the telephone, and needs no counter that intakes would queue for.
    """
    return f"{local:%y%m%d}-{id:07d}"
