"""Not a time but a proof: random and adversarial points on random districts, against the predicate of shapely.

Usage: python -m benchmarks.exact [--districts N] [--points N]

``--points`` are so many random and as many adversarial ones in all (a million each, unless told): vertices, points on
borders and within a rounding of them, corners of boxes. Districts have holes, enclaves and an exclave. Exit 1 and the
first point where an answer differs.
"""

import argparse
import sys
import time

import numpy as np
import shapely

from gis.cells import CellIndex
from gis.finder import PlainFinder
from tests.gis.districts import random_district, random_points

SPANS = (1e-5, 1e-3, 0.06, 5.0)


def truth(index: CellIndex, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """The lowest cell that covers each point, by shapely alone."""
    rows, cells = shapely.STRtree(index.geometries).query(shapely.points(lon, lat), predicate="intersects")
    found = np.full(len(lon), len(index))
    np.minimum.at(found, rows, cells)
    return np.where(found == len(index), -1, found)


def tried(seed: int, points: int) -> int:
    """How many points of one district were tried; leaves with 1 at the first that differs."""
    district = random_district(seed, 5 + 7 * (seed % 40), bends=seed % 9, span=SPANS[seed % 4])
    index = CellIndex(district)
    dice = np.random.default_rng(seed)
    west, south, east, north = index.box or (0.0, 0.0, 0.0, 0.0)
    count = max(points // 4, 1)
    lon, lat = random_points(seed, district, count)
    lon = np.concatenate([lon, dice.uniform(west, east, points - count)])
    lat = np.concatenate([lat, dice.uniform(south, north, points - count)])
    expected = truth(index, lon, lat)
    plain = PlainFinder(index.geometries, index.box or (0.0, 0.0, 0.0, 0.0))
    for name, found in (("machine code", index.find_many(lon, lat)), ("numpy", plain.find_many(lon, lat))):
        wrong = np.nonzero(found != expected)[0]
        if len(wrong):
            row = wrong[0]
            print(f"district {seed}, {name}: {lon[row]!r}, {lat[row]!r} is in {expected[row]}, not {found[row]}")
            sys.exit(1)
    return len(lon)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--districts", type=int, default=50)
    parser.add_argument("--points", type=int, default=1_000_000)
    args = parser.parse_args()
    start = time.perf_counter()
    total = sum(tried(seed, args.points // args.districts) for seed in range(args.districts))
    print(f"{args.districts} districts, {total:,} points, {time.perf_counter() - start:.0f} s: all equal to shapely")


if __name__ == "__main__":
    main()
