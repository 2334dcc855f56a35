"""Building the cell index and resolving points with it, beside its peers in the same run.

Usage: python -m benchmarks.index [--points N] [--rounds N]

Every engine answers the same points of the shipped district, a quarter of them outside; the answers are compared before
a time counts. Rounds are interleaved, so that a machine that slows down slows all of them. Figures are medians.
"""

import argparse
import os
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import geopandas
import numpy as np
import shapely

from boundaries.read import read_district
from gis.cells import CellIndex

SHIPPED = Path(__file__).resolve().parents[1] / "boundaries" / "gulou"
Points = tuple[np.ndarray, np.ndarray]


def points_about(index: CellIndex, count: int, seed: int = 144) -> Points:
    """Uniform points in the district's box grown by 7 % on each side: about a quarter lies outside the cells."""
    west, south, east, north = index.box or (0.0, 0.0, 1.0, 1.0)
    wide, high = (east - west) * 0.07, (north - south) * 0.07
    dice = np.random.default_rng(seed)
    return dice.uniform(west - wide, east + wide, count), dice.uniform(south - high, north + high, count)


def by_sjoin(index: CellIndex, points: Points) -> np.ndarray:
    """geopandas.sjoin; of several cells the first."""
    cells = geopandas.GeoDataFrame({"n": range(len(index))}, geometry=list(index.geometries), crs=4326)
    frame = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(*points), crs=4326)
    joined = geopandas.sjoin(frame, cells, how="left", predicate="intersects")
    return joined.groupby(level=0)["n"].min().fillna(-1).to_numpy().astype(int)


def by_strtree(index: CellIndex, points: Points) -> np.ndarray:
    """shapely STRtree by box, then prepared intersects_xy: the fair one."""
    tree, shapes = shapely.STRtree(index.geometries), np.array(index.geometries)
    shapely.prepare(shapes)
    rows, cells = tree.query(shapely.points(*points))
    held = shapely.intersects_xy(shapes[cells], points[0][rows], points[1][rows])
    found = np.full(len(points[0]), len(index))
    np.minimum.at(found, rows[held], cells[held])
    return np.where(found == len(index), -1, found)


ENGINES: dict[str, Callable[[CellIndex, Points], np.ndarray]] = {
    "cell index": lambda index, points: index.find_many(*points),
    "STRtree by box + prepared": by_strtree,
    "geopandas.sjoin": by_sjoin,
}


def timed(work: Callable[[], object]) -> float:
    """Seconds that ``work`` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=300_000)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    cells = read_district(SHIPPED).cells
    builds = [timed(lambda: CellIndex(cells)) for _ in range(args.rounds)]
    index = CellIndex(cells)
    points = points_about(index, args.points)
    truth = by_sjoin(index, points)
    for name, engine in ENGINES.items():
        if not np.array_equal(engine(index, points), truth):
            raise SystemExit(f"{name} does not give the exact answers: no figures")
    rounds = [{name: timed(lambda e=engine: e(index, points)) for name, engine in ENGINES.items()} for _ in builds]
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    median, most = statistics.median(builds) * 1000, max(builds) * 1000
    print(f"build of {len(cells)} cells: median {median:.0f} ms, most {most:.0f} ms")
    for name in ENGINES:
        rate = args.points / statistics.median(r[name] for r in rounds) / 1e6
        ratio = statistics.median(r["geopandas.sjoin"] / r[name] for r in rounds)
        print(f"{name:<28}{rate:8.2f} million points/s   {ratio:7.1f} x geopandas.sjoin")


if __name__ == "__main__":
    main()
