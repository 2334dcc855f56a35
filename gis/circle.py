"""Accuracy circles: what they are where coordinates are degrees, and how cells share them."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely
from shapely import Polygon

from gis.ellipsoid import GEOD
from gis.place import Box

CORNERS = 64
LARGEST_M = 50_000.0
"""Metres. A wider circle says no more than this one: it covers any district whole."""

WIDEST_M = 5_000.0
"""Metres. A wider accuracy circle is not drawn about a point."""
MOST_CANDIDATES = 20
"""Cells that a Resolution names, those with the largest shares."""


def usable_accuracy(accuracy_m: object) -> float | None:
    """The radius in metres that an accuracy stands for, None where it says nothing.

    None, zero, negative, NaN and whatever is no number say nothing (devices send 0 or -1 for "unknown"); what
    exceeds LARGEST_M, infinity too, counts as LARGEST_M.
    """
    if isinstance(accuracy_m, (bool, np.bool_)) or not isinstance(accuracy_m, (int, float, np.integer, np.floating)):
        return None
    if not accuracy_m > 0:
        return None
    return float(min(accuracy_m, LARGEST_M))


def circle_radius(accuracy_m: object) -> float | None:
    """The radius in metres of the circle that an accuracy draws, None where it draws none: where it says nothing, and
    where it is above WIDEST_M, which is the size of a city and tells no cell from another."""
    radius = usable_accuracy(accuracy_m)
    return radius if radius is not None and radius <= WIDEST_M else None


def circle(lon: float, lat: float, radius_m: float) -> Polygon:
    """The circle of geodesic radius ``radius_m`` metres about a point (WGS84 degrees), as a polygon of 64 corners.

    The corners lie a little outside, so that the polygon has the circle's area: for n corners the factor is
    ``sqrt(2 pi / n / sin(2 pi / n))``, here 1.0008.
    """
    turn = 2.0 * math.pi / CORNERS
    reach = radius_m * math.sqrt(turn / math.sin(turn))
    azimuths = np.arange(CORNERS) * (360.0 / CORNERS)
    lons, lats, _ = GEOD.fwd(np.full(CORNERS, lon), np.full(CORNERS, lat), azimuths, np.full(CORNERS, reach))
    return Polygon(np.column_stack([lons, lats]))


def box_about(lon: float, lat: float, radius_m: float) -> Box:
    """A box in degrees that holds every point within ``radius_m`` metres, with one part in a hundred to spare."""
    lons, lats, _ = GEOD.fwd([lon] * 4, [lat] * 4, [0.0, 90.0, 180.0, 270.0], [radius_m * 1.01] * 4)
    return min(lons), min(lats), max(lons), max(lats)


def shares(area: Polygon, cells: Iterable[tuple[int, Any]]) -> list[tuple[int, float]]:
    """The share of ``area`` that each cell holds, largest first, equal ones by number; cells that hold none left out.

    ``cells`` come in ascending order; where two overlap the first has the ground, as with single points. Shares add
    up to at most 1; what is in no cell is nobody's. They are ratios of areas in degrees: within the largest circle
    the length of a degree of longitude changes by less than 1 %.
    """
    whole = area.area
    left: Any = area
    found: list[tuple[int, float]] = []
    for number, geometry in cells:
        if whole <= 0.0 or left.is_empty:
            break
        piece = shapely.intersection(left, geometry)
        if piece.area > 0.0:
            found.append((number, min(piece.area / whole, 1.0)))
            if piece.area >= left.area:
                break
            left = shapely.difference(left, geometry)
    total = sum(share for _, share in found)
    if total > 1.0:
        found = [(number, share / total) for number, share in found]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))
