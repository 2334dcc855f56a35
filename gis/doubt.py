"""Which of many points are doubtful: the answer of ``CellIndex.resolve`` one by one, some thirty times sooner.

Most points are farther from another township than their circle reaches, which a coarse chart of distances tells. For
the rest the circle is drawn as an ellipse in degrees. Whatever that could get wrong (a share within the drawing's error
of the threshold, a circle on ground that two cells hold) is asked of ``touching``.
"""

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from gis.cells import CellIndex, is_doubtful
from gis.circle import CORNERS, WIDEST_M, circle_radius
from gis.ellipsoid import metres_per_degree
from gis.segments import Floats

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int32]
Rows = npt.NDArray[np.int64]

_EARTH_M = 6_371_000.0
_SPARE = 1.02
"""How far over its radius a circle with corners, and a distance in a plane for the whole district, may be out."""
_SIDE = 256
"""Pixels on each side of the chart."""
_FEW = 4_000
"""For so few points a chart is not worth its making."""
_CHUNK = 20_000
_TURN = np.arange(CORNERS) * (2.0 * np.pi / CORNERS)
_AREA_TRUE = float(np.sqrt((2.0 * np.pi / CORNERS) / np.sin(2.0 * np.pi / CORNERS)))


class Doubts:
    """The doubt about points of one index. ``doubt_share``: what another township must hold of the circle."""

    def __init__(self, index: CellIndex, doubt_share: float) -> None:
        self._index, self._share = index, doubt_share
        codes = {cell.township: 0 for cell in index.cells}
        self._number = {code: n for n, code in enumerate(sorted(codes))}
        self._township = np.array([self._number[cell.township] for cell in index.cells], dtype=np.int64)
        self._cells = np.array(index.geometries, dtype=object)
        self._tree = shapely.STRtree(self._cells)
        self._overlaps = shapely.STRtree(_overlaps(self._cells))

    def many(self, numbers: Ints, lon: Floats, lat: Floats, accuracy_m: Floats) -> Bools:
        """For points (WGS84 degrees) in the cells ``numbers`` (-1 for none): whether each is doubtful.

        ``accuracy_m`` are metres, NaN for none; see :func:`gis.circle.circle_radius` for what draws no circle.
        """
        doubtful = np.zeros(len(lon), dtype=bool)
        rows = self.near(numbers, lon, lat, accuracy_m)
        doubtful[rows] = self.of_near(numbers[rows], lon[rows], lat[rows], accuracy_m[rows])
        return doubtful

    def near(self, numbers: Ints, lon: Floats, lat: Floats, accuracy_m: Floats) -> Rows:
        """The rows that may be doubtful: those in a cell whose circle may reach another township."""
        if len(self._number) < 2:
            return np.empty(0, dtype=np.int64)
        rows = np.nonzero((numbers >= 0) & (accuracy_m > 0.0) & (accuracy_m <= WIDEST_M))[0]
        if len(rows) > _FEW:
            rows = rows[self._chart.least_m(lon[rows], lat[rows]) <= accuracy_m[rows] * _SPARE]
        return rows

    def of_near(self, numbers: Ints, lon: Floats, lat: Floats, accuracy_m: Floats) -> Bools:
        """As ``many``, of such rows alone."""
        doubtful = np.zeros(len(lon), dtype=bool)
        for begin in range(0, len(lon), _CHUNK):
            some = slice(begin, begin + _CHUNK)
            doubtful[some] = self._settled(numbers[some], lon[some], lat[some], accuracy_m[some])
        return doubtful

    @cached_property
    def _chart(self) -> "_Chart":
        return _Chart(self._index)

    def _settled(self, numbers: Ints, lon: Floats, lat: Floats, radius: Floats) -> Bools:
        """Whether each is doubtful; all lie in a cell and have a circle."""
        if not 0.0 < self._share <= 1.0:
            return np.array([self._one(*row) for row in zip(numbers, lon, lat, radius, strict=True)], dtype=bool)
        per_lon, per_lat = metres_per_degree(lat, np)
        reach = radius * _SPARE / np.minimum(per_lon, per_lat)
        row, cell = self._tree.query(shapely.points(lon, lat), predicate="dwithin", distance=reach)
        other = self._township[cell] != self._township[numbers[row]]
        rows, row = np.unique(row[other], return_inverse=True)
        doubtful = np.zeros(len(lon), dtype=bool)
        doubtful[rows] = self._by_shares(numbers[rows], lon[rows], lat[rows], radius[rows], row, cell[other])
        return doubtful

    def _by_shares(
        self, numbers: Ints, lon: Floats, lat: Floats, radius: Floats, row: Rows, cell: Rows
    ) -> Bools:  # fmt: skip
        """Likewise; each circle comes near cells of other townships: ``row`` near ``cell``, pair by pair."""
        circles = _ellipses(lon, lat, radius)
        held = np.zeros((len(lon), len(self._number)))
        np.add.at(
            held, (row, self._township[cell]), shapely.area(shapely.intersection(circles[row], self._cells[cell]))
        )
        most = held.max(axis=1) / shapely.area(circles) if len(lon) else np.empty(0)
        error = 1e-6 + 4.0 * (radius / _EARTH_M) * (1.0 + np.abs(np.tan(np.radians(np.clip(lat, -89.0, 89.0)))))
        doubtful = most >= self._share
        unsure = np.abs(most - self._share) <= error
        unsure[np.unique(self._overlaps.query(circles, predicate="intersects")[0])] = True
        for n in np.nonzero(unsure)[0]:
            doubtful[n] = self._one(numbers[n], lon[n], lat[n], radius[n])
        return np.asarray(doubtful, dtype=bool)

    def _one(self, number: Any, lon: Any, lat: Any, accuracy_m: Any) -> bool:
        """By the ordinary road."""
        radius = circle_radius(float(accuracy_m))
        about = self._index.touching(float(lon), float(lat), radius) if radius else ()
        return is_doubtful(self._index.cells[int(number)].township, about, self._share)


