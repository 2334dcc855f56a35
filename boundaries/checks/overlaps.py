"""Two cells, or two townships, that hold the same ground."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely import STRtree

from boundaries.checks.edges import Edges, Ints
from boundaries.checks.measure import Misfit, misfit, spoken
from boundaries.checks.survey import Survey
from boundaries.fault import Fault, Severity, drawn
from boundaries.tolerances import Tolerances

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two areas (positions, the lower one first) both hold."""

    pair: Pair
    common: Misfit


@dataclass(frozen=True)
class Overlaps:
    """All of a layer; ``meeting`` are the areas whose insides meet at all, be it by the rounding of numbers."""

    found: list[Overlap]
    meeting: set[int]


def cell_overlaps(survey: Survey) -> Overlaps:
    """Every two cells that hold common ground."""
    return _overlaps(survey.cells, survey.cell_edges, survey.beside, survey.tolerances)


def overlap_faults(level: str, labels: Sequence[str], overlaps: Sequence[Overlap]) -> Iterator[Fault]:
    """One fault for each pair: an error, or a warning where the common ground is nowhere wide."""
    for overlap in overlaps:
        codes = (labels[overlap.pair[0]], labels[overlap.pair[1]])
        common = overlap.common
        detail = f"The {level} {codes[0]} and {codes[1]} both hold {spoken(common.size_m2)}{common.ending}"
        severity: Severity = "warning" if common.narrow else "error"
        where = common.lon, common.lat, common.size_m2, common.width_m
        yield Fault("overlap", severity, codes, *where, detail, shape=drawn(common.shape))


def township_overlaps(survey: Survey) -> Overlaps:
    """Every two drawn townships that hold common ground."""
    return _overlaps(survey.townships, survey.township_edges, survey.township_beside, survey.tolerances)


def _overlaps(shapes: Any, edges: Edges, beside: Ints, tolerances: Tolerances) -> Overlaps:
    """Looks where edges have no partner, then, from each overlap, on to what lies beside either of the two."""
    asked, waiting, all_of = set[Pair](), _first(edges, beside, STRtree(shapes)), Overlaps([], set())
    neighbours: dict[int, set[int]] | None = None
    while waiting:
        asked |= waiting
        hits = list(_common(shapes, sorted(waiting), tolerances, all_of.meeting))
        all_of.found.extend(hits)
        if hits and neighbours is None:
            neighbours = _neighbours(edges, beside)
        waiting = {
            pair
            for i, j in (hit.pair for hit in hits)
            for one, other in ((i, j), (j, i))
            for pair in (_pair(one, next_) for next_ in (neighbours or {}).get(other, ()))
            if pair[0] != pair[1]
        } - asked
    all_of.found.sort(key=lambda overlap: overlap.pair)
    return all_of


def _first(edges: Edges, beside: Ints, tree: STRtree) -> set[Pair]:
    """Pairs of which one has edges without a partner in the box of the other."""
    loose = np.nonzero(beside < 0)[0]
    if not len(loose):
        return set()
    owners, starts = np.unique(edges.owner[loose], return_index=True)
    ends = edges.ends[loose]
    west, east = np.minimum.reduceat(ends[:, 0], starts), np.maximum.reduceat(ends[:, 2], starts)
    south = np.minimum.reduceat(ends[:, [1, 3]].min(axis=1), starts)
    north = np.maximum.reduceat(ends[:, [1, 3]].max(axis=1), starts)
    row, other = tree.query(shapely.box(west, south, east, north))
    return {_pair(i, j) for i, j in zip(owners[row].tolist(), other.tolist(), strict=True) if i != j}


def _pair(i: int, j: int) -> Pair:
    return (i, j) if i < j else (j, i)


def _neighbours(edges: Edges, beside: Ints) -> dict[int, set[int]]:
    known: dict[int, set[int]] = defaultdict(set)
    shared = beside >= 0
    for one, other in set(zip(edges.owner[shared].tolist(), beside[shared].tolist(), strict=True)):
        known[one].add(other)
    return known


def _common(shapes: Any, pairs: list[Pair], tolerances: Tolerances, meeting: set[int]) -> Iterator[Overlap]:
    """The overlaps among pairs that are more than noise; those who meet at all are added to ``meeting``."""
    one, other = shapes[[i for i, _ in pairs]], shapes[[j for _, j in pairs]]
    meet = shapely.intersects(one, other)
    meet[meet] = ~shapely.touches(one[meet], other[meet])
    both = shapely.intersection(one[meet], other[meet])
    for number, shape in zip(np.nonzero(meet)[0].tolist(), both, strict=True):
        meeting.update(pairs[number])
        common = misfit(shape, tolerances)
        if common is not None:
            yield Overlap(pairs[number], common)
