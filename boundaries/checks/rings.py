"""Areas whose rings are no rings: crossing, touching themselves along a line, holes outside, nothing inside."""

import re
from collections.abc import Iterator

import shapely
from shapely import Geometry

from boundaries.checks.codes import spot
from boundaries.district import District
from boundaries.fault import Fault
from boundaries.read import label_of

_PLACE = re.compile(r"^(.*)\[(\S+) (\S+)\]$")


def ring_faults(district: District) -> Iterator[Fault]:
    """What the reader could not use, then every township and cell whose geometry is not valid (OGC simple features)."""
    for problem in district.problems:
        detail = f"{problem.label}: {problem.detail}."
        yield Fault(problem.kind, "error", (problem.label,), problem.lon, problem.lat, None, None, detail)
    for position, area in enumerate(district.townships, start=1):
        yield from _ring(label_of("township", position, area.code), area.geometry)
    for position, cell in enumerate(district.cells, start=1):
        yield from _ring(label_of("grid", position, cell.code), cell.geometry)


def _ring(label: str, shape: Geometry | None) -> Iterator[Fault]:
    if shape is None or shape.is_empty or shape.is_valid:
        return
    said = shapely.is_valid_reason(shape)
    found = _PLACE.match(said)
    reason = found.group(1) if found else said
    lon, lat = (float(found.group(2)), float(found.group(3))) if found else spot(shape)
    yield Fault("invalid-ring", "error", (label,), lon, lat, None, None, f"{label}: {reason.lower()}.")
