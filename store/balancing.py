"""What a township's load is measured by: where its items lay."""

from datetime import datetime

from store.pool import Pool
from store.queries import queries

PIECE = 10_000


def item_places(pool: Pool, since: datetime, box: tuple[float, float, float, float]) -> tuple[list[float], list[float]]:
    """Longitudes and latitudes (WGS84 degrees) of items that came since then in a box (west, south, east, north)."""
    west, south, east, north = box
    values = {"since": since, "west": west, "south": south, "east": east, "north": north}
    lon: list[float] = []
    lat: list[float] = []
    with pool.transaction() as cur:
        cur.execute(queries.balance_places, values)
        while rows := cur.fetchmany(PIECE):
            lon += [row["lon"] for row in rows]
            lat += [row["lat"] for row in rows]
    return lon, lat
