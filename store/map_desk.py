"""Figures for maps: counts by area, clusters of a viewport."""

from collections.abc import Mapping
from typing import Any

from dispatch.account import Account
from store.desk import scope
from store.pool import Pool
from store.queries import queries
from store.world import Worlds

COUNTED = frozenset({"status", "category", "channel"})
"""Filters that the folded counters know; any other one, or a scope, is counted from the items themselves."""


class MapDesk:
    """Maps through the eyes of an account."""

    def __init__(self, pool: Pool, worlds: Worlds) -> None:
        self.pool, self.worlds = pool, worlds

    def density(self, account: Account, level: str, filters: Mapping[str, Any]) -> dict[str, dict[str, int]]:
        """Count and late count of items by area code; '' holds those in no area."""
        keys = scope(account)
        values = {"from": None, "to": None, "kind": None} | dict(filters)
        values |= {"level": level, "keys": keys, "now": self.worlds.clock()}
        other = any(value is not None for name, value in filters.items() if name not in COUNTED)
        query = queries.density_scoped if keys is not None or other else queries.density_counted
        found: dict[str, dict[str, int]] = {}
        with self.pool.transaction() as cur:
            cur.execute(query, values)
            for row in cur.fetchall():
                found[row["code"] or ""] = {"count": int(row["count"]), "late": 0}
            cur.execute(queries.late_by_area, values)
            for row in cur.fetchall():
                if (row["code"] or "") in found:
                    found[row["code"] or ""]["late"] = int(row["late"])
        return found

    def clusters(self, account: Account, filters: Mapping[str, Any], step: float) -> list[dict[str, Any]]:
        """Located items within ``bbox``, gathered by a raster of ``step`` degrees. A group of one is an item."""
        box = dict(zip(("west", "south", "east", "north"), filters["bbox"], strict=True))
        values = dict(filters) | box | {"step": step, "keys": scope(account)}
        with self.pool.transaction() as cur:
            cur.execute(queries.map_clusters, values)
            return [dict(row) for row in cur.fetchall()]
