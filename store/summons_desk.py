"""Summonses: calling units, what they answer, what the map shows. Each act is one transaction under its item's lock."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import psycopg2.errors
from psycopg2.extensions import cursor

from dispatch import answering, summoning
from dispatch.account import Account
from dispatch.checkin import TooManyCodes, code_at
from dispatch.errors import UnknownItem
from dispatch.item import UNCLASSIFIED, Item
from dispatch.proposing import Proposed, proposed_units
from dispatch.summons import Call, Outcome, Summons, demand_called, demand_lead, demand_open
from dispatch.summons_notices import summons_notices
from dispatch.world import World
from store import saving
from store.desk import scope, unknown
from store.errors import DatabaseAway
from store.keys import bounded
from store.pool import Pool
from store.queries import queries
from store.repeats import Once
from store.rows import dumped, item_of
from store.summons_rows import call_of, summons_notice, summons_of, summons_rows
from store.throttle import Throttle
from store.world import Worlds

TRIES = 120
MOST_ON_MAP = 400
"""An open summons takes some 600 bytes of a map's answer, which stays under 300 kB."""
LARGEST_ID = 2**63 - 1
PAST = timedelta(days=365)
"""How far back whom others called counts as a hint."""

CODES_BY_UNIT, CODES_OF_ALL, CODE_WINDOW = 6, 60, timedelta(minutes=10)
"""How often a code may be tried in a window: by one account, and for one summons."""

FILTERS = ("id", "state", "number", "township", "unit")


@dataclass(frozen=True, slots=True)
class Shown:
    """A summons, the item it belongs to, and the other summonses that want one of its units at nearly the same time."""

    summons: Summons
    item: Item
    clashes: tuple[Mapping[str, Any], ...]


Act = Callable[[Summons, Item, World], Outcome]


