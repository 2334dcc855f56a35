"""Cells that fit the district only when they are read in another datum."""

from collections.abc import Iterator

import numpy as np
import shapely
from shapely import Geometry

from boundaries.district import District
from boundaries.fault import Fault
from gis.datum import from_wgs84, to_wgs84
from gis.sound import sound

_FITS = 0.97
"""Cells that share this much with the district's ground are where they should be."""
_BETTER = 0.02


def datum_faults(district: District) -> Iterator[Fault]:
    """An error where the cells, moved as from GCJ-02 or BD-09, fit the outline (or the townships) far better.

    Cells with unsound rings are told as such, and play no part here.
    """
    cells = shapely.union_all([cell.geometry for cell in district.cells if cell.geometry.is_valid])
    drawn = [sound(area.geometry) for area in district.townships if area.geometry is not None]
    ground = district.outline if district.outline is not None else shapely.union_all(drawn)
    if cells.is_empty or ground is None or ground.is_empty or _same_box(cells, ground):
        return
    now = _likeness(cells, ground)
    if now >= _FITS:
        return
    tries = {
        f"{what} {name}": _likeness(sound(_moved(cells, name, back)), ground)
        for name in ("gcj02", "bd09")
        for what, back in (("the cells are in", True), ("the outline and townships are in", False))
    }
    guess = max(tries, key=lambda each: tries[each])
    if tries[guess] > now + _BETTER:
        spot = shapely.point_on_surface(cells)
        detail = f"It looks as if {guess}: {now:.0%} of the ground agrees as read, {tries[guess]:.0%} if so."
        yield Fault("wrong-datum", "error", (), float(spot.x), float(spot.y), None, None, detail)


def _same_box(a: Geometry, b: Geometry) -> bool:
    """Whether two areas reach equally far each way, within 50 m; no datum is so near another in China."""
    return bool(np.abs(np.subtract(a.bounds, b.bounds)).max() < 0.0005)


def _moved(shape: Geometry, datum: str, back: bool) -> Geometry:
    move = to_wgs84 if back else from_wgs84
    return shapely.transform(shape, lambda x, y: move(x, y, datum), interleaved=False)


def _likeness(a: Geometry, b: Geometry) -> float:
    """The common part of two areas over all that they hold together (Jaccard), 0 to 1."""
    return float(shapely.intersection(a, b).area / shapely.union(a, b).area)
