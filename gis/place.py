"""A point that is a place, or a refusal that says by name why it is none."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gis.datum import DATUMS, Floats, datum_named, to_wgs84
from gis.errors import Refusal
from gis.number import FAULTS, NO_LOCATION, NOT_A_NUMBER, read_number, read_numbers

Box = tuple[float, float, float, float]

NULL_ISLAND = 1e-3
"""Degrees about (0, 0): devices without a fix send zero, and some 4.9e-324."""
SWAP_REACH = 1.0
"""Degrees by which the district's box is grown before axes are called swapped."""

_DETAILS = {
    NO_LOCATION: "No longitude and latitude are given.",
    NOT_A_NUMBER: "Longitude and latitude must be finite numbers in degrees.",
    "unknown-datum": f"The datum is not known; use one of {', '.join(DATUMS)}.",
    "out-of-range": "Longitude goes from -180 to 180 degrees and latitude from -90 to 90.",
    "swapped-axes": "Latitude and longitude seem to be swapped: longitude comes first.",
    "null-island": "The point is at 0, 0, which is what a device sends that has no position.",
}
REASONS = (None, *_DETAILS)
"""What the numbers of :func:`places_of` stand for."""


class NoPlace(Refusal):
    """What was given is no place. ``code`` is one of ``no-location, not-a-number, unknown-datum, out-of-range,
    swapped-axes, null-island``."""

    code = NO_LOCATION

    def __init__(self, code: str) -> None:
        super().__init__(_DETAILS[code], code=code)


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the ground: ``lon``, ``lat`` in WGS84 degrees, and the numbers and datum it was given in."""

    lon: float
    lat: float
    given_lon: float
    given_lat: float
    datum: str


def place(lon: object, lat: object, datum: object, *, box: Box | None = None) -> Place:
    """The place that ``lon``, ``lat`` (degrees, in ``datum``) mean; anything that JSON may hold is accepted as input.

    ``box`` is the district's in WGS84 (west, south, east, north): with it, a pair that lies in the box grown by one
    degree only after swapping is refused as ``swapped-axes``; without it nothing is called swapped. Pairs within
    0.001 degree of (0, 0) are ``null-island`` unless the box holds them. Decimal texts are read as numbers, booleans
    are not. Raises NoPlace; where several reasons hold, the first of: no-location, not-a-number, unknown-datum,
    swapped-axes, out-of-range, null-island.
    """
    x, x_reason = read_number(lon)
    y, y_reason = read_number(lat)
    reasons = (x_reason, y_reason)
    for reason in (NO_LOCATION, NOT_A_NUMBER):
        if reason in reasons:
            raise NoPlace(reason)
    name = datum_named(datum)
    if name is None:
        raise NoPlace("unknown-datum")
    if bool(_swapped(x, y, box)):
        raise NoPlace("swapped-axes")
    if not (-180.0 <= x <= 180.0 and -90.0 <= y <= 90.0):
        raise NoPlace("out-of-range")
    if bool(_null_island(x, y, box)):
        raise NoPlace("null-island")
    wgs_lon, wgs_lat = to_wgs84(x, y, name)
    return Place(wgs_lon, wgs_lat, x, y, name)


def places_many(
    lon: object, lat: object, datum: object, box: Box | None = None
) -> tuple[Floats, Floats, npt.NDArray[np.object_]]:
    """Columns of points: WGS84 longitudes, latitudes (NaN where there is no place) and reasons (None where there is).

    Row by row the same as :func:`place` (converted coordinates agree to 1e-13 degrees). ``datum`` is one name for
    all rows or a column of names. Columns may be arrays of floats (quick) or hold texts and None. Raises ValueError
    where the columns differ in length.
    """
    x, x_faults = read_numbers(lon)
    y, y_faults = read_numbers(lat)
    if x.shape != y.shape or x.ndim != 1:
        raise ValueError("longitudes and latitudes must be two columns of the same length")
    x, y, why = places_of(x, x_faults, y, y_faults, datum, box)
    return x, y, np.array(REASONS, dtype=object)[why]


def places_of(
    x: Floats, x_faults: npt.NDArray[np.int8], y: Floats, y_faults: npt.NDArray[np.int8], datum: object, box: Box | None
) -> tuple[Floats, Floats, npt.NDArray[np.int8]]:
    """As :func:`places_many`, for columns that :func:`gis.number.read_numbers` has read; reasons as positions in
    REASONS."""
    names = _names(datum, len(x))
    why = np.zeros(len(x), dtype=np.int8)
    why[_null_island(x, y, box)] = REASONS.index("null-island")
    why[~((np.abs(x) <= 180.0) & (np.abs(y) <= 90.0))] = REASONS.index("out-of-range")
    why[_swapped(x, y, box)] = REASONS.index("swapped-axes")
    why[names < 0] = REASONS.index("unknown-datum")
    for reason in (NOT_A_NUMBER, NO_LOCATION):
        fault = FAULTS.index(reason)
        why[(x_faults == fault) | (y_faults == fault)] = REASONS.index(reason)
    x, y = _converted(x, y, names, why == 0)
    return x, y, why


def _names(datum: object, rows: int) -> npt.NDArray[np.int8]:
    """For each row the position of its datum in DATUMS, -1 for a name that is not known."""
    words = None if isinstance(datum, str) or not isinstance(datum, Iterable) else list(datum)
    if words is None:
        return np.full(rows, _position(datum), dtype=np.int8)
    if len(words) != rows:
        raise ValueError("the datum column must be as long as the others")
    words = [word if isinstance(word, (str, int)) else None for word in words]
    known = {word: _position(word) for word in set(words)}
    return np.array([known[word] for word in words], dtype=np.int8)


def _position(word: object) -> int:
    name = datum_named(word)
    return -1 if name is None else DATUMS.index(name)


def _converted(x: Floats, y: Floats, names: npt.NDArray[np.int8], good: npt.NDArray[np.bool_]) -> tuple[Floats, Floats]:
    lon, lat = np.full(len(x), np.nan), np.full(len(x), np.nan)
    for position, name in enumerate(DATUMS):
        rows = np.nonzero(good & (names == position))[0]
        if len(rows):
            lon[rows], lat[rows] = to_wgs84(x[rows], y[rows], name)
    return lon, lat


def _inside(x: Any, y: Any, box: Box, reach: float) -> Any:
    west, south, east, north = box
    return (x >= west - reach) & (x <= east + reach) & (y >= south - reach) & (y <= north + reach)


def _swapped(x: Any, y: Any, box: Box | None) -> Any:
    if box is None:
        return np.zeros(np.shape(x), dtype=bool)
    return _inside(y, x, box, SWAP_REACH) & np.logical_not(_inside(x, y, box, SWAP_REACH))


def _null_island(x: Any, y: Any, box: Box | None) -> Any:
    near = (np.abs(x) < NULL_ISLAND) & (np.abs(y) < NULL_ISLAND)
    return near if box is None else near & np.logical_not(_inside(x, y, box, 0.0))