class SummonsDesk:
    """Summonses through the eyes of an account: who reads the item reads its summonses."""

    def __init__(self, pool: Pool, worlds: Worlds, secret: bytes) -> None:
        self.pool, self.worlds, self.secret = pool, worlds, secret
        self.pen = saving.Pen(worlds.rules, secret, worlds.units)
        self._throttle = Throttle(pool)

    def summon(self, account: Account, number: str, args: Mapping[str, Any], key: str | None = None) -> Shown:
        """Call units; the same ``key`` (Idempotency-Key) gives the first summons again. Raises UnknownItem and what
        ``dispatch.summoning.summon`` raises."""
        self.worlds.people()  # read before the transaction: whoever holds a connection waits for no other
        once = Once(account, number, "summon", bounded(key)) if key else None

        def work(cur: cursor) -> Shown:
            item = self._locked(cur, account, number)
            if once is not None and (first := once.summons(cur)) is not None:
                return self._one(cur, account, item, first)
            cur.execute(queries.summons_id_next)
            id = int(cur.fetchone()["id"])
            outcome = summoning.summon(id, item, account, args, self.worlds.now())
            if once is not None:
                once.keep(cur, id)
            return self._saved(cur, account, item, outcome)

        return self._patiently(work)

    def act(self, account: Account, id: int, act: Act, key: str | None = None) -> Shown:
        """Do something with a summons in scope. What was done under ``key`` before is not done again: the summons as it
        is now. Raises UnknownItem and what ``act`` raises; then nothing was done."""
        self.worlds.people()

        def work(cur: cursor) -> Shown:
            item = self._locked(cur, account, self._number(cur, account, id))
            before = self._one(cur, account, item, id)
            once = Once(account, item.number, f"summons {id}", bounded(key)) if key else None
            if once is not None and once.done(cur):
                return before
            outcome = act(before.summons, item, self.worlds.now())
            if once is not None:
                once.keep(cur, id)
            return before if outcome.action is None else self._saved(cur, account, item, outcome)

        return self._patiently(work)

    def check_in(self, account: Account, id: int, args: Mapping[str, Any]) -> Call:
        """The unit's call after its check-in. Raises TooManyCodes and what ``dispatch.answering.check_in`` raises."""
        keys = self._count_code(account, id) if args.get("code") is not None else None
        done = self.act(
            account, id, lambda summons, item, world: answering.check_in(summons, account, args, world, self.secret)
        )
        if keys:
            self._throttle.forgive(keys[1:], keys[:1], self.worlds.clock())
        return demand_called(done.summons, account)

    def _count_code(self, account: Account, id: int) -> list[str]:
        """Count an attempt before the code is looked at; the keys it was counted under."""
        demand_called(self.one(account, id).summons, account)
        keys = [f"check-in:{id}", f"check-in:{id}:{account.id}"]
        limits = list(zip(keys, (CODES_OF_ALL, CODES_BY_UNIT), strict=True))
        wait = self._throttle.attempt(limits, CODE_WINDOW, self.worlds.clock())
        if wait is not None:
            raise TooManyCodes(wait)
        return keys

    def code(self, account: Account, id: int) -> tuple[str, datetime]:
        """The code of now and the instant it is of. For the officer of the lead, while the summons is open."""
        found = self.one(account, id)
        demand_lead(found.item, account)
        demand_open(found.summons)
        now = self.worlds.clock()
        return code_at(self.secret, id, now), now

    def one(self, account: Account, id: int) -> Shown:
        """One summons in scope. Raises UnknownItem."""
        with self.pool.transaction() as cur:
            self._number(cur, account, id)
            return self._page(cur, account, {"id": id}, 1)[0]

    def page(self, account: Account, filters: Mapping[str, Any], limit: int) -> list[Shown]:
        """Summonses in scope, the open ones first and by their time; see the query summonses_page for the filters."""
        with self.pool.transaction() as cur:
            return self._page(cur, account, filters, limit)

    def clashes(self, account: Account, departments: list[str], meet_at: datetime) -> list[dict[str, Any]]:
        """Where those units are called to already at nearly that time; nothing of the items is told."""
        with self.pool.transaction() as cur:
            values = {"departments": departments, "meet_at": meet_at, "clash_min": self._clash_min}
            cur.execute(queries.summons_clashes, values)
            return [dict(row) for row in cur.fetchall()]

    def proposal(self, account: Account, number: str) -> tuple[Item, tuple[Proposed, ...]]:
        """The item and the units that a summons on it may need, from its handlers, the catalogue and the last year's
        summonses. Raises UnknownItem."""
        world = self.worlds.now()
        with self.pool.transaction() as cur:
            cur.execute(queries.item_card, {"number": number, "keys": scope(account)})
            row = cur.fetchone()
            if row is None:
                raise unknown(number)
            item = item_of(row)
            category = None if item.category == UNCLASSIFIED else item.category  # what is unknown is not alike
            cur.execute(queries.summonses_alike, {"since": world.now - PAST, "category": category})
            times = {row["department"]: int(row["times"]) for row in cur.fetchall()}
        summonses = times.pop(None, 0)
        return item, proposed_units(item, world.rules, world.units, times, summonses)

    def on_map(self, account: Account, township: str | None, box: tuple[float, ...] | None) -> dict[str, Any]:
        """Open summonses in scope as ``rows`` (at most MOST_ON_MAP, the next ones first) and their ``total``."""
        edges = dict(zip(("west", "south", "east", "north"), box or (None,) * 4, strict=True))
        values = {"keys": scope(account), "township": township, "limit": MOST_ON_MAP, **edges}
        with self.pool.transaction() as cur:
            cur.execute(queries.map_summonses, values)
            rows = cur.fetchall()
        shown = [{**row, "calls": tuple(call_of(part) for part in row["calls"])} for row in rows]
        return {"total": rows[0]["total"] if rows else 0, "rows": shown}

    @property
    def _clash_min(self) -> float:
        return self.worlds.rules.thresholds.clash_min

    def _patiently(self, work: Callable[[cursor], Shown]) -> Shown:
        for _ in range(TRIES):
            try:
                with self.pool.transaction() as cur:
                    return work(cur)
            except psycopg2.errors.DeadlockDetected:
                continue
        raise DatabaseAway("The item is being changed by somebody else; nothing was done. Try again.")

    def _number(self, cur: cursor, account: Account, id: int) -> str:
        row = None
        if 0 < id <= LARGEST_ID:
            cur.execute(queries.summons_item, {"id": id, "keys": scope(account)})
            row = cur.fetchone()
        if row is None:
            raise UnknownItem(f"There is no summons {id} among those you may see.")
        return str(row["number"])

    def _locked(self, cur: cursor, account: Account, number: str) -> Item:
        cur.execute(queries.item_lock, {"number": number, "keys": scope(account)})
        locked = cur.fetchone()
        if locked is None:
            raise unknown(number)
        cur.execute(queries.item_card_by_id, {"id": locked["id"]})
        return item_of(cur.fetchone())

    def _page(self, cur: cursor, account: Account, filters: Mapping[str, Any], limit: int) -> list[Shown]:
        values = dict.fromkeys(FILTERS) | dict(filters)
        values |= {"keys": scope(account), "limit": limit, "clash_min": self._clash_min}
        cur.execute(queries.summonses_page, values)
        rows = cur.fetchall()
        cur.execute(queries.summonses_items, {"ids": list({row["item_id"] for row in rows})})
        items = {row["id"]: item_of(row) for row in cur.fetchall()}
        return [Shown(summons_of(row), items[row["item_id"]], tuple(row["clashes"])) for row in rows]

    def _one(self, cur: cursor, account: Account, item: Item, id: int) -> Shown:
        return replace(self._page(cur, account, {"id": id}, 1)[0], item=item)

    def _saved(self, cur: cursor, account: Account, before: Item, outcome: Outcome) -> Shown:
        summons = outcome.summons
        readers = sorted({*before.summoned, *(call.department for call in summons.calls)})
        after = replace(before, summoned=tuple(readers), updated_at=summons.updated_at)
        salt = secrets.token_hex(8) if outcome.words is not None else None
        assert outcome.action is not None
        after = saving.save(
            cur, self.pen, before, after, account, outcome.action, outcome.facts, outcome.words, salt,
            summons_notices(outcome, account),
        )  # fmt: skip
        rows = {name: dumped(value) for name, value in summons_rows(summons).items()}
        cur.execute(queries.summons_put, rows | {"outbox": dumped(summons_notice(summons, before, after))})
        return self._one(cur, account, after, summons.id)
