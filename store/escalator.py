"""The escalator: finds the rungs that are due and climbs them. Any number of processes may do it at once.

Each step is climbed exactly once: its item is locked (an item that is locked already is left to the next round), looked
at again after that, and event, clocks, orders and notices are written in one transaction. A clock of the machine that
runs back climbs nothing again, since what was climbed is stored and not worked out from the time.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import psycopg2
from psycopg2.extensions import cursor

from dispatch.account import ESCALATOR
from dispatch.escalation import CALL, TASK
from dispatch.item import Item
from dispatch.ladder import Climb, climb
from dispatch.notices import notices_of
from dispatch.scope import readers_of
from dispatch.waiting import Told, Waiting, climb_waiting
from store import saving
from store.errors import DatabaseAway
from store.pool import Pool
from store.queries import queries
from store.rows import Row, dumped, fields, item_of

log = logging.getLogger("firstline.escalator")

BATCH = 1000
"""Clocks of one transaction."""
TICK_S = 1.0
ASIDE = timedelta(hours=1)
"""How long an item waits about which something cannot be worked out, so that it does not stop the others."""


class Gathered:
    """Climbed items, to be written many at once: what ``saving.save`` writes of one, as far as a step changes it."""

    def __init__(self, pen: saving.Pen) -> None:
        self.pen = pen
        self.items: list[Row] = []
        self.deadlines: list[Row] = []
        self.orders: list[Row] = []
        self.notices: list[Row] = []

    def keep(self, before: Item, step: Climb) -> None:
        """What is to be written of one item."""
        assert step.action is not None
        after, line = saving.following(self.pen, before, step.item, ESCALATOR, step.action, step.facts)
        row = {
            "id": after.id, "version": after.version, "updated_at": after.updated_at,
            "readers": list(readers_of(after)), "seq": line.seq, "body": line.body, "prev_hash": line.prev_hash,
            "hash": line.hash, "outbox": saving.notice(after, line.seq, before),
        }  # fmt: skip
        self.items.append(row)
        moved = (new for old, new in zip(before.clocks, after.clocks, strict=True) if new != old)
        self.deadlines += [{"item_id": after.id, **fields(clock)} for clock in moved]
        self.orders += [{"item_id": after.id, **fields(order)} for order in after.orders[len(before.orders) :]]
        self.notices += [
            {"recipient": one.to, "kind": one.kind, "number": after.number, "facts": dict(one.facts)}
            for one in notices_of(before, after, ESCALATOR, step.action, step.notices)
        ]

    def write(self, cur: cursor, now: datetime) -> None:
        """Write all that was kept."""
        if self.items:
            parts = {"items": self.items, "deadlines": self.deadlines, "orders": self.orders}
            cur.execute(queries.escalator_write, {name: dumped(rows) for name, rows in parts.items()})
        if self.notices:
            cur.execute(queries.notices_add, {"notices": dumped(self.notices), "at": now})


class Steps:
    """What one round of the escalator does."""

    def __init__(self, pool: Pool, pen: saving.Pen, clock: Callable[[], datetime]) -> None:
        self.pool, self.pen, self.clock = pool, pen, clock

    def tick(self, halt: Callable[[], bool] = lambda: False) -> int:
        """Climb all that is due; how many items went a step. ``halt`` is asked between two transactions."""
        self.pen.units()  # read before the transactions: whoever holds a connection waits for no other
        done = 0
        for work in (self.climb_clocks, self.climb_waiting):
            while not halt() and (locked := work(self.clock())):
                done += locked
        return done

    def climb_clocks(self, now: datetime, limit: int = BATCH) -> int:
        """One transaction of the clocks of items; how many items it locked."""
        with self.pool.transaction() as cur:
            cur.execute(queries.steps_due, {"now": now, "limit": limit})
            ids = [row["id"] for row in cur.fetchall()]
            if ids:
                cur.execute(queries.item_cards_by_ids, {"ids": ids})
                self._climb(cur, [item_of(row) for row in cur.fetchall()], now)
        return len(ids)

    def _climb(self, cur: cursor, items: list[Item], now: datetime) -> None:
        gathered, corrected = Gathered(self.pen), []
        for item in items:
            step = self._worked_out(cur, item, now)
            if step is None:
                continue
            if step.action is None:
                corrected += [{"item_id": item.id, **fields(clock)} for clock in step.item.clocks]
                continue
            gathered.keep(item, step)
        if corrected:
            cur.execute(queries.steps_put, {"deadlines": dumped(corrected)})
        gathered.write(cur, now)

    def _worked_out(self, cur: cursor, item: Item, now: datetime) -> Climb | None:
        try:
            return climb(item, self.pen.rules, now)
        except Exception:
            log.exception("%s cannot climb now; it is tried again later", item.number)
            cur.execute(queries.steps_put_off, {"id": item.id, "now": now, "at": now + ASIDE})
            return None

    def climb_waiting(self, now: datetime, limit: int = BATCH) -> int:
        """One transaction of calls and joint tasks; how many items it locked."""
        with self.pool.transaction() as cur:
            cur.execute(queries.waiting_items, {"now": now, "limit": limit})
            ids = [row["id"] for row in cur.fetchall()]
            if ids:
                cur.execute(queries.item_cards_by_ids, {"ids": ids})
                items = {row["id"]: item_of(row) for row in cur.fetchall()}
                self._climb_calls_and_tasks(cur, items, now)
        return len(ids)

    def _climb_calls_and_tasks(self, cur: cursor, items: dict[int, Item], now: datetime) -> None:
        kinds = (
            (CALL, queries.waiting_calls, queries.call_stepped),
            (TASK, queries.waiting_tasks, queries.task_stepped),
        )
        for kind, due, stepped in kinds:
            cur.execute(due, {"ids": list(items), "now": now})
            for row in cur.fetchall():
                waiting = Waiting(kind, row["summons_id"], row["department"], row["n"], row["due_at"], row["step"])
                after, told = climb_waiting(waiting, self.pen.rules, now)
                cur.execute(stepped, fields(after))
                if told is not None:
                    self._tell(cur, items, row["item_id"], told, now)

    def _tell(self, cur: cursor, items: dict[int, Item], id: int, told: Told, now: datetime) -> None:
        before = items[id]
        after = replace(before, updated_at=now)
        items[id] = saving.save(cur, self.pen, before, after, ESCALATOR, told.action, told.facts, notices=told.notices)


class Escalator(threading.Thread):
    """Climbs every second until told to stop; survives a database that goes away."""

    def __init__(self, steps: Steps) -> None:
        super().__init__(name="escalator", daemon=True)
        self.steps = steps
        self._halt = threading.Event()

    def stop(self) -> None:
        """Ask it to end; join it to wait."""
        self._halt.set()

    def run(self) -> None:
        while not self._halt.is_set():
            try:
                self.steps.tick(self._halt.is_set)
            except (psycopg2.Error, DatabaseAway) as error:
                log.warning("the escalator waits for the database: %s", str(error).strip())
            except Exception:
                log.exception("the escalator failed; it tries again")
            self._halt.wait(TICK_S)
