"""Bounding boxes in an R-tree: what may be at, near or about a point."""

import threading
from collections.abc import Iterator, Sequence
from typing import Any

from rtree import index

from gis.place import Box


class Boxes:
    """The boxes (degrees: west, south, east, north) of numbered geometries; the empty ones are never found.

    Results are candidates, in ascending order: geometry decides. A lock guards the tree, whose library is not made
    for threads.
    """

    def __init__(self, geometries: Sequence[Any]) -> None:
        self._lock = threading.Lock()
        self._some = any(not geometry.is_empty for geometry in geometries)
        self._tree = index.Index(_entries(geometries)) if self._some else index.Index()

    def meeting(self, box: Box) -> list[int]:
        """Those whose box meets ``box``, borders included."""
        with self._lock:
            return sorted(self._tree.intersection(box))

    def nearest(self, lon: float, lat: float) -> int | None:
        """One whose box is nearest in degrees, None where there is no box at all."""
        if not self._some:
            return None
        with self._lock:
            return min(self._tree.nearest((lon, lat, lon, lat), 1))


def _entries(geometries: Sequence[Any]) -> Iterator[tuple[int, Box, None]]:
    for number, geometry in enumerate(geometries):
        if not geometry.is_empty:
            yield number, geometry.bounds, None
