"""What several checks need to know of a district, worked out once."""

from functools import cached_property

import numpy as np
import shapely

from boundaries.checks.edges import Edges, Flags, Ints, edges_of, numbered, partners
from boundaries.checks.measure import metres_per_degree
from boundaries.district import District
from boundaries.read import label_of
from boundaries.tolerances import Tolerances
from gis.sound import sound


class Survey:
    """A District under check. Shapes are WGS84 degrees, mended where they are unsound; positions count from 0."""

    def __init__(self, district: District, tolerances: Tolerances) -> None:
        self.district, self.tolerances = district, tolerances
        self.labels = [label_of("grid", i, cell.code) for i, cell in enumerate(district.cells, start=1)]
        self.cells = np.array([*district.sound_cells, None], dtype=object)[:-1]
        drawn = [(i, a) for i, a in enumerate(district.townships, start=1) if a.geometry is not None]
        self.township_labels = [label_of("township", i, area.code) for i, area in drawn]
        self.township_codes = [area.code for _, area in drawn]
        self.townships = np.array([*(sound(area.geometry) for _, area in drawn), None], dtype=object)[:-1]
        self.outline = None if district.outline is None else sound(district.outline)

    @cached_property
    def sound_as_given(self) -> Flags:
        """Of each cell whether its geometry is valid as the files have it."""
        same = [shape is cell.geometry for shape, cell in zip(self.cells, self.district.cells, strict=True)]
        return np.array(same, dtype=bool)

    @cached_property
    def cell_edges(self) -> Edges:
        return edges_of(self.cells)

    @cached_property
    def township_edges(self) -> Edges:
        return edges_of(self.townships)

    @cached_property
    def outline_edges(self) -> Edges:
        return edges_of([] if self.outline is None else [self.outline])

    @cached_property
    def _numbers(self) -> list[Ints]:
        return numbered(self.cell_edges, self.township_edges, self.outline_edges)

    @cached_property
    def beside(self) -> Ints:
        """For each edge of a cell the cell on its other side, -1 where none has the same edge."""
        return partners(self.cell_edges, self._numbers[0])

    @cached_property
    def township_beside(self) -> Ints:
        """Likewise for the edges of drawn townships."""
        return partners(self.township_edges, self._numbers[1])

    @cached_property
    def loose(self) -> Flags:
        """The edges of cells that no other cell has from its side: the rim of the district, and what is wrong."""
        return self.beside < 0

    @cached_property
    def exact_townships(self) -> Flags:
        """Of each drawn township whether it has exactly the outer edges of the cells that name it: then they fill it
        and none leaves it, unless they overlap."""
        of_code = {code: i for i, code in reversed(list(enumerate(self.township_codes))) if code}
        own = np.array([of_code.get(cell.township, -1) for cell in self.district.cells] or [-1], dtype=np.int64)
        mine = own[self.cell_edges.owner]
        rim = (mine >= 0) & (self.loose | (own[self.beside] != mine))
        if not len(self.townships):
            return np.zeros(0, dtype=bool)
        exact = _same(
            len(self.townships),
            (mine[rim], self._numbers[0][rim], self.cell_edges.side[rim]),
            (self.township_edges.owner, self._numbers[1], self.township_edges.side),
        )
        exact[[i for i, code in enumerate(self.township_codes) if of_code.get(code) != i]] = False
        return exact

    @cached_property
    def exact_outline(self) -> bool:
        """Whether there is an outline, and it has exactly the edges of the rim of all cells."""
        if self.outline is None:
            return False
        rim = self.loose
        none = np.zeros(int(rim.sum()), dtype=np.int64)
        cells = none, self._numbers[0][rim], self.cell_edges.side[rim]
        outline = self.outline_edges.owner, self._numbers[2], self.outline_edges.side
        return bool(_same(1, cells, outline)[0])

    @cached_property
    def scale(self) -> tuple[float, float]:
        """Metres of a degree of longitude and of latitude at the middle of the district."""
        _, south, _, north = shapely.total_bounds(self.cells) if len(self.cells) else (0.0,) * 4
        middle = (south + north) / 2
        return metres_per_degree(float(middle) if np.isfinite(middle) else 0.0)


def _same(count: int, one: tuple[Ints, Ints, Ints], other: tuple[Ints, Ints, Ints]) -> Flags:
    """For each owner below ``count`` whether two lists of (owner, number, side) say the same of it."""
    lists = [np.unique(_signed(number, side) * count + owner) for owner, number, side in (one, other)]
    rows, times = np.unique(np.concatenate(lists), return_counts=True)
    same = np.zeros(count, dtype=bool)
    same[rows % count] = True
    same[rows[times != 2] % count] = False
    return same


def _signed(number: Ints, side: Ints) -> Ints:
    return number * 2 + (side > 0)
