"""The outline cut into townships, each around its own published centre."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, pi
from random import Random

import numpy as np
from shapely import Polygon

from boundaries.demonstration.people import People
from boundaries.demonstration.streets import compactness, cut, street_through

TURNS = ((0.0, 0.0), (0.0, 0.0), (pi / 2, 0.0), (pi / 2, 0.0), (pi / 4, 0.8), (3 * pi / 4, 0.8))
"""Directions tried, in radians from the main street, with how much each is disliked: slanting roads are few."""
TRIES = 2
"""How many of the best cuts are followed further at each step."""
MARGIN = 140.0
"""Metres that a centre keeps from its township's border."""


@dataclass(frozen=True)
class Centre:
    """A township to be: its centre in metres and its share of the people (any unit)."""

    code: str
    x: float
    y: float
    size: int


@dataclass(frozen=True)
class Carved:
    """Townships cut out so far, with the badness of the whole (smaller is better)."""

    pieces: dict[str, Polygon]
    badness: float


def carve(piece: Polygon, centres: Sequence[Centre], people: People, angle: float, rng: Random) -> Carved:
    """``piece`` cut, two at a time, until each of ``centres`` stands in a township of its own.

    Raises ValueError where no street can part the centres (two in one place).
    """
    if len(centres) == 1:
        return Carved({centres[0].code: piece}, -log(compactness(piece)))
    best: Carved | None = None
    for _, halves, groups in _cuts(piece, centres, people, angle, rng)[:TRIES]:
        done = [carve(half, group, people.inside(half), angle, rng) for half, group in zip(halves, groups, strict=True)]
        off = sum(
            _off(people.inside(half).total / people.total, group, centres)
            for half, group in zip(halves, groups, strict=True)
        )
        badness = done[0].badness + done[1].badness + off
        if best is None or badness < best.badness:
            best = Carved(done[0].pieces | done[1].pieces, badness)
    if best is None:
        raise ValueError("no street parts the townships " + ", ".join(centre.code for centre in centres))
    return best


_Cut = tuple[float, tuple[Polygon, Polygon], tuple[list[Centre], list[Centre]]]


def _cuts(piece: Polygon, centres: Sequence[Centre], people: People, angle: float, rng: Random) -> list[_Cut]:
    """Every cut worth trying, best first."""
    found: list[_Cut] = []
    for turn, slant in TURNS:
        street = street_through(piece, angle + turn + rng.uniform(-0.16, 0.16), rng, step=105.0, sway=95.0)
        beside = street.beside(np.array([c.x for c in centres]), np.array([c.y for c in centres]))
        order = [int(i) for i in np.argsort(beside, kind="stable")]
        everyone = street.beside(people.x, people.y)
        for k in range(1, len(order)):
            groups = [centres[i] for i in order[:k]], [centres[i] for i in order[k:]]
            low, high = float(beside[order[k - 1]]) + MARGIN, float(beside[order[k]]) - MARGIN
            if low > high:
                continue
            wanted = sum(c.size for c in groups[0]) / sum(c.size for c in centres)
            halves = cut(piece, street.line(min(max(people.offset_for(everyone, wanted), low), high)))
            if halves is None:
                continue
            have = people.inside(halves[0]).total / people.total
            off = _off(have, groups[0], centres) + _off(1 - have, groups[1], centres)
            found.append((slant + off - sum(log(compactness(half)) for half in halves), halves, groups))
    return sorted(found, key=lambda each: each[0])


def _off(have: float, group: Sequence[Centre], centres: Sequence[Centre]) -> float:
    """How far a share of the people is from what its townships should get."""
    wanted = sum(c.size for c in group) / sum(c.size for c in centres)
    return 3 * abs(log(max(have, 1e-9) / wanted))
