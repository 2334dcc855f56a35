"""Checking a district's boundaries, beside the plain road: every two cells that meet, intersected.

Usage: python -m benchmarks.check [--rounds N] [--large N]

Districts are made from a seed, 100 corners to a cell, with townships and an outline. Each is checked sound, and with
one cell in a hundred moved by two metres. Both roads must find the same overlaps before a time counts. Figures are
medians of wall-clock seconds; the processor's own seconds stand beside them, for a machine that has other work too.
"""

import argparse
import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import shapely

from benchmarks.lattice import a_lattice
from boundaries.check import check
from boundaries.district import District
from gis.ellipsoid import metres_per_degree

SMALL, SMALL_S, LARGE_S = 144, 1.0, 15.0
CORNERS = 100
LEAST_M2 = 0.1
TWO_METRES = np.array([2e-5, 1e-5])
"""Degrees, nearly."""


def with_faults(district: District, seed: int = 0) -> District:
    """One cell in a hundred, two at least, moved by about two metres."""
    dice = np.random.default_rng(seed)
    cells = list(district.cells)
    for number in dice.choice(len(cells), max(2, len(cells) // 100), replace=False):
        moved = shapely.transform(cells[number].geometry, lambda xy: xy + TWO_METRES)
        cells[number] = replace(cells[number], geometry=moved)
    return replace(district, cells=tuple(cells))


def plain_overlaps(district: District) -> set[frozenset[str]]:
    """Pairs of cells that hold more than LEAST_M2 together: an R-tree, then an intersection of each pair found."""
    shapes = np.array([cell.geometry for cell in district.cells])
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = first < second
    first, second = first[pairs], second[pairs]
    common = shapely.intersection(shapes[first], shapes[second])
    metres = metres_per_degree(np.nan_to_num(shapely.get_y(shapely.centroid(common))), np)
    held = shapely.area(common) * metres[0] * metres[1] > LEAST_M2
    codes = [cell.code for cell in district.cells]
    return {frozenset((codes[i], codes[j])) for i, j in zip(first[held].tolist(), second[held].tolist(), strict=True)}


def found_overlaps(district: District) -> set[frozenset[str]]:
    """The same as the check tells them."""
    faults = [fault for fault in check(district) if fault.kind == "overlap"]
    return {frozenset(fault.codes) for fault in faults if (fault.size_m2 or 0.0) > LEAST_M2}


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock, and of the processor."""
    wall, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - used


def figures(name: str, district: District, rounds: int, limit: float) -> None:
    """One line of the table; the district is made anew each time, for it keeps what was worked out."""
    runs = [timed(lambda: check(replace(district))) for _ in range(rounds)]
    plain = [timed(lambda: plain_overlaps(replace(district))) for _ in range(rounds)]
    wall, used = (statistics.median(run[i] for run in runs) for i in (0, 1))
    beside = statistics.median(run[1] for run in plain)
    faults = len(check(replace(district)))
    print(f"{name:<28}{faults:7} faults {wall:8.2f} s ({used:.2f} s of processor; {limit:.0f} s asked)", end="")
    print(f"   overlaps alone by the plain road: {beside:.2f} s, {beside / used:.1f} x all of the check")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--large", type=int, default=10_000)
    args = parser.parse_args()
    on = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{on}, GEOS {shapely.geos_version_string}")
    for cells, limit in ((SMALL, SMALL_S), (args.large, LARGE_S)):
        sound = a_lattice(cells, CORNERS)
        hurt = with_faults(sound)
        if found_overlaps(replace(hurt)) != plain_overlaps(hurt) or check(replace(sound)):
            raise SystemExit(f"{cells} cells: the check does not find what the plain road finds: no figures")
        figures(f"{cells} cells, sound", sound, args.rounds, limit)
        figures(f"{cells} cells, 1 % moved", hurt, args.rounds, limit)


if __name__ == "__main__":
    main()
