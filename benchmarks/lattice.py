"""A made-up district of any size for benchmarks: a lattice of cells with crooked borders, sound in every way."""

from math import ceil, sqrt

import numpy as np
import shapely
from shapely import Polygon

from boundaries.district import Area, District
from gis.cells import Cell

WEST, SOUTH, STEP = 113.0, 34.0, 0.004
BLOCK = 10
"""Cells along each side of a township."""


def a_lattice(cells: int, corners: int = 100, seed: int = 1) -> District:
    """About ``cells`` cells in rows and columns (WGS84), each with ``corners`` corners; ten by ten are a township.

    Every corner is shaken once, whoever has it, so that neighbours agree to the last bit. The outline is drawn.
    """
    side, per_edge = ceil(sqrt(cells)), max(corners // 4, 1)
    dice = np.random.default_rng(seed)
    shaken: dict[tuple[int, int], tuple[float, float]] = {}

    def point(x: int, y: int) -> tuple[float, float]:
        if (x, y) not in shaken:
            east, north = dice.uniform(-0.3, 0.3, 2) / per_edge
            lon, lat = WEST + (x / per_edge + east) * STEP, SOUTH + (y / per_edge + north) * STEP
            shaken[x, y] = round(float(lon), 7), round(float(lat), 7)
        return shaken[x, y]

    made = []
    for number in range(cells):
        column, row = number % side, number // side
        township = f"T{column // BLOCK}-{row // BLOCK}"
        made.append(Cell(f"G{number:05d}", f"{number}", township, None, _square(column, row, per_edge, point)))
    towns = {cell.township: None for cell in made}
    areas = [_together([cell.geometry for cell in made if cell.township == code]) for code in towns]
    townships = tuple(Area(code, code, area) for code, area in zip(towns, areas, strict=True))
    return District("L", "Lattice", townships, tuple(made), outline=_together(areas))


def _square(column: int, row: int, per_edge: int, point: object) -> Polygon:
    west, south = column * per_edge, row * per_edge
    along = range(per_edge)
    ring = [(west + i, south) for i in along]
    ring += [(west + per_edge, south + i) for i in along]
    ring += [(west + per_edge - i, south + per_edge) for i in along]
    ring += [(west, south + per_edge - i) for i in along]
    return Polygon([point(x, y) for x, y in ring])  # type: ignore[operator]


def _together(shapes: object) -> object:
    return shapely.coverage_union_all(shapes)
