"""Random districts for tests: cells that cover a district without gap or overlap, with crooked shared borders.

They are Voronoi cells whose edges are bent at random, once for both sides. Lakes (holes of the district), enclaves
(a hole of one cell that belongs to another, which so becomes a multipolygon) and a distant exclave come with it.
"""

from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from shapely import LineString, MultiLineString, MultiPoint, Point, Polygon

from gis.cells import Cell

CENTRE = (119.28, 26.08)


def random_district(
    seed: int,
    cells: int = 30,
    *,
    townships: int = 4,
    bends: int = 4,
    holes: int = 2,
    enclaves: int = 2,
    exclave: bool = True,
    centre: tuple[float, float] = CENTRE,
    span: float = 0.06,
) -> list[Cell]:
    """``cells`` cells in random order of codes, sound and exactly matching; ``span`` is the width in degrees.

    Codes are "C000" and on, townships "T0" and on. With ``cells`` below 3 the district is small but still sound.
    """
    rng = np.random.default_rng(seed)
    seeds = rng.uniform(-0.5, 0.5, (cells, 2)) * span + centre
    outline = _blob(rng, centre, span * 0.6)
    lines = [_bent(rng, line, bends) for line in _edges(seeds, outline)]
    spots = [_blob(rng, tuple(seeds[k % cells]), span * 0.04 / np.sqrt(cells)) for k in range(holes + enclaves)]
    faces = _faces([*lines, *(spot.exterior for spot in spots)])
    owners = _owners(faces, seeds, spots, holes, rng)
    parts: dict[int, list[Any]] = {}
    for face, owner in zip(faces, owners, strict=True):
        if owner >= 0:
            parts.setdefault(owner, []).append(face)
    if exclave:
        far = (centre[0] + span * 1.3, centre[1] + span * 0.2)
        parts.setdefault(int(rng.integers(cells)), []).append(_blob(rng, far, span * 0.05))
    return _named(rng, parts, seeds, townships)


def random_points(seed: int, district: list[Cell], count: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Points that try an index: anywhere about the district, its vertices, points on and within rounding of borders,
    and the centres and corners of boxes."""
    rng = np.random.default_rng(seed)
    shapes = [cell.geometry for cell in district]
    west, south, east, north = shapely.total_bounds(shapes)
    pad = (east - west) * 0.1
    anywhere = rng.uniform((west - pad, south - pad), (east + pad, north + pad), (count, 2))
    coords = shapely.get_coordinates(shapes)
    vertices = coords[rng.integers(len(coords), size=count)]
    heads = rng.integers(len(coords) - 1, size=count)
    along = rng.choice([0.5, 0.25, rng.random()], size=(count, 1))
    on_lines = coords[heads] + along * (coords[heads + 1] - coords[heads])
    beside = np.nextafter(vertices, vertices + rng.choice([-1.0, 1.0], size=(count, 2)))
    near = vertices + rng.normal(0.0, 1e-7, (count, 2))
    corners = shapely.bounds(shapes)[:, [0, 1, 2, 3, 0, 3, 2, 1]].reshape(-1, 2)
    points = np.concatenate([anywhere, vertices, on_lines, beside, near, corners])
    return points[:, 0].copy(), points[:, 1].copy()


def _blob(rng: np.random.Generator, centre: tuple[float, float], radius: float, corners: int = 14) -> Polygon:
    turns = np.sort(rng.uniform(0, 2 * np.pi, corners - 4))
    turns = np.concatenate([turns, np.arange(4) * np.pi / 2])
    turns.sort()
    reach = radius * rng.uniform(0.7, 1.0, corners)
    return Polygon(np.column_stack([centre[0] + reach * np.cos(turns), centre[1] + reach * np.sin(turns)]))


def _edges(seeds: np.ndarray, outline: Polygon) -> list[LineString]:
    areas = shapely.get_parts(shapely.voronoi_polygons(MultiPoint(seeds), extend_to=outline)) if len(seeds) > 1 else []
    borders = [outline.exterior, *(shapely.intersection(area.exterior, outline) for area in areas)]
    joined = shapely.union_all(borders)
    return [line for line in shapely.get_parts(shapely.line_merge(joined)) if line.length > 0]


def _bent(rng: np.random.Generator, line: LineString, bends: int) -> LineString:
    points = shapely.get_coordinates(line)
    bent = [points[0]]
    for start, end in pairwise(points):
        along = np.sort(rng.random(bends))[:, None]
        across = np.array([start[1] - end[1], end[0] - start[0]])
        push = rng.normal(0.0, 0.06, (bends, 1)) * np.minimum(along, 1 - along)
        bent.extend(start + along * (end - start) + push * across)
        bent.append(end)
    return LineString(bent)


def _faces(lines: list[Any]) -> list[Polygon]:
    noded = shapely.union_all([MultiLineString([line.coords for line in lines])])
    return [face for face in shapely.get_parts(shapely.polygonize(shapely.get_parts(noded))) if face.area > 0]


def _owners(
    faces: list[Polygon], seeds: np.ndarray, spots: list[Polygon], holes: int, rng: np.random.Generator
) -> list[int]:
    given = [-1 if k < holes else int(rng.integers(len(seeds))) for k in range(len(spots))]
    owners = []
    for face in faces:
        inner = face.point_on_surface()
        owner = int(np.argmin(np.hypot(seeds[:, 0] - inner.x, seeds[:, 1] - inner.y)))
        for spot, other in zip(spots, given, strict=True):
            if spot.contains(inner):
                owner = other
        owners.append(owner)
    return owners


def _named(rng: np.random.Generator, parts: dict[int, list[Any]], seeds: np.ndarray, townships: int) -> list[Cell]:
    hubs = seeds[rng.integers(len(seeds), size=townships)]
    made = []
    for code, owner in enumerate(rng.permutation(sorted(parts))):
        hub = int(np.argmin(np.hypot(*(hubs - seeds[owner]).T)))
        shape = shapely.union_all(parts[int(owner)])
        made.append(Cell(f"C{code:03d}", f"Cell {code}", f"T{hub}", f"T{hub}-{code % 3}", shape))
    rng.shuffle(made)  # type: ignore[arg-type]
    return made


def square(code: str, west: float, south: float, side: float = 1.0, *, township: str = "T") -> Cell:
    """A cell that is a square (degrees)."""
    return Cell(code, code, township, None, shapely.box(west, south, west + side, south + side))


def covered_by(district: list[Cell], lon: float, lat: float) -> list[str]:
    """The codes of all cells that cover a point, by the predicate alone, ascending."""
    return sorted(cell.code for cell in district if cell.geometry.covers(Point(lon, lat)))
