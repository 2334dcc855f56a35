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
        done = _move(cur, pen, world, by)
        cur.execute(queries.edition_hold_alone, {"edition_lock": EDITION_LOCK})
        cur.execute(queries.items_located_since, {"since": started - OVERLAP, "moved": done})
        _save_moved(cur, pen, _locked(cur), world, by)
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


def _move(cur: cursor, pen: saving.Pen, world: World, by: Account) -> list[int]:
    """Move open items batch by batch; the ids of those that moved (their rows stay locked until the commit)."""
    after, done = 0, []
    while True:
        cur.execute(queries.items_to_move, {"after": after, "limit": BATCH})
        items = _locked(cur)
        done += _save_moved(cur, pen, items, world, by)
        if len(items) < BATCH:
            return done
        after = items[-1].id


def _locked(cur: cursor) -> list[Item]:
    """The items whose ids were just locked, as they are now."""
    cur.execute(queries.item_cards_by_ids, {"ids": [row["id"] for row in cur.fetchall()]})
    return [item_of(row) for row in cur.fetchall()]


def _save_moved(cur: cursor, pen: saving.Pen, items: list[Item], world: World, by: Account) -> list[int]:
    done = []
    for before in items:
        after = moved(before, world)
        if after is not None:
            after = replace(after, updated_at=world.now)
            saving.save(cur, pen, before, after, by, "moved", {})
            done.append(before.id)
    return done


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
