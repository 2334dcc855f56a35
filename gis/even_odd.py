"""What a tangled ring encloses by the even-odd rule."""

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely import LineString, MultiPolygon, Polygon, STRtree

MOST_CROSSINGS = 250_000
_SAMPLE = 500
_BLOCK = 2_000_000
"""Pairs of a point and an edge in hand at a time."""


def even_odd(ring: Any) -> Polygon | MultiPolygon:
    """The valid area of all points from which a ray crosses ``ring`` (closed, finite) an odd number of times.

    The ring is cut at its crossings into faces, and each face is asked for one point inside it. A ring of some hundred
    corners in random order, with tens of thousands of crossings, takes about a second. One with far more than
    MOST_CROSSINGS is no border of anything and encloses nothing: a hostile file is not to hold up a service.
    Raises shapely.errors.GEOSException where the crossings cannot be found with finite numbers.
    """
    points = shapely.get_coordinates(ring)
    if _crossings_at_most(points) > MOST_CROSSINGS:
        return Polygon()
    lines = shapely.union_all([LineString(points)])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    inner = shapely.get_coordinates(shapely.point_on_surface(faces))
    kept = faces[_odd(points, inner[:, 0], inner[:, 1])]
    if not len(kept):
        return Polygon()
    joined: Polygon | MultiPolygon = shapely.coverage_union_all(kept)
    return joined if joined.is_valid else shapely.union_all(kept)


def _crossings_at_most(ring: npt.NDArray[np.float64]) -> float:
    """About how many pairs of edges have boxes that meet, neighbours left out: from a sample, evenly along the ring."""
    boxes = shapely.box(*np.minimum(ring[:-1], ring[1:]).T, *np.maximum(ring[:-1], ring[1:]).T)
    sample = boxes[:: max(len(boxes) // _SAMPLE, 1)]
    met = len(STRtree(boxes).query(sample)[0])
    return (met / len(sample) - 3) * len(boxes) / 2


def _odd(ring: npt.NDArray[np.float64], x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> Any:
    """Whether a ray to the east from each point crosses the ring an odd number of times (the crossing rule)."""
    x0, y0, x1, y1 = ring[:-1, 0], ring[:-1, 1], ring[1:, 0], ring[1:, 1]
    odd = np.zeros(len(x), dtype=bool)
    step = max(_BLOCK // len(x0), 1)
    for begin in range(0, len(x), step):
        px, py = x[begin : begin + step, None], y[begin : begin + step, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            at = x0 + (py - y0) * (x1 - x0) / (y1 - y0)
        odd[begin : begin + step] = (((y0 > py) != (y1 > py)) & (px < at)).sum(axis=1) % 2 == 1
    return odd
