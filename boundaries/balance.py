"""A draft in which a township's cells are even in load: its borders moved, all others as they were.

Nothing is decided here: the draft is checked, compared, rehearsed and published like one that was drawn by hand.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from boundaries.balance_borders import corners_of, drawn, ends_of, with_vertices
from boundaries.balance_parts import shared_out
from boundaries.balance_pieces import Pieces, cut, weighed
from boundaries.district import District
from boundaries.plane import Plane
from gis.cells import Cell
from gis.errors import Refusal

PIECES = 36
"""Small pieces for each cell: finer is more even and takes longer."""
MOST_CELLS = 200
AREA_SHARE = 0.05
"""Of the load by items: ground without an item counts a little, so that it is shared out as well."""
STRAIGHT = 0.6
"""By how much of a piece's width a new border is straightened."""
METRES = 111_320.0
"""Of a degree of latitude, nearly."""


class CannotBalance(Refusal):
    """A draft cannot be made of this township so; the sentence says why."""

    code = "cannot-balance"


@dataclass(frozen=True, slots=True)
class Load:
    """A cell with what falls to it: ``load`` in items (or square kilometres), ``roundness`` = 4 pi area / perimeter^2,
    1 for a circle."""

    code: str
    name: str
    load: float
    m2: float
    roundness: float


@dataclass(frozen=True, slots=True)
class Proposal:
    """The draft, and the township's cells before and after."""

    district: District
    before: tuple[Load, ...]
    after: tuple[Load, ...]

    @property
    def unevenness(self) -> tuple[float, float]:
        """The coefficient of variation of the load before and after."""
        return _variation(self.before), _variation(self.after)


def propose(
    district: District,
    township: str,
    cells: int,
    *,
    lon: Sequence[float] | None = None,
    lat: Sequence[float] | None = None,
    seed: int = 1,
    mark: str = "new",
) -> Proposal:
    """``district`` with ``cells`` cells in ``township``, even in items (columns ``lon``, ``lat``: WGS84 degrees) or,
    where there are none, in area. The same for the same seed.

    A cell keeps the code of the one that most of its ground belongs to; others get ``township-mark-1`` and so on.
    Raises CannotBalance for an unknown township, too many cells, or cells that do not match each other exactly.
    """
    own = [cell for cell in district.cells if cell.township == township]
    _demand(own, township, cells)
    rng = Random(f"{seed}-{township}-{cells}")
    plane = Plane.about([cell.geometry for cell in own])
    count = max(cells, len(own)) * PIECES
    pieces = cut([cell.geometry for cell in own], count, plane, rng)
    x, y = (np.asarray(column if column is not None else [], dtype=np.float64) for column in (lon, lat))
    pieces = weighed(pieces, x, y, AREA_SHARE)
    labels = shared_out(pieces, cells, rng, keep=pieces.owner if cells == len(own) else None)
    every = [shape for shape in (*(cell.geometry for cell in district.cells), *_townships(district)) if shape]
    corners = corners_of(cell.geometry for cell in own)
    width = (sum(pieces.m2) / len(pieces.m2)) ** 0.5 * STRAIGHT / METRES
    shapes = drawn(pieces, labels, cells, corners, width)
    made = _named(own, pieces, labels, shapes, township, mark)
    draft = _stitched(district, township, made, ends_of(shapes, corners_of(every)))
    measure = _Measure(plane, x, y)
    return Proposal(draft, measure.loads(own), measure.loads(made))


def _demand(own: list[Cell], township: str, cells: int) -> None:
    if not own:
        raise CannotBalance(f"There is no township {township!r} with cells.")
    if not 1 <= cells <= MOST_CELLS:
        raise CannotBalance(f"A township is cut into 1 to {MOST_CELLS} cells, not {cells}.")
    shapes = [cell.geometry for cell in own]
    if any(shape.is_empty or not shape.is_valid for shape in shapes) or not shapely.coverage_is_valid(shapes):
        raise CannotBalance(
            "The township's cells overlap, have gaps, or do not share their vertices: mend what `boundaries check` "
            "finds first."
        )


def _townships(district: District) -> list[Geometry]:
    return [area.geometry for area in district.townships if area.geometry is not None]


def _named(
    own: list[Cell], pieces: Pieces, labels: Sequence[int], shapes: list[Geometry], township: str, mark: str
) -> list[Cell]:
    """The new cells with the code, name and community of those whose ground they have most of, each given once."""
    shares = np.zeros((len(shapes), len(own)))
    np.add.at(shares, (list(labels), pieces.owner), pieces.m2)
    given: dict[int, int] = {}
    for number in np.argsort(-shares, axis=None, kind="stable"):
        new, old = divmod(int(number), len(own))
        if shares[new, old] > 0 and new not in given and old not in given.values():
            given[new] = old
    made, fresh = [], 0
    for new, shape in enumerate(shapes):
        like = own[given[new] if new in given else int(np.argmax(shares[new]))]
        if new in given:
            made.append(replace(like, geometry=shape))
            continue
        fresh += 1
        named = {"code": f"{township}-{mark}-{fresh}", "name": f"{like.name}+{fresh}"}
        made.append(replace(like, geometry=shape, **named))
    return made


def _stitched(district: District, township: str, made: list[Cell], ends: NDArray[np.float64]) -> District:
    """The district with the township's new cells, and on everything about it the vertices where new borders end."""
    by_code = {cell.code: cell for cell in made}
    cells: list[Cell] = []
    for cell in district.cells:
        if cell.township != township:
            cells.append(replace(cell, geometry=with_vertices(cell.geometry, ends)))
        elif cell.code in by_code:
            cells.append(by_code.pop(cell.code))
    cells += by_code.values()
    areas = tuple(
        area if area.geometry is None else replace(area, geometry=with_vertices(area.geometry, ends))
        for area in district.townships
    )
    outline = None if district.outline is None else with_vertices(district.outline, ends)
    said = {code: word for code, word in district.cell_provenance.items() if code in {cell.code for cell in cells}}
    word = next((district.cell_provenance[c.code] for c in district.cells if c.township == township
                 and c.code in district.cell_provenance), None)  # fmt: skip
    said |= {cell.code: word for cell in made if word}
    expected = district.expected
    if expected.grids is not None:
        expected = replace(expected, grids=expected.grids + len(cells) - len(district.cells))
    return replace(
        district, cells=tuple(cells), townships=areas, outline=outline, cell_provenance=said, expected=expected
    )


@dataclass(frozen=True, slots=True)
class _Measure:
    """What falls to a cell: the items in it, or its square kilometres where no items are counted."""

    plane: Plane
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]

    def loads(self, cells: list[Cell]) -> tuple[Load, ...]:
        flat = [self.plane.metres(cell.geometry) for cell in cells]
        counts = np.zeros(len(cells))
        if len(self.lon):
            point, cell = shapely.STRtree([c.geometry for c in cells]).query(
                shapely.points(self.lon, self.lat), predicate="intersects"
            )
            _, first = np.unique(point, return_index=True)
            np.add.at(counts, cell[first], 1.0)
        return tuple(
            Load(
                cell.code,
                cell.name,
                float(counts[number]) if len(self.lon) else shape.area / 1e6,
                float(shape.area),
                float(4 * np.pi * shape.area / shape.length**2),
            )
            for number, (cell, shape) in enumerate(zip(cells, flat, strict=True))
        )


def _variation(loads: Sequence[Load]) -> float:
    values = np.array([one.load for one in loads])
    return float(values.std() / values.mean()) if len(values) and values.mean() else 0.0
