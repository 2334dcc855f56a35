"""Every fault of a district."""

from collections.abc import Mapping

from shapely import Geometry

from boundaries.checks.codes import code_faults, count_faults, township_faults
from boundaries.checks.datums import datum_faults
from boundaries.checks.gaps import gap_faults
from boundaries.checks.junctions import junction_faults
from boundaries.checks.nesting import nesting_faults
from boundaries.checks.overlaps import overlap_faults
from boundaries.checks.retired import retired_faults
from boundaries.checks.rings import ring_faults
from boundaries.district import District
from boundaries.fault import Fault

__all__ = ["KINDS", "Fault", "check", "has_errors"]

KINDS = (
    "wrong-datum",
    "wrong-count",
    "missing-code",
    "duplicate-code",
    "retired-code",
    "missing-township",
    "unknown-township",
    "township-without-cells",
    "missing-geometry",
    "not-an-area",
    "invalid-ring",
    "overlap",
    "across-townships",
    "outside-township",
    "outside-outline",
    "gap",
    "t-junction",
)
"""Every kind of fault, in the order they are told."""


def check(district: District, retired: Mapping[str, Geometry] | None = None) -> list[Fault]:
    """Every fault of ``district``: errors first, then by kind and code.

    Errors are what would send an item to the wrong unit or to none: unsound rings, overlaps, cells outside or across
    townships, codes missing, given twice or ``retired`` (code -> its last area), a wrong count, a wrong datum. Gaps,
    T-junctions, and any overlap or overhang that is nowhere 1 cm wide, are warnings. Raises nothing.
    """
    faults = [
        *datum_faults(district),
        *count_faults(district),
        *code_faults(district),
        *retired_faults(district, retired or {}),
        *township_faults(district),
        *ring_faults(district),
        *overlap_faults(district),
        *nesting_faults(district),
        *gap_faults(district),
        *junction_faults(district),
    ]
    return sorted(faults, key=lambda fault: (fault.severity, KINDS.index(fault.kind), fault.codes, fault.detail))


def has_errors(faults: list[Fault]) -> bool:
    """Whether any of ``faults`` is more than a warning."""
    return any(fault.severity == "error" for fault in faults)
