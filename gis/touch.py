"""Which pixels a border touches: each segment, row by row, with a little to spare for rounding.

A segment is the number ``s`` of its first vertex: it runs from ``vertices[2 * s], vertices[2 * s + 1]`` to the pair
that follows. Vertices lie in pixels here: ``u = (lon - west) * per``, ``v = (lat - south) * per``.
"""

import numpy as np

from gis.compiled import compiled, inner
from gis.segments import Floats, Ints, Numbers

SLACK = 1e-6
"""In pixels: how near a border must come to touch. Rounding is smaller."""


@inner
def _rows(v0: float, v1: float, low: int, high: int) -> tuple[int, int]:
    """First and last row between ``low`` and ``high`` that a segment touches; none where last < first."""
    first = max(int(np.floor(min(v0, v1) - SLACK)), low)
    last = min(int(np.floor(max(v0, v1) + SLACK)), high)
    return first, last


@inner
def _columns(u0: float, v0: float, u1: float, v1: float, row: int, low: int, high: int) -> tuple[int, int]:
    """First and last column between ``low`` and ``high`` that a segment touches in a row."""
    rise = v1 - v0
    enter, leave = 0.0, 1.0
    if rise != 0.0:
        enter = min(max((row - 2.0 * SLACK - v0) / rise, 0.0), 1.0)
        leave = min(max((row + 1.0 + 2.0 * SLACK - v0) / rise, 0.0), 1.0)
    a, b = u0 + enter * (u1 - u0), u0 + leave * (u1 - u0)
    first = max(int(np.floor(min(a, b) - SLACK)), low)
    last = min(int(np.floor(max(a, b) + SLACK)), high)
    return first, last


@inner
def touches(
    vertices: Floats, s: int, west: float, south: float, per: float, box: tuple[int, int, int, int], places: Ints,
    touching: Numbers, store: bool,
) -> None:  # fmt: skip
    """Adds one to ``places`` for every pixel of ``box`` that segment ``s`` touches, and with ``store`` writes ``s``
    where the pixel's place was. ``box`` is first column, first row, columns, rows; pixels are numbered in it by row."""
    u0, v0 = (vertices[2 * s] - west) * per, (vertices[2 * s + 1] - south) * per
    u1, v1 = (vertices[2 * s + 2] - west) * per, (vertices[2 * s + 3] - south) * per
    column0, row0, columns, rows = box
    first_row, last_row = _rows(v0, v1, row0, row0 + rows - 1)
    for row in range(first_row, last_row + 1):
        first, last = _columns(u0, v0, u1, v1, row, column0, column0 + columns - 1)
        base = (row - row0) * columns - column0
        for pixel in range(base + first, base + last + 1):
            if store:
                touching[places[pixel]] = s
            places[pixel] += 1


@compiled
def count_touches(
    vertices: Floats, owners: Numbers, west: float, south: float, per: float, columns: int, rows: int, counts: Ints
) -> None:
    """Adds to ``counts`` (one for each pixel of the raster) how many segments touch it."""
    for s in range(len(owners)):
        if owners[s] >= 0:
            touches(vertices, s, west, south, per, (0, 0, columns, rows), counts, owners, False)


@compiled
def fill_touches(
    vertices: Floats, owners: Numbers, west: float, south: float, per: float, columns: int, rows: int, places: Ints,
    touching: Numbers,
) -> None:  # fmt: skip
    """Writes each segment where the lists of its pixels go on; afterwards ``places`` says where each list ends."""
    for s in range(len(owners)):
        if owners[s] >= 0:
            touches(vertices, s, west, south, per, (0, 0, columns, rows), places, touching, True)
