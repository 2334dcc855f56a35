"""One fault of a district, with its place."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, with whom, and where.

    ``codes`` are the areas concerned (``grid #7`` for the seventh feature of a file where it has no code).
    ``lon``, ``lat`` (WGS84) point at the worst spot, None where the fault has no place. ``size_m2`` is an area;
    ``size_m`` a length: the mean width of what is only a sliver. ``detail`` is a sentence for people.
    """

    kind: str
    severity: Severity
    codes: tuple[str, ...]
    lon: float | None
    lat: float | None
    size_m2: float | None
    size_m: float | None
    detail: str
