"""Cells drawn from pieces: old borders as they were, new ones straightened, and no vertex that only one side has."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry, LineString, MultiPolygon, Polygon

from boundaries.balance_pieces import Pieces

Spot = tuple[float, float]
Segment = tuple[Spot, Spot]
ON_LINE = 1e-9
"""Degrees, a tenth of a millimetre: so far from a straight line a vertex on it may come to lie by rounding."""


def drawn(pieces: Pieces, labels: Sequence[int], cells: int, corners: set[Spot], tolerance: float) -> list[Geometry]:
    """The shape of each cell in WGS84, together one exact coverage.

    ``corners``: the vertices that the old cells have. New borders are straightened by ``tolerance`` degrees, unless
    that would spoil the coverage. Vertices on the township's border are the old ones and the ends of borders.
    """
    rough = [shapely.coverage_union_all([s for s, n in zip(pieces.shapes, labels, strict=True) if n == cell])
             for cell in range(cells)]  # fmt: skip
    for width in (tolerance, tolerance / 4, 0.0):
        found = _straightened(pieces, labels, rough, corners, width)
        if found is not None:
            return found
    return rough


def with_vertices(shape: Geometry, spots: NDArray[np.float64]) -> Geometry:
    """``shape`` with each of ``spots`` (degrees) that lies on one of its sides as a vertex there."""
    if shape.is_empty or not len(spots):
        return shape
    parts = []
    for part in shapely.get_parts(shape):
        shell, *holes = [_with_vertices(ring, spots) for ring in (part.exterior, *part.interiors)]
        parts.append(Polygon(shell, holes))
    return parts[0] if isinstance(shape, Polygon) else MultiPolygon(parts)


def ends_of(shapes: Iterable[Geometry], corners: set[Spot]) -> NDArray[np.float64]:
    """The vertices of ``shapes`` that are none of ``corners``."""
    found = {spot for shape in shapes for spot in _spots(shape)} - corners
    return np.array(sorted(found), dtype=np.float64).reshape(-1, 2)


def corners_of(shapes: Iterable[Geometry]) -> set[Spot]:
    """All vertices of some shapes."""
    return {spot for shape in shapes for spot in _spots(shape)}


def _spots(shape: Geometry) -> list[Spot]:
    return [(x, y) for x, y in shapely.get_coordinates(shape).tolist()]


def _straightened(
    pieces: Pieces, labels: Sequence[int], rough: list[Geometry], corners: set[Spot], width: float
) -> list[Geometry] | None:
    old, new = _borders(pieces, labels)
    fixed = {spot for segment in old for spot in segment}
    outside = {spot for segment in _outside(rough) for spot in segment}
    arcs = _arcs(new, fixed | outside)
    kept = _arcs(old, corners | {spot for arc in arcs for spot in (arc[0], arc[-1])})
    straight = [LineString(arc).simplify(width) if width else LineString(arc) for arc in arcs]
    ends = {spot for arc in (*arcs, *kept) for spot in (arc[0], arc[-1])}
    rim = [_thinned(ring, corners | ends) for ring in _rim(rough)]
    noded = shapely.union_all([*rim, *straight, *(LineString([arc[0], arc[-1]]) for arc in kept)])
    faces = list(shapely.get_parts(shapely.polygonize(shapely.get_parts(noded))))
    held: dict[int, list[Geometry]] = defaultdict(list)
    for face in faces:
        shares = shapely.area(shapely.intersection(np.array(rough, dtype=object), face))
        if shares.max() > face.area / 2:
            held[int(np.argmax(shares))].append(face)
    if len(held) != len(rough):
        return None
    shapes = [shapely.coverage_union_all(held[cell]) for cell in range(len(rough))]
    sound = all(one.is_valid for one in shapes) and shapely.coverage_is_valid(shapes)
    same = [len(shapely.get_parts(a)) == len(shapely.get_parts(b)) for a, b in zip(shapes, rough, strict=True)]
    return shapes if sound and all(same) else None


def _borders(pieces: Pieces, labels: Sequence[int]) -> tuple[list[Segment], list[Segment]]:
    """The segments between cells: those that lay between cells before, and the others."""
    holders: dict[Segment, list[int]] = defaultdict(list)
    for number, shape in enumerate(pieces.shapes):
        for ring in (shape.exterior, *shape.interiors):
            for a, b in pairwise(_spots(ring)):
                holders[(a, b) if a < b else (b, a)].append(number)
    old: list[Segment] = []
    new: list[Segment] = []
    for segment, held in holders.items():
        if len(held) == 2 and labels[held[0]] != labels[held[1]]:
            (old if pieces.owner[held[0]] != pieces.owner[held[1]] else new).append(segment)
    return old, new


def _outside(rough: list[Geometry]) -> list[Segment]:
    return [segment for ring in _rim(rough) for segment in pairwise(_spots(ring))]


def _rim(rough: list[Geometry]) -> list[Geometry]:
    whole = shapely.coverage_union_all(rough)
    return [ring for part in shapely.get_parts(whole) for ring in (part.exterior, *part.interiors)]


def _thinned(ring: Geometry, kept: set[Spot]) -> LineString:
    """A ring with the vertices that are ``kept`` alone."""
    spots = [spot for spot in _spots(ring)[:-1] if spot in kept]
    return LineString([*spots, spots[0]])


def _arcs(segments: list[Segment], stops: set[Spot]) -> list[list[Spot]]:
    """The segments as lines that end where more than two meet and at ``stops``."""
    beside: dict[Spot, list[Spot]] = defaultdict(list)
    for a, b in segments:
        beside[a].append(b)
        beside[b].append(a)
    ends = {spot for spot, near in beside.items() if len(near) != 2 or spot in stops}
    walked: set[Segment] = set()
    arcs = []
    for start in [*sorted(ends), *sorted(set(beside) - ends)]:  # the latter for rings that touch nothing
        for following in sorted(beside[start]):
            if ((start, following) if start < following else (following, start)) in walked:
                continue
            arc = [start, following]
            walked.add((min(arc), max(arc)))
            while arc[-1] not in ends and arc[-1] != start:
                onward = next(spot for spot in beside[arc[-1]] if spot != arc[-2])
                walked.add((min(arc[-1], onward), max(arc[-1], onward)))
                arc.append(onward)
            arcs.append(arc)
    return arcs


def _with_vertices(ring: Geometry, spots: NDArray[np.float64]) -> NDArray[np.float64]:
    points: NDArray[np.float64] = shapely.get_coordinates(ring)
    heads, along = points[:-1], np.diff(points, axis=0)
    squares = np.maximum((along**2).sum(axis=1), 1e-30)
    added: list[tuple[int, float, NDArray[np.float64]]] = []
    low, high = points.min(axis=0) - ON_LINE, points.max(axis=0) + ON_LINE
    for spot in spots[((spots >= low) & (spots <= high)).all(axis=1)]:
        if (points == spot).all(axis=1).any():
            continue
        share = np.clip(((spot - heads) * along).sum(axis=1) / squares, 0.0, 1.0)
        apart = np.hypot(*(heads + share[:, None] * along - spot).T)
        at = int(np.argmin(apart))
        if apart[at] < ON_LINE:
            added.append((at, float(share[at]), spot))
    if not added:
        return points
    made: list[NDArray[np.float64]] = []
    for number, head in enumerate(heads):
        made.append(head)
        made += [spot for at, _, spot in sorted(added, key=lambda one: one[:2]) if at == number]
    return np.array([*made, made[0]])
