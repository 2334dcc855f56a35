"""Every fault of a district."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from shapely import Geometry

from boundaries.advice import ADVICE
from boundaries.checks.codes import code_faults, count_faults, township_faults
from boundaries.checks.datums import datum_faults
from boundaries.checks.gaps import gap_faults, gaps_of
from boundaries.checks.junctions import explain, junction_faults, junctions
from boundaries.checks.nesting import nesting_faults
from boundaries.checks.overlaps import cell_overlaps, overlap_faults, township_overlaps
from boundaries.checks.retired import retired_faults
from boundaries.checks.rings import ring_faults
from boundaries.checks.slivers import repeated_faults, sliver_faults
from boundaries.checks.survey import Survey
from boundaries.district import District
from boundaries.fault import Fault
from boundaries.tolerances import USUAL, Tolerances

__all__ = ["KINDS", "Fault", "check", "has_errors"]

KINDS = tuple(ADVICE)
"""Every kind of fault, in the order they are told."""


def check(
    district: District,
    retired: Mapping[str, Geometry] | None = None,
    *,
    live: Geometry | None = None,
    tolerances: Tolerances = USUAL,
) -> list[Fault]:
    """Every fault of ``district``: errors first, then by kind and code.

    Errors are what would send an item to the wrong unit or to none: unsound rings, overlaps, cells outside or across
    townships, codes missing, given twice or ``retired`` (code -> its last area, WGS84), a wrong count, a wrong datum
    (also as against ``live``, the ground of the live Edition). Gaps, T-junctions, slivers of cells, repeated points,
    and any overlap or overhang that is nowhere ``narrow_m`` wide, are warnings. Raises nothing.
    """
    survey = Survey(district, tolerances)
    faults = [
        *datum_faults(survey, live),
        *count_faults(district),
        *code_faults(district),
        *retired_faults(survey, retired or {}),
        *township_faults(district),
        *ring_faults(survey),
        *_misfits(survey),
        *sliver_faults(survey),
        *repeated_faults(survey),
    ]
    advised = [replace(fault, advice=ADVICE[fault.kind]) for fault in faults]
    return sorted(advised, key=lambda fault: (fault.severity, KINDS.index(fault.kind), fault.codes, fault.detail))


def has_errors(faults: list[Fault]) -> bool:
    """Whether any of ``faults`` is more than a warning."""
    return any(fault.severity == "error" for fault in faults)


def _misfits(survey: Survey) -> Iterator[Fault]:
    """Where areas do not fit together."""
    overlaps, unlike = cell_overlaps(survey), junctions(survey)
    told = [each for each in overlaps.found if not explain(unlike, each.pair, each.common)]
    yield from overlap_faults("grids", survey.labels, told)
    yield from overlap_faults("townships", survey.township_labels, township_overlaps(survey).found)
    yield from nesting_faults(survey)
    yield from gap_faults(survey, gaps_of(survey, overlaps, unlike), unlike)
    yield from junction_faults(survey.labels, unlike)
