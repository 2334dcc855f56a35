"""An Edition: one immutable state of all boundaries, ready to resolve points."""

import base64
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import shapely
from shapely import MultiPolygon, Polygon

from boundaries.district import NOTHING, Area, Community, District, Expected
from boundaries.gazetteer_row import GazetteerRow
from gis.area import area_m2
from gis.cells import Cell, CellIndex
from gis.place import Place
from gis.resolution import Resolution

Row = tuple[str, str, str, str | None, str | None, str | None, bytes | None]
"""(level ``township`` or ``grid``, code, name, township, community, provenance, WKB in WGS84 or None)."""
DEMONSTRATION = "demonstration"


@dataclass(frozen=True)
class Edition:
    """A District with its index. ``id`` is the number it was published under, None for a draft. Never changes."""

    id: int | None
    district: District
    index: CellIndex
    digest: str

    @classmethod
    def of(cls, district: District, id: int | None = None) -> "Edition":
        """The Edition of ``district``, sound or not: cells without a code or an area hold no point."""
        usable = [cell for cell in district.cells if cell.code and not cell.geometry.is_empty]
        return cls(id, district, CellIndex(usable), digest_of(district))

    @cached_property
    def township_names(self) -> dict[str, str]:
        """Code of each township -> name (the code where it has none)."""
        named = {cell.township: cell.township for cell in self.district.cells if cell.township}
        return named | {area.code: area.name or area.code for area in self.district.townships if area.code}

    @cached_property
    def grid_names(self) -> dict[str, str]:
        """Code of each cell -> name (the code where it has none)."""
        return {cell.code: cell.name or cell.code for cell in self.district.cells if cell.code}

    @cached_property
    def community_names(self) -> dict[str, str]:
        """Code of each community -> name (the code where the files give none)."""
        return {community.code: community.name for community in self.district.communities}

    @cached_property
    def names(self) -> dict[str, str]:
        """Code -> name of every township, community and cell; a township goes before others with its code."""
        return self.grid_names | self.community_names | self.township_names

    @cached_property
    def square_metres(self) -> dict[str, float]:
        """Code of each cell and township -> its geodesic area in m2; a township's is that of its cells together."""
        index = self.index
        cells = {cell.code: area_m2(shape) for cell, shape in zip(index.cells, index.geometries, strict=True)}
        return cells | {code: area_m2(shape) for code, shape in index.townships.items()}

    @property
    def is_demonstration(self) -> bool:
        """Whether any boundary here is invented, so that whatever shows it has to say so."""
        district = self.district
        said = [district.provenance, *district.cell_provenance.values(), *(a.provenance for a in district.townships)]
        return DEMONSTRATION in said

    def resolve(
        self, place: Place | tuple[float, float], accuracy_m: float | None = None, doubt_share: float = 0.2
    ) -> Resolution:
        """Where a Place (or a WGS84 longitude, latitude) falls; see ``gis.cells.CellIndex.resolve``."""
        return self.index.resolve(place, accuracy_m, doubt_share)


def to_rows(district: District) -> tuple[list[Row], dict[str, Any]]:
    """``district`` as plain rows, in its own order, and the rest of it as JSON can hold it. Loses no bit."""
    rows: list[Row] = [
        ("township", a.code, a.name, None, None, a.provenance, None if a.geometry is None else a.geometry.wkb)
        for a in district.townships
    ]
    rows += [
        ("grid", c.code, c.name, c.township, c.community, district.cell_provenance.get(c.code), c.geometry.wkb)
        for c in district.cells
    ]
    meta = {
        "code": district.code,
        "name": district.name,
        "provenance": district.provenance,
        "expected": asdict(district.expected),
        "communities": [asdict(community) for community in district.communities],
        "gazetteer": [asdict(row) for row in district.gazetteer],
        "outline": None if district.outline is None else base64.b64encode(district.outline.wkb).decode("ascii"),
    }
    return rows, meta


def from_rows(rows: Iterable[Sequence[Any]], meta: dict[str, Any]) -> District:
    """The District that ``to_rows`` took apart; WKB may be bytes or a memoryview."""
    townships: list[Area] = []
    cells: list[Cell] = []
    marked: dict[str, str] = {}
    for level, code, name, township, community, provenance, wkb in rows:
        shape = _shape(wkb)
        if level == "township":
            townships.append(Area(code, name, shape, provenance))
        else:
            cells.append(Cell(code, name, township or "", community, NOTHING if shape is None else shape))
            if provenance:
                marked[code] = provenance
    outline = meta.get("outline")
    return District(
        code=meta["code"],
        name=meta["name"],
        townships=tuple(townships),
        cells=tuple(cells),
        outline=None if outline is None else _shape(base64.b64decode(outline)),
        gazetteer=tuple(GazetteerRow(**row) for row in meta["gazetteer"]),
        provenance=meta["provenance"],
        expected=Expected(**meta["expected"]),
        communities=tuple(Community(**community) for community in meta["communities"]),
        cell_provenance=marked,
    )


def digest_of(district: District) -> str:
    """sha256 (hex) of everything a District says. Neither the order of features nor where a ring starts, or which
    way it runs, plays a part; one moved vertex, name or gazetteer row does."""
    rows, meta = to_rows(district)
    seen = [[*row[:-1], None if row[-1] is None else _canonical(row[-1])] for row in rows]
    meta["outline"] = None if district.outline is None else _canonical(district.outline.wkb)
    whole = {"rows": sorted(seen, key=json.dumps), "meta": meta}
    words = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()


def _canonical(wkb: bytes) -> str:
    return str(shapely.to_wkb(shapely.normalize(shapely.from_wkb(wkb)), hex=True, byte_order=1))


def _shape(wkb: bytes | memoryview | None) -> Polygon | MultiPolygon | None:
    if wkb is None:
        return None
    shape = shapely.from_wkb(bytes(wkb))
    return shape if isinstance(shape, (Polygon, MultiPolygon)) else None
