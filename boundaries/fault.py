"""One fault of a district, with its place."""

import json
from dataclasses import dataclass, field
from typing import Any, Literal

import shapely

Severity = Literal["error", "warning"]
DRAWN_CORNERS = 400
_THINNING = (1e-6, 1e-5, 5e-5, 2e-4, 1e-3)
"""Degrees: from a decimetre on."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, with whom, where, and what to do about it.

    ``codes`` are the areas concerned (``grid #7`` for the seventh feature of a file where it has no code).
    ``lon``, ``lat`` (WGS84) point at the worst spot, None where the fault has no place. ``size_m2`` is an area;
    ``size_m`` a length: the mean width of what is only a sliver, or how far a corner is off. ``detail`` is a sentence
    for people, ``advice`` the next one. ``shape`` is a GeoJSON geometry (WGS84) for drawing it, thinned where it has
    many corners; None where there is nothing to draw but the spot. ``facts`` are the figures of a sentence that has no
    area to name: ``layer, datum, agree, would_agree`` of a wrong datum, ``layer, have, expected`` of a wrong count.
    """

    kind: str
    severity: Severity
    codes: tuple[str, ...]
    lon: float | None
    lat: float | None
    size_m2: float | None
    size_m: float | None
    detail: str
    advice: str = ""
    shape: dict[str, Any] | None = field(default=None, compare=False, repr=False)
    facts: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)


def drawn(shape: Any) -> dict[str, Any] | None:
    """``shape`` (WGS84 degrees) as a GeoJSON geometry of at most about DRAWN_CORNERS corners; None for an empty one."""
    if shape is None or shape.is_empty:
        return None
    for tolerance in _THINNING:
        if shapely.get_num_coordinates(shape) <= DRAWN_CORNERS:
            break
        shape = shapely.simplify(shape, tolerance)
    geometry: dict[str, Any] = json.loads(shapely.to_geojson(shape))
    return geometry
