"""The coordinate systems that may be asked for: degrees on the same ground, with longitude or latitude first."""

import json

import shapely
from shapely import Geometry

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
"""WGS84, longitude first: what is stored, and what is sent unless another is asked for."""
LATITUDE_FIRST = ("http://www.opengis.net/def/crs/EPSG/0/4326", "http://www.opengis.net/def/crs/EPSG/0/4490")
"""WGS84 and CGCS2000 in the axis order of their authority. CGCS2000 agrees with WGS84 to centimetres, and is taken as
the same."""
KNOWN = (CRS84, *LATITUDE_FIRST)


def geometry_text(shape: Geometry, crs: str) -> str:
    """An area (WGS84, longitude first) as GeoJSON text in one of KNOWN; exterior rings run counter-clockwise. It is a
    MultiPolygon in any case: programs take the kind of a whole layer from its first features."""
    turned = shapely.orient_polygons(shapely.multipolygons(shapely.get_parts(shape)))
    if crs in LATITUDE_FIRST:
        turned = shapely.transform(turned, lambda pairs: pairs[:, ::-1])
    return str(shapely.to_geojson(turned))


def point_text(lon: float | None, lat: float | None, crs: str) -> str:
    """A point (WGS84 degrees) as GeoJSON text in one of KNOWN; ``null`` where there is none."""
    if lon is None or lat is None:
        return "null"
    pair = [lat, lon] if crs in LATITUDE_FIRST else [lon, lat]
    return json.dumps({"type": "Point", "coordinates": pair})
