"""The middle of an area, and how far it reaches from there."""

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from boundaries.checks.measure import metres_per_degree


def middle_and_reach(shape: Polygon | MultiPolygon) -> tuple[float, float, float]:
    """Longitude and latitude (WGS84) of the centroid, and metres from it to the farthest corner, whole tens upwards.

    The centroid of a bent area may lie outside it. Raises ValueError for an empty shape.
    """
    if shape.is_empty:
        raise ValueError("an empty shape has no middle")
    middle = shape.centroid
    per_lon, per_lat = metres_per_degree(middle.y)
    away = (shapely.get_coordinates(shape) - (middle.x, middle.y)) * (per_lon, per_lat)
    reach = float(np.hypot(away[:, 0], away[:, 1]).max())
    return float(middle.x), float(middle.y), float(-(-reach // 10) * 10)
