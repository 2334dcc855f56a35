"""Areas whose rings are no rings: crossing, touching themselves along a line, holes outside, nothing inside."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import shapely
from shapely import Geometry

from boundaries.checks.codes import spot
from boundaries.checks.edges import Flags
from boundaries.checks.survey import Survey
from boundaries.fault import Fault
from boundaries.read import label_of
from gis.sound import sound

_PLACE = re.compile(r"^(.*)\[(\S+) (\S+)\]$")
_MOST_PLACES = 200


def ring_faults(survey: Survey) -> Iterator[Fault]:
    """What the reader could not use, then every township and cell whose geometry is not valid (OGC simple features)."""
    district = survey.district
    for problem in district.problems:
        detail = f"{problem.label}: {problem.detail}."
        yield Fault(problem.kind, "error", (problem.label,), problem.lon, problem.lat, None, None, detail)
    towns = [label_of("township", i, area.code) for i, area in enumerate(district.townships, start=1)]
    valid = shapely.is_valid([area.geometry for area in district.townships])
    yield from _rings(towns, [area.geometry for area in district.townships], valid)
    yield from _rings(survey.labels, [cell.geometry for cell in district.cells], survey.sound_as_given)


def _rings(labels: Sequence[str], shapes: Sequence[Geometry | None], valid: Flags) -> Iterator[Fault]:
    for number in np.nonzero(~valid)[0].tolist():
        shape = shapes[number]
        if shape is not None and not shape.is_empty:
            yield _ring(labels[number], shape)


def _ring(label: str, shape: Geometry) -> Fault:
    said = shapely.is_valid_reason(shape)
    found = _PLACE.match(said)
    reason = found.group(1) if found else said
    lon, lat = (float(found.group(2)), float(found.group(3))) if found else spot(shape)
    if lon is None or lat is None or not np.isfinite([lon, lat]).all():
        lon = lat = None
    places = _crossings(shape)
    where = f", at {len(places)} places" if len(places) > 1 else ""
    marks = {"type": "MultiPoint", "coordinates": places[:_MOST_PLACES]} if places else None
    detail = f"{label}: {reason.lower()}{where}."
    return Fault("invalid-ring", "error", (label,), lon, lat, None, None, detail, shape=marks)


def _crossings(shape: Any) -> list[tuple[float, float]]:
    """Where rings cross themselves or each other away from their corners, from west to east."""
    corners = shapely.get_coordinates(shape)
    if not np.isfinite(corners).all() or sound(shape).is_empty:
        return []
    noded = shapely.get_coordinates(shapely.union_all([shape.boundary]))
    known = {(x, y) for x, y in corners.tolist()}
    return sorted({(x, y) for x, y in noded.tolist()} - known)
