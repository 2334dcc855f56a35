"""The desk: taking items in, showing them, acting on them. Each write is one transaction."""

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import psycopg2.errors
from psycopg2.extensions import cursor

from boundaries.edition import Edition
from dispatch.account import ESCALATOR, Account
from dispatch.errors import Changed, Forbidden, UnknownItem, WrongState
from dispatch.intake import Label, take_in
from dispatch.item import Item
from dispatch.report import Report
from dispatch.scope import has_secret_reporter, keys_of, sees_words
from dispatch.waiting import QUIET
from dispatch.workflow import act
from store import as_of, merging, prepared, repeats, saving
from store.errors import DatabaseAway, PlansGone
from store.filters import filled
from store.holding import EDITION_LOCK, NotReady, hold_ready
from store.keys import bounded, intake_keys, number_of
from store.pool import Pool
from store.queries import queries
from store.rows import dumped, item_of
from store.world import Worlds

PLACING = frozenset({"locate", "unmerge", "split", "reopen"})
"""Actions that resolve a place anew, and so must hold the live Edition."""

NOT_LONG = "SET LOCAL lock_timeout = '250ms'"
"""How long an action waits for its item; then it lets go of its connection and tries again."""

TRIES = 120
"""Half a minute for who waits for an item: a publish on a busy machine holds those it moves for seconds."""
BETWEEN_TRIES_S = 0.05


