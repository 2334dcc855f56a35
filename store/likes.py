"""The likes of a report: open items near it in place and time, of its category, with like words; in scope alone."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from psycopg2.extensions import cursor

from dispatch.account import Account
from dispatch.item import UNCLASSIFIED, Item
from dispatch.likeness import Like, Sought, alike, likeness
from dispatch.rulebook import Rules
from gis.ellipsoid import metres_per_degree
from store.desk import scope, unknown
from store.pool import Pool
from store.queries import queries
from store.rows import item_of
from store.world import Worlds

MOST_LOOKED_AT = 200
MOST_TOLD = 10
LONGEST_WORDS = 500
"""Characters of what is said that are compared: the comparison takes time with its length."""


class Likes:
    """Finds what is alike, through the eyes of an account."""

    def __init__(self, pool: Pool, worlds: Worlds) -> None:
        self.pool, self.worlds = pool, worlds

    def of_item(self, account: Account, number: str) -> list[Like]:
        """The likes of an item in scope, the likest first. Raises UnknownItem."""
        with self.pool.transaction() as cur:
            cur.execute(queries.item_card, {"number": number, "keys": scope(account)})
            row = cur.fetchone()
            if row is None:
                raise unknown(number)
            return find(cur, account, sought(item_of(row)), self.worlds.rules)

    def of_report(self, account: Account, wanted: Sought) -> list[Like]:
        """The likes of what is being reported."""
        with self.pool.transaction() as cur:
            return find(cur, account, wanted, self.worlds.rules)


def sought(item: Item) -> Sought:
    """What the likes of an item are looked for by."""
    lon, lat = (item.spot.lon, item.spot.lat) if item.spot else (None, None)
    return Sought(lon, lat, item.category, item.description, item.address, item.received_at, item.id)


def find(cur: cursor, account: Account, wanted: Sought, rules: Rules) -> list[Like]:
    """Open items alike enough by the rules, the likest first, MOST_TOLD at the most.

    Bounded whatever the number of items: the nearest MOST_LOOKED_AT in the radius are weighed, and for a report without
    a place those with the likest words.
    """
    limits, span = rules.thresholds.likeness, timedelta(days=rules.thresholds.likeness.days)
    values = _values(account, wanted, rules) | {
        "since": wanted.received_at - span,
        "until": wanted.received_at + span,
        "limit": MOST_LOOKED_AT,
    }
    if wanted.lon is not None and wanted.lat is not None:
        cur.execute(queries.likes_near, values | _box(wanted.lon, wanted.lat, limits.radius_m))
    elif wanted.description or wanted.address:
        cur.execute(queries.likes_by_words, values)
    else:
        return []
    found = [_like(row, wanted, rules) for row in cur.fetchall()]
    near = [
        one for one in found
        if one.likeness.score >= limits.least
        and (one.likeness.distance_m is None or one.likeness.distance_m <= limits.radius_m)
    ]  # fmt: skip
    return sorted(near, key=lambda one: (-one.likeness.score, one.number))[:MOST_TOLD]


def in_area(
    cur: cursor, account: Account, item: Item, area: Mapping[str, str | None], since: datetime, limit: int, rules: Rules
) -> list[Like]:  # fmt: skip
    """Open items of the township or community of ``area`` that may be the same matter as ``item``, the likest first.

    Distance says nothing here, since an area is looked through: category, words and time are weighed.
    """
    wanted = replace(sought(item), lon=None, lat=None)
    values = _values(account, wanted, rules) | {"since": since, "limit": limit}
    cur.execute(queries.likes_in_area, values | {"township": None, "community": None} | dict(area))
    found = (_like(row, wanted, rules) for row in cur.fetchall())
    same = (one for one in found if one.category == item.category or (one.likeness.words or 0.0) >= SAME_WORDS)
    return sorted(same, key=lambda one: (-one.likeness.score, one.number))


SAME_WORDS = 0.3
"""Words as alike as this may be the same matter under another category of the class."""


def _values(account: Account, wanted: Sought, rules: Rules) -> dict[str, Any]:
    return {
        "id": wanted.id,
        "description": wanted.description[:LONGEST_WORDS],
        "address": wanted.address[:LONGEST_WORDS],
        "keys": scope(account),
        "categories": alike(wanted.category, rules),
    }


def _box(lon: float, lat: float, radius_m: float) -> dict[str, float]:
    """A box of degrees that holds the circle; a little larger, since degrees are not quite even."""
    across, along = metres_per_degree(lat)
    x, y = 1.01 * radius_m / max(across, 1.0), 1.01 * radius_m / along
    return {"lon": lon, "lat": lat, "west": lon - x, "east": lon + x, "south": lat - y, "north": lat + y}


def _like(row: Mapping[str, Any], wanted: Sought, rules: Rules) -> Like:
    ours = (wanted.lon, wanted.lat) if wanted.lon is not None and wanted.lat is not None else None
    theirs = (row["lon"], row["lat"]) if row["lon"] is not None else None
    says = (wanted.description and row["description"]) or (wanted.address and row["address"])
    weighed = likeness(
        ours, theirs, (wanted.received_at, row["received_at"]), (wanted.category or UNCLASSIFIED, row["category"]),
        float(row["words"]) if says else None, rules,
    )  # fmt: skip
    names = ("id", "number", "status", "category", "description", "address", "received_at", "lon", "lat")
    return Like(**{name: row[name] for name in names}, likeness=weighed)
