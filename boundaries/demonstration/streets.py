"""Crooked streets: the lines along which a piece of the city is cut in two."""

from dataclasses import dataclass
from math import cos, sin
from random import Random
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Polygon
from shapely.ops import split

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Street:
    """A line that runs at ``angle`` (radians from east) and strays to its left by ``stray`` metres at each ``knot``.

    ``knots`` are metres along the street's own direction. ``offset`` moves the whole street sideways.
    """

    angle: float
    knots: Numbers
    stray: Numbers

    def beside(self, x: Numbers, y: Numbers) -> Numbers:
        """Metres of each point to the left of the street at offset 0; negative on its right."""
        along = x * cos(self.angle) + y * sin(self.angle)
        across = y * cos(self.angle) - x * sin(self.angle)
        return np.asarray(across - np.interp(along, self.knots, self.stray))

    def line(self, offset: float) -> LineString:
        """The street ``offset`` metres to the left, as a line in metres."""
        across = self.stray + offset
        x = self.knots * cos(self.angle) - across * sin(self.angle)
        y = self.knots * sin(self.angle) + across * cos(self.angle)
        return LineString(np.column_stack([x, y]))


def street_through(piece: Polygon, angle: float, rng: Random, *, step: float, sway: float) -> Street:
    """A street long enough to cross ``piece``: a knot about every ``step`` metres, straying about ``sway`` metres.

    The stray is a random walk pulled back to the middle, with now and then a bend where the street keeps to a new
    line, as streets do that were laid around something.
    """
    ring = shapely.get_coordinates(piece.convex_hull)
    along = ring[:, 0] * cos(angle) + ring[:, 1] * sin(angle)
    at, stop = float(along.min()) - 3 * step, float(along.max()) + 3 * step
    knots, stray, here, aim = [at], [0.0], 0.0, 0.0
    while at < stop:
        at += step * rng.uniform(0.6, 1.5)
        if rng.random() < 0.22:
            aim = rng.uniform(-1.0, 1.0) * sway
        here += (aim - here) * 0.7 + rng.uniform(-0.16, 0.16) * sway
        knots.append(at)
        stray.append(here)
    return Street(angle, np.array(knots), np.array(stray))


def cut(piece: Polygon, line: LineString) -> tuple[Polygon, Polygon] | None:
    """``piece`` cut in two by ``line``: (right of it, left of it); None where the line does not divide it.

    Where a bay of the piece is cut off, the scrap goes to the half across the line, so that both halves stay whole.
    """
    halves: list[list[Polygon]] = [[], []]
    for part in split(piece, line).geoms:
        halves[_is_left(part, line)].append(part)
    if not halves[0] or not halves[1]:
        return None
    right, left = (sorted(half, key=lambda part: part.area, reverse=True) for half in halves)
    whole = [shapely.union_all([right[0], *left[1:]]), shapely.union_all([left[0], *right[1:]])]
    if any(not isinstance(half, Polygon) or half.interiors for half in whole):
        return None
    return whole[0], whole[1]


def _is_left(part: Polygon, line: LineString) -> bool:
    point: Any = part.representative_point()
    here = line.project(point)
    before, after = line.interpolate(max(here - 1.0, 0.0)), line.interpolate(here + 1.0)
    cross = (after.x - before.x) * (point.y - before.y) - (after.y - before.y) * (point.x - before.x)
    return bool(cross > 0)


def compactness(piece: Polygon) -> float:
    """1 for a circle, towards 0 for a thread: the share of the circle with the same length of border."""
    return float(4 * np.pi * piece.area / piece.length**2)
