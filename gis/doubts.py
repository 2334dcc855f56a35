"""Whether points are doubtful, for columns of them: most by a reckoning in a plane, what is near the limit exactly."""

from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely

from gis.cells import CellIndex
from gis.circle import WIDEST_M
from gis.cores import side_by_side
from gis.ellipsoid import metres_per_degree
from gis.engine import numba_is_there
from gis.segments import Floats, Numbers
from gis.vertices import Vertices, vertices_of

_OVER = 1.01
"""How far over its radius a circle drawn with corners, and the tolerance of ``border_m``, can reach."""
_ALONE = 512
"""Circles below which a second thread does not pay."""
_FEW = 64
"""Circles that are drawn without ado."""
_NORTH = 60.0
"""Degrees of latitude up to which the plane is good."""


class Doubts:
    """Answers as ``CellIndex.resolve`` does, for columns. Nothing is made before it is needed.

    Where cells neither overlap nor leave cracks, a township holds of a circle what its dissolved area does. That is
    reckoned in a plane; only a share within ``tolerance`` of the limit is drawn exactly. The reckoning takes a circle
    for the polygon of 64 corners (a share differs by 0.0004 at most) and a degree for as long everywhere in it as at
    its centre (0.0000003 for a metre of radius below 60 degrees).
    """

    def __init__(self, index: CellIndex) -> None:
        self._index = index

    def doubtful(
        self, numbers: Numbers, border_m: Floats, lon: Floats, lat: Floats, accuracy_m: Floats, doubt_share: float
    ) -> npt.NDArray[np.bool_]:
        """For columns of points, with what ``resolve_many`` said of them, whether each is doubtful.

        ``accuracy_m`` is NaN where none is given.
        """
        radius = accuracy_m
        drawn = (numbers >= 0) & (radius > 0) & (radius <= WIDEST_M) & (border_m <= radius * _OVER)
        rows = np.nonzero(drawn)[0]
        doubtful = np.zeros(len(lon), dtype=bool)
        if len(rows) > _FEW and self._townships is not None:
            share, sure = self._reckoned(numbers[rows], lon[rows], lat[rows], radius[rows], doubt_share)
            doubtful[rows] = sure & (share >= doubt_share)
            rows = rows[~sure]
        doubtful[rows] = self._index.doubtful_many(
            numbers[rows], border_m[rows], lon[rows], lat[rows], radius[rows].tolist(), doubt_share
        )
        return doubtful

    def _reckoned(
        self, numbers: Numbers, lon: Floats, lat: Floats, radius: Floats, doubt_share: float
    ) -> tuple[Floats, npt.NDArray[np.bool_]]:
        from gis.held import most_of_others

        assert self._townships is not None
        vertices, bounds, owner = self._townships
        share = np.full(len(lon), np.nan)
        per_lon, per_lat = metres_per_degree(lat, np)

        def reckon(part: slice) -> None:
            most_of_others(
                lon[part], lat[part], owner[numbers[part]], radius[part], per_lon[part], per_lat[part], vertices.flat,
                vertices.owners, vertices.starts, vertices.boxes, bounds, share[part],
            )  # fmt: skip

        side_by_side(len(lon), _ALONE, reckon)
        near = np.abs(share - doubt_share) <= tolerance(radius)
        return share, np.isfinite(share) & ~near & (np.abs(lat) < _NORTH) & (doubt_share > 0.01)

    @cached_property
    def _townships(self) -> tuple[Vertices, Floats, Numbers] | None:
        """The townships' vertices and boxes, and the township of each cell; None where cells do not fit together."""
        index = self._index
        if not numba_is_there() or not shapely.coverage_is_valid(np.array(index.geometries, dtype=object)):
            return None
        areas = shapely.orient_polygons(np.array(list(index.townships.values()), dtype=object))
        number = {code: at for at, code in enumerate(index.townships)}
        owner = np.array([number[cell.township] for cell in index.cells], dtype=np.int32)
        return vertices_of(areas), np.nan_to_num(shapely.bounds(areas), nan=1e9), owner


def tolerance(radius_m: Floats) -> Floats:
    """How far a reckoned share may be from the drawn one, with room to spare."""
    return 2e-3 + 1e-6 * radius_m
