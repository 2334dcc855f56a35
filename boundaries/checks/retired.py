"""Codes that an earlier Edition gave to another place."""

from collections.abc import Iterator, Mapping

import shapely
from shapely import Geometry

from boundaries.checks.codes import spot
from boundaries.checks.survey import Survey
from boundaries.fault import Fault, drawn
from gis.sound import sound


def retired_faults(survey: Survey, retired: Mapping[str, Geometry]) -> Iterator[Fault]:
    """An error for each cell whose code is among ``retired`` (code -> its last area) and that shares less than
    ``retired_share`` of the smaller of the two areas with it.

    A retired code is one that the live Edition no longer has: two live cells that swap codes are a change, no fault.
    """
    for cell, shape in zip(survey.district.cells, survey.cells, strict=True):
        before = retired.get(cell.code)
        if before is None or before.is_empty or shape.is_empty:
            continue
        was = sound(before)
        common = float(shapely.intersection(shape, was).area)
        if common < survey.tolerances.retired_share * min(shape.area, was.area):
            lon, lat = spot(shape)
            detail = f"{cell.code} was retired by an earlier Edition and returns for another place."
            yield Fault("retired-code", "error", (cell.code,), lon, lat, None, None, detail, shape=drawn(was))
