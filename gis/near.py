"""The nearest point of a polygon's border as machine code: the arithmetic of :mod:`gis.border`, with the same bits."""

import numpy as np

from gis.compiled import compiled, inner
from gis.segments import Floats, Ints, Numbers
from gis.vertices import BLOCK

_SPARE = 1.0 + 1e-9
"""How much farther than the nearest segment so far a block of others must be, to be passed over unmeasured."""


@inner
def _nearest(
    x: float, y: float, kx: float, ky: float, first: int, last: int, vertices: Floats, owners: Numbers, boxes: Floats
) -> tuple[float, float]:
    ratio2 = (ky / kx) * (ky / kx)
    best, best_x, best_y = np.inf, np.nan, np.nan
    for block in range(first // BLOCK, (last - 1) // BLOCK + 1):
        beside = max(boxes[block, 0] - x, x - boxes[block, 2], 0.0) * kx
        above = max(boxes[block, 1] - y, y - boxes[block, 3], 0.0) * ky
        if beside * beside + above * above > best * _SPARE:
            continue
        for s in range(max(first, block * BLOCK), min(last, block * BLOCK + BLOCK)):
            if owners[s] < 0:
                continue
            x0, y0, x1, y1 = vertices[2 * s], vertices[2 * s + 1], vertices[2 * s + 2], vertices[2 * s + 3]
            run_x, run_y, off_x, off_y = x1 - x0, y1 - y0, x - x0, y - y0
            along = (off_x * run_x + off_y * run_y * ratio2) / (run_x * run_x + run_y * run_y * ratio2)
            along = min(max(along, 0.0), 1.0)
            step_x, step_y = along * run_x, along * run_y
            across, up = (off_x - step_x) * kx, (off_y - step_y) * ky
            metres2 = across * across + up * up
            if metres2 < best:
                best, best_x, best_y = metres2, x0 + step_x, y0 + step_y
    return best_x, best_y


@compiled
def nearest_one(
    lon: float, lat: float, polygon: int, per_lon: float, per_lat: float, vertices: Floats, owners: Numbers,
    starts: Ints, boxes: Floats,
) -> tuple[float, float]:  # fmt: skip
    """The point (degrees) of the polygon's border that is nearest, in a plane where a degree measures ``per_lon``,
    ``per_lat`` metres; NaN where it has no border."""
    return _nearest(lon, lat, per_lon, per_lat, starts[polygon], starts[polygon + 1], vertices, owners, boxes)


@compiled
def nearest(
    lon: Floats, lat: Floats, owner: Numbers, per_lon: Floats, per_lat: Floats, vertices: Floats, owners: Numbers,
    starts: Ints, boxes: Floats, near_lon: Floats, near_lat: Floats,
) -> None:  # fmt: skip
    """As ``nearest_one``, for columns, each point with its own polygon; nothing is filled in where that is negative."""
    for row in range(len(lon)):
        polygon = owner[row]
        if polygon >= 0:
            near_lon[row], near_lat[row] = _nearest(
                lon[row], lat[row], per_lon[row], per_lat[row], starts[polygon], starts[polygon + 1], vertices, owners,
                boxes,
            )  # fmt: skip
