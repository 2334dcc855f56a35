"""Ground of the district that no cell holds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely import Polygon, STRtree
from shapely.errors import GEOSException

from boundaries.checks.junctions import Junction, explain
from boundaries.checks.measure import Misfit, misfit, spoken
from boundaries.checks.overlaps import Overlaps
from boundaries.checks.survey import Survey
from boundaries.fault import Fault, drawn

_NEAR = 1e-7
"""Degrees (1 cm) within which a cell counts as a neighbour of the gap."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Ground without a cell, and the cells (positions) about it."""

    what: Misfit
    about: list[int]


def gaps_of(survey: Survey, overlaps: Overlaps, junctions: Sequence[Junction]) -> list[Gap]:
    """Every gap. The district's ground is its outline and its townships as far as they are drawn; without an outline
    also every hole that they, or the cells, enclose."""
    if survey.exact_outline and survey.exact_townships.all():
        return []
    parts = shapely.get_parts(_left_over(survey, overlaps, junctions))
    found = [gap for gap in (misfit(part, survey.tolerances) for part in parts) if gap is not None]
    if not found:
        return []
    rows, cells = STRtree(survey.cells).query([gap.shape for gap in found], predicate="dwithin", distance=_NEAR)
    return [Gap(gap, sorted(cells[rows == number].tolist())) for number, gap in enumerate(found)]


def gap_faults(survey: Survey, gaps: Sequence[Gap], junctions: Sequence[Junction]) -> Iterator[Fault]:
    """One warning for each gap, with the cells about it, unless a T-junction explains it."""
    for gap in gaps:
        if not explain(junctions, gap.about, gap.what):
            yield _gap(gap.what, tuple(survey.labels[i] for i in gap.about))


def _gap(gap: Misfit, codes: tuple[str, ...]) -> Fault:
    more = f" and {len(codes) - 6} more" if len(codes) > 6 else ""
    beside = f", beside {', '.join(codes[:6])}{more}" if codes else ""
    detail = f"{spoken(gap.size_m2)} belong to no cell{beside}{gap.ending}"
    where = gap.lon, gap.lat, gap.size_m2, gap.width_m
    return Fault("gap", "warning", codes, *where, detail, shape=drawn(gap.shape))


def _left_over(survey: Survey, overlaps: Overlaps, junctions: Sequence[Junction]) -> Any:
    """All ground without a cell. Cells that meet others only along common edges are joined the quick way; townships
    that their cells fill exactly, or that lie within the outline, add nothing to what should be held."""
    unlike = np.zeros(len(survey.cells), dtype=bool)
    unlike[[*overlaps.meeting, *(i for each in junctions for i in (each.one, each.other))]] = True
    try:
        fitting = shapely.coverage_union_all(survey.cells[~unlike])
        others = shapely.union_all(survey.cells[unlike])
        drawn_ = survey.townships[~survey.exact_townships]
        if survey.outline is not None:
            shapely.prepare(survey.outline)
            ground = np.array([survey.outline, *drawn_[~shapely.covers(survey.outline, drawn_)]], dtype=object)
            return shapely.union_all(shapely.difference(shapely.difference(ground, fitting), others))
        held = shapely.union_all([fitting, others])
    except GEOSException:
        held, drawn_ = shapely.union_all(survey.cells), survey.townships
    ground = shapely.union_all(np.array([held, *drawn_], dtype=object))
    if survey.outline is None:
        ground = shapely.union_all([Polygon(part.exterior) for part in shapely.get_parts(ground) if not part.is_empty])
    else:
        ground = shapely.union(ground, survey.outline)
    return shapely.difference(ground, held)
