"""Figures for maps: counts by area, clusters of a viewport."""

from collections.abc import Mapping, Sequence
from typing import Any

from boundaries.edition import Edition
from dispatch.account import Account
from store import as_of
from store.desk import scope
from store.filters import filled
from store.pool import Pool
from store.queries import queries
from store.world import Worlds

COUNTED = frozenset({"status", "category", "channel"})
"""Filters that the folded counters know; any other one, or a scope, is counted from the items themselves."""


class MapDesk:
    """Maps through the eyes of an account."""

    def __init__(self, pool: Pool, worlds: Worlds) -> None:
        self.pool, self.worlds = pool, worlds

    def density(
        self, account: Account, level: str, filters: Mapping[str, Any], by: Edition | None = None
    ) -> dict[str, dict[str, int]]:
        """Count and late count of items by area code; '' holds those in no area. The codes are those that the items
        bear, or where the Edition ``by`` puts them."""
        values = filled(filters, self.worlds.clock()) | {"level": level, "keys": scope(account)}
        if by is not None:
            with self.pool.transaction() as cur:
                return as_of.density(cur, values, level, by)
        own = any(value is not None for name, value in filters.items() if name not in COUNTED)
        if own or values["keys"] is not None:
            return self._by_area(queries.density_scoped, values)
        found = self._by_area(queries.density_counted, values)
        late = self._by_area(queries.late_by_area, values)
        return {code: row | {"late": late.get(code, row)["late"]} for code, row in found.items()}

    def _by_area(self, query: str, values: Mapping[str, Any]) -> dict[str, dict[str, int]]:
        with self.pool.transaction() as cur:
            cur.execute(query, values)
            rows = cur.fetchall()
        return {row["code"] or "": {name: int(row.get(name, 0)) for name in ("count", "late")} for row in rows}

    def by_hour(
        self, account: Account, level: str, filters: Mapping[str, Any], most: int
    ) -> list[tuple[str, int, int, int]] | None:
        """(area code, hour, count, late count) of items received in each hour from ``filters["from"]`` on; the code ''
        stands for no area. None where there are more than ``most`` of them."""
        values = filled(filters, self.worlds.clock()) | {"level": level, "keys": scope(account), "limit": most + 1}
        with self.pool.transaction() as cur:
            cur.execute(queries.density_by_hour, values)
            rows = [(row["code"] or "", row["hour"], int(row["count"]), int(row["late"])) for row in cur.fetchall()]
        return rows if len(rows) <= most else None

    def areas_before(self, level: str, codes: Sequence[str]) -> dict[str, Edition]:
        """Code of an area -> the Edition that was live last with it; those that never were are left out."""
        with self.pool.transaction() as cur:
            cur.execute(queries.areas_last, {"level": level, "codes": list(codes)})
            found = {row["code"]: int(row["edition"]) for row in cur.fetchall()}
        return {code: self.worlds.shelf.get(edition)[0] for code, edition in found.items()}

    def clusters(
        self, account: Account, filters: Mapping[str, Any], step: float, by: Edition | None = None
    ) -> list[dict[str, Any]]:
        """Located items within ``bbox``, gathered by a raster of ``step`` degrees. A group of one is an item. Areas are
        those that the items bear, or where the Edition ``by`` puts them."""
        values = filled(filters, self.worlds.clock()) | {"step": step, "keys": scope(account)}
        with self.pool.transaction() as cur:
            if by is not None:
                return as_of.clusters(cur, values, step, by)
            cur.execute(queries.map_clusters, values)
            return [dict(row) for row in cur.fetchall()]
