"""The whole demonstration district from its source, the same for the same seed."""

from dataclasses import dataclass
from random import Random

import numpy as np
from shapely import Point, Polygon

from boundaries.demonstration.cells import apportion, divide
from boundaries.demonstration.coverage import knit, merged
from boundaries.demonstration.naming import anchors, name_pieces, reading_order
from boundaries.demonstration.people import People
from boundaries.demonstration.source import Named, Source
from boundaries.demonstration.townships import Centre, carve
from boundaries.plane import Plane

CELLS = 144
SEED = 6
STREETS = 0.10
"""Radians by which the old city's streets are turned from east."""


@dataclass(frozen=True)
class MadeCell:
    """A cell to be: its code, name, township and community, and its shape in degrees."""

    code: str
    name: str
    township: Named
    community: Named
    shape: Polygon


@dataclass(frozen=True)
class Made:
    """Everything that is written: shapes in WGS84 degrees, knit into one coverage."""

    outline: Polygon
    townships: tuple[tuple[Named, Polygon], ...]
    cells: tuple[MadeCell, ...]


def make(source: Source, cells: int = CELLS, seed: int = SEED) -> Made:
    """Cut ``source``'s outline into townships, communities and ``cells`` cells."""
    plane = Plane.about(source.outline)
    outline = plane.metres(source.outline)
    centres = [_centre(source, township, plane) for township in source.townships]
    middle = float(np.median([c.x for c in centres])), float(np.median([c.y for c in centres]))
    people = People.around(outline, middle)
    carved = carve(outline, centres, people, STREETS, Random(seed)).pieces
    shares = apportion(cells, [centre.size for centre in centres])
    known = anchors(source, plane)
    drawn: list[tuple[Named, Named, Polygon]] = []
    for township, share in zip(source.townships, shares, strict=True):
        rng = Random(f"{seed}-{township.code}")
        piece, communities = carved[township.code], source.communities_of(township.code)
        for community, shape in _communities(piece, communities, share, people.inside(piece), rng, known):
            drawn.append((township, community, shape))
    knitted = knit([plane.degrees(shape) for _, _, shape in drawn])
    return _numbered(source, [(t, c, shape) for (t, c, _), shape in zip(drawn, knitted, strict=True)])


def _centre(source: Source, township: Named, plane: Plane) -> Centre:
    point = plane.metres(Point(source.centres[township.code]))
    return Centre(township.code, float(point.x), float(point.y), len(source.communities_of(township.code)))


def _communities(
    piece: Polygon,
    communities: list[Named],
    cells: int,
    people: People,
    rng: Random,
    known: dict[str, tuple[float, float]],
) -> list[tuple[Named, Polygon]]:
    """Every cell of one township with the community it belongs to."""
    sizes = apportion(cells, [1] * len(communities))
    rng.shuffle(sizes)
    angle = STREETS + rng.uniform(-0.22, 0.22)
    parts = divide(piece, sizes, people, angle, rng)
    named = name_pieces(parts, communities, known)
    return [
        (community, cell)
        for community, part, size in zip(named, parts, sizes, strict=True)
        for cell in divide(part, [1] * size, people.inside(part), angle, rng)
    ]


def _numbered(source: Source, drawn: list[tuple[Named, Named, Polygon]]) -> Made:
    made: list[MadeCell] = []
    townships = []
    for township in source.townships:
        own = [(community, shape) for t, community, shape in drawn if t is township]
        for number, i in enumerate(reading_order([shape for _, shape in own]), start=1):
            code, name = f"{township.code}G{number:03d}", f"{township.name}{number:03d}网格"
            made.append(MadeCell(code, name, township, *own[i]))
        townships.append((township, merged(shape for _, shape in own)))
    return Made(merged(shape for _, shape in townships), tuple(townships), tuple(made))
