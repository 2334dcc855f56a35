"""Ground of the district that no cell holds."""

from collections.abc import Iterator
from typing import Any

import shapely
from shapely import Geometry, Polygon, STRtree

from boundaries.checks.measure import misfit, spoken
from boundaries.district import District
from boundaries.fault import Fault
from boundaries.read import label_of
from gis.sound import sound

_NEAR = 1e-7
"""Degrees (1 cm) within which a cell counts as a neighbour of the gap."""


def gap_faults(district: District) -> Iterator[Fault]:
    """One warning for each gap, with the cells about it.

    The district's ground is its outline and its townships as far as they are drawn; without an outline also every
    hole that they, or the cells, enclose.
    """
    shapes = list(district.sound_cells)
    held = shapely.union_all(shapes)
    ground = shapely.union_all([held, *(sound(a.geometry) for a in district.townships), sound(district.outline)])
    if district.outline is None:
        ground = _filled(ground)
    tree = STRtree(shapes)
    for part in shapely.get_parts(shapely.difference(ground, held)):
        gap = misfit(part)
        if gap is None:
            continue
        about = sorted(int(i) for i in tree.query(part, predicate="dwithin", distance=_NEAR))
        codes = tuple(label_of("grid", i + 1, district.cells[i].code) for i in about)
        detail = f"{spoken(gap.size_m2)} belong to no cell" + (f", beside {', '.join(codes[:6])}" if codes else "")
        detail += ", nowhere 1 cm wide." if gap.narrow else "."
        yield Fault("gap", "warning", codes, gap.lon, gap.lat, gap.size_m2, gap.width_m, detail)


def _filled(ground: Geometry) -> Any:
    return shapely.union_all([Polygon(part.exterior) for part in shapely.get_parts(ground) if not part.is_empty])
