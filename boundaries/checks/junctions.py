"""T-junctions: a corner of one cell in the middle of its neighbour's edge, where the neighbour has no corner."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import STRtree

from boundaries.checks.edges import Floats, Ints, distinct
from boundaries.checks.measure import Misfit, spoken_m
from boundaries.checks.survey import Survey
from boundaries.fault import Fault

_EXACT_M = 1e-4
"""A corner that is no farther off than this is on the edge as far as degrees can say."""

_BESIDE = 1e-8
"""Degrees (a millimetre) within which a corner is at a sliver's rim."""


@dataclass(frozen=True, slots=True)
class Junction:
    """Corners (n x 2, WGS84 degrees) of cell ``one`` that cell ``other`` lacks; ``off_m`` is the farthest from it."""

    one: int
    other: int
    corners: Floats
    off_m: float


def junctions(survey: Survey) -> list[Junction]:
    """For each two cells that share a border with unlike corners, those of the one that the other lacks.

    A corner counts that is no farther from the other's edge than ``narrow_m``, and farther than that from both ends:
    what is farther off is a gap or an overlap, and told as such. Only edges without a partner are looked at.
    """
    edges, loose, scale = survey.cell_edges, survey.loose, np.array(survey.scale)
    ends, holder = edges.ends[loose].reshape(-1, 2, 2) * scale, edges.owner[loose]
    near = survey.tolerances.narrow_m
    if not len(holder):
        return []
    corners, owner = _corners(ends, holder)
    at, edge = STRtree(shapely.linestrings(ends)).query(shapely.points(corners), predicate="dwithin", distance=near)
    apart = owner[at] != holder[edge]
    at, edge = at[apart], edge[apart]
    reach = np.hypot(*np.moveaxis(ends[edge] - corners[at][:, None, :], -1, 0))
    between = (reach > near).all(axis=1)
    found: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for corner, line in zip(at[between].tolist(), edge[between].tolist(), strict=True):
        found[int(owner[corner]), int(holder[line])].append((corner, line))
    return [_junction(pair, hits, corners, ends, scale) for pair, hits in sorted(found.items())]


def junction_faults(labels: Sequence[str], found: Sequence[Junction]) -> Iterator[Fault]:
    """One warning for each pair and side; it harms the next edit, not today."""
    for junction in found:
        one, other = labels[junction.one], labels[junction.other]
        exact = junction.off_m <= _EXACT_M
        detail = f"{other} lacks {len(junction.corners)} of the corners that {one} has on their common border" + (
            "." if exact else f"; they are up to {spoken_m(junction.off_m)} off it."
        )
        lon, lat = junction.corners[0].tolist()
        shape = {"type": "MultiPoint", "coordinates": junction.corners[:200].tolist()}
        size = None if exact else junction.off_m
        yield Fault("t-junction", "warning", (one, other), lon, lat, None, size, detail, shape=shape)


def _corners(ends: Floats, holder: Ints) -> tuple[Floats, Ints]:
    """The ends of all edges, each once for each owner."""
    owner, points = np.repeat(holder, 2), ends.reshape(-1, 2)
    kept = distinct(owner, points)
    return points[kept], owner[kept]


def _junction(
    pair: tuple[int, int], hits: list[tuple[int, int]], corners: Floats, ends: Floats, scale: Floats
) -> Junction:
    points = list(dict.fromkeys(corner for corner, _ in hits))
    off = max(float(shapely.Point(corners[corner]).distance(shapely.LineString(ends[line]))) for corner, line in hits)
    return Junction(*pair, corners[points] / scale, off)


def explain(found: Sequence[Junction], about: Collection[int], what: Misfit) -> bool:
    """Whether something narrow between some cells (positions) comes of corners that lie a little off the other's edge:
    then the T-junction is the fault, and the sliver need not be told beside it."""
    if not what.narrow:
        return False
    off = [j for j in found if j.off_m > _EXACT_M and j.one in about and j.other in about]
    return any(bool(shapely.dwithin(what.shape, shapely.points(j.corners), _BESIDE).any()) for j in off)
