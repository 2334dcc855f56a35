"""A flat sheet in metres for one district, so that widths and areas can be measured and streets drawn."""

from typing import Any

import numpy as np
import shapely
from pyproj import Transformer


class Plane:
    """Lambert's azimuthal equal-area projection about one point.

    Areas are exact to rounding; lengths within 25 km of the middle are true to about two parts in a million.
    Longitude comes first, WGS84 degrees on one side, metres east and north of the middle on the other.
    Empty geometries stay empty; None stays None.
    """

    def __init__(self, lon: float, lat: float) -> None:
        flat = f"+proj=laea +lat_0={lat!r} +lon_0={lon!r} +datum=WGS84 +units=m +no_defs"
        self._there = Transformer.from_crs("EPSG:4326", flat, always_xy=True)
        self._back = Transformer.from_crs(flat, "EPSG:4326", always_xy=True)

    @classmethod
    def about(cls, geometries: Any) -> "Plane":
        """The sheet about the middle of the box of ``geometries`` (one or many); about 0, 0 where they are empty."""
        west, south, east, north = shapely.total_bounds(geometries)
        if not np.isfinite([west, south, east, north]).all():
            return cls(0.0, 0.0)
        return cls(float(west + east) / 2, float(south + north) / 2)

    def metres(self, geometry: Any) -> Any:
        """``geometry`` (one, or an array) from WGS84 degrees to metres."""
        return shapely.transform(geometry, self._there.transform, interleaved=False)

    def degrees(self, geometry: Any) -> Any:
        """``geometry`` (one, or an array) from metres back to WGS84 degrees."""
        return shapely.transform(geometry, self._back.transform, interleaved=False)
