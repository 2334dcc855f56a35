"""The borders of many polygons as one run of vertices, half the memory of segments that name both ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from gis.segments import Floats, Ints, Numbers

BLOCK = 8
_AT_A_TIME = 4_096


@dataclass(frozen=True, slots=True)
class Vertices:
    """All vertices of all rings (holes too) in degrees: ``flat`` holds longitude, latitude, longitude, and so on.

    Segment ``s`` runs from vertex ``s`` to vertex ``s + 1``, and ``owners[s]`` is its polygon; -1 where there is no
    such segment: after the last vertex of a ring, and where two vertices are the same. Polygon ``i`` owns the vertices
    from ``starts[i]`` to ``starts[i + 1]``. ``boxes[b]`` (west, south, east, north) holds the BLOCK segments from
    number ``b * BLOCK`` on, whosever they are.
    """

    flat: Floats
    owners: Numbers
    starts: Ints
    boxes: Floats


def vertices_of(geometries: Sequence[Any]) -> Vertices:
    """The vertices of valid polygons or multipolygons; an empty geometry owns none."""
    shapes = np.asarray(geometries, dtype=object)
    points = shapely.get_coordinates(shapes)
    starts = np.concatenate([[0], np.cumsum(shapely.get_num_coordinates(shapes))]).astype(np.int64)
    owners = np.repeat(np.arange(len(shapes), dtype=np.int32), np.diff(starts))
    if len(points):
        owners[:-1][(points[1:] == points[:-1]).all(axis=1)] = -1
        owners[_ring_ends(shapes) - 1] = -1
    return Vertices(np.ascontiguousarray(points, dtype=np.float64).reshape(-1), owners, starts, _boxes(points))


def _boxes(points: Floats) -> Floats:
    """The box of each block of segments: of its vertices and of the one that its last segment ends at."""
    firsts = np.arange(0, len(points), BLOCK)
    if not len(firsts):
        return np.empty((0, 4))
    after = points[np.minimum(firsts + BLOCK, len(points) - 1)]
    low = np.minimum(np.minimum.reduceat(points, firsts, axis=0), after)
    high = np.maximum(np.maximum.reduceat(points, firsts, axis=0), after)
    return np.concatenate([low, high], axis=1)


def _ring_ends(shapes: Any) -> Ints:
    """Where each ring ends in the vertices of all shapes together. Rings are copies: few are made at a time."""
    counts = [
        shapely.get_num_coordinates(shapely.get_rings(shapely.get_parts(shapes[begin : begin + _AT_A_TIME])))
        for begin in range(0, len(shapes), _AT_A_TIME)
    ]
    return np.cumsum(np.concatenate(counts)).astype(np.int64)
