"""Faults planted into a sound district, one at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from boundaries.district import Area, District
from gis.datum import from_wgs84
from tests.boundaries.sheets import with_cell

Point = tuple[float, float]
METRE = 1 / 111_000
"""Degrees of latitude, nearly."""


@dataclass(frozen=True)
class Spot:
    """A corner in the middle of a border, who has it (sorted), and the corners before and after it."""

    at: Point
    before: Point
    after: Point
    codes: tuple[str, ...]


class Ground:
    """A district with its corners by who has them."""

    def __init__(self, district: District) -> None:
        self.district = district
        self.township = {cell.code: cell.township for cell in district.cells}
        self.holders: dict[Point, set[str]] = {}
        for cell in district.cells:
            for point in shapely.get_coordinates(cell.geometry).tolist():
                self.holders.setdefault((point[0], point[1]), set()).add(cell.code)

    def spot(self, fits: Callable[[tuple[str, ...]], bool]) -> Spot:
        """The first corner whose holders fit, and are those of the corners beside it too."""
        for cell in sorted(self.district.cells, key=lambda cell: cell.code):
            ring = [(x, y) for x, y in shapely.get_parts(cell.geometry)[0].exterior.coords]
            for before, at, after in zip(ring, ring[1:], ring[2:], strict=False):
                codes = self.holders[at]
                if codes == self.holders[before] == self.holders[after] and fits(tuple(sorted(codes))):
                    return Spot(at, before, after, tuple(sorted(codes)))
        raise AssertionError("the district has no such corner")

    def inside(self) -> Spot:
        """Between two cells of one township."""
        return self.spot(lambda codes: len(codes) == 2 and len({self.township[code] for code in codes}) == 1)

    def between(self) -> Spot:
        """Between cells of two townships."""
        return self.spot(lambda codes: len({self.township[code] for code in codes}) == 2)

    def rim(self) -> Spot:
        """On the district's outer border."""
        return self.spot(lambda codes: len(codes) == 1)

    def shape(self, code: str) -> Any:
        return next(cell.geometry for cell in self.district.cells if cell.code == code)


def instead(shape: Any, at: Point, points: Sequence[Point]) -> Any:
    """``shape`` with other corners in the place of one."""

    def ring(old: Any) -> list[Point]:
        open_ring = [(x, y) for x, y in old.coords][:-1]
        new = [new for point in open_ring for new in (points if point == at else [point])]
        return [*new, new[0]]

    parts = [Polygon(ring(part.exterior), [ring(hole) for hole in part.interiors]) for part in shapely.get_parts(shape)]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def pushed(shape: Any, spot: Spot, metres: float) -> Point:
    """The corner of a spot moved across its border: out of ``shape``, or into it where ``metres`` is negative."""
    along = np.subtract(spot.after, spot.before)
    across = np.array([-along[1], along[0]]) / np.hypot(*along)
    probe = shapely.Point(np.add(spot.at, across * 0.05 * METRE))
    outwards = across if not shape.covers(probe) else -across
    x, y = np.add(spot.at, outwards * metres * METRE).tolist()
    return x, y


def with_corner_moved(ground: Ground, spot: Spot, metres: float, codes: Sequence[str] | None = None) -> District:
    """The district with the corner of a spot moved, for the first of its cells (or for ``codes``) alone."""
    to = pushed(ground.shape(spot.codes[0]), spot, metres)
    changed = ground.district
    for code in codes or spot.codes[:1]:
        changed = with_cell(changed, code, geometry=instead(ground.shape(code), spot.at, [to]))
    return changed


def with_corner_added(ground: Ground, spot: Spot, metres: float) -> District:
    """The district with one more corner for the first cell, halfway to the next one, so far off the border."""
    code, middle = spot.codes[0], tuple(np.add(spot.at, spot.after).tolist())
    halfway = replace(spot, at=(middle[0] / 2, middle[1] / 2), before=spot.at)
    shape = ground.shape(code)
    to = pushed(shape, halfway, metres) if metres else halfway.at
    ring = [(x, y) for x, y in shapely.get_parts(shape)[0].exterior.coords]
    forward = ring[ring.index(spot.at) + 1] == spot.after
    return with_cell(
        ground.district, code, geometry=instead(shape, spot.at, [spot.at, to] if forward else [to, spot.at])
    )


def with_thorn(ground: Ground, spot: Spot) -> District:
    """The district with a line that runs into a cell and back."""
    inner = ground.shape(spot.codes[0]).representative_point()
    thorn = [spot.at, (inner.x, inner.y), spot.at]
    return with_cell(ground.district, spot.codes[0], geometry=instead(ground.shape(spot.codes[0]), spot.at, thorn))


def with_sliver(ground: Ground, spot: Spot) -> District:
    """The district with a strip of 0.4 m within one cell that belongs to the other."""
    one, other = spot.codes
    middle = ground.shape(one).representative_point()
    wide, high = 0.2 * METRE, 20 * METRE
    strip = shapely.box(middle.x - wide, middle.y - high, middle.x + wide, middle.y + high)
    assert ground.shape(one).contains_properly(strip)
    changed = with_cell(ground.district, one, geometry=ground.shape(one).difference(strip))
    parts = [*shapely.get_parts(ground.shape(other)), strip]
    return with_cell(changed, other, geometry=MultiPolygon(parts))


def with_area_moved(ground: Ground, spot: Spot, metres: float) -> District:
    """The district with a rim's corner moved for the cell and its township, not for the outline."""
    moved = with_corner_moved(ground, spot, metres)
    to = pushed(ground.shape(spot.codes[0]), spot, metres)
    towns = tuple(
        replace(a, geometry=instead(a.geometry, spot.at, [to])) if a.code == ground.township[spot.codes[0]] else a
        for a in moved.townships
    )
    return replace(moved, townships=towns)


def in_datum(district: District, datum: str) -> District:
    """The cells and townships as another datum has them, the outline as it was."""

    def shifted(shape: Any) -> Any:
        return shapely.transform(shape, lambda x, y: from_wgs84(x, y, datum), interleaved=False)

    return replace(
        district,
        cells=tuple(replace(cell, geometry=shifted(cell.geometry)) for cell in district.cells),
        townships=tuple(replace(area, geometry=shifted(area.geometry)) for area in district.townships),
    )


def with_township(district: District) -> District:
    """One more township that no cell names."""
    expected = replace(district.expected, townships=len(district.townships) + 1)
    return replace(district, townships=(*district.townships, Area("empty", "", None)), expected=expected)
