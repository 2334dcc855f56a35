"""The two roads of the cell index: machine code where numba is there, else numpy and shapely. One answer."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from gis.engine import numba_is_there
from gis.exact import Exact
from gis.place import Box
from gis.raster import FIRST_EDGE, OUTSIDE, Raster, build_raster
from gis.segments import Floats, Numbers, segments_of
from gis.vertices import Vertices, vertices_of

_BLOCK = 65_536
"""Points handled at a time, so that what is in hand stays in the processor's cache."""
_NOWHERE: Box = (0.0, 0.0, 0.0, 0.0)


class Finder(Protocol):
    """Finds the first of numbered polygons that covers a point (WGS84 degrees)."""

    def find(self, lon: float, lat: float) -> int:
        """Its number, -1 for none; NaN and infinities are in none."""

    def find_many(self, lon: Floats, lat: Floats) -> Numbers:
        """As ``find``, for two columns of the same length."""


def finder_of(geometries: Sequence[Any], box: Box | None) -> tuple[Finder, Vertices | None]:
    """The quickest finder there is for valid polygons that ``box`` bounds, and their vertices where it uses them."""
    if not numba_is_there():
        return PlainFinder(geometries, box or _NOWHERE), None
    from gis.tree import build_tree

    vertices = vertices_of(geometries)
    tree = build_tree(vertices, box or _NOWHERE)
    tree.find(*(box or _NOWHERE)[:2])  # what is not compiled yet is, before anybody waits for it
    tree.find_many(np.zeros(1), np.zeros(1))
    return tree, vertices


class PlainFinder:
    """The road without numba: a raster proposes, shapely decides."""

    def __init__(self, geometries: Sequence[Any], box: Box) -> None:
        self.raster: Raster = build_raster(segments_of(geometries), box, _pixels_for(len(geometries)))
        self._exact = Exact(geometries)

    def find(self, lon: float, lat: float) -> int:
        """The first polygon that covers one point, -1 for none."""
        raster = self.raster
        u = (lon - raster.west) * raster.per_lon
        v = (lat - raster.south) * raster.per_lat
        if not (0.0 <= u < raster.columns and 0.0 <= v < raster.rows):
            return OUTSIDE
        value: int = raster.flat[int(v) * raster.columns + int(u)]
        if value >= OUTSIDE:
            return value
        edge = FIRST_EDGE - value
        return self._exact.first_of(raster.candidates[raster.starts[edge] : raster.starts[edge + 1]], lon, lat)

    def find_many(self, lon: Floats, lat: Floats) -> Numbers:
        """As ``find``, for columns."""
        found = np.empty(len(lon), dtype=np.int32)
        for begin in range(0, len(lon), _BLOCK):
            part = slice(begin, begin + _BLOCK)
            values = self.raster.values(lon[part], lat[part])
            self._exact.settle(self.raster, values, lon[part], lat[part])
            found[part] = values
        return found


def _pixels_for(cells: int) -> int:
    """Pixels of the raster: a million for the 144 cells of a district (4 MB), 16 million at most."""
    return min(max(7_000 * cells, 65_536), 16_000_000)