class _Chart:
    """For every pixel of the district's box the least metres from anywhere in it to a border of a township."""

    def __init__(self, index: CellIndex) -> None:
        west, south, east, north = index.box or (0.0, 0.0, 0.0, 0.0)
        # the shortest degree of longitude there is in the box: a distance in this plane is never too long
        self._scale = np.array([metres_per_degree(max(abs(south), abs(north)))[0], metres_per_degree(0.0)[1]])
        self._corner = np.array([west, south])
        self._step = np.maximum(np.array([east - west, north - south]) / _SIDE, 1e-9)
        borders = shapely.get_parts(shapely.boundary(list(index.townships.values())))
        lines = list(_segments(borders))
        sheet = shapely.transform(np.array(lines), lambda xy: xy * self._scale)
        at = (np.arange(_SIDE) + 0.5)[:, None] * self._step + self._corner
        x, y = np.meshgrid(at[:, 0] * self._scale[0], at[:, 1] * self._scale[1])
        _, metres = shapely.STRtree(sheet).query_nearest(
            shapely.points(x.ravel(), y.ravel()), return_distance=True, all_matches=False
        )
        half = float(np.hypot(*(self._step * self._scale))) / 2.0
        self._metres = metres - half

    def least_m(self, lon: Floats, lat: Floats) -> Floats:
        """The least distance in metres that each point (in the box) may have to a border of a township."""
        column = np.clip(((lon - self._corner[0]) / self._step[0]).astype(np.int64), 0, _SIDE - 1)
        row = np.clip(((lat - self._corner[1]) / self._step[1]).astype(np.int64), 0, _SIDE - 1)
        return np.asarray(self._metres[row * _SIDE + column], dtype=np.float64)


def _segments(lines: Any) -> Any:
    """Every line as its single segments."""
    coords, of = shapely.get_coordinates(lines, return_index=True)
    ends = np.stack([coords[:-1], coords[1:]], axis=1)
    return shapely.linestrings(ends[of[:-1] == of[1:]])


def _overlaps(cells: Any) -> list[Any]:
    """The ground that two of the cells hold."""
    if not len(cells) or shapely.coverage_is_valid(cells):
        return []
    i, j = shapely.STRtree(cells).query(cells, predicate="intersects")
    i, j = i[i < j], j[i < j]
    cut = shapely.intersection(cells[i], cells[j])
    return [piece for piece in cut if piece.area > 0.0]


def _ellipses(lon: Floats, lat: Floats, radius: Floats) -> Any:
    """The accuracy circles as polygons of the same corners and the same area, but in a plane of degrees."""
    per_lon, per_lat = metres_per_degree(lat, np)
    reach = (radius * _AREA_TRUE)[:, None]
    x = lon[:, None] + np.sin(_TURN) * reach / per_lon[:, None]
    y = lat[:, None] + np.cos(_TURN) * reach / per_lat[:, None]
    rings = np.stack([x, y], axis=2)
    return shapely.polygons(shapely.linearrings(rings))
