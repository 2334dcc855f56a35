"""Items and summonses as map clients take them: many, in pieces, by scope, with nothing in them that is personal."""

from collections.abc import Iterator, Mapping
from typing import Any

from dispatch.account import Account
from store.desk import scope
from store.pool import Pool
from store.queries import queries

Row = dict[str, Any]

PIECE = 500
"""Rows of one transaction. A client that reads slowly holds no connection, and memory holds one piece."""
LARGEST_ID = 2**63 - 1

_PLACE_AND_TIME = ("start", "end", "west", "south", "east", "north")
FILTERS = {
    "items": ("number", "statuses", "kind", "channel", "category", "urgency", "township", "community", "grid", "lead"),
    "summonses": ("id", "number", "state", "township", "category"),
}
"""What each kind of rows can be filtered by: equality, but ``statuses``, which is a list."""
ROWS = {"items": queries.feature_items, "summonses": queries.feature_summonses}
COUNTS = {"items": queries.feature_items_matched, "summonses": queries.feature_summonses_matched}


class FeatureDesk:
    """Rows of ``items`` or ``summonses`` through the eyes of an account. Scope is part of every query.

    ``filters`` holds names of FILTERS, and ``start``, ``end`` (both may be equal to the time that counts: an item's
    ``created_at``, a summons' ``meet_at``) and ``west, south, east, north`` in WGS84 degrees, borders included; with
    west > east the box crosses the 180th meridian. What is not named or None filters nothing.
    """

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    def matched(self, account: Account, kind: str, filters: Mapping[str, Any]) -> int:
        """How many rows there are."""
        with self.pool.transaction() as cur:
            cur.execute(COUNTS[kind], _values(account, kind, filters))
            return int(cur.fetchone()["n"])

    def pieces(
        self, account: Account, kind: str, filters: Mapping[str, Any], before: int | None, limit: int
    ) -> Iterator[list[Row]]:
        """At most ``limit`` rows, newest first, those before an id where one is given, at most PIECE at a time.

        Each piece is a transaction of its own: a row that leaves the filters meanwhile is left out, none comes twice.
        """
        values = _values(account, kind, filters)
        while limit > 0:
            rows = self._piece(kind, values | {"before": before, "limit": min(limit, PIECE)})
            if rows:
                yield rows
            if len(rows) < min(limit, PIECE):
                return
            before, limit = rows[-1]["id"], limit - len(rows)

    def one(self, account: Account, kind: str, name: str) -> Row | None:
        """The item of a number, or the summons of an id, as text; None where it is not there or out of scope."""
        if kind == "items":
            sought: dict[str, Any] = {"number": name}
        elif name.isascii() and name.isdigit() and len(name) < 20 and int(name) <= LARGEST_ID:
            sought = {"id": int(name)}
        else:
            return None
        rows = self._piece(kind, _values(account, kind, sought) | {"before": None, "limit": 1})
        return rows[0] if rows else None

    def _piece(self, kind: str, values: Mapping[str, Any]) -> list[Row]:
        def read(cur: Any) -> list[Row]:
            cur.execute(ROWS[kind], values)
            return list(cur.fetchall())

        rows: list[Row] = self.pool.again(read)
        return rows


def _values(account: Account, kind: str, filters: Mapping[str, Any]) -> dict[str, Any]:
    names = (*FILTERS[kind], *_PLACE_AND_TIME)
    if unknown := set(filters) - set(names):
        raise KeyError(f"{kind} cannot be filtered by {', '.join(sorted(unknown))}")
    return {name: filters.get(name) for name in names} | {"keys": scope(account)}
