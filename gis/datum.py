"""Datums: WGS84 and CGCS2000 to and from GCJ-02 and BD-09.

CGCS2000 agrees with WGS84 to within centimetres and is taken as the same. GCJ-02 is a secret transformation; what
stands here is its public reconstruction, known as *EvilTransform* (project on4wp7, 2013) and restated in PRCoords
(Mingye Wang, CC0): a sum of sines in metres, turned into degrees on the Krasovsky 1940 ellipsoid (a = 6378245 m,
1/f = 298.3). BD-09 is Baidu's rotation of GCJ-02 by small sines, with a fixed offset of 0.0065, 0.0060 degrees
(pycoordtrans; PRCoords). China, for both, is the plain box of EvilTransform. The two agree with what the map makers'
services give to about a metre; that is a limit of what is public, not of this arithmetic.

One text of the formulas serves scalars and arrays, and of GCJ-02 machine code too (:mod:`gis.curves`), with the same
bits. Of BD-09, whose text uses the sines of ``math`` and ``numpy``, the last binary place may differ.
"""

import math
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from gis.cores import side_by_side
from gis.curves import ROUNDS, many_closer, many_forward, one_closer, one_forward
from gis.datum_names import DATUMS, datum_named
from gis.engine import numba_is_there
from gis.errors import Refusal

__all__ = ["DATUMS", "UnknownDatum", "datum_named", "from_wgs84", "to_wgs84"]

Floats = npt.NDArray[np.float64]

CHINA = (72.004, 0.8293, 137.8347, 55.8271)
_BD_TURN = math.pi * 3000.0 / 180.0
_BD_LON, _BD_LAT = 0.0065, 0.0060
# A round of the fixed point shrinks the error by 0.005 (GCJ-02) or 0.03 (BD-09), from 0.02 degrees at most.
_ROUNDS = {"gcj02": ROUNDS, "bd09": 11}
_ALONE = 16_384
"""Points below which a second thread does not pay, and machine code is not fetched."""
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
    x, y = lons.copy(), lats.copy()
    flat_x, flat_y = x.reshape(-1), y.reshape(-1)
    side_by_side(len(flat_x), _ALONE, lambda part: _convert_many(flat_x[part], flat_y[part], name, backward))
    return x, y


def _convert_one(lon: float, lat: float, name: str, backward: bool) -> tuple[float, float]:
    if name not in _ROUNDS or not _in_china(lon, lat, _REACH if backward else 0.0):
        return lon, lat
    if not backward:
        x, y = _forward(lon, lat, name, math)
        return float(x), float(y)
    x, y = _inverse(lon, lat, name, math)
    return (float(x), float(y)) if _in_china(x, y, _ROUNDING) else (lon, lat)


def _convert_many(lon: Floats, lat: Floats, name: str, backward: bool) -> None:
    """Converts columns where they stand."""
    if name not in _ROUNDS:
        return
    rows = np.nonzero(_in_china(lon, lat, _REACH if backward else 0.0))[0]
    x, y = (_inverse if backward else _forward)(lon[rows], lat[rows], name, np)
    if backward:
        kept = _in_china(x, y, _ROUNDING)
        x, y = np.where(kept, x, lon[rows]), np.where(kept, y, lat[rows])
    lon[rows], lat[rows] = x, y


def _in_china(lon: Any, lat: Any, reach: float) -> Any:
    west, south, east, north = CHINA
    return (lon >= west - reach) & (lon <= east + reach) & (lat >= south - reach) & (lat <= north + reach)


def _inverse(lon: Any, lat: Any, name: str, m: Any) -> tuple[Any, Any]:
    if name == "gcj02":
        return _inverse_gcj02(lon, lat, m)
    x, y = lon, lat
    for _ in range(_ROUNDS[name]):
        ahead_x, ahead_y = _forward(x, y, name, m)
        x, y = x - (ahead_x - lon), y - (ahead_y - lat)
    return x, y


def _inverse_gcj02(lon: Any, lat: Any, m: Any) -> tuple[Any, Any]:
    if m is np and len(lon) >= _ALONE // 2 and numba_is_there():
        from gis.datum_loops import inverse

        found = np.empty_like(lon), np.empty_like(lat)
        inverse(lon, lat, *found)
        return found
    closer = many_closer if m is np else one_closer
    x, y = lon, lat
    for _ in range(ROUNDS):
        x, y = closer(lon, lat, x, y)
    return x, y


def _forward(lon: Any, lat: Any, name: str, m: Any) -> tuple[Any, Any]:
    x, y = many_forward(lon, lat) if m is np else one_forward(lon, lat)
    return _bd09(x, y, m) if name == "bd09" else (x, y)


def _bd09(lon: Any, lat: Any, m: Any) -> tuple[Any, Any]:
    radius = m.hypot(lon, lat) + 0.00002 * m.sin(lat * _BD_TURN)
    angle = m.atan2(lat, lon) + 0.000003 * m.cos(lon * _BD_TURN)
    return radius * m.cos(angle) + _BD_LON, radius * m.sin(angle) + _BD_LAT
