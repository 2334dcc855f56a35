"""A township cut into many small pieces that know their neighbours: what cells can be made of.

The pieces are Voronoi cells about a shaken lattice, cut by the township's border and by the borders of its cells of
now, so that a border that is good can stay. All lines are noded together once: neighbours share every vertex exactly.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry, MultiPoint, Polygon, STRtree

from boundaries.plane import Plane

FAR_M = 1e9


@dataclass(frozen=True)
class Pieces:
    """``shapes``: WGS84, longitude first, one exact coverage. ``owner``: the cell of now (by its place in the order
    given) that holds each. ``beside``: for each piece its neighbours with the metres of border between them; 0.0 is a
    bridge from a part of the township that lies by itself to the next one. ``m2`` and ``weight`` are each piece's."""

    shapes: list[Polygon]
    owner: list[int]
    beside: list[dict[int, float]]
    m2: list[float]
    middles: NDArray[np.float64]
    weight: list[float] = field(default_factory=list)


def cut(cells: Sequence[Geometry], count: int, plane: Plane, rng: Random) -> Pieces:
    """Pieces of the ground that ``cells`` hold together, ``count`` of them or somewhat more. The cells are one exact
    coverage in WGS84; ``plane`` is about them."""
    whole = shapely.coverage_union_all(list(cells))
    lines = [*(cell.boundary for cell in cells), *_lattice(plane.metres(whole), count, plane, rng)]
    noded = shapely.union_all(lines)
    faces = [face for face in shapely.get_parts(shapely.polygonize(shapely.get_parts(noded))) if not face.is_empty]
    spots = shapely.point_on_surface(faces)
    at, owner = STRtree(list(cells)).query(spots, predicate="intersects")
    owners = dict(zip(at.tolist(), owner.tolist(), strict=True))
    kept = sorted(owners)
    shapes = [faces[i] for i in kept]
    flat = [plane.metres(shape) for shape in shapes]
    middles = shapely.get_coordinates(shapely.centroid(flat))
    beside = _neighbours(shapes, flat)
    _bridge(beside, middles)
    return Pieces(shapes, [owners[i] for i in kept], beside, [float(one.area) for one in flat], middles)


def weighed(pieces: Pieces, lon: NDArray[np.float64], lat: NDArray[np.float64], area_share: float) -> Pieces:
    """The pieces with their load: of each item (WGS84 degrees) one, and as much again times ``area_share`` by area, so
    that ground without an item is somebody's as well. Points in no piece count nothing."""
    counts = np.zeros(len(pieces.shapes))
    if len(lon):
        points = shapely.points(lon, lat)
        point, piece = STRtree(pieces.shapes).query(points, predicate="intersects")
        _, first = np.unique(point, return_index=True)  # on a shared border: the first of them alone
        np.add.at(counts, piece[first], 1.0)
    m2 = np.array(pieces.m2)
    by_area = m2 / m2.sum()
    total = counts.sum()
    weight = by_area if total == 0 else counts + area_share * total * by_area
    return Pieces(pieces.shapes, pieces.owner, pieces.beside, pieces.m2, pieces.middles, weight.tolist())


def _lattice(ground: Geometry, count: int, plane: Plane, rng: Random) -> list[Geometry]:
    """The borders of Voronoi cells about a shaken lattice over ``ground`` (metres), in degrees."""
    step = (ground.area / count) ** 0.5
    west, south, east, north = ground.bounds
    spots = []
    for row in range(int((north - south) / step) + 2):
        for column in range(int((east - west) / step) + 2):
            x = west + (column + 0.5 * (row % 2) + rng.uniform(-0.25, 0.25)) * step
            y = south + (row + rng.uniform(-0.25, 0.25)) * step
            spots.append((x, y))
    edges = shapely.voronoi_polygons(MultiPoint(spots), extend_to=ground.buffer(step), only_edges=True)
    near = [one for one in shapely.get_parts(edges) if one.intersects(ground)]
    return [plane.degrees(one) for one in near]


def _neighbours(shapes: Sequence[Polygon], flat: Sequence[Geometry]) -> list[dict[int, float]]:
    """Who shares how many metres of border with whom: segments are the same vertex for vertex."""
    holders: Mapping[tuple[tuple[float, float], ...], list[tuple[int, float]]] = defaultdict(list)
    for number, (shape, drawn) in enumerate(zip(shapes, flat, strict=True)):
        for ring, metres in zip(_rings(shape), _rings(drawn), strict=True):
            for (a, b), (p, q) in zip(pairwise(ring), pairwise(metres), strict=True):
                length = float(np.hypot(p[0] - q[0], p[1] - q[1]))
                holders[tuple(sorted((a, b)))].append((number, length))
    beside: list[dict[int, float]] = [{} for _ in shapes]
    for held in holders.values():
        if len(held) == 2:
            (one, length), (other, _) = held
            beside[one][other] = beside[other][one] = beside[one].get(other, 0.0) + length
    return beside


def _rings(shape: Geometry) -> list[list[tuple[float, float]]]:
    rings = [shape.exterior, *shape.interiors]
    return [[(x, y) for x, y in ring.coords] for ring in rings]


def _bridge(beside: list[dict[int, float]], middles: NDArray[np.float64]) -> None:
    """Join what hangs together by nothing to what is nearest, so that an exclave belongs to some cell."""
    parts = sorted(components(range(len(beside)), beside), key=len, reverse=True)
    main = list(parts[0]) if parts else []
    for part in parts[1:]:
        apart = np.linalg.norm(middles[list(part)][:, None, :] - middles[main][None, :, :], axis=2)
        one, other = np.unravel_index(int(np.argmin(apart)), apart.shape)
        a, b = list(part)[int(one)], main[int(other)]
        beside[a][b] = beside[b][a] = 0.0
        main += list(part)


def components(members: Sequence[int] | range, beside: Sequence[Mapping[int, float]]) -> list[list[int]]:
    """The pieces of ``members`` in groups that hang together."""
    left, groups = set(members), []
    while left:
        group, waiting = [], [min(left)]
        left.discard(waiting[0])
        while waiting:
            one = waiting.pop()
            group.append(one)
            fresh = [other for other in beside[one] if other in left]
            left.difference_update(fresh)
            waiting += fresh
        groups.append(sorted(group))
    return groups