class Desk:
    """Items through the eyes of an account. Scope is part of every query."""

    def __init__(self, pool: Pool, worlds: Worlds, secret: bytes) -> None:
        self.pool, self.worlds = pool, worlds
        self.pen = saving.Pen(worlds.rules, secret, worlds.units)

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
                    if keys and (first := self.known(cur, account, keys)) is not None:
                        return first, False
                    asked = {"edition_lock": EDITION_LOCK}
                    prepared.run(cur, queries.intake_begin, asked, first=[queries.edition_hold])
                    begun = cur.fetchone()
                    if begun["edition"] == edition:
                        item = take_in(report, self.label(account, begun["id"], salt, world.now), world)
                        return saving.add(cur, self.pen, item, account, keys), True
                # another Edition went live meanwhile: let go of the lock, build its index, and ask again
                edition = begun["edition"]
                self.worlds.shelf.flip(edition)
            except PlansGone:
                continue
            except psycopg2.errors.UniqueViolation as taken:
                if taken.diag.constraint_name != "intake_keys_pkey":
                    raise
                with self.pool.transaction() as cur:
                    first = self.known(cur, account, keys)
                if first is not None:
                    return first, False
        raise DatabaseAway("The boundaries keep changing; nothing was stored. Try again.")

    def label(self, account: Account, id: int, salt: str, now: datetime) -> Label:
        """What a new item is called by, before anything is decided of it."""
        number = number_of(id, now.astimezone(self.pen.rules.zone))
        return Label(id, number, account.id, account.demonstration, salt)

    def known(self, cur: cursor, account: Account, keys: list[dict[str, Any]]) -> Item | None:
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
        found: Item = self.pool.again(lambda cur: self._card(cur, account, number))
        return found

    def items(
        self, account: Account, filters: Mapping[str, Any], limit: int, before: int | None, by: Edition | None = None
    ) -> list[Item]:
        """A page in scope, newest first; see the query items_page for the filters. ``township`` and ``grid`` are those
        that the items bear, or where the Edition ``by`` puts them."""
        values = filled(filters, self.worlds.clock()) | {"keys": scope(account), "limit": limit, "before": before}
        with self.pool.transaction() as cur:
            if by is not None:
                return as_of.page(cur, values, by, limit, before)
            cur.execute(queries.items_page, values)
            return [item_of(row) for row in cur.fetchall()]

    def queue_counts(self, account: Account) -> dict[str, int]:
        """How many items in scope stand in each queue."""
        with self.pool.transaction() as cur:
            cur.execute(queries.queue_counts, {"keys": scope(account), "now": self.worlds.clock()})
            return dict(cur.fetchone())

    def events(self, account: Account, number: str, after: int = 0) -> list[dict[str, Any]]:
        """The history of an item in scope, oldest first: ``body`` is the text that was hashed."""

        def read(cur: cursor) -> list[dict[str, Any]]:
            item = self._card(cur, account, number)
            cur.execute(queries.item_events, {"id": item.id, "after": after})
            return [shown(row, account, item) for row in cur.fetchall()]

        told: list[dict[str, Any]] = self.pool.again(read)
        return told

    def act(
        self, account: Account, number: str, action: str, args: Mapping[str, Any], version: int | None = None,
        facts: Mapping[str, Any] | None = None, key: str | None = None,
    ) -> Item:  # fmt: skip
        """Do one action of the workflow; ``facts``, nothing personal, go into its event as well. What was done under
        ``key`` (Idempotency-Key) before is not done again: the item as it is now. Raises UnknownItem,
        Changed (for a stale ``version``), and what ``dispatch.workflow.act`` raises; then nothing was done."""
        self.worlds.people()  # read before the transaction: whoever holds a connection waits for no other
        once = repeats.Once(account, number, action, bounded(key)) if key else None
        for _ in range(TRIES):
            try:
                with self.pool.transaction() as cur:
                    if once is None:
                        return self._act(cur, account, number, action, args, version, facts or {})
                    if once.done(cur):
                        return self._card(cur, account, number)
                    done = self._act(cur, account, number, action, args, version, facts or {})
                    once.keep(cur)
                    return done
            except (Changed, WrongState):
                if once is None or not self._was_done(once):
                    raise
            except psycopg2.errors.UniqueViolation as taken:
                if taken.diag.constraint_name != repeats.TAKEN:
                    raise
            except NotReady as not_ready:
                self.worlds.shelf.get(not_ready.edition)
            except PlansGone:
                continue
            except (psycopg2.errors.LockNotAvailable, psycopg2.errors.DeadlockDetected, merging.Moved):
                time.sleep(BETWEEN_TRIES_S)  # with the connection given back: intake goes on meanwhile
        raise DatabaseAway("The item is being changed by somebody else; nothing was done. Try again.")

    def _was_done(self, once: repeats.Once) -> bool:
        """Whether another request under the same key was quicker."""
        with self.pool.transaction() as cur:
            return once.done(cur)

    def _act(
        self, cur: cursor, account: Account, number: str, action: str, args: Mapping[str, Any], version: int | None,
        facts: Mapping[str, Any],
    ) -> Item:  # fmt: skip
        edition = None
        if action in PLACING:
            # Edition first, then the row, and never waiting long for it: a publisher holds rows while it waits for us
            edition = hold_ready(cur, self.worlds)
        if action in merging.TOGETHER or action in merging.ENDING:
            cur.execute(NOT_LONG)
        if action in merging.TOGETHER:
            return merging.together(self, cur, account, number, action, args, version, edition)
        if action in merging.ENDING:
            merging.lock(cur, [number], number)
        asked = {"number": number, "keys": scope(account)}
        prepared.run(cur, queries.item_card, asked, first=(NOT_LONG, queries.item_lock))
        before = self._at(cur, account, number, version)
        world = self.worlds.now(edition)
        change = act(before, account, action, args, world)
        after = change.item.but(updated_at=world.now)
        salt = secrets.token_hex(8) if change.words is not None else None
        saved = saving.save(
            cur, self.pen, before, after, account, action, {**change.facts, **facts}, change.words, salt, change.notices
        )
        if action in merging.ENDING:
            merging.follow(self, cur, account, saved, action, args, world)
        return saved

    def demanded(self, cur: cursor, account: Account, number: str, version: int | None) -> Item:
        """A locked item in scope, at the version that the asker saw. Raises UnknownItem, Changed."""
        prepared.run(cur, queries.item_card, {"number": number, "keys": scope(account)})
        return self._at(cur, account, number, version)

    def _at(self, cur: cursor, account: Account, number: str, version: int | None) -> Item:
        """The item whose card was asked for. Raises UnknownItem, Changed."""
        row = cur.fetchone()
        if row is None:
            raise unknown(number)
        before = item_of(row)
        if version is not None and version != before.version:
            cur.execute(queries.item_events, {"id": before.id, "after": version})
            rows = cur.fetchall()
            if version > before.version or not all(_is_quiet(row) for row in rows):
                raise Changed(
                    f"The item is at version {before.version}, not {version}: look at what changed, then decide again.",
                    version=before.version, events=[shown(row, account, before) for row in rows],
                )  # fmt: skip
        return before

    def find(self, cur: cursor, account: Account, number: str) -> Item | None:
        """One item in scope, or None."""
        cur.execute(queries.item_card, {"number": number, "keys": scope(account)})
        row = cur.fetchone()
        return item_of(row) if row else None

    def reveal(self, account: Account, number: str, reason: str) -> dict[str, Any]:
        """The reporter unmasked (``given``: what else was said of them), with the reason in the access log and a line
        in the item's history, at once.

        That of a report (举报) or a confidential item is shown to dispatchers alone. Raises UnknownItem, Forbidden.
        """
        self.worlds.people()
        with self.pool.transaction() as cur:
            cur.execute(queries.item_lock, {"number": number, "keys": scope(account)})
            if cur.fetchone() is None:
                raise unknown(number)
            item = self._card(cur, account, number)
            if account.role != "dispatcher" and has_secret_reporter(item):
                raise Forbidden("The reporter of this item is shown to dispatchers alone.")
            values = {"id": item.id, "number": number, "account": account.id, "reason": reason}
            now = self.worlds.clock()
            cur.execute(queries.reporter_reveal, values | {"at": now})
            found = cur.fetchone()
            after, salt = replace(item, updated_at=now), secrets.token_hex(8)
            saving.save(cur, self.pen, item, after, account, "reveal", {"log": found["log"]}, reason, salt)
        told = {"name": found["name"] or "", "phone": found["phone"] or ""}
        return told | ({"given": item.given["reporter"]} if "reporter" in item.given else {})

    def _card(self, cur: cursor, account: Account, number: str) -> Item:
        prepared.run(cur, queries.item_card, {"number": number, "keys": scope(account)})
        row = cur.fetchone()
        if row is None:
            raise unknown(number)
        return item_of(row)


def _is_quiet(row: Mapping[str, Any]) -> bool:
    """Whether an event changes nothing that an action depends on: a warning or reminder of the escalator."""
    told = json.loads(row["body"])
    return told["actor"]["role"] == ESCALATOR.role and told["action"] in QUIET


def scope(account: Account) -> list[str] | None:
    """The account's keys as a query takes them; None sees all."""
    keys = keys_of(account)
    return None if keys is None else list(keys)


def unknown(number: str) -> UnknownItem:
    """The one answer for an item that is not there and for one out of scope."""
    return UnknownItem(f"There is no item {number[:40]!r} among those you may see.")


def shown(row: Mapping[str, Any], account: Account, item: Item) -> dict[str, Any]:
    """An event as the API shows it: its place in the chain, the very text that was hashed, and the words with it as far
    as the account may read them."""
    told = {name: row[name] for name in ("seq", "body", "prev_hash", "hash", "words")}
    if told["words"]:
        facts = json.loads(row["body"])
        told["words"] = told["words"] if sees_words(account, item, facts["action"], facts) else None
    return told
