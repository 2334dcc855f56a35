"""Cells that leave their township, and areas that leave the district's outline."""

from collections.abc import Iterator
from typing import Any

import shapely
from shapely import STRtree

from boundaries.checks.measure import Misfit, misfit, spoken
from boundaries.checks.survey import Survey
from boundaries.fault import Fault, Severity, drawn


def nesting_faults(survey: Survey) -> Iterator[Fault]:
    """Cells against their townships where townships are drawn; the drawn areas against the outline where it is."""
    yield from _cells_in_townships(survey)
    if survey.outline is not None and not (survey.exact_outline and survey.exact_townships.all()):
        drawn_ = [(code, shape) for code, shape in zip(survey.township_codes, survey.townships, strict=True) if code]
        yield from _areas_in_outline(drawn_ or list(zip(survey.labels, survey.cells, strict=True)), survey)


def _cells_in_townships(survey: Survey) -> Iterator[Fault]:
    of_code = {code: i for i, code in reversed(list(enumerate(survey.township_codes))) if code}
    tree: STRtree | None = None
    for number, cell in enumerate(survey.district.cells):
        own, shape = of_code.get(cell.township), survey.cells[number]
        if own is None or survey.exact_townships[own] or shape.is_empty:
            continue
        if tree is None:
            shapely.prepare(survey.townships)
            tree = STRtree(survey.townships)
        if not shapely.covers(survey.townships[own], shape):
            yield from _beyond(survey, number, own, tree)


def _beyond(survey: Survey, number: int, own: int, tree: STRtree) -> Iterator[Fault]:
    """Where one cell leaves its township: into others, and into nowhere."""
    township, label = survey.district.cells[number].township, survey.labels[number]
    rest = shapely.difference(survey.cells[number], survey.townships[own])
    if misfit(rest, survey.tolerances) is None:
        return
    about = [i for i in sorted(tree.query(rest, predicate="intersects").tolist()) if survey.township_codes[i]]
    for code in dict.fromkeys(survey.township_codes[i] for i in about if survey.township_codes[i] != township):
        other = survey.townships[survey.township_codes.index(code)]
        inside = misfit(shapely.intersection(rest, other), survey.tolerances)
        if inside is not None:
            detail = f"{label} of township {township} holds {spoken(inside.size_m2)} of township {code}"
            yield _fault("across-townships", (label, township, code), inside, detail)
    for i in about:
        rest = shapely.difference(rest, survey.townships[i])
    beyond = misfit(rest, survey.tolerances)
    if beyond is not None:
        detail = f"{label} reaches {spoken(beyond.size_m2)} beyond its township {township} and all others"
        yield _fault("outside-township", (label, township), beyond, detail)


def _areas_in_outline(areas: list[tuple[str, Any]], survey: Survey) -> Iterator[Fault]:
    outline: Any = survey.outline
    shapely.prepare(outline)
    for label, shape in areas:
        if shapely.covers(outline, shape):
            continue
        beyond = misfit(shapely.difference(shape, outline), survey.tolerances)
        if beyond is not None:
            detail = f"{label} reaches {spoken(beyond.size_m2)} beyond the district's outline"
            yield _fault("outside-outline", (label,), beyond, detail)


def _fault(kind: str, codes: tuple[str, ...], what: Misfit, detail: str) -> Fault:
    severity: Severity = "warning" if what.narrow else "error"
    where = what.lon, what.lat, what.size_m2, what.width_m
    return Fault(kind, severity, codes, *where, detail + what.ending, shape=drawn(what.shape))
