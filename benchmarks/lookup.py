"""One point at a time from Python, beside rtree + prepared polygons and STRtree.

Usage: python -m benchmarks.lookup [--cells N] [--points N] [--rounds N]
"""

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
import shapely
from rtree import index as rtree_index

from benchmarks.ground_shapes import lattice, uniform
from benchmarks.rounds import machine
from gis.cells import Cell, CellIndex

One = Callable[[float, float], int]


def by_rtree(shapes: np.ndarray) -> One:
    """An R-tree of boxes, then prepared polygons."""
    tree = rtree_index.Index((number, shape.bounds, None) for number, shape in enumerate(shapes))
    shapely.prepare(shapes)

    def find(lon: float, lat: float) -> int:
        near = sorted(tree.intersection((lon, lat, lon, lat)))
        return next((number for number in near if shapely.intersects_xy(shapes[number], lon, lat)), -1)

    return find


def by_strtree(shapes: np.ndarray) -> One:
    """shapely's STRtree, one point at a time."""
    tree = shapely.STRtree(shapes)

    def find(lon: float, lat: float) -> int:
        return min(tree.query(shapely.Point(lon, lat), predicate="intersects").tolist(), default=-1)

    return find


def medians(engines: dict[str, Callable[[float, float], object]], pairs: list[tuple[float, float]]) -> None:
    """Prints the median and the slowest hundredth of each engine; all are asked each point in turn."""
    taken: dict[str, list[int]] = {name: [] for name in engines}
    clock = time.perf_counter_ns
    empty = statistics.median(-(clock() - clock()) for _ in range(10_000))
    for lon, lat in pairs:
        for name, ask in engines.items():
            start = clock()
            ask(lon, lat)
            taken[name].append(clock() - start)
    for name, times in taken.items():
        mid, slow = (max(one - empty, 0) / 1000 for one in np.percentile(times, [50, 99]))
        print(f"| {name} | {mid:.2f} us | {slow:.2f} us |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=int, default=144)
    parser.add_argument("--points", type=int, default=20_000)
    args = parser.parse_args()
    shapes = lattice(round(args.cells**0.5))
    index = CellIndex([Cell(f"{k:06d}", "", str(k % 10), None, shape) for k, shape in enumerate(shapes)])
    pairs = list(zip(*(column.tolist() for column in uniform(shapes, args.points)), strict=True))
    peers = {"rtree + prepared": by_rtree(shapes), "STRtree": by_strtree(shapes)}
    for pair in pairs[:2_000]:
        if {index.find(*pair)} != {find(*pair) for find in peers.values()}:
            raise SystemExit(f"the answers differ at {pair}: no figures")
    inside = [pair for pair in pairs if index.find(*pair) >= 0]
    print(machine(), f"\n{len(shapes):,} cells, uniform, median and 99th percentile:")
    medians({"cell index, codes only": index.find, **peers}, pairs)
    print("inside the district:")
    medians({
        "Resolution": lambda lon, lat: index.resolve((lon, lat)),
        "Resolution, accuracy 30 m": lambda lon, lat: index.resolve((lon, lat), 30.0),
    }, inside[:5_000])  # fmt: skip


if __name__ == "__main__":
    main()
