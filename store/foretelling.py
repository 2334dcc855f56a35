"""What a publish would do, for whoever thinks about one: nothing is changed, and nobody waits."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from boundaries.district import District
from boundaries.edition import Edition
from dispatch.moving import IN_WORK, places
from store import plans
from store.moving import LOOKED_AT, goes
from store.plans import planned
from store.pool import Pool
from store.queries import queries


@dataclass(frozen=True, slots=True)
class Foretold:
    """``expect`` is the Edition that would be followed (None: there is none), to be named when publishing; ``waiting``
    are the planned ones. ``moves`` open items would change lead or place, ``keeps`` stay with the lead that works on
    them."""

    expect: int | None
    waiting: list[dict[str, Any]]
    moves: int
    keeps: int


def foretell(pool: Pool, district: District, *, at: datetime | None = None, move_in_work: bool = False) -> Foretold:
    """What publishing ``district`` would do to the open items there are, at ``at`` (None: now)."""
    with pool.transaction() as cur:
        expect = plans.before(cur, at)
    moves, keeps = _counted(pool, Edition.of(district), move_in_work)
    return Foretold(expect, planned(pool), moves, keeps)


def _counted(pool: Pool, edition: Edition, move_in_work: bool) -> tuple[int, int]:
    townships, after, moves, keeps = frozenset(edition.index.townships), 0, 0, 0
    with pool.transaction() as cur:
        cur.execute(queries.items_open_last)
        last = cur.fetchone()["id"] or 0
        while after < last:
            cur.execute(queries.items_open, {"after": after, "last": last, "limit": LOOKED_AT})
            rows = cur.fetchall()
            if not rows:
                break
            going = [
                row
                for row, there in zip(rows, places(edition, rows), strict=True)
                if goes(row, there, townships, move_in_work)
            ]
            kept = sum(_keeps(row, townships, move_in_work) for row in going)
            moves, keeps, after = moves + len(going) - kept, keeps + kept, rows[-1]["id"]
    return moves, keeps


def _keeps(row: dict[str, Any], townships: frozenset[str], move_in_work: bool) -> bool:
    gone = row["lead_kind"] == "township" and row["lead"] not in townships
    return row["status"] in IN_WORK and not move_in_work and not gone
