"""Items through the eyes of a citizen who has the number and the code; who has not never comes here.

Attempts with a code are counted before the code is looked at, under the client's network, under the number from that
network, and under the number.
"""

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import psycopg2.errors
from psycopg2.extensions import cursor

from dispatch import merging, rating, tracking
from dispatch.account import CITIZEN, Account
from dispatch.change import Change
from dispatch.errors import UnknownItem, WrongState
from dispatch.item import Item
from dispatch.tracking import Line, Tracked, lines_of, tracked
from dispatch.workflow import act
from dispatch.world import World
from store import saving
from store.desk import BETWEEN_TRIES_S, TRIES, scope, unknown
from store.errors import DatabaseAway
from store.holding import NotReady, hold_ready
from store.picture_files import PictureFiles
from store.pool import Pool
from store.queries import queries
from store.rows import item_of
from store.throttle import Throttle, digest, network
from store.world import Worlds

WINDOW = timedelta(minutes=15)
MOST_OF_NETWORK, MOST_FROM_ONE, MOST_OF_NUMBER = 300, 10, 200
"""Attempts in a window: thousands of phones behind one address; somebody who mistypes; for one number from everywhere.
Numbers can be guessed, codes cannot: nobody shall shut the citizen out by trying some."""

RATES = frozenset({"rate", "follow_up"})

Decide = Callable[[Item, tuple[Line, ...], World], Change | None]
"""What is to become of a locked item; None where nothing is to be done."""


