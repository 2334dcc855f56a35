"""Pieces of cells that are too narrow to be meant, and points that stand twice."""

from collections import Counter
from collections.abc import Iterator

import numpy as np
import shapely

from boundaries.checks.measure import in_metres, nowhere_wide, spoken_m, width
from boundaries.checks.survey import Survey
from boundaries.fault import Fault, drawn


def sliver_faults(survey: Survey) -> Iterator[Fault]:
    """A warning for each piece of a cell that is nowhere as wide as ``sliver_m``: the leftover of an edit.

    Only pieces count; a thorn on a piece that is wide elsewhere belongs to its outline.
    """
    parts, of_cell = shapely.get_parts(survey.cells, return_index=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        # A lower bound of the width of the widest disc: degrees of longitude are the shorter ones.
        surely = 2 * shapely.area(parts) / shapely.length(parts) * survey.scale[0] > survey.tolerances.sliver_m
    for part, cell in zip(parts[~surely], of_cell[~surely].tolist(), strict=True):
        sheet = in_metres(part)
        if part.is_empty or not nowhere_wide([sheet], survey.tolerances.sliver_m):
            continue
        label, metres = survey.labels[cell], width(sheet)
        what = f"A piece of {label}" if Counter(of_cell.tolist())[cell] > 1 else label
        spot = shapely.point_on_surface(part)
        detail = f"{what} is only about {spoken_m(metres)} wide."
        where = float(spot.x), float(spot.y), float(sheet.area), metres
        yield Fault("sliver", "warning", (label,), *where, detail, shape=drawn(part))


def repeated_faults(survey: Survey) -> Iterator[Fault]:
    """A warning for each cell whose rings have a point twice in a row."""
    for cell in np.nonzero(survey.cell_edges.repeated)[0].tolist():
        label, count = survey.labels[cell], int(survey.cell_edges.repeated[cell])
        parts = shapely.get_parts(shapely.get_rings(shapely.get_parts(survey.cells[cell])))
        points, of_ring = shapely.get_coordinates(parts, return_index=True)
        twice = (points[1:] == points[:-1]).all(axis=1) & (of_ring[1:] == of_ring[:-1])
        lon, lat = points[1:][twice][0].tolist()
        times = "a point" if count == 1 else f"{count} points"
        detail = f"{label} has {times} twice in a row."
        yield Fault("repeated-point", "warning", (label,), lon, lat, None, None, detail)
