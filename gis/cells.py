"""The index of an Edition's cells: which cell a point is in, how near its border, and what is about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely import MultiPolygon, Polygon

from gis.border import Borders
from gis.boxes import Boxes
from gis.circle import MOST_CANDIDATES, box_about, circle, circle_radius, shares, usable_accuracy
from gis.finder import finder_of
from gis.place import Box, Place
from gis.raster import OUTSIDE
from gis.resolution import OUTSIDE as OUTSIDE_DISTRICT
from gis.resolution import Candidate, Nearest, Resolution
from gis.segments import Floats
from gis.sound import sound_all

_TOUCH_DEGREES = 1e-7
"""About 1 cm: a gap narrower than that between two cells is a matter of drawing."""
_OVER = 1.01
"""How far over its radius a circle drawn with corners, and the tolerance of ``border_m``, can reach."""
_WIDE = 1_000_000.0
"""Metres beyond which boxes in degrees say little about nearness, so that every cell is measured."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A grid cell: its code, name, the codes of its township and community, and its area (WGS84, longitude first)."""

    code: str
    name: str
    township: str
    community: str | None
    geometry: Polygon | MultiPolygon


class CellIndex:
    """Finds the cell of a point, exactly: a cell holds what its geometry ``covers``, its border included.

    Where cells share a border, or overlap in an unsound folder, the one with the lowest code holds the point. Points
    are WGS84 degrees, longitude first; NaN and infinities are in no cell. An unsound geometry counts as
    :func:`gis.sound.sound` says; ``unsound`` lists its code. The index never changes and may be shared by threads.
    """

    def __init__(self, cells: Sequence[Cell]) -> None:
        self.cells: tuple[Cell, ...] = tuple(sorted(cells, key=lambda cell: cell.code))
        self.geometries, well = sound_all([cell.geometry for cell in self.cells])
        self.unsound: tuple[str, ...] = tuple(cell.code for cell, ok in zip(self.cells, well, strict=True) if not ok)
        self.box: Box | None = _box(self.geometries)
        self._finder, vertices = finder_of(self.geometries, self.box)
        self._borders = Borders(self.geometries, vertices)

    @cached_property
    def _boxes(self) -> Boxes:
        return Boxes(self.geometries)

    def __len__(self) -> int:
        return len(self.cells)

    def __reduce__(self) -> tuple[Any, ...]:
        return CellIndex, (self.cells,)

    def find(self, lon: float, lat: float) -> int:
        """The position in ``cells`` of the cell that holds the point, -1 for none."""
        return self._finder.find(lon, lat)

    def find_many(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> npt.NDArray[np.int32]:
        """As ``find``, for columns of points."""
        x, y = _columns(lon, lat)
        return self._finder.find_many(x, y)

    def find_plain(self, lon: float, lat: float) -> int:
        """As ``find``, by the plain road: boxes from the R-tree, then ``covers``. The measure of the quick one."""
        if not (np.isfinite(lon) and np.isfinite(lat)):
            return OUTSIDE
        point = shapely.Point(lon, lat)
        for number in self._boxes.meeting((lon, lat, lon, lat)):
            if self.geometries[number].covers(point):
                return number
        return OUTSIDE

    def resolve(
        self, point: Place | tuple[float, float], accuracy_m: object = None, doubt_share: float = 0.2
    ) -> Resolution:
        """Where a Place (or a WGS84 pair) falls, and how sure that is; see Resolution.

        ``accuracy_m`` is the radius in metres of the accuracy circle; see :func:`gis.circle.circle_radius` for what
        counts as none. At most MOST_CANDIDATES cells are named.
        The point is ``doubtful`` where any one other township holds at least ``doubt_share`` of the
        circle; what lies in no cell is nobody's share. Outside every cell ``nearest`` is told, and nothing is doubtful.
        """
        lon, lat = (point.lon, point.lat) if isinstance(point, Place) else point
        number = self.find(lon, lat)
        radius = circle_radius(accuracy_m)
        if number == OUTSIDE:
            about = self.touching(lon, lat, radius)[:MOST_CANDIDATES] if radius else ()
            return Resolution(None, None, None, None, False, False, about, self.nearest(lon, lat), OUTSIDE_DISTRICT)
        cell = self.cells[number]
        border_m = self._borders.distance(number, lon, lat)
        candidates = self.touching(lon, lat, radius) if radius else ()
        doubtful, named = is_doubtful(cell.township, candidates, doubt_share), candidates[:MOST_CANDIDATES]
        return Resolution(
            cell.township, cell.code, cell.community, border_m, border_m == 0.0, doubtful, named, None, None
        )

    def resolve_many(
        self, lon: npt.ArrayLike, lat: npt.ArrayLike
    ) -> tuple[npt.NDArray[np.int32], Floats, npt.NDArray[np.bool_]]:
        """For columns of points: position in ``cells`` (-1 for none), metres to the cell's border (NaN for none), and
        whether the point lies on it. Equal to ``resolve`` row by row."""
        x, y = _columns(lon, lat)
        numbers = self.find_many(x, y)
        metres = self._borders.distances(numbers, x, y)
        return numbers, metres, metres == 0.0

    def doubtful_many(
        self,
        numbers: npt.NDArray[np.int32],
        border_m: Floats,
        lon: npt.ArrayLike,
        lat: npt.ArrayLike,
        accuracy_m: Sequence[object],
        doubt_share: float = 0.2,
    ) -> npt.NDArray[np.bool_]:
        """For columns of points, with what ``resolve_many`` said of them: whether each is doubtful, as in ``resolve``.

        Only circles that reach over the border of the own cell are drawn.
        """
        x, y = _columns(lon, lat)
        doubtful = np.zeros(len(x), dtype=bool)
        for row, accuracy in enumerate(accuracy_m):
            radius = circle_radius(accuracy)
            if radius is None or numbers[row] == OUTSIDE or border_m[row] > radius * _OVER:
                continue
            about = self.touching(float(x[row]), float(y[row]), radius)
            doubtful[row] = is_doubtful(self.cells[numbers[row]].township, about, doubt_share)
        return doubtful

    def touching(self, lon: float, lat: float, radius_m: object) -> tuple[Candidate, ...]:
        """The cells that share the circle of ``radius_m`` metres about a point, the largest share first.

        Empty where the radius is none (see :func:`gis.circle.usable_accuracy`) or the point is not finite.
        """
        radius = usable_accuracy(radius_m)
        if radius is None or not _on_earth(lon, lat):
            return ()
        area = circle(lon, lat, radius)
        near = ((number, self.geometries[number]) for number in self._boxes.meeting(area.bounds))
        held = [(self.cells[number], share) for number, share in shares(area, near)]
        return tuple(Candidate(cell.township, cell.code, share) for cell, share in held)

    def nearest(self, lon: float, lat: float) -> Nearest | None:
        """The cell nearest to a point and the geodesic metres to it, 0 inside; the lowest code of equally near ones.

        None where there are no cells or the point is not on the globe.
        """
        inside = self.find(lon, lat)
        if inside != OUTSIDE:
            return self._as_nearest(inside, 0.0)
        first = self._boxes.nearest(lon, lat) if _on_earth(lon, lat) else None
        if first is None:
            return None
        reach = self._borders.distance(first, lon, lat)
        near = {first, *self._boxes.meeting(box_about(lon, lat, reach))} if reach < _WIDE else range(len(self.cells))
        some = [number for number in sorted(near) if not self.geometries[number].is_empty]
        return self._as_nearest(*self._borders.nearest_of(some, lon, lat))

    def neighbours(self, code: str) -> tuple[str, ...]:
        """The codes of the cells that touch cell ``code``, by a corner or a gap of 1 cm at most too; ascending.

        Raises KeyError for a code that is not here.
        """
        own = self.positions[code]
        geometry = self.geometries[own]
        if geometry.is_empty:
            return ()
        west, south, east, north = geometry.bounds
        grown = (west - _TOUCH_DEGREES, south - _TOUCH_DEGREES, east + _TOUCH_DEGREES, north + _TOUCH_DEGREES)
        near = [number for number in self._boxes.meeting(grown) if number != own]
        touch = shapely.dwithin(geometry, [self.geometries[number] for number in near], _TOUCH_DEGREES)
        return tuple(self.cells[number].code for number, does in zip(near, touch, strict=True) if does)

    @cached_property
    def positions(self) -> dict[str, int]:
        """Code of a cell -> its position in ``cells`` (the first, where an unsound folder repeats a code)."""
        return {cell.code: number for number, cell in reversed(list(enumerate(self.cells)))}

    @cached_property
    def townships(self) -> dict[str, Polygon | MultiPolygon]:
        """Code of a township -> the area of its cells together, by ascending code."""
        parts: dict[str, list[Any]] = {}
        for cell, geometry in zip(self.cells, self.geometries, strict=True):
            parts.setdefault(cell.township, []).append(geometry)
        return {code: shapely.union_all(parts[code]) for code in sorted(parts)}

    def _as_nearest(self, number: int, metres: float) -> Nearest:
        cell = self.cells[number]
        return Nearest(cell.township, cell.code, metres)


def is_doubtful(township: str, candidates: Sequence[Candidate], doubt_share: float) -> bool:
    """Whether another township than ``township`` holds at least ``doubt_share`` of the circle."""
    held: dict[str, float] = {}
    for candidate in candidates:
        held[candidate.township] = held.get(candidate.township, 0.0) + candidate.share
    return any(share >= doubt_share for code, share in held.items() if code != township)


def _box(geometries: Sequence[Any]) -> Box | None:
    if not geometries:
        return None
    shapes = np.empty(len(geometries), dtype=object)
    shapes[:] = geometries
    bounds = shapely.total_bounds(shapes)
    west, south, east, north = bounds.tolist()
    return None if np.isnan(bounds).any() else (west, south, east, north)


def _columns(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    if x.shape != y.shape or x.ndim != 1:
        raise ValueError("longitudes and latitudes must be two columns of the same length")
    return x, y


def _on_earth(lon: float, lat: float) -> bool:
    return -180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0