class Citizens:
    """What a citizen reads and says."""

    def __init__(self, pool: Pool, worlds: Worlds, pen: saving.Pen, files: PictureFiles) -> None:
        self.pool, self.worlds, self.pen, self.files = pool, worlds, pen, files
        self._throttle = Throttle(pool)

    def attempt(self, number: str, address: str, at: datetime) -> float | None:
        """Count an attempt; the seconds to wait where it was one too many, else None."""
        return self._throttle.attempt(_limits(number, address), WINDOW, at)

    def forgive(self, number: str, address: str, at: datetime) -> None:
        """The code was right."""
        (wide, _), (near, _), (own, _) = _limits(number, address)
        self._throttle.forgive([near], [wide, own], at)

    def tracked(self, number: str) -> Tracked:
        """The item as its citizen may see it. Raises UnknownItem."""
        world = self.worlds.now()
        with self.pool.transaction() as cur:
            item = _card(cur, number, None)
            leading = _card(cur, item.merged_into, None) if item.merged_into else None
            return replace(tracked(item, _lines(cur, item), world), progress=merging.progress_of(item, leading))

    def picture(self, number: str, id: int, *, thumbnail: bool = False) -> tuple[str, Callable[[], bytes]]:
        """The sha256 of a released picture of the item, and what reads its bytes. Raises UnknownItem."""
        with self.pool.transaction() as cur:
            item = _card(cur, number, None)
        photo = next((one for one in tracking.released(item) if one.id == id), None)
        if photo is None:
            raise UnknownItem("There is no such photograph here.")
        name = photo.thumbnail if thumbnail else photo.sha256
        return name, lambda: self.files.read(name)

    def rate(self, number: str, args: Mapping[str, Any]) -> None:
        """The citizen's rating; the same once more changes nothing. Raises UnknownItem, WrongState, BadArguments."""
        self._change(
            CITIZEN, None, number, "rate", lambda item, lines, world: _rated(item, CITIZEN, "rate", args, world)
        )

    def follow_up(self, account: Account, number: str, args: Mapping[str, Any]) -> Item:
        """The citizen's rating as told on the telephone; likewise. Raises Forbidden besides."""

        def decide(item: Item, lines: tuple[Line, ...], world: World) -> Change | None:
            return _rated(item, account, "follow_up", args, world)

        return self._change(account, scope(account), number, "follow_up", decide)

    def appeal(self, number: str, args: Mapping[str, Any]) -> None:
        """The citizen does not accept how the item ended. Raises UnknownItem, WrongState, BadArguments."""

        def decide(item: Item, lines: tuple[Line, ...], world: World) -> Change:
            if item.contested_at is not None or (item.status == "closed" and tracking.appealed(item, lines)):
                raise WrongState("Your appeal is with the supervisor, or was decided already.", allowed=[])
            return act(item, CITIZEN, "appeal", args, world)

        self._change(CITIZEN, None, number, "appeal", decide)

    def say(self, number: str, action: str, args: Mapping[str, Any]) -> bool:
        """``urge`` or ``supplement``: a line on the open item. False where the rule's number for today is reached:
        nothing is written then. Raises UnknownItem, WrongState, BadArguments."""
        counted = False

        def decide(item: Item, lines: tuple[Line, ...], world: World) -> Change | None:
            nonlocal counted
            change = act(item, CITIZEN, action, args, world)
            rules = world.rules.thresholds.citizen
            most = rules.urges_a_day if action == "urge" else rules.supplements_a_day
            counted = tracking.said_today(lines, action, world) < most
            return change if counted else None

        self._change(CITIZEN, None, number, action, decide)
        return counted

    def _change(self, actor: Account, keys: list[str] | None, number: str, action: str, decide: Decide) -> Item:
        self.worlds.people()  # read before the transaction: whoever holds a connection waits for no other
        for _ in range(TRIES):
            try:
                with self.pool.transaction() as cur:
                    return self._decided(cur, actor, keys, number, action, decide)
            except NotReady as not_ready:
                self.worlds.shelf.get(not_ready.edition)
            except (psycopg2.errors.LockNotAvailable, psycopg2.errors.DeadlockDetected):
                time.sleep(BETWEEN_TRIES_S)
        raise DatabaseAway("The item is being changed by somebody else; nothing was done. Try again.")

    def _decided(
        self, cur: cursor, actor: Account, keys: list[str] | None, number: str, action: str, decide: Decide
    ) -> Item:
        # a bad rating opens an item again, at its place in the live Edition
        edition = hold_ready(cur, self.worlds) if action in RATES else None
        cur.execute("SET LOCAL lock_timeout = '250ms'")
        cur.execute(queries.item_lock, {"number": number, "keys": keys})
        if cur.fetchone() is None:
            raise unknown(number)
        before = _card(cur, number, keys)
        world = self.worlds.now(edition)
        change = decide(before, _lines(cur, before), world)
        if change is None:
            return before
        after = replace(change.item, updated_at=world.now)
        salt = secrets.token_hex(8) if change.words is not None else None
        return saving.save(
            cur, self.pen, before, after, actor, action, change.facts, change.words, salt, change.notices
        )


def _rated(item: Item, account: Account, action: str, args: Mapping[str, Any], world: World) -> Change | None:
    """The rating, or None where it is the last one said again."""
    by = rating.CITIZEN_S if account is CITIZEN else rating.FOLLOW_UP
    told = rating.rating_of(item, args, by, world.now)
    if rating.repeats(item, told):
        return None
    rating.demand_unrated(item)
    return act(item, account, action, args, world)


def _card(cur: cursor, number: str, keys: list[str] | None) -> Item:
    cur.execute(queries.item_card, {"number": number, "keys": keys})
    row = cur.fetchone()
    if row is None:
        raise unknown(number)
    return item_of(row)


def _lines(cur: cursor, item: Item) -> tuple[Line, ...]:
    cur.execute(queries.item_events, {"id": item.id, "after": 0})
    return lines_of(cur.fetchall())


def _limits(number: str, address: str) -> list[tuple[str, int]]:
    """The widest first; see Throttle.attempt."""
    where, which = network(address), digest(number)
    return [
        (f"track-from:{where}", MOST_OF_NETWORK),
        (f"track:{which}:{where}", MOST_FROM_ONE),
        (f"track:{which}", MOST_OF_NUMBER),
    ]
