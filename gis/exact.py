"""The exact test: which is the first of a few candidates that covers a point."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from gis.raster import FIRST_EDGE, OUTSIDE, Raster
from gis.segments import Floats, Ints


class Exact:
    """The polygons, prepared once. For a polygon and a point ``intersects`` and ``covers`` are the same predicate.

    Preparing is finished here, with one question to each polygon, since GEOS builds its inner index at the first one
    and does not guard it against a second thread.
    """

    def __init__(self, geometries: Sequence[Any]) -> None:
        self._geometries = np.array(geometries, dtype=object)
        shapely.prepare(self._geometries)
        bounds = shapely.bounds(self._geometries).reshape(-1, 4)
        shapely.intersects_xy(self._geometries, bounds[:, [0, 2]].mean(axis=1), bounds[:, [1, 3]].mean(axis=1))

    def first_of(self, candidates: Sequence[int] | npt.NDArray[np.int32], lon: float, lat: float) -> int:
        """The first candidate that covers the point (WGS84 degrees), OUTSIDE if none does."""
        for candidate in candidates:
            if shapely.intersects_xy(self._geometries[candidate], lon, lat):
                return int(candidate)
        return OUTSIDE

    def settle(self, raster: Raster, values: Ints, lon: Floats, lat: Floats) -> None:
        """Replaces each edge value in ``values`` by the first of the pixel's candidates that covers the point."""
        rows = np.nonzero(values <= FIRST_EDGE)[0]
        pixel = FIRST_EDGE - values[rows]
        at, end = raster.starts[pixel], raster.starts[pixel + 1]
        values[rows] = OUTSIDE
        while len(rows):
            candidate = raster.candidates[at]
            hit = shapely.intersects_xy(self._geometries[candidate], lon[rows], lat[rows])
            values[rows[hit]] = candidate[hit]
            at = at + 1
            left = ~hit & (at < end)
            rows, at, end = rows[left], at[left], end[left]
