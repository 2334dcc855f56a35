"""The WGS84 ellipsoid: exact geodesics (pyproj, after Karney 2013) and the local scale of a degree."""

import math
from typing import Any

from pyproj import Geod

GEOD = Geod(ellps="WGS84")

_A = 6378137.0
_E2 = 0.0066943799901413165
_DEGREE = math.pi / 180.0


def metres_per_degree(lat: Any, m: Any = math) -> tuple[Any, Any]:
    """Metres to one degree of longitude and of latitude at latitude ``lat`` (degrees; an array with ``m=numpy``).

    Radii of curvature in the prime vertical and the meridian: Snyder, Map Projections: A Working Manual (USGS 1395,
    1987), equations 4-20 and 4-18.
    """
    phi = lat * _DEGREE
    w2 = 1.0 - _E2 * m.sin(phi) ** 2
    w = m.sqrt(w2)
    return _DEGREE * _A * m.cos(phi) / w, _DEGREE * _A * (1.0 - _E2) / (w2 * w)
