"""The distance from a point to the border of a polygon, along the ellipsoid.

The nearest point of the border is sought in a plane in which degrees have their true length at the point's own
latitude, and the distance to it measured in one where they have it at the latitude between the two. Borders are
straight in degrees, as the predicates see them. The first plane is out by about tan(lat) * d / 6371 km at a distance d,
the second by the square of that: nothing within 2 km. Beyond, every segment that could still be nearest is measured
again, with geodesics.
"""

import math
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from gis.cores import side_by_side
from gis.ellipsoid import GEOD, metres_per_degree
from gis.segments import Floats, Ints, Numbers, Segments, segments_of
from gis.vertices import Vertices

ROUNDING_M = 1e-6
"""Metres within which a point counts as on a border: above the rounding of degrees, below any surveyor."""
_FAR = 2_000.0
_BLOCK = 1_000_000
_ALONE = 8_192
"""Points below which a second thread does not pay."""


class Borders:
    """The borders (outer rings and holes) of numbered polygons, which are valid.

    With ``vertices``, those of the same polygons, machine code seeks the nearest point; the answers are the same.
    """

    def __init__(self, geometries: Sequence[Any], vertices: Vertices | None = None) -> None:
        self._geometries = geometries
        self._vertices = vertices

    @cached_property
    def _segments(self) -> Segments:
        return segments_of(self._geometries)

    def distance(self, owner: int, lon: float, lat: float) -> float:
        """Metres from one point (WGS84 degrees) to the border of polygon ``owner``, from either side; 0 on it."""
        if self._vertices is not None and owner >= 0:
            metres = self._quick(owner, lon, lat, self._vertices)
            if metres <= _FAR:
                return metres
        return float(self.distances(np.array([owner]), np.array([lon]), np.array([lat]))[0])

    def distances(self, owner: Ints | Numbers, lon: Floats, lat: Floats) -> Floats:
        """Metres from each point to the border of its own polygon; NaN where ``owner`` is negative or has no border.

        Within 1 cm + 0.1 % of the geodesic distance; what lies within ROUNDING_M is exactly 0.
        """
        metres = np.full(len(lon), np.nan)
        if self._vertices is not None:
            vertices = self._vertices

            def measure(part: slice) -> None:
                near_lon, near_lat = _nearest_by_code(vertices, owner[part], lon[part], lat[part])
                metres[part] = self._measured(owner[part], lon[part], lat[part], near_lon, near_lat)

            side_by_side(len(lon), _ALONE, measure)
            return metres
        near_lon, near_lat = np.full(len(lon), np.nan), np.full(len(lon), np.nan)
        order = np.argsort(owner, kind="stable")
        firsts = np.searchsorted(owner[order], np.arange(len(self._segments.starts)))
        for polygon in np.unique(owner[owner >= 0]):
            rows = order[firsts[polygon] : firsts[polygon + 1]]
            self._nearest(int(polygon), rows, lon, lat, near_lon, near_lat)
        return self._measured(owner, lon, lat, near_lon, near_lat)

    def _quick(self, owner: int, lon: float, lat: float, vertices: Vertices) -> float:
        """As ``distance`` where that is at most _FAR; something above, or NaN, where not."""
        from gis.near import nearest_one

        per_lon, per_lat = metres_per_degree(lat)
        x, y = nearest_one(
            lon, lat, owner, per_lon, per_lat, vertices.flat, vertices.owners, vertices.starts, vertices.boxes
        )
        metres = float(_ground_m(lon, lat, x, y, math))
        return 0.0 if metres < ROUNDING_M else metres

    def nearest_of(self, owners: Sequence[int], lon: float, lat: float) -> tuple[int, float]:
        """Which of several polygons has its border nearest to a point, and the metres; the first of equally near ones.

        Each must have a border. At least one polygon must be given.
        """
        runs = [np.arange(self._segments.starts[owner], self._segments.starts[owner + 1]) for owner in owners]
        at = np.cumsum([0, *(len(run) for run in runs)])[:-1]
        metres2 = self._on_segments(np.concatenate(runs), np.array([lon]), np.array([lat]))[2][0]
        least = np.sqrt(np.minimum.reduceat(metres2, at))
        close = np.array(owners)[least <= 1.1 * least.min() + 1.0]
        metres = self.distances(close, np.full(len(close), lon), np.full(len(close), lat))
        best = int(np.argmin(metres))
        return int(close[best]), float(metres[best])

    def _run(self, polygon: int) -> slice:
        return slice(int(self._segments.starts[polygon]), int(self._segments.starts[polygon + 1]))

    def _nearest(self, polygon: int, rows: Ints, lon: Floats, lat: Floats, near_lon: Floats, near_lat: Floats) -> None:
        """Fills in the nearest border points of one polygon's rows, in blocks of bounded memory."""
        run = self._run(polygon)
        if run.start == run.stop:
            return
        step = max(_BLOCK // (run.stop - run.start), 1)
        for begin in range(0, len(rows), step):
            some = rows[begin : begin + step]
            x, y, metres2 = self._on_segments(run, lon[some], lat[some])
            best = np.argmin(metres2, axis=1)
            row = np.arange(len(some))
            near_lon[some], near_lat[some] = x[row, best], y[row, best]

    def _on_segments(
        self, run: slice | Ints, lon: Floats, lat: Floats, middle: Floats | None = None
    ) -> tuple[Floats, Floats, Floats]:
        """The nearest point (degrees) of each segment in ``run`` to each point, and the squared plane metres to it.

        Rows are points, columns segments. ``middle`` is the latitude that gives the scale, by default the point's.
        """
        per_lon, per_lat = metres_per_degree(lat[:, None] if middle is None else middle, np)
        part = self._segments
        x0, y0 = part.x0[run], part.y0[run]
        run_x, run_y = part.x1[run] - x0, part.y1[run] - y0
        off_x, off_y = lon[:, None] - x0, lat[:, None] - y0
        ratio2 = (per_lat / per_lon) ** 2
        along = (off_x * run_x + off_y * run_y * ratio2) / (run_x * run_x + run_y * run_y * ratio2)
        along = np.clip(along, 0.0, 1.0)
        step_x, step_y = along * run_x, along * run_y
        metres2 = ((off_x - step_x) * per_lon) ** 2 + ((off_y - step_y) * per_lat) ** 2
        return x0 + step_x, y0 + step_y, metres2

    def _measured(self, owner: Ints | Numbers, lon: Floats, lat: Floats, near_lon: Floats, near_lat: Floats) -> Floats:
        metres = np.full(len(lon), np.nan)
        known = np.nonzero(np.isfinite(near_lon))[0]
        if len(known):
            metres[known] = _ground_m(lon[known], lat[known], near_lon[known], near_lat[known], np)
        for row in np.nonzero(metres > _FAR)[0]:
            one = slice(row, row + 1)
            found = float(geodesic_m(lon[one], lat[one], near_lon[one], near_lat[one])[0])
            metres[row] = self._far(int(owner[row]), lon[one], lat[one], found)
        metres[metres < ROUNDING_M] = 0.0
        return metres

    def _far(self, polygon: int, lon: Floats, lat: Floats, found: float) -> float:
        """The distance again, for a border so far off that one scale for the whole way is not good enough."""
        run = self._run(polygon)
        x, y, metres2 = self._on_segments(run, lon, lat)
        for _ in range(2):
            x, y, metres2 = self._on_segments(run, lon, lat, (lat[:, None] + y) / 2.0)
        close = np.nonzero(metres2[0] <= (1.05 * found) ** 2)[0]
        if not len(close):
            return found
        again = geodesic_m(np.repeat(lon, len(close)), np.repeat(lat, len(close)), x[0, close], y[0, close])
        return min(found, float(again.min()))


def _nearest_by_code(vertices: Vertices, owner: Ints | Numbers, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """The nearest border points, NaN where there is none."""
    from gis.near import nearest

    near_lon, near_lat = np.full(len(lon), np.nan), np.full(len(lon), np.nan)
    per_lon, per_lat = metres_per_degree(np.where(owner >= 0, lat, 0.0), np)
    whose = owner.astype(np.int32, copy=False)
    flat, owners, starts = vertices.flat, vertices.owners, vertices.starts
    nearest(lon, lat, whose, per_lon, per_lat, flat, owners, starts, vertices.boxes, near_lon, near_lat)
    return near_lon, near_lat


def _ground_m(lon0: Any, lat0: Any, lon1: Any, lat1: Any, m: Any) -> Any:
    """Metres between points (degrees) that are near each other, by the scale of the latitude between them."""
    per_lon, per_lat = metres_per_degree((lat0 + lat1) / 2.0, m)
    across, up = (lon1 - lon0) * per_lon, (lat1 - lat0) * per_lat
    return m.sqrt(across * across + up * up)


def geodesic_m(lon0: Floats, lat0: Floats, lon1: Floats, lat1: Floats) -> Floats:
    """Metres along the WGS84 ellipsoid between pairs of points in degrees."""
    _, _, metres = GEOD.inv(lon0, lat0, lon1, lat1)
    return np.asarray(metres, dtype=np.float64)
