"""Codes that an earlier Edition gave to another place."""

from collections.abc import Iterator, Mapping

import shapely
from shapely import Geometry

from boundaries.checks.codes import spot
from boundaries.district import District
from boundaries.fault import Fault
from gis.sound import sound


def retired_faults(district: District, retired: Mapping[str, Geometry]) -> Iterator[Fault]:
    """An error for each cell whose code is among ``retired`` (code -> its last area) and shares under half of it.

    A retired code is one that the live Edition no longer has: two live cells that swap codes are a change, no fault.
    """
    for cell, shape in zip(district.cells, district.sound_cells, strict=True):
        before = retired.get(cell.code)
        if before is None or before.is_empty or shape.is_empty:
            continue
        was = sound(before)
        if shapely.intersection(shape, was).area < 0.5 * min(shape.area, was.area):
            lon, lat = spot(shape)
            detail = f"{cell.code} was retired by an earlier Edition and returns for another place; take a new code."
            yield Fault("retired-code", "error", (cell.code,), lon, lat, None, None, detail)
