"""What anybody may ask without an account: open items as squares, likes of what is being reported, and how often."""

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from psycopg2.extensions import cursor

from dispatch.errors import UnknownItem
from dispatch.item import UNCLASSIFIED
from dispatch.likeness import Sought, alike, likeness
from dispatch.public import KINDS, STEP, PublicItem, Square, middle, public_categories, rounded
from gis.ellipsoid import metres_per_degree
from store.picture_files import PictureFiles
from store.pool import Pool
from store.queries import queries
from store.throttle import Throttle, digest, network
from store.world import Worlds

WINDOW = timedelta(minutes=15)
FREE, MOST = 10, 200
"""Reports of a network in a window: so many without a question, so many at all. Thousands of phones may share one."""
MOST_OF_FORM = 8
"""Times that one form is sent in a window: double clicks, lost answers, wrong answers."""
MOST_READ, MOST_PICTURES = 1500, 6000
"""Questions and pictures of a network in a window: one look at the map may ask for a hundred pictures."""
MOST_OF_SQUARE = 3
MOST_LOOKED_AT, MOST_TOLD = 200, 5

Box = tuple[float, float, float, float]


class PublicDesk:
    """Through the eyes of nobody."""

    def __init__(self, pool: Pool, worlds: Worlds, files: PictureFiles) -> None:
        self.pool, self.worlds, self.files = pool, worlds, files
        self._throttle = Throttle(pool)

    def sending(self, address: str, form: str, at: datetime) -> tuple[float | None, bool]:
        """Count a report that is sent: the seconds to wait where it was one too many, else None, and whether a question
        must be answered first."""
        where = network(address)
        wait = self._throttle.attempt(
            [(f"report-from:{where}", MOST), (f"report-form:{digest(form)}", MOST_OF_FORM)], WINDOW, at
        )
        if wait is not None:
            return wait, False
        return None, self._throttle.attempt([(f"report-free:{where}", FREE)], WINDOW, at) is not None

    def sent(self, at: datetime) -> None:
        """A report was taken in: what no window reaches back to is dropped."""
        self._throttle.forgive([], [], at)

    def reading(self, address: str, at: datetime) -> float | None:
        """Count a question; the seconds to wait where it was one too many, else None."""
        return self._throttle.attempt([(f"public-from:{network(address)}", MOST_READ)], WINDOW, at)

    def looking(self, address: str, at: datetime) -> float | None:
        """Likewise for a picture."""
        return self._throttle.attempt([(f"pictures-from:{network(address)}", MOST_PICTURES)], WINDOW, at)

    def squares(self, box: Box, step: float) -> list[Square]:
        """The squares of ``step`` degrees that hold open items within ``box``; whole squares count."""
        west, south = (math.floor(edge / step) * step for edge in box[:2])
        east, north = (math.ceil(edge / step) * step for edge in box[2:])
        most = MOST_OF_SQUARE if step <= STEP else 1
        values = self._values() | {"west": west, "south": south, "east": east, "north": north}
        with self.pool.transaction() as cur:
            cur.execute(queries.public_squares, values | {"step": step, "most": most})
            rows = cur.fetchall()
            pairs = _pairs(cur, [row["id"] for row in rows]) if step <= STEP else {}
        found: dict[tuple[int, int], Square] = {}
        for row in rows:
            at = (row["x"], row["y"])
            square = found.get(at) or Square(middle(at[0], step), middle(at[1], step), row["count"], ())
            one = replace(_public(row, square.lon, square.lat), photos=pairs.get(row["id"], {}))
            items = (*square.items, one) if step <= STEP else ()
            found[at] = replace(square, items=items)
        return list(found.values())

    def picture(self, id: int, *, thumbnail: bool = False) -> tuple[str, Callable[[], bytes]]:
        """The sha256 of a released picture of an item that anybody may know of, and what reads its bytes. Raises
        UnknownItem; the reader PhotosAway."""
        with self.pool.transaction() as cur:
            cur.execute(queries.public_photo, self._values() | {"id": id})
            row = cur.fetchone()
        if row is None:
            raise UnknownItem("There is no such photograph here.")
        name: str = row["thumbnail" if thumbnail else "sha256"]
        return name, lambda: self.files.read(name)

    def likes(self, wanted: Sought) -> list[PublicItem]:
        """Open items that may be the same matter, the likest first: by rounded place, category and day alone."""
        if wanted.lon is None or wanted.lat is None:
            return []
        rules = self.worlds.rules
        limits = rules.thresholds.likeness
        ours = (rounded(wanted.lon), rounded(wanted.lat))
        values = self._values() | _around(ours, limits.radius_m)
        if (same := alike(wanted.category, rules)) is not None:
            values["categories"] = [code for code in values["categories"] if code in same]
        values |= {"since": wanted.received_at - timedelta(days=limits.days), "limit": MOST_LOOKED_AT, "step": STEP}
        with self.pool.transaction() as cur:
            cur.execute(queries.public_likes, values)
            rows = cur.fetchall()
        weighed = []
        for row in rows:
            one = _public(row, middle(row["x"]), middle(row["y"]))
            times, categories = (wanted.received_at, one.received_at), (wanted.category or UNCLASSIFIED, one.category)
            like = likeness(ours, (one.lon, one.lat), times, categories, None, rules)
            if like.score >= limits.least and (like.distance_m or 0.0) <= limits.radius_m:
                weighed.append((-like.score, one.number, replace(one, distance_m=like.distance_m)))
        return [one for _, _, one in sorted(weighed, key=lambda each: each[:2])[:MOST_TOLD]]

    def _values(self) -> dict[str, Any]:
        return {"kinds": list(KINDS), "categories": public_categories(self.worlds.rules)}


def _pairs(cur: cursor, ids: list[int]) -> dict[int, dict[str, int]]:
    """Item -> stage -> photograph, of what was released."""
    found: dict[int, dict[str, int]] = {}
    if ids:
        cur.execute(queries.public_photos, {"ids": ids})
        for row in cur.fetchall():
            found.setdefault(row["item_id"], {})[row["stage"]] = row["id"]
    return found


def _public(row: Any, lon: float, lat: float) -> PublicItem:
    return PublicItem(row["number"], row["category"], row["status"], row["received_at"], lon, lat)


def _around(at: tuple[float, float], radius_m: float) -> dict[str, float]:
    """A box of whole squares that holds the circle."""
    across, along = metres_per_degree(at[1])
    x, y = (math.ceil(radius_m / max(size, 1.0) / STEP) + 0.5 for size in (across, along))
    return {"west": at[0] - x * STEP, "east": at[0] + x * STEP, "south": at[1] - y * STEP, "north": at[1] + y * STEP}
