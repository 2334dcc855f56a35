"""T-junctions: a corner of one cell in the middle of its neighbour's edge, where the neighbour has no corner."""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import shapely
from shapely import STRtree

from boundaries.district import District
from boundaries.fault import Fault
from boundaries.read import label_of

_ON = 1e-9
"""Degrees (0.1 mm) within which a corner counts as on an edge; what is farther off is a sliver, and told as such."""


def junction_faults(district: District) -> Iterator[Fault]:
    """One warning for each pair of cells that share a border with unlike corners; it harms the next edit, not today."""
    shapes = list(district.sound_cells)
    if shapely.coverage_is_valid(shapes):
        return
    corners, owner = shapely.get_coordinates(shapes, return_index=True)
    edges, holder = _edges(shapes)
    at, edge = STRtree(edges).query(shapely.points(corners), predicate="dwithin", distance=_ON)
    apart = owner[at] != holder[edge]
    at, edge = at[apart], edge[apart]
    ends = shapely.get_coordinates(edges).reshape(-1, 2, 2)[edge]
    between = (np.abs(ends - corners[at][:, None, :]).max(axis=2) > _ON).all(axis=1)
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    for corner, line in zip(at[between], edge[between], strict=True):
        found[int(owner[corner]), int(holder[line])].append(int(corner))
    labels = [label_of("grid", i, cell.code) for i, cell in enumerate(district.cells, start=1)]
    for (one, other), points in sorted(found.items()):
        lon, lat = corners[points[0]]
        count = len({tuple(corners[point]) for point in points})
        detail = f"{labels[other]} lacks {count} of the corners that {labels[one]} has on their common border."
        yield Fault("t-junction", "warning", (labels[one], labels[other]), float(lon), float(lat), None, None, detail)


def _edges(shapes: list[shapely.Polygon | shapely.MultiPolygon]) -> tuple[np.ndarray, np.ndarray]:
    """Every edge of every shape as a line of two points, and whose it is."""
    parts, of_shape = shapely.get_parts(shapes, return_index=True)
    rings, of_part = shapely.get_rings(parts, return_index=True)
    points, of_ring = shapely.get_coordinates(rings, return_index=True)
    same = of_ring[:-1] == of_ring[1:]
    pairs = np.stack([points[:-1][same], points[1:][same]], axis=1)
    return shapely.linestrings(pairs), of_shape[of_part[of_ring[:-1][same]]]
