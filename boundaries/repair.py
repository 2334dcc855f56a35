"""Repairs proposed for a district whose areas do not fit together.

The rule is that no place gets another cell than it is resolved to today: where two cells hold the same ground, it stays
with the lower code, as in the index; a ring that crosses itself encloses by the even-odd rule, as there; townships and
the outline follow the cells. New is only who holds a gap that is narrow. Every other corner keeps its very number.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely

from boundaries.checks.gaps import gaps_of
from boundaries.checks.junctions import junctions
from boundaries.checks.measure import in_metres, nowhere_wide
from boundaries.checks.overlaps import cell_overlaps
from boundaries.checks.survey import Survey
from boundaries.district import Area, District
from boundaries.fitting import fitted
from boundaries.moves import Move, move_of
from boundaries.tolerances import USUAL, Tolerances

_AS_BEFORE = 1e-9
"""Degrees (a tenth of a millimetre) within which corners of a township or the outline are where they were."""


@dataclass(frozen=True)
class Repaired:
    """A district with its areas fitted together, and what that moved: cells first, in the order of the files."""

    district: District
    moves: tuple[Move, ...]


def repair(district: District, tolerances: Tolerances = USUAL) -> Repaired:
    """``district`` with mended rings, no overlap, no gap narrower than ``sliver_m`` between cells, the same corners on
    both sides of every border, and townships and an outline that follow. Codes, names and numbers stay as they are.

    An area without a shape stays without one. Raises nothing.
    """
    survey = Survey(district, tolerances)
    cells = _fitted(survey)
    kept = [
        replace(cell, geometry=cell.geometry if _alike(cell.geometry, shape) else shape)
        for cell, shape in zip(district.cells, cells, strict=True)
    ]
    changed = replace(district, cells=tuple(kept))
    after = Survey(changed, tolerances)
    townships, outline = _townships(after), _outline(after)
    done = replace(changed, townships=townships, outline=outline)
    return Repaired(done, tuple(_moves(survey, done)))


def _fitted(survey: Survey) -> list[Any]:
    """Every cell, those that do not fit cut anew together with their neighbours."""
    shapes = list(shapely.remove_repeated_points(survey.cells, 0.0))
    unfit = _unfit(survey)
    chosen = np.nonzero(unfit)[0]
    if not len(chosen):
        return shapes
    codes = [cell.code for cell in survey.district.cells]
    order = sorted(range(len(codes)), key=lambda i: (not codes[i], codes[i]))
    ranks = np.argsort(np.array(order))
    drawn = [*([] if survey.outline is None else [survey.outline]), *survey.townships]
    ground = shapely.union_all(drawn) if drawn else None
    others = [shape for shape, is_chosen in zip(shapes, unfit.tolist(), strict=True) if not is_chosen]
    cut = fitted([shapes[i] for i in chosen], ranks[chosen], others, ground, survey.tolerances.sliver_m)
    for number, shape in zip(chosen.tolist(), cut, strict=True):
        shapes[number] = shape
    return shapes


def _unfit(survey: Survey) -> Any:
    """Of each cell whether it is torn, overlaps another, has other corners, or is at a narrow gap; or is beside one."""
    overlaps, unlike = cell_overlaps(survey), junctions(survey)
    chosen = ~survey.sound_as_given & ~shapely.is_empty(survey.cells)
    chosen[[*overlaps.meeting, *(i for each in unlike for i in (each.one, each.other))]] = True
    for gap in gaps_of(survey, overlaps, unlike):
        if gap.what.width_m is not None:
            chosen[gap.about] = True
    near = survey.beside[chosen[survey.cell_edges.owner]]
    chosen[near[near >= 0]] = True
    return chosen


def _alike(one: Any, other: Any) -> bool:
    return bool(shapely.equals_exact(shapely.normalize(one), shapely.normalize(other), 0.0)) if one.is_valid else False


def _townships(survey: Survey) -> tuple[Any, ...]:
    """The drawn townships, each with the rim of its cells, and what wide ground it has that no cell holds."""
    drawn = iter(range(len(survey.townships)))
    areas = survey.district.townships
    return tuple(
        replace(area, geometry=None if area.geometry is None else _followed(survey, next(drawn), area))
        for area in areas
    )


def _followed(survey: Survey, number: int, area: Area) -> Any:
    given: Any = area.geometry
    named = [cell.township == area.code for cell in survey.district.cells]
    if not area.code or not any(named) or (survey.exact_townships[number] and given.is_valid):
        return given
    return _rim(survey, survey.cells[np.array(named)], survey.townships[number])


def _outline(survey: Survey) -> Any:
    if survey.outline is None or survey.exact_outline:
        return survey.district.outline
    return _rim(survey, survey.cells, survey.outline)


def _rim(survey: Survey, own: Any, drawn: Any) -> Any:
    """Some cells together, and what is drawn beyond all cells where that is wide."""
    held = shapely.coverage_union_all(own)
    left = shapely.get_parts(shapely.difference(drawn, shapely.coverage_union_all(survey.cells)))
    wide = [part for part in left if part.area and not nowhere_wide([in_metres(part)], survey.tolerances.sliver_m)]
    rim = shapely.union_all([held, *wide]) if wide else held
    return drawn if shapely.equals_exact(shapely.normalize(rim), shapely.normalize(drawn), _AS_BEFORE) else rim


def _moves(before: Survey, after: District) -> list[Move]:
    cells = [
        move_of("grid", label, old.geometry, was, new.geometry, before.scale)
        for label, old, was, new in zip(before.labels, before.district.cells, before.cells, after.cells, strict=True)
        if new.geometry is not old.geometry
    ]
    towns = [
        move_of("township", new.code, old.geometry, old.geometry, new.geometry, before.scale)
        for old, new in zip(before.district.townships, after.townships, strict=True)
        if new.geometry is not old.geometry
    ]
    if after.outline is before.district.outline:
        return [*cells, *towns]
    outline = before.district.outline
    return [*cells, *towns, move_of("outline", "", outline, outline, after.outline, before.scale)]
