"""Items by the boundaries of an Edition that need not be the one each was placed by: every point is placed again.

Open items follow each publish; what is over stays as its own day placed it. So the history of an area is asked either
by the codes that items bear, or by this: where would they lie by the boundaries of one Edition?
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from math import floor
from typing import Any

import shapely
from psycopg2.extensions import cursor

from boundaries.edition import Edition
from dispatch.item import Item
from dispatch.moving import NOWHERE, Where, places
from store.queries import queries
from store.rows import item_of

CHUNK = 20_000
"""So many points are read and placed at once."""
FEWEST = 500
"""So many are looked at together for a page of a list."""
AREAS = ("township", "grid")

Placed = tuple[dict[str, Any], Where]
"""A row of ``as_of_points`` and where the Edition puts it."""


def placed(
    cur: cursor, values: Mapping[str, Any], edition: Edition, before: int | None = None, chunk: int = CHUNK
) -> Iterator[Placed]:
    """The items under filters (see ``store.filters.filled``), newest first from ``before`` on, each where ``edition``
    puts it. ``township`` and ``grid`` filter by that place."""
    index = edition.index
    if values["grid"] not in (None, *index.positions) or values["township"] not in (None, *index.townships):
        return
    asked = dict(values) | _box(edition, values) | {"limit": chunk}
    wanted = (values["township"], values["grid"])
    while True:
        cur.execute(queries.as_of_points, asked | {"before": before})
        rows = cur.fetchall()
        for row, where in zip(rows, _where(edition, rows), strict=True):
            if all(code is None or code == found for code, found in zip(wanted, where[:2], strict=True)):
                yield row, where
        if len(rows) < chunk:
            return
        before = rows[-1]["id"]


def page(cur: cursor, values: Mapping[str, Any], edition: Edition, limit: int, before: int | None = None) -> list[Item]:
    """A page of the items, newest first."""
    found = placed(cur, values, edition, before, max(4 * limit, FEWEST))
    ids = [row["id"] for row, _ in islice(found, limit)]
    cur.execute(queries.item_cards_by_ids, {"ids": ids})
    return [item_of(row) for row in reversed(cur.fetchall())]


def density(cur: cursor, values: Mapping[str, Any], level: str, edition: Edition) -> dict[str, dict[str, int]]:
    """Count and late count by area code of the Edition; '' holds those in no area."""
    counts: Counter[str] = Counter()
    late: Counter[str] = Counter()
    for row, where in placed(cur, values, edition):
        code = where[AREAS.index(level)] or ""
        counts[code] += 1
        late[code] += row["late"]
    return {code: {"count": counts[code], "late": late[code]} for code in counts}


def clusters(cur: cursor, values: Mapping[str, Any], step: float, edition: Edition) -> list[dict[str, Any]]:
    """What the query ``map_clusters`` gives, by the Edition's areas: located items by squares of ``step`` degrees."""
    found: dict[tuple[int, int], dict[str, Any]] = {}
    for row, (township, grid, _) in placed(cur, values, edition):
        if row["lon"] is None:
            continue
        x, y = floor(row["lon"] / step), floor(row["lat"] / step)
        one = found.setdefault((x, y), {"x": x, "y": y, "count": 0, "lon": 0.0, "lat": 0.0})
        if one["count"] == 0:
            one |= {name: row[name] for name in ("number", "status", "category", "updated_at")}
            one |= {"township": township, "grid": grid}
        one["count"] += 1
        one["lon"] += (row["lon"] - one["lon"]) / one["count"]
        one["lat"] += (row["lat"] - one["lat"]) / one["count"]
    return list(found.values())


def _where(edition: Edition, rows: list[dict[str, Any]]) -> list[Where]:
    located = [row for row in rows if row["lon"] is not None]
    found = iter(places(edition, located))
    return [next(found) if row["lon"] is not None else NOWHERE for row in rows]


def _box(edition: Edition, values: Mapping[str, Any]) -> dict[str, float | None]:
    """The box of the area that is asked for: the points outside it need not be read."""
    index, sides = edition.index, ("area_west", "area_south", "area_east", "area_north")
    if values["grid"] is not None:
        area = index.geometries[index.positions[values["grid"]]]
    elif values["township"] is not None:
        area = index.townships[values["township"]]
    else:
        return dict.fromkeys(sides)
    return dict(zip(sides, shapely.bounds(area).tolist(), strict=True))
