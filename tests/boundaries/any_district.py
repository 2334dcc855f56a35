"""Any other district: made from a seed, sound, and like the shipped one in nothing.

Its codes have letters, signs, leading zeros, and no part that counts; its cells are as many as asked; some hold pieces
elsewhere or have holes; it lies in another province, or in none. ``write_folder`` makes a planner's folder of it.

The cells are Voronoi cells of a shaken lattice. Each border between two of them is bent, once for both, towards one of
their two middles: what lies between a border and the middle beyond it is a triangle that no other border enters.
"""

import csv
import heapq
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPoint, MultiPolygon, Polygon

from boundaries.district import Area, Community, District, Expected
from boundaries.gazetteer_row import GazetteerRow
from gis.cells import Cell

CENTRES = ((87.61, 43.79), (113.93, 35.31), (101.77, 36.62), (126.64, 45.76), (-3.7, 40.42), (25.47, 65.01))
"""Longitude and latitude (WGS84) about which a district may lie; two are outside the box of the Chinese datums."""
SPACING = 0.004
"""Degrees from the middle of a cell to the next, nearly."""
DECIMALS = 7
NAMES = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
TOWNSHIP_CODES = ("{:04d}", "W-{}", "ward.{}", "镇{}", "T {}", "{}/a")
CELL_CODES = ("{:05d}", "z{}", "Z{}", "{}-北", "{}/b", "cell {}")

Point = tuple[float, float]
Ring = NDArray[np.float64]


@dataclass(frozen=True)
class _Lattice:
    """Middles of Voronoi cells, the corners of each in their order, and who is beside whom."""

    middles: NDArray[np.float64]
    corners: dict[int, list[Point]]
    beside: dict[int, set[int]]


