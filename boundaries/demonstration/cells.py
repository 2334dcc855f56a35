"""A township cut into communities, and each community into grid cells."""

from collections.abc import Sequence
from math import cos, hypot, log, pi, sin
from random import Random

import numpy as np
import shapely
from shapely import Polygon

from boundaries.demonstration.people import People
from boundaries.demonstration.streets import compactness, cut, street_through

TRIES = 7
"""Streets tried for each cut; the one with the most compact halves is built."""


def apportion(total: int, sizes: Sequence[int]) -> list[int]:
    """``total`` shared out by ``sizes``: whole numbers, at least one each, largest remainders first (Hamilton).

    Raises ValueError where there are fewer than one for each.
    """
    if total < len(sizes):
        raise ValueError(f"{total} cannot be shared out to {len(sizes)}, at least one each")
    exact = [total * size / sum(sizes) for size in sizes]
    shares = [max(1, int(share)) for share in exact]
    while sum(shares) < total:
        shares[max(range(len(sizes)), key=lambda i: (exact[i] - shares[i], -i))] += 1
    while sum(shares) > total:
        shares[max((i for i in range(len(sizes)) if shares[i] > 1), key=lambda i: shares[i] - exact[i])] -= 1
    return shares


def divide(piece: Polygon, sizes: Sequence[int], people: People, angle: float, rng: Random) -> list[Polygon]:
    """``piece`` cut into ``len(sizes)`` pieces whose people are as ``sizes``; the order of the pieces follows it.

    Each cut runs along one of the two local street directions, across the longer way of what is cut.
    """
    if len(sizes) == 1:
        return [piece]
    k = _middle(sizes, rng)
    share = sum(sizes[:k]) / sum(sizes)
    right, left = _best_cut(piece, share, people, angle, rng)
    turned = angle + rng.uniform(-0.10, 0.10)
    return [
        *divide(right, sizes[:k], people.inside(right), turned, rng),
        *divide(left, sizes[k:], people.inside(left), turned, rng),
    ]


def _middle(sizes: Sequence[int], rng: Random) -> int:
    """Where the list is parted: near its middle, not always at it, so that no chessboard comes of it."""
    half = len(sizes) / 2
    reach = len(sizes) / 7
    return min(max(1, round(rng.uniform(half - reach, half + reach))), len(sizes) - 1)


def _best_cut(piece: Polygon, share: float, people: People, angle: float, rng: Random) -> tuple[Polygon, Polygon]:
    along, across = _extent(piece, angle)
    size = hypot(along, across)
    best, score = None, float("inf")
    for _ in range(TRIES):
        shorter = angle + pi / 2 if along > across * rng.uniform(0.85, 1.15) else angle
        turned = shorter + rng.uniform(-0.14, 0.14)
        street = street_through(piece, turned, rng, step=max(45.0, size / 9), sway=size * rng.uniform(0.02, 0.06))
        uneven = min(max(share * rng.uniform(0.86, 1.14), 0.1), 0.9)
        halves = cut(piece, street.line(people.offset_for(street.beside(people.x, people.y), uneven)))
        if halves is None:
            continue
        badness = -sum(log(compactness(half)) for half in halves)
        if badness < score:
            best, score = halves, badness
    if best is None:
        raise ValueError(f"no street divides the piece about {piece.centroid}")
    return best


def _extent(piece: Polygon, angle: float) -> tuple[float, float]:
    ring = shapely.get_coordinates(piece.exterior)
    along = ring[:, 0] * cos(angle) + ring[:, 1] * sin(angle)
    across = ring[:, 1] * cos(angle) - ring[:, 0] * sin(angle)
    return float(np.ptp(along)), float(np.ptp(across))
