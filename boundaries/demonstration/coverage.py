"""Pieces that were cut by eye made into a sound coverage: every shared border has the same vertices on both sides."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import shapely
from shapely import Polygon, STRtree

DECIMALS = 7
"""Decimals of a degree kept in the files: about a centimetre."""


def knit(pieces: Sequence[Polygon]) -> list[Polygon]:
    """``pieces`` (degrees) with all borders noded on the lattice of ``DECIMALS``, in the order given.

    Raises ValueError where a piece vanishes, falls in two, or the whole is not a valid coverage.
    """
    borders = shapely.union_all([piece.boundary for piece in pieces], grid_size=10.0**-DECIMALS)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(borders)))
    owners = _owners(faces, pieces)
    knitted = []
    for i in range(len(pieces)):
        piece = shapely.union_all(faces[owners == i])
        if not isinstance(piece, Polygon) or piece.is_empty:
            raise ValueError(f"piece {i} did not stay one polygon")
        knitted.append(tidy(piece))
    if not shapely.coverage_is_valid(knitted):
        raise ValueError("the pieces do not form a coverage")
    return knitted


def merged(pieces: Iterable[Polygon]) -> Polygon:
    """Neighbouring pieces of one coverage as one polygon that keeps every vertex of its border."""
    whole = shapely.get_parts(shapely.coverage_union_all(list(pieces)))
    if len(whole) != 1:
        raise ValueError("the pieces do not hang together")
    return tidy(whole[0])


def tidy(piece: Any) -> Polygon:
    """Rounded, starting at its least vertex, outer ring anticlockwise: one shape has one spelling."""
    rounded = shapely.transform(piece, lambda xy: np.round(xy, DECIMALS))
    normal: Polygon = shapely.orient_polygons(shapely.normalize(rounded), exterior_cw=False)
    return normal


def _owners(faces: Any, pieces: Sequence[Polygon]) -> Any:
    points = shapely.point_on_surface(faces)
    at, piece = STRtree(pieces).query(points, predicate="intersects")
    owners = np.full(len(faces), -1)
    owners[at[::-1]] = piece[::-1]
    return owners