def any_district(
    seed: int,
    *,
    cells: int = 40,
    townships: int = 5,
    vertices: int = 24,
    holes: bool = True,
    exclaves: bool = True,
    outline: bool = True,
    centre: Point | None = None,
) -> District:
    """A sound district of ``cells`` cells (at least 4) in ``townships`` townships, each cell of about ``vertices``
    corners (never under its own six or so). The same arguments give the same district.

    With ``holes`` the district has lakes that belong to no cell, which needs the ``outline`` to be no fault. With
    ``exclaves`` cells hold pieces inside others (which so have holes), and one holds a piece apart from all others.
    """
    rng = Random(f"{seed}-{cells}-{townships}")
    lattice = _lattice(rng, cells, centre or CENTRES[seed % len(CENTRES)])
    chosen = _grown(lattice, rng, cells)
    borders = _Borders(lattice, vertices, np.random.default_rng(rng.randrange(2**32)))
    parts = {middle: [borders.ring(middle)] for middle in chosen}
    owner = {middle: [middle] for middle in chosen}
    lakes: list[Polygon] = []
    spots = rng.sample(chosen, min(len(chosen), 2 * max(1, cells // 40))) if holes or exclaves else []
    for number, spot in enumerate(spots):
        lake = number % 2 == 0
        if not (holes if lake else exclaves):
            continue
        inner = borders.inner(spot)
        parts[spot].append(inner)
        if lake:
            lakes.append(Polygon(inner))
        else:
            owner[rng.choice([other for other in chosen if other != spot])].append(-1 - spot)
    shapes = [_shape([_piece(parts, borders, piece) for piece in owner[middle]]) for middle in chosen]
    if exclaves:
        far = next(m for m in lattice.corners if m not in chosen and not lattice.beside[m] & set(chosen))
        shapes[0] = _shape([*shapely.get_parts(shapes[0]), Polygon(borders.ring(far))])
    return _named(rng, shapes, _townships(lattice, rng, chosen, townships), seed, outline)


def write_folder(folder: Path, district: District) -> Path:
    """``district`` as a planner's folder: district.toml, townships, grids, outline and gazetteer."""
    folder.mkdir(parents=True, exist_ok=True)
    expected = district.expected
    (folder / "district.toml").write_text(
        f"code = {json.dumps(district.code)}\nname = {json.dumps(district.name, ensure_ascii=False)}\n"
        f"townships = {expected.townships}\ngrids = {expected.grids}\n",
        encoding="utf-8",
    )
    names = {community.code: community.name for community in district.communities}
    layers: dict[str, list[tuple[dict[str, Any], Any]]] = {
        "townships": [({"code": a.code, "name": a.name}, a.geometry) for a in district.townships],
        "grids": [
            (
                {"code": c.code, "name": c.name, "township": c.township, "community": c.community}
                | {"community_name": names.get(c.community or "")},
                c.geometry,
            )
            for c in district.cells
        ],
        "outline": [({"code": district.code}, district.outline)] if district.outline is not None else [],
    }
    for name, features in layers.items():
        if features:
            (folder / f"{name}.geojson").write_text(_collection(features), encoding="utf-8")
    with (folder / "gazetteer.csv").open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        table.writerow(["name", "kind", "lon", "lat", "datum", "accuracy_m", "address", "source"])
        for row in district.gazetteer:
            table.writerow([row.name, row.kind, row.lon, row.lat, "wgs84", row.accuracy_m, row.address, row.source])
    return folder


def _collection(features: Sequence[tuple[dict[str, Any], Any]]) -> str:
    listed = [
        {"type": "Feature", "properties": properties, "geometry": json.loads(shapely.to_geojson(shape))}
        for properties, shape in features
    ]
    return json.dumps({"type": "FeatureCollection", "features": listed}, ensure_ascii=False)


def _lattice(rng: Random, cells: int, centre: Point) -> _Lattice:
    """A shaken square of middles, about three times as many as cells; those at its rim have no corners."""
    side = int(np.ceil(np.sqrt(3 * cells))) + 5
    dice = np.random.default_rng(rng.randrange(2**32))
    steps = np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2) - side / 2
    middles = (steps + dice.uniform(-0.3, 0.3, steps.shape)) * SPACING + centre
    drawn = shapely.get_parts(shapely.voronoi_polygons(MultiPoint(middles), ordered=True))
    inner = (np.abs(steps + 0.5) < side / 2 - 1).all(axis=1)
    corners: dict[int, list[Point]] = {}
    holders: dict[tuple[Point, Point], list[int]] = {}
    for middle in np.nonzero(inner)[0].tolist():
        ring = np.round(shapely.get_coordinates(drawn[middle].exterior), DECIMALS)
        corners[middle] = list(dict.fromkeys((float(x), float(y)) for x, y in ring))
        for edge in _edges(corners[middle]):
            holders.setdefault(edge, []).append(middle)
    beside: dict[int, set[int]] = {middle: set() for middle in corners}
    for holder in holders.values():
        for middle in holder:
            beside[middle].update(other for other in holder if other != middle)
    return _Lattice(middles, corners, beside)


def _edges(corners: Sequence[Point]) -> Iterator[tuple[Point, Point]]:
    """The edges of a ring, each from its lesser end, so that both sides call it alike."""
    for start, end in zip(corners, [*corners[1:], corners[0]], strict=True):
        yield (start, end) if start < end else (end, start)


def _grown(lattice: _Lattice, rng: Random, cells: int) -> list[int]:
    """So many middles that hang together, grown from the one in the middle of all."""
    about = lattice.middles.mean(axis=0)
    away = {m: float(np.hypot(*(lattice.middles[m] - about))) for m in lattice.corners}
    first = min(away, key=lambda m: away[m])
    waiting, seen = [(0.0, first)], {first}
    chosen: list[int] = []
    while len(chosen) < cells:
        _, middle = heapq.heappop(waiting)
        chosen.append(middle)
        for other in sorted(lattice.beside[middle] - seen):
            seen.add(other)
            heapq.heappush(waiting, (away[other] * rng.uniform(0.85, 1.15), other))
    return chosen


def _townships(lattice: _Lattice, rng: Random, chosen: list[int], townships: int) -> list[int]:
    """The number of each chosen middle's township: grown side by side, so that each hangs together."""
    hubs = rng.sample(chosen, townships)
    of = {hub: number for number, hub in enumerate(hubs)}
    mine, waiting = set(chosen), [(0.0, hub) for hub in hubs]
    while waiting:
        when, middle = heapq.heappop(waiting)
        for other in sorted((lattice.beside[middle] & mine) - of.keys()):
            of[other] = of[middle]
            heapq.heappush(waiting, (when + rng.uniform(0.5, 1.5), other))
    return [of[middle] for middle in chosen]


class _Borders:
    """The bent border between two cells, the same for both."""

    def __init__(self, lattice: _Lattice, vertices: int, dice: np.random.Generator) -> None:
        self._lattice, self._dice = lattice, dice
        self._bent: dict[tuple[Point, Point], list[Point]] = {}
        self._spacing = 4.0 * SPACING / max(vertices, 6)

    def ring(self, middle: int) -> list[Point]:
        """The closed ring of a cell."""
        corners = self._lattice.corners[middle]
        points: list[Point] = []
        for start, edge in zip(corners, _edges(corners), strict=True):
            if edge not in self._bent:
                self._bent[edge] = self._bend(*edge, self._lattice.middles[middle])
            between = self._bent[edge]
            points.append(start)
            points.extend(between if start == edge[0] else between[::-1])
        points = list(dict.fromkeys(points))
        return [*points, points[0]]

    def inner(self, middle: int) -> list[Point]:
        """A closed ring well inside a cell."""
        about, corners = self._lattice.middles[middle], np.array(self._lattice.corners[middle])
        ring = np.round(about + 0.25 * (corners - about), DECIMALS).tolist()
        return [(x, y) for x, y in [*ring, ring[0]]]

    def _bend(self, start: Point, end: Point, middle: NDArray[np.float64]) -> list[Point]:
        a, b = np.array(start), np.array(end)
        count = int(np.hypot(*(b - a)) / self._spacing)
        along = (np.arange(1, count + 1) / (count + 1))[:, None]
        straight = a + along * (b - a)
        push = self._dice.uniform(0.02, 0.25, (count, 1)) * np.minimum(1.0, 4 * np.minimum(along, 1 - along))
        return [(float(x), float(y)) for x, y in np.round(straight + push * (middle - straight), DECIMALS)]


def _piece(parts: dict[int, list[list[Point]]], borders: _Borders, piece: int) -> Polygon:
    """A cell with its holes, or, below zero, what fills the hole of another."""
    if piece >= 0:
        shell, *inner = parts[piece]
        return Polygon(shell, inner)
    return Polygon(borders.inner(-1 - piece))


def _shape(pieces: Sequence[Polygon]) -> Polygon | MultiPolygon:
    return pieces[0] if len(pieces) == 1 else MultiPolygon(pieces)


def _named(
    rng: Random, shapes: list[Polygon | MultiPolygon], township_of: list[int], seed: int, outline: bool
) -> District:
    count = max(township_of) + 1
    towns = [TOWNSHIP_CODES[i % len(TOWNSHIP_CODES)].format(i + 71) for i in range(count)]
    numbers = rng.sample(range(1, 10 * len(shapes)), len(shapes))
    communities = [
        Community(f"C{town}{NAMES[i]}", f"{NAMES[i]}社区", town) for town in towns for i in range(2 + len(town) % 2)
    ]
    cells = []
    for number, shape, town in zip(numbers, shapes, township_of, strict=True):
        own = [community.code for community in communities if community.township == towns[town]]
        code = CELL_CODES[number % len(CELL_CODES)].format(number)
        cells.append(Cell(code, f"{number}号片", towns[town], rng.choice(own), shape))
    rng.shuffle(cells)
    named = {cell.community for cell in cells}
    areas = [_together([c.geometry for c in cells if c.township == town]) for town in towns]
    return District(
        code=f"D{seed}",
        name=f"{NAMES[seed % len(NAMES)]}丘县",
        townships=tuple(
            Area(town, f"{NAMES[i % len(NAMES)]}岭镇", area)
            for i, (town, area) in enumerate(zip(towns, areas, strict=True))
        ),
        cells=tuple(cells),
        outline=_together(areas) if outline else None,
        gazetteer=tuple(_places(cells)),
        expected=Expected(count, len(cells)),
        communities=tuple(sorted((c for c in communities if c.code in named), key=lambda c: c.code)),
    )


def _together(shapes: Sequence[Any]) -> Any:
    return shapely.coverage_union_all(shapes)


def _places(cells: Sequence[Cell]) -> Iterator[GazetteerRow]:
    for number, cell in enumerate(cells[:3]):
        spot = cell.geometry.representative_point()
        yield GazetteerRow(f"{NAMES[number]}字塔", "tower", round(spot.x, 7), round(spot.y, 7), 30.0, None, "made up")
