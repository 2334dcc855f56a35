"""Layers that fit together only when one of them is read in another datum."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import shapely
from shapely import Geometry
from shapely.errors import GEOSException

from boundaries.checks.survey import Survey
from boundaries.fault import Fault, drawn
from gis.datum import from_wgs84, to_wgs84
from gis.sound import sound

_NEAR = 0.001
"""So small a part of the ground may disagree without a question."""
_HALF = 0.5
"""A datum is proposed that leaves at most this part of the disagreement."""
_SWAPPED = "swapped"
_SHIFTS = ("gcj02", "bd09", _SWAPPED)


def datum_faults(survey: Survey, live: Geometry | None) -> Iterator[Fault]:
    """An error for each layer that, read in another datum or with its axes swapped, fits the others far better.

    Layers are the cells, the drawn townships, the outline and the ``live`` Edition's ground (its datum is not in
    question). Each is held against the more trusted of the others. Unsound areas play no part here.
    """
    layers = {
        "live Edition": _usable([live]),
        "outline": _usable([survey.outline]),
        "townships": _usable([area.geometry for area in survey.district.townships]),
        "cells": survey.cells[survey.sound_as_given],
    }
    there = {name: shapes for name, shapes in layers.items() if not shapely.is_empty(shapes).all()}
    told: set[str] = set()
    for number, base in enumerate(list(there)):
        for name in list(there)[number + 1 :]:
            if _same_box(there[name], there[base]):
                continue
            wrong, fault = _against(name, _joined(there[name]), base, _joined(there[base]))
            if fault is not None and wrong not in told:
                told.add(wrong)
                yield fault


def _usable(shapes: Sequence[Geometry | None]) -> Any:
    given = np.array([shape for shape in shapes if shape is not None and not shape.is_empty] + [None], dtype=object)
    return given[:-1][shapely.is_valid(given[:-1])]


def _joined(shapes: Any) -> Geometry:
    try:
        return sound(shapely.coverage_union_all(shapes))
    except GEOSException:
        return sound(shapely.union_all(shapes))


def _against(name: str, shape: Geometry, base: str, ground: Geometry) -> tuple[str, Fault | None]:
    """The layer that is wrong, if ``shape`` and ``ground`` fit far better after a shift, and the fault."""
    now = _unlike(shape, ground)
    if now < _NEAR:
        return name, None
    tries = {(datum, True): _unlike(sound(_moved(shape, datum, True)), ground) for datum in _SHIFTS}
    if base != "live Edition":
        tries |= {(datum, False): _unlike(sound(_moved(shape, datum, False)), ground) for datum in _SHIFTS[:2]}
    datum, back = guess = min(tries, key=lambda each: tries[each])
    wrong, right = (name, base) if back else (base, name)
    if tries[guess] > _HALF * now:
        return wrong, None
    spot = shapely.point_on_surface(shape)
    what = "has longitude and latitude swapped" if datum == _SWAPPED else f"is in {datum}"
    detail = (
        f"It looks as if the layer of the {wrong} {what}: {1 - now:.1%} of the ground of {wrong} and {right} "
        f"is common to both as read, {1 - tries[guess]:.1%} if so."
    )
    facts = {"layer": wrong, "datum": datum, "agree": round(1 - now, 4), "would_agree": round(1 - tries[guess], 4)}
    where = float(spot.x), float(spot.y), None, None
    fault = Fault("wrong-datum", "error", (), *where, detail, shape=drawn(shape), facts=facts)
    return wrong, fault


def _same_box(a: Any, b: Any) -> bool:
    """Whether two layers reach equally far each way, within 50 m; no datum is so near another in China."""
    return bool(np.abs(shapely.total_bounds(a) - shapely.total_bounds(b)).max() < 0.0005)


def _moved(shape: Geometry, datum: str, back: bool) -> Geometry:
    if datum == _SWAPPED:
        return shapely.transform(shape, lambda xy: xy[:, ::-1])
    move = to_wgs84 if back else from_wgs84
    return shapely.transform(shape, lambda x, y: move(x, y, datum), interleaved=False)


def _unlike(a: Geometry, b: Geometry) -> float:
    """The ground that only one of two areas holds, over all that they hold together: 0 where they are the same."""
    return 1 - float(shapely.intersection(a, b).area / shapely.union(a, b).area)
