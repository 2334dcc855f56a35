"""The areas of a draft for drawing: sound or not, what is drawn is what its cells hold."""

from dataclasses import replace
from typing import Any

from boundaries.district import District
from maps.areas import Named, bounds, feature_collection


def draft_areas(district: District) -> dict[str, Any]:
    """``{"cells", "townships", "bounds"}``: two FeatureCollections as ``maps.areas.feature_collection`` makes them
    (each cell with its ``township``), and west, south, east, north of the cells, or null. Unsound rings are mended for
    drawing; an area without a code is drawn under ``grid #7``, its place among the cells."""
    cells = feature_collection(
        replace(cell, code=cell.code or f"grid #{n}", geometry=shape)
        for n, (cell, shape) in enumerate(zip(district.cells, district.sound_cells, strict=True), 1)
    )
    names = {area.code: area.name for area in district.townships}
    shapes = sorted(district.township_areas.items())
    townships = feature_collection(Named(code, names.get(code) or code, shape) for code, shape in shapes)
    return {"cells": cells, "townships": townships, "bounds": bounds(cells)}
