"""How large an area is on the ground."""

from functools import cache

from pyproj import Geod
from shapely import MultiPolygon, Polygon


@cache
def _geod() -> Geod:
    return Geod(ellps="WGS84")


def area_m2(shape: Polygon | MultiPolygon) -> float:
    """The geodesic area in square metres on the WGS84 ellipsoid of a shape in WGS84 degrees, longitude first.

    Holes do not count, whichever way their rings run; an empty shape has none. The sum over edges taken as geodesics
    is Karney's (2013), as PROJ computes it.
    """
    polygons = shape.geoms if isinstance(shape, MultiPolygon) else (shape,)
    total = 0.0
    for polygon in polygons:
        if not polygon.is_empty:
            total += _ring_m2(polygon.exterior.coords) - sum(_ring_m2(ring.coords) for ring in polygon.interiors)
    return total


def _ring_m2(coords: object) -> float:
    lons, lats = zip(*(point[:2] for point in coords), strict=True)  # type: ignore[attr-defined]
    return abs(float(_geod().polygon_area_perimeter(lons, lats)[0]))
