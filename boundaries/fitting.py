"""Cells cut anew along all their borders, so that they fit together edge by edge.

All borders are joined where they meet; of each face that comes of it one cell is the owner: the lowest code that holds
it, as in the index. What nobody holds and is narrow goes to whom it has the longest border with. The corners that were
there keep their numbers; new are only those where borders cross.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon, STRtree

from boundaries.checks.edges import Edges, Ints, edges_of, numbered, partners
from boundaries.checks.measure import in_metres, nowhere_wide

NOBODY = -1
_ROUNDS = 20


def fitted(
    shapes: Sequence[Any], ranks: Ints, others: Sequence[Any], ground: Any, sliver_m: float
) -> list[Polygon | MultiPolygon]:
    """``shapes`` (valid, WGS84 degrees) cut anew, in their order. The lowest of ``ranks`` wins where two hold a face.

    ``others`` are cells that stay as they are. ``ground`` is all that cells should hold: nothing beyond it is given
    away; None where that is not known. ``sliver_m`` is how narrow (metres) is narrow; a narrow piece that the cutting
    parts from its cell is given away too.
    """
    given = np.array([*shapes, None], dtype=object)[:-1]
    rim = [] if ground is None else [ground.boundary]
    borders = shapely.union_all(np.array([*shapely.boundary(given), *rim], dtype=object))
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(borders)))
    owner = _owners(faces, given, ranks)
    edges = edges_of(faces)
    beside = partners(edges, numbered(edges)[0])
    free = [i for i in np.nonzero(owner == NOBODY)[0].tolist() if _narrow(faces[i], sliver_m)]
    _give_away(_unheld(faces, free, others, ground), owner, edges, beside)
    _give_away(_parted(faces, owner, given, sliver_m), owner, edges, beside)
    return [_together(faces[owner == number]) for number in range(len(given))]


def _unheld(faces: Any, free: list[int], others: Sequence[Any], ground: Any) -> list[int]:
    """Those of some faces that are ground of the district, and of no other cell."""
    points = shapely.point_on_surface(faces[free])
    held, _ = STRtree(list(others)).query(points, predicate="intersects")
    kept = np.ones(len(free), dtype=bool)
    kept[held] = False
    if ground is not None:
        shapely.prepare(ground)
        kept &= shapely.intersects(ground, points)
    return [face for face, is_kept in zip(free, kept.tolist(), strict=True) if is_kept]


def _owners(faces: Any, given: Any, ranks: Ints) -> Ints:
    points = shapely.point_on_surface(faces)
    face, cell = STRtree(given).query(points, predicate="intersects")
    order = np.lexsort((ranks[cell], face))[::-1]
    owner = np.full(len(faces), NOBODY, dtype=np.int64)
    owner[face[order]] = cell[order]  # the last word is the lowest rank's
    return owner


def _narrow(shape: Any, sliver_m: float) -> bool:
    return nowhere_wide([in_metres(shape)], sliver_m)


def _parted(faces: Any, owner: Ints, given: Any, sliver_m: float) -> list[int]:
    """The faces of narrow pieces that their cell did not have before; they are nobody's from now on."""
    found: list[int] = []
    for cell in np.unique(owner[owner != NOBODY]).tolist():
        own = np.nonzero(owner == cell)[0]
        parts = shapely.get_parts(_together(faces[own]))
        if len(parts) < 2 or len(parts) <= shapely.get_num_geometries(given[cell]):
            continue
        narrow = [part for part in parts if _narrow(part, sliver_m)]
        if narrow and len(narrow) < len(parts):
            _, at = STRtree(shapely.point_on_surface(faces[own])).query(narrow, predicate="intersects")
            found.extend(own[at].tolist())
    owner[found] = NOBODY
    return found


def _give_away(pending: list[int], owner: Ints, edges: Edges, beside: Ints) -> None:
    """Give each face to the cell that it has the longest border with, from the outside in, in place."""
    length = np.hypot(edges.ends[:, 0] - edges.ends[:, 2], edges.ends[:, 1] - edges.ends[:, 3])
    starts = np.searchsorted(edges.owner, np.arange(len(owner) + 1))
    for _ in range(_ROUNDS):
        left = []
        for face in pending:
            run = slice(int(starts[face]), int(starts[face + 1]))
            shared: dict[int, float] = defaultdict(float)
            for other, metres in zip(beside[run].tolist(), length[run].tolist(), strict=True):
                if other != NOBODY and owner[other] != NOBODY:
                    shared[int(owner[other])] += metres
            if shared:
                owner[face] = max(shared, key=lambda cell: (shared[cell], -cell))
            else:
                left.append(face)
        if not left or len(left) == len(pending):
            return
        pending = left


def _together(faces: Any) -> Any:
    if not len(faces):
        return Polygon()
    return faces[0] if len(faces) == 1 else shapely.coverage_union_all(faces)
