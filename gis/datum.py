"""Datums: WGS84 and CGCS2000 to and from GCJ-02 and BD-09.

CGCS2000 agrees with WGS84 to within centimetres and is taken as the same. GCJ-02 is a secret transformation; what
stands here is its public reconstruction, known as *EvilTransform* (project on4wp7, 2013) and restated in PRCoords
(Mingye Wang, CC0): a sum of sines in metres, turned into degrees on the Krasovsky 1940 ellipsoid (a = 6378245 m,
1/f = 298.3). BD-09 is Baidu's rotation of GCJ-02 by small sines, with a fixed offset of 0.0065, 0.0060 degrees
(pycoordtrans; PRCoords). China, for both, is the plain box of EvilTransform. The two agree with what the map makers'
services give to about a metre; that is a limit of what is public, not of this arithmetic.

One text of the formulas serves scalars (``math``) and arrays (``numpy``); the two may differ in the last binary place.
"""

import math
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from gis.datum_names import DATUMS, datum_named
from gis.errors import Refusal

__all__ = ["DATUMS", "UnknownDatum", "datum_named", "from_wgs84", "to_wgs84"]

Floats = npt.NDArray[np.float64]

CHINA = (72.004, 0.8293, 137.8347, 55.8271)
_A = 6378245.0
_EE = 0.00669342162296594323
_BD_TURN = math.pi * 3000.0 / 180.0
_BD_LON, _BD_LAT = 0.0065, 0.0060
# A round of the fixed point shrinks the error by 0.005 (GCJ-02) or 0.03 (BD-09), from 0.02 degrees at most.
_ROUNDS = {"gcj02": 7, "bd09": 11}
_REACH = 0.05
_ROUNDING = 1e-10


class UnknownDatum(Refusal):
    """The name of the datum is not known."""

    code = "unknown-datum"


@overload
def to_wgs84(lon: float, lat: float, datum: str) -> tuple[float, float]: ...
@overload
def to_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike, datum: str) -> tuple[Floats, Floats]: ...
def to_wgs84(lon: Any, lat: Any, datum: str) -> tuple[Any, Any]:
    """Longitude and latitude in ``datum`` (degrees) as WGS84: two floats for scalars, two arrays for arrays.

    The exact inverse of :func:`from_wgs84`: there and back errs by less than 1e-9 degrees (by fixed point; observed
    under 3e-14). A point whose WGS84 place is outside ``CHINA`` is returned as it came, so are NaN and infinities. In
    the belt of about a kilometre outside that box where both readings are possible, the shifted one wins.
    Raises UnknownDatum. ``datum`` may be spelt in any usual way.
    """
    return _convert(lon, lat, datum, backward=True)


@overload
def from_wgs84(lon: float, lat: float, datum: str) -> tuple[float, float]: ...
@overload
def from_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike, datum: str) -> tuple[Floats, Floats]: ...
def from_wgs84(lon: Any, lat: Any, datum: str) -> tuple[Any, Any]:
    """WGS84 longitude and latitude (degrees) as ``datum``; outside ``CHINA`` the same numbers come back.

    Floats give floats, arrays (broadcast together) give new arrays. NaN and infinities come back as they are.
    Raises UnknownDatum.
    """
    return _convert(lon, lat, datum, backward=False)


def _convert(lon: Any, lat: Any, datum: str, *, backward: bool) -> tuple[Any, Any]:
    name = datum_named(datum)
    if name is None:
        raise UnknownDatum(f"The datum {str(datum)[:40]!r} is not known; use one of {', '.join(DATUMS)}.")
    if np.ndim(lon) == 0 and np.ndim(lat) == 0:
        return _convert_one(float(lon), float(lat), name, backward)
    lons, lats = np.broadcast_arrays(np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64))
    return _convert_many(lons.copy(), lats.copy(), name, backward)


def _convert_one(lon: float, lat: float, name: str, backward: bool) -> tuple[float, float]:
    if name not in _ROUNDS or not _in_china(lon, lat, _REACH if backward else 0.0):
        return lon, lat
    if not backward:
        x, y = _forward(lon, lat, name, math)
        return float(x), float(y)
    x, y = _inverse(lon, lat, name, math)
    return (float(x), float(y)) if _in_china(x, y, _ROUNDING) else (lon, lat)


def _convert_many(lon: Floats, lat: Floats, name: str, backward: bool) -> tuple[Floats, Floats]:
    if name not in _ROUNDS:
        return lon, lat
    rows = np.nonzero(_in_china(lon, lat, _REACH if backward else 0.0))
    x, y = (_inverse if backward else _forward)(lon[rows], lat[rows], name, np)
    if backward:
        kept = _in_china(x, y, _ROUNDING)
        x, y = np.where(kept, x, lon[rows]), np.where(kept, y, lat[rows])
    lon[rows], lat[rows] = x, y
    return lon, lat


def _in_china(lon: Any, lat: Any, reach: float) -> Any:
    west, south, east, north = CHINA
    return (lon >= west - reach) & (lon <= east + reach) & (lat >= south - reach) & (lat <= north + reach)


def _inverse(lon: Any, lat: Any, name: str, m: Any) -> tuple[Any, Any]:
    x, y = lon, lat
    for _ in range(_ROUNDS[name]):
        ahead_x, ahead_y = _forward(x, y, name, m)
        x, y = x - (ahead_x - lon), y - (ahead_y - lat)
    return x, y


def _forward(lon: Any, lat: Any, name: str, m: Any) -> tuple[Any, Any]:
    x, y = _gcj02(lon, lat, m)
    return _bd09(x, y, m) if name == "bd09" else (x, y)


def _gcj02(lon: Any, lat: Any, m: Any) -> tuple[Any, Any]:
    x, y = lon - 105.0, lat - 35.0
    px, py = x * m.pi, y * m.pi
    root = m.sqrt(m.fabs(x))
    both = 20.0 * m.sin(6.0 * px) + 20.0 * m.sin(2.0 * px)
    waves_y = both + 20.0 * m.sin(py) + 40.0 * m.sin(py / 3.0) + 160.0 * m.sin(py / 12.0) + 320.0 * m.sin(py / 30.0)
    waves_x = both + 20.0 * m.sin(px) + 40.0 * m.sin(px / 3.0) + 150.0 * m.sin(px / 12.0) + 300.0 * m.sin(px / 30.0)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves_y * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves_x * 2.0 / 3.0
    phi = lat * (m.pi / 180.0)
    w2 = 1.0 - _EE * m.sin(phi) ** 2
    w = m.sqrt(w2)
    degree = m.pi / 180.0
    return (
        lon + east / (degree * _A * m.cos(phi) / w),
        lat + north / (degree * _A * (1.0 - _EE) / (w2 * w)),
    )


def _bd09(lon: Any, lat: Any, m: Any) -> tuple[Any, Any]:
    radius = m.hypot(lon, lat) + 0.00002 * m.sin(lat * _BD_TURN)
    angle = m.atan2(lat, lon) + 0.000003 * m.cos(lon * _BD_TURN)
    return radius * m.cos(angle) + _BD_LON, radius * m.sin(angle) + _BD_LAT
