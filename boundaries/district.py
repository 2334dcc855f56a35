"""A district as its planners drew it: townships, grid cells and what goes with them. Sound or not: see check."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import shapely
from shapely import MultiPolygon, Polygon

from boundaries.gazetteer_row import GazetteerRow
from gis.cells import Cell
from gis.sound import all_sound, sound

NOTHING = Polygon()


@dataclass(frozen=True, slots=True)
class Area:
    """A township: code, name, area in WGS84 (longitude first), and where it comes from.

    ``geometry`` is None where the files give none: then the township's area is that of its cells together.
    """

    code: str
    name: str
    geometry: Polygon | MultiPolygon | None
    provenance: str | None = None


@dataclass(frozen=True, slots=True)
class Community:
    """A community by code and name, and the township it is part of. It has no drawn area of its own."""

    code: str
    name: str
    township: str


@dataclass(frozen=True, slots=True)
class Expected:
    """The numbers of townships and cells that the planners say there should be; None is not checked."""

    townships: int | None = None
    grids: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What the reader could not make an area of: the feature by ``label``, a kind of fault and a sentence."""

    kind: str
    label: str
    detail: str
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True)
class District:
    """One state of all boundaries, in the order of the files. Geometries are WGS84, longitude first.

    A feature without a code has the empty text for one; a cell without a usable area has an empty polygon and a
    Problem. ``cell_provenance`` and ``communities`` hold only what the files say.
    """

    code: str | None
    name: str | None
    townships: tuple[Area, ...]
    cells: tuple[Cell, ...]
    outline: Polygon | MultiPolygon | None = None
    gazetteer: tuple[GazetteerRow, ...] = ()
    provenance: str | None = None
    expected: Expected = field(default_factory=Expected)
    communities: tuple[Community, ...] = ()
    cell_provenance: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @cached_property
    def sound_cells(self) -> tuple[Polygon | MultiPolygon, ...]:
        """The usable area of each of ``cells``, in their order: mended by ``gis.sound`` where it is not valid.

        Kept, for mending a badly torn ring can take seconds.
        """
        return tuple(all_sound([cell.geometry for cell in self.cells]))

    @cached_property
    def township_areas(self) -> dict[str, Polygon | MultiPolygon]:
        """The area of each township by code: as drawn, else the union of its cells. Unsound rings are mended.

        A township that only cells name is there too; one with neither area nor cells has an empty polygon.
        """
        drawn = {area.code: area.geometry for area in self.townships}
        parts: dict[str, list[Polygon | MultiPolygon]] = {code: [] for code in drawn}
        for cell, shape in zip(self.cells, self.sound_cells, strict=True):
            parts.setdefault(cell.township, []).append(shape)
        return {code: _area(drawn.get(code), cells) for code, cells in parts.items() if code}


def _area(drawn: Polygon | MultiPolygon | None, cells: list[Polygon | MultiPolygon]) -> Polygon | MultiPolygon:
    if drawn is not None and not drawn.is_empty:
        return sound(drawn)
    if shapely.coverage_is_valid(cells):
        return sound(shapely.coverage_union_all(cells))
    return sound(shapely.union_all(cells))
