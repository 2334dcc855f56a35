"""Moving open items to a new Edition, batch by batch, and the last step in which intake waits."""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import psycopg2.errors
from psycopg2.extensions import cursor

from dispatch.account import Account
from dispatch.item import Item
from dispatch.moving import Where, follows, is_kept, moved, notices_of_move, places
from dispatch.world import World
from store import saving
from store.errors import DatabaseAway
from store.holding import EDITION_LOCK
from store.queries import queries
from store.rows import item_of

BATCH = 500
LOOKED_AT = 5_000
"""How many places are looked at together; few of them move."""
PASSES = 5
FEW = 100
"""So little may be left for the moment in which intake waits."""
OVERLAP = timedelta(minutes=5)
"""An intake that began before us may commit after we looked; none takes nearly so long."""
PATIENCE_MS = (60,) * 20 + (150,) * 40 + (1000,) * 20
"""How long each try of the last step waits for a lock. While it waits for the Edition, intake waits behind it: so it
gives up soon where something long holds that, lets intake pass, and tries again."""
BETWEEN_TRIES_S = 0.05


@dataclass(frozen=True, slots=True)
class Step:
    """An item, the same moved, and what stores that; None where it need not move."""

    before: Item
    after: Item
    written: saving.Written | None


class Mover:
    """Moves open items whose place changes. Only those are locked, and stay so until the commit: all others can be
    worked on meanwhile. ``moved`` and ``kept`` count them: followed whole, or kept by the lead that works on them."""

    def __init__(self, cur: cursor, pen: saving.Pen, world: World, by: Account, move_in_work: bool) -> None:
        self.cur, self.pen, self.world, self.by, self.move_in_work = cur, pen, world, by, move_in_work
        self.moved = self.kept = 0
        self._looked_at: dict[int, int] = {}
        self._townships = frozenset(world.edition.index.townships)

    def move_those_there(self) -> None:
        """Move what is open now, then what came while that took time, until little is left. What comes later is left
        for ``last_step``, so that a busy hotline cannot keep this from ending.

        All is worked out before the first item is locked: whoever works on one waits for the writing alone.
        """
        self.cur.execute(queries.items_open_last)
        last, after = self.cur.fetchone()["id"] or 0, 0
        going: list[Item] = []
        while after < last:
            self.cur.execute(queries.items_open, {"after": after, "last": last, "limit": LOOKED_AT})
            rows = self.cur.fetchall()
            if not rows:
                break
            going += self._look(rows)
            after = rows[-1]["id"]
        self._write([self._step(item) for item in going])
        for _ in range(PASSES):
            if self.move_late() < FEW:
                return

    def move_late(self, first: str = "") -> int:
        """Move what came or changed since this move began and was not looked at as it is now; how many those were.
        ``first`` are statements that are executed before it is asked for, on the same way there and back."""
        values = {"since": self.world.now - OVERLAP, "edition": self.world.edition.id}
        self.cur.execute(first + queries.items_changed_since, values | {"edition_lock": EDITION_LOCK})
        fresh = [row for row in self.cur.fetchall() if self._looked_at.get(row["id"]) != row["version"]]
        self._write([self._step(item) for item in self._look(fresh)])
        return len(fresh)

    def _look(self, rows: list[dict[str, Any]]) -> list[Item]:
        """Those of the rows that stand elsewhere now, whole."""
        self._looked_at |= {row["id"]: row["version"] for row in rows}
        there = places(self.world.edition, rows)
        ids = [row["id"] for row, where in zip(rows, there, strict=True) if self._goes(row, where)]
        return [item for start in range(0, len(ids), BATCH) for item in self._read(ids[start : start + BATCH])]

    def _read(self, ids: list[int]) -> list[Item]:
        self.cur.execute(queries.item_cards_by_ids, {"ids": ids})
        return [item_of(row) for row in self.cur.fetchall()]

    def _write(self, steps: list[Step]) -> None:
        """Lock the items and write their steps; what changed since it was read is worked out again."""
        for start in range(0, len(steps), BATCH):
            batch = steps[start : start + BATCH]
            self.cur.execute(queries.items_lock, {"ids": [step.before.id for step in batch]})
            now = {row["id"]: row["version"] for row in self.cur.fetchall()}
            changed = [step.before.id for step in batch if now[step.before.id] != step.before.version]
            same = [step for step in batch if step.before.id not in set(changed)]
            self._store(same + [self._step(item) for item in self._read(changed)])

    def _store(self, steps: list[Step]) -> None:
        written = [step.written for step in steps if step.written is not None]
        if written:
            saving.save_all(self.cur, written)
        self._looked_at |= {step.after.id: step.after.version for step in steps}
        kept = sum(is_kept(step.after) for step in steps if step.written)
        self.kept, self.moved = self.kept + kept, self.moved + len(written) - kept

    def _step(self, before: Item) -> Step:
        after = moved(before, self.world, self.move_in_work) if before.is_open else None
        if after is None:
            return Step(before, before, None)
        after = replace(after, updated_at=self.world.now)
        told = notices_of_move(before, after)
        return Step(before, *saving.change(self.pen, before, after, self.by, "moved", {}, notices=told))

    def _goes(self, row: dict[str, Any], there: Where) -> bool:
        return goes(row, there, self._townships, self.move_in_work)

    def marked(self) -> tuple[int, int, Mapping[int, int]]:
        """What ``undo`` needs to forget all that was done since."""
        return self.moved, self.kept, dict(self._looked_at)

    def undo(self, mark: tuple[int, int, Mapping[int, int]]) -> None:
        """The database took back what was done since the mark."""
        self.moved, self.kept, self._looked_at = mark[0], mark[1], dict(mark[2])


def goes(row: Mapping[str, Any], there: Where, townships: Collection[str], move_in_work: bool) -> bool:
    """Whether ``moved`` would change the item of a row; see ``dispatch.moving.follows``."""
    lead = row["lead"] if row["lead_kind"] == "township" else None
    return follows((row["township"], row["grid"], row["community"]), lead, there, townships, move_in_work)


def last_step(cur: cursor, mover: Mover) -> None:
    """Hold the live Edition alone, so that no intake is under way, and move what came until then.

    Raises DatabaseAway where something holds the Edition or an item for minutes.
    """
    for patience in PATIENCE_MS:
        mark = mover.marked()
        cur.execute("SAVEPOINT last_step")
        alone = f"SET LOCAL lock_timeout = '{patience}ms';\n{queries.edition_hold_alone};\n"
        try:
            mover.move_late(alone)
            return
        except (psycopg2.errors.LockNotAvailable, psycopg2.errors.DeadlockDetected):
            cur.execute("ROLLBACK TO SAVEPOINT last_step")  # which also lets go of the Edition
            mover.undo(mark)
        time.sleep(BETWEEN_TRIES_S)
        mover.move_late()
    raise DatabaseAway("Something holds the live Edition or an item; nothing was published. Try again.")
