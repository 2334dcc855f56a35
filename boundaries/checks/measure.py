"""How large and how wide a misfit is, and where to look for it.

Predicates and differences are taken in degrees, where the edges of the files are straight: a projection bends a
kilometre of parallel by a centimetre and would find slivers that are not there. Only what is left is put in metres.
"""

from dataclasses import dataclass
from math import cos, radians, sin, sqrt
from typing import Any

import numpy as np
import shapely
from shapely import Geometry

from boundaries.tolerances import Tolerances

_NOISE_M = 1e-5
"""What is thinner than this on the average comes of computing with finite numbers."""
_A, _E2 = 6378137.0, 0.00669437999014


@dataclass(frozen=True, slots=True)
class Misfit:
    """An area that is held by too many or too few: its size, its most massive spot, and its shape (WGS84).

    ``width_m`` is the mean width of what is only a sliver, else None; ``narrow`` that it is a matter of drawing;
    ``ending`` ends a sentence about it with its width, where that matters.
    """

    lon: float
    lat: float
    size_m2: float
    width_m: float | None
    narrow: bool
    shape: Geometry
    ending: str


def misfit(shape: Geometry, tolerances: Tolerances) -> Misfit | None:
    """The polygons of ``shape`` (WGS84 degrees) as one Misfit, None where they are nothing but noise.

    Areas are right to about 1 in 10,000 for anything the size of a city: sheet metres at the middle of each part.
    """
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and not part.is_empty]
    flat = [in_metres(part) for part in parts]
    real = [(part, sheet) for part, sheet in zip(parts, flat, strict=True) if width(sheet) > _NOISE_M]
    if not real:
        return None
    worst, sheet = max(real, key=lambda pair: float(pair[1].area))
    spot = shapely.point_on_surface(worst)
    sheets = [each for _, each in real]
    sliver = nowhere_wide(sheets, tolerances.sliver_m)
    narrow = sliver and nowhere_wide(sheets, tolerances.narrow_m)
    return Misfit(
        lon=float(spot.x),
        lat=float(spot.y),
        size_m2=float(sum(each.area for each in sheets)),
        width_m=width(sheet) if sliver else None,
        narrow=narrow,
        shape=parts[0] if len(parts) == 1 else shapely.union_all([part for part, _ in real]),
        ending=_ending(width(sheet) if sliver else None, narrow, tolerances),
    )


def _ending(width_m: float | None, narrow: bool, tolerances: Tolerances) -> str:
    if width_m is None:
        return "."
    if narrow:
        return f", nowhere {spoken_m(tolerances.narrow_m)} wide: {spoken_m(width_m)} on the average."
    return f", a sliver about {spoken_m(width_m)} wide."


def nowhere_wide(sheets: list[Any], metres: float) -> bool:
    """Whether no disc of this diameter fits into any of some areas (on a sheet in metres).

    One of area A and border L holds a disc of radius A / L (Bonnesen), so that most need no second look.
    """
    return all(each.area / each.length < metres / 2 and shapely.buffer(each, -metres / 2).is_empty for each in sheets)


def width(sheet: Any) -> float:
    """The mean width of something long: a strip of width w and length l has area w l and border 2 l."""
    return float(2 * sheet.area / sheet.length)


def in_metres(part: Any) -> Any:
    """``part`` on a sheet stretched so that metres are right at its middle; straight edges stay straight."""
    west, south, east, north = part.bounds
    middle = (west + east) / 2, (south + north) / 2
    per_lon, per_lat = metres_per_degree(middle[1])
    return shapely.transform(part, lambda xy: (xy - middle) * (per_lon, per_lat))


def metres_per_degree(lat: float) -> tuple[float, float]:
    """Metres of one degree of longitude and of latitude at ``lat`` on the WGS84 ellipsoid (its radii of curvature)."""
    curve = sqrt(1 - _E2 * sin(radians(lat)) ** 2)
    per_lon = radians(1.0) * _A * cos(radians(lat)) / curve
    return per_lon, radians(1.0) * _A * (1 - _E2) / curve**3


def spoken(size_m2: float) -> str:
    """An area in words fit for its size."""
    if size_m2 >= 100_000:
        return f"{size_m2 / 1e6:.3f} km2"
    return f"{size_m2:,.0f} m2" if size_m2 >= 10 else f"{size_m2:.4g} m2"


def spoken_m(metres: float) -> str:
    """A length in words fit for its size."""
    if metres >= 1:
        return f"{metres:.3g} m"
    return f"{metres * 100:.2g} cm" if metres >= 0.001 else f"{metres * 1000:.2g} mm"


def distance_m(a: Any, b: Any) -> float:
    """Metres between two points given as (lon, lat) pairs that are near each other."""
    per_lon, per_lat = metres_per_degree((a[1] + b[1]) / 2)
    return float(np.hypot((a[0] - b[0]) * per_lon, (a[1] - b[1]) * per_lat))
