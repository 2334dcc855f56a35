"""The borders of many polygons as flat arrays of segments."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Segments:
    """All segments of all rings (holes too): ends in degrees, owner, and where each owner's run starts.

    ``x0, y0, x1, y1`` and ``owner`` have one entry for a segment, ordered by owner (the polygon's position);
    ``starts`` has one entry more than there are polygons: polygon ``i`` owns ``starts[i]`` to ``starts[i + 1]``.
    Segments without length are left out. Every ring closes, so that each owner's segments bound its area by the
    even-odd rule.
    """

    x0: Floats
    y0: Floats
    x1: Floats
    y1: Floats
    owner: Ints
    starts: Ints


def segments_of(geometries: Sequence[Any]) -> Segments:
    """The segments of valid polygons or multipolygons; an empty geometry owns none."""
    parts, part_owner = shapely.get_parts(np.asarray(geometries, dtype=object), return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    points, point_ring = shapely.get_coordinates(rings, return_index=True)
    points = points.reshape(-1, 2)
    joined = (point_ring[1:] == point_ring[:-1]) & (points[1:] != points[:-1]).any(axis=1)
    heads = np.nonzero(joined)[0]
    owner = np.asarray(part_owner, dtype=np.int64)[ring_part[point_ring[heads]]]
    starts = np.searchsorted(owner, np.arange(len(geometries) + 1)).astype(np.int64)
    x, y = points[:, 0], points[:, 1]
    return Segments(x[heads], y[heads], x[heads + 1], y[heads + 1], owner, starts)
