"""The edges of many areas at once, and which of them two neighbours share.

Where areas fit together, each edge between two of them is there twice, once from either side. How many areas hold a
point can change only across an edge that has no such partner: what is wrong with a coverage is found there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
_MIX = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)


@dataclass(frozen=True)
class Edges:
    """All edges of some areas, ordered by ``owner`` (the area's position). ``ends`` is n x 4: both ends in degrees, the
    one farther west first, so that an edge has one spelling. ``side`` is 1 where the area lies to the left of an edge
    that runs from the first end to the second, else -1. Edges without length are counted in ``repeated`` (one number
    for each area) and left out."""

    ends: Floats
    owner: Ints
    side: Ints
    repeated: Ints


def edges_of(shapes: Sequence[Any] | npt.NDArray[np.object_]) -> Edges:
    """The edges of valid, two-dimensional polygons and multipolygons."""
    parts, of_shape = shapely.get_parts(np.asarray(shapes, dtype=object), return_index=True)
    rings, of_part = shapely.get_rings(parts, return_index=True)
    if not len(rings):
        nothing = np.empty(0, dtype=np.int64)
        return Edges(np.empty((0, 4)), nothing, nothing, np.zeros(len(shapes), dtype=np.int64))
    outer = np.concatenate([[True], of_part[1:] != of_part[:-1]])
    left = shapely.is_ccw(rings) == outer
    points, of_ring = shapely.get_coordinates(rings, return_index=True)
    points = points + 0.0  # no -0.0, which would be another number to the bit
    same = np.nonzero(of_ring[:-1] == of_ring[1:])[0]
    start, end = points[same], points[same + 1]
    owner = np.asarray(of_shape[of_part[of_ring[same]]], dtype=np.int64)
    long = (start != end).any(axis=1)
    repeated = np.bincount(owner[~long], minlength=len(shapes)).astype(np.int64)
    start, end, owner = start[long], end[long], owner[long]
    on = (start[:, 0] < end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] < end[:, 1]))
    ends = np.where(on[:, None], np.hstack([start, end]), np.hstack([end, start]))
    side = np.where(on == left[of_ring[same][long]], 1, -1).astype(np.int64)
    return Edges(ends, owner, side, repeated)


def numbered(*layers: Edges) -> list[Ints]:
    """A number for each edge of each layer: the same for two edges with the same ends, whichever way they run."""
    rows = np.ascontiguousarray(np.concatenate([layer.ends for layer in layers]))
    mixed = _mixed(rows.view(np.uint64))
    _, first, number = np.unique(mixed, return_index=True, return_inverse=True)
    if not np.array_equal(rows, rows[first[number]]):  # two edges with one sum: so rare that slow will do
        _, number = np.unique(rows, axis=0, return_inverse=True)
    splits = np.cumsum([len(layer.ends) for layer in layers])[:-1]
    return [np.asarray(part, dtype=np.int64) for part in np.split(number.reshape(-1), splits)]


def partners(edges: Edges, number: Ints) -> Ints:
    """For each edge the owner of the same edge from the other side; -1 where there is none, or more than one."""
    count = np.bincount(number)
    balance = np.bincount(number, weights=edges.side)
    owners = np.bincount(number, weights=edges.owner)
    paired = (count == 2) & (balance == 0)
    return np.where(paired[number], owners[number].astype(np.int64) - edges.owner, -1)


def distinct(owner: Ints, points: Floats) -> Ints:
    """The positions of the first of all rows that are alike in owner and point (n x 2)."""
    row = np.column_stack([owner.astype(np.float64), points, np.zeros(len(points))])
    _, first = np.unique(_mixed(np.ascontiguousarray(row).view(np.uint64)), return_index=True)
    return np.sort(first).astype(np.int64)


def _mixed(bits: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """One number from each row of four, so that unlike rows hardly ever give the same (multiply and shift)."""
    mixed = np.zeros(len(bits), dtype=np.uint64)
    for column, odd in enumerate(_MIX):
        mixed = (mixed ^ bits[:, column]) * np.uint64(odd)
        mixed ^= mixed >> np.uint64(29)
    return mixed
