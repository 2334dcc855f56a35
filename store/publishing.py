"""Publishing an Edition: every process gets its index ready first, then open items move and the Edition flips, at once.

One transaction moves the items and flips: whoever looks sees the old Edition with the old places or the new one with
the new, and a ``kill -9`` leaves the old. Intake is held off only for the last step: while most items move it goes on,
then the exclusive lock waits for the intakes under way, what they brought is moved too, and the commit lets go.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from psycopg2.extensions import cursor
from psycopg2.extras import execute_values

from boundaries.district import District
from boundaries.edition import Edition, digest_of, to_rows
from boundaries.gazetteer import Gazetteer
from dispatch.account import Account
from dispatch.item import Item
from dispatch.moving import moved
from dispatch.units import Unit
from dispatch.world import World
from store import saving
from store.desk import EDITION_LOCK
from store.errors import EditionChanged
from store.pool import Pool
from store.queries import queries
from store.rows import dumped, item_of
from store.world import Worlds

PUBLISH_LOCK = 0x5055424C
READY_S = 30.0
BATCH = 500
PASSES = 5
FEW = 100
"""So little may be left for the moment in which intake waits."""
OVERLAP = timedelta(minutes=5)
"""An intake that began before us may commit after we looked; none takes nearly so long."""


def live_edition_id(pool: Pool) -> int | None:
    """The id of the live Edition, None before the first publish."""
    with pool.transaction() as cur:
        cur.execute(queries.edition_live)
        row = cur.fetchone()
    return int(row["edition"]) if row else None


def listed(pool: Pool) -> list[dict[str, Any]]:
    """All Editions, newest first."""
    with pool.transaction() as cur:
        cur.execute(queries.editions_listed)
        rows = [dict(row) for row in cur.fetchall()]
    for row in rows:
        row["published_at"] = row["published_at"].isoformat()
        row["live_from"] = [at.isoformat() for at in row["live_from"]]
    return rows


def publish(
    pool: Pool,
    worlds: Worlds,
    pen: saving.Pen,
    district: District,
    *,
    by: Account,
    reason: str,
    expect: int | None,
    clock: Callable[[], datetime],
) -> int:
    """Publish ``district`` as a new live Edition; its id. Open items whose cell changes move with it.

    Raises EditionChanged where ``expect`` names another Edition than the live one.
    """
    _expect(expect, live_edition_id(pool))
    edition = _store(pool, district, by, reason, clock())
    built = Edition.of(district, edition)
    _wait_until_ready(pool, edition)
    with pool.transaction() as cur:
        cur.execute(queries.publish_alone, {"publish_lock": PUBLISH_LOCK})
        cur.execute(queries.edition_live)
        _expect(expect, (cur.fetchone() or {"edition": None})["edition"])
        started = clock()
        units, staff = worlds.people()
        units = {unit.code: unit for unit in _units(district)} | dict(units)
        world = World(built, Gazetteer.of(district), worlds.rules, units, staff, started)
        mover = _Mover(cur, pen, world, by)
        mover.move_those_there()
        cur.execute(queries.edition_hold_alone, {"edition_lock": EDITION_LOCK})
        mover.move_since(started - OVERLAP)
        _flip(cur, district, edition, clock())
    return edition


def _expect(expect: int | None, live: int | None) -> None:
    if expect is not None and live != expect:
        raise EditionChanged(f"Edition {live} is live, not {expect}: look at what changed, then publish again.")


def _store(pool: Pool, district: District, by: Account, reason: str, at: datetime) -> int:
    rows, meta = to_rows(district)
    with pool.transaction() as cur:
        values = {"digest": digest_of(district), "meta": dumped(meta), "reason": reason, "by": by.name, "at": at}
        cur.execute(queries.edition_add, values)
        edition = int(cur.fetchone()["id"])
        execute_values(cur, queries.edition_area_add, [(edition, *row) for row in rows], page_size=1000)
        cur.execute(queries.edition_call, {"id": edition})
    return edition


def _wait_until_ready(pool: Pool, edition: int) -> None:
    """Wait for every listening process to have the index. One that is late builds it on its first need."""
    end = time.monotonic() + READY_S
    while time.monotonic() < end:
        with pool.transaction() as cur:
            cur.execute(queries.edition_waiting, {"id": edition})
            if cur.fetchone()["n"] == 0:
                return
        time.sleep(0.05)


class _Mover:
    """Moves open items whose cell changes. Only those are locked, and stay so until the commit: all others can be
    worked on meanwhile."""

    def __init__(self, cur: cursor, pen: saving.Pen, world: World, by: Account) -> None:
        self.cur, self.pen, self.world, self.by = cur, pen, world, by
        self._looked_at: dict[int, int] = {}

    def move_those_there(self) -> None:
        """Move what is open now, batch by batch, then what came while that took time, until little is left. What comes
        later is left for ``move_since``, so that a busy hotline cannot keep this from ending."""
        since = self.world.now - OVERLAP
        self.cur.execute(queries.items_open_last)
        last, after = self.cur.fetchone()["id"] or 0, 0
        while after < last:
            self.cur.execute(queries.items_open, {"after": after, "last": last, "limit": BATCH})
            rows = self.cur.fetchall()
            if not rows:
                break
            self._look(rows)
            after = rows[-1]["id"]
        for _ in range(PASSES):
            if self.move_since(since) < FEW:
                return

    def move_since(self, since: datetime) -> int:
        """Move what came or changed since then and was not looked at as it is now; how many those were."""
        self.cur.execute(queries.items_changed_since, {"since": since})
        fresh = [row["id"] for row in self.cur.fetchall() if self._looked_at.get(row["id"]) != row["version"]]
        for start in range(0, len(fresh), BATCH):
            self.cur.execute(queries.item_cards_by_ids, {"ids": fresh[start : start + BATCH]})
            self._look(self.cur.fetchall())
        return len(fresh)

    def _look(self, rows: list[dict[str, Any]]) -> None:
        """Move those of the rows that another cell holds now; each is locked and read again before it is written."""
        self._looked_at |= {row["id"]: row["version"] for row in rows}
        going = [row["id"] for row in rows if moved(item_of(row), self.world) is not None]
        if not going:
            return
        self.cur.execute(queries.items_lock, {"ids": going})
        self.cur.execute(queries.item_cards_by_ids, {"ids": going})
        for row in self.cur.fetchall():
            self._save(item_of(row))

    def _save(self, before: Item) -> None:
        after = moved(before, self.world) if before.is_open else None
        if after is not None:
            after = replace(after, updated_at=self.world.now)
            after = saving.save(self.cur, self.pen, before, after, self.by, "moved", {})
            self._looked_at[after.id] = after.version


def _flip(cur: cursor, district: District, edition: int, at: datetime) -> None:
    units = [{"code": unit.code, "name": unit.name, "kind": unit.kind} for unit in _units(district)]
    cur.execute(queries.units_from_edition, {"units": dumped(units)})
    cur.execute(queries.edition_flip, {"id": edition})
    cur.execute(queries.edition_flipped, {"id": edition, "at": at})
    cur.execute(queries.edition_ready_forget, {"id": edition})
    cur.execute(queries.edition_announce, {"body": dumped({"id": edition})})
    cur.execute(queries.people_changed)


def _units(district: District) -> list[Unit]:
    """The townships and communities of a district, which become units by publishing."""
    townships = [Unit(area.code, area.name, "township") for area in district.townships]
    return townships + [Unit(area.code, area.name, "community") for area in district.communities]
