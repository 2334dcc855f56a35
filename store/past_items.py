"""Columns out of the database: the items of a past period, and the places of the open ones.

A block of rows comes as one row: its numbers as the bytes of doubles, which cost next to nothing to read.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from psycopg2.extensions import cursor

from dispatch.past import PastColumns
from gis.errors import Refusal
from store.pool import Pool
from store.queries import queries

Progress = Callable[[int, int], None]
"""``progress(done, total)`` items; whatever it raises ends the work."""
BLOCK = 50_000
YEAR = timedelta(days=365)
MONTH_S = 30.4375 * 86_400


@dataclass(frozen=True)
class Period:
    """What history is replayed: half-open in UTC; ``total`` items. ``since`` and ``until`` are None without history."""

    since: datetime | None
    until: datetime | None
    total: int
    demonstration: bool

    @property
    def months(self) -> float:
        """Its length in months of 30.4375 days."""
        if self.since is None or self.until is None:
            return 0.0
        return (self.until - self.since).total_seconds() / MONTH_S


def period_of(cur: cursor, since: datetime | None, until: datetime | None, now: datetime) -> Period:
    """The period that is asked for; without ``since`` the year before ``until`` (now), or as much of it as there is.
    Raises Refusal where it ends before it begins."""
    cur.execute(queries.figures_real)
    demonstration = not cur.fetchone()["real"]
    end = until or now
    begin = since or end - YEAR
    if begin >= end:
        raise Refusal(f"{end.isoformat()} is not after {begin.isoformat()}: a period ends after it begins.")
    cur.execute(queries.past_period, {"from": begin, "to": end, "demonstration": demonstration})
    row = cur.fetchone()
    if not row["n"]:
        return Period(None, None, 0, demonstration)
    return Period(begin if since else row["first"], end, row["n"], demonstration)


def blocks(cur: cursor, period: Period, progress: Progress | None = None) -> Iterator[PastColumns]:
    """The items of a period, BLOCK at a time, in order of their ids."""
    done, after = 0, 0
    tell = progress or (lambda done, total: None)
    tell(0, period.total)
    while done < period.total:
        values = {"from": period.since, "to": period.until, "demonstration": period.demonstration}
        cur.execute(queries.past_block, values | {"after": after, "limit": BLOCK})
        row = cur.fetchone()
        if not row["n"]:
            return
        yield _columns(row)
        done, after = done + row["n"], row["last"]
        tell(done, period.total)


def open_places(pool: Pool) -> tuple[Any, Any]:
    """Columns of longitudes and latitudes (WGS84) of all open items that have a place."""
    with pool.transaction() as cur:
        cur.execute(queries.open_places)
        row = cur.fetchone()
    return _doubles(row["lon"]), _doubles(row["lat"])


def _columns(row: dict[str, Any]) -> PastColumns:
    words = {name: row[name].split("\n") for name in ("number", "category", "kind")}
    numbers = {name: _doubles(row[name]) for name in ("received_at", "lon", "lat", "accuracy_m")}
    return PastColumns(**words, **numbers)


def _doubles(sent: memoryview | None) -> Any:
    return np.frombuffer(sent or b"", dtype=">f8").astype(np.float64)
