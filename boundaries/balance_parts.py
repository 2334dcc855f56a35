"""Pieces shared out among cells: as even as can be in load, each cell hanging together, its border short."""

from collections.abc import Sequence
from random import Random

import numpy as np

from boundaries.balance_pieces import Pieces, components

SHAPE = 0.3
"""How much a cell's width of border between cells counts beside a cell that is off by all its load."""
EVEN = 0.05
"""A coefficient of variation below which nobody would move a border that people know."""
GAIN = 2e-4
"""What handing one piece over must better at least: slivers do not change hands for a metre of border."""
PASSES = 400
ANGLES = 8


def shared_out(pieces: Pieces, cells: int, rng: Random, *, keep: Sequence[int] | None = None) -> list[int]:
    """The cell (from 0) of each piece. ``keep``: a sharing-out to begin from, beside fresh ones.

    Of all that is tried the best is taken: even, then compact; with ``keep``, one that begins there is taken where it
    is as even as any other, for people know those borders.
    """
    tried = []
    if keep is not None:
        if unevenness(pieces, keep, cells) < EVEN:
            return list(keep)
        tried.append(_improved(pieces, list(keep), cells, rng))
        if unevenness(pieces, tried[0], cells) < EVEN:
            return tried[0]
    for number in range(ANGLES):
        angle = np.pi * (number + rng.random()) / ANGLES
        start = _hung_together(pieces, _bisected(pieces, cells, angle), cells)
        tried.append(_improved(pieces, start, cells, rng))
    return min(tried, key=lambda labels: _cost(pieces, labels, cells))


def unevenness(pieces: Pieces, labels: Sequence[int], cells: int) -> float:
    """The coefficient of variation of the cells' loads: standard deviation over mean."""
    loads = np.bincount(labels, weights=pieces.weight, minlength=cells)
    return float(loads.std() / loads.mean()) if loads.mean() else 0.0


def border_m(pieces: Pieces, labels: Sequence[int]) -> float:
    """Metres of border between cells."""
    return sum(
        length
        for one, others in enumerate(pieces.beside)
        for other, length in others.items()
        if one < other and labels[one] != labels[other]
    )


def _cost(pieces: Pieces, labels: Sequence[int], cells: int) -> float:
    return unevenness(pieces, labels, cells) ** 2 * cells + SHAPE / 4 * border_m(pieces, labels) / _width(pieces, cells)


def _width(pieces: Pieces, cells: int) -> float:
    return float((sum(pieces.m2) / cells) ** 0.5)


def _bisected(pieces: Pieces, cells: int, angle: float) -> list[int]:
    """Halves of halves, by load, across directions that begin at ``angle`` and turn to where a half is longest."""
    labels = [0] * len(pieces.shapes)
    waiting = [(list(range(len(labels))), 0, cells, angle)]
    while waiting:
        members, first, count, turn = waiting.pop()
        if count == 1 or len(members) <= 1:
            for one in members:
                labels[one] = first
            continue
        along = _direction(pieces.middles[members], turn)
        order = [members[i] for i in np.argsort(pieces.middles[members] @ along, kind="stable")]
        share = count // 2
        sums = np.cumsum([pieces.weight[one] for one in order])
        at = int(np.searchsorted(sums, sums[-1] * share / count))
        at = min(max(at, share), len(order) - (count - share))
        waiting += [(order[:at], first, share, turn), (order[at:], first + share, count - share, turn)]
    return labels


def _direction(middles: np.ndarray, turn: float) -> np.ndarray:
    """The direction, of ``turn`` and the one across it, along which the points reach further."""
    axes = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    reach = np.ptp(middles @ axes.T, axis=0)
    chosen: np.ndarray = axes[int(np.argmax(reach))]
    return chosen


def _hung_together(pieces: Pieces, labels: list[int], cells: int) -> list[int]:
    """Each cell keeps the heaviest group of its pieces; the others go to the neighbour with the longest border."""
    for _ in range(len(labels)):
        loose = []
        for cell in range(cells):
            members = [one for one, label in enumerate(labels) if label == cell]
            groups = sorted(
                components(members, pieces.beside), key=lambda g: (sum(pieces.weight[i] for i in g), len(g))
            )
            loose += groups[:-1]
        if not loose:
            return labels
        for group in loose:
            about: dict[int, float] = {}
            for one in group:
                for other, length in pieces.beside[one].items():
                    if labels[other] != labels[one]:
                        about[labels[other]] = about.get(labels[other], 0.0) + length
            if about:
                to = max(sorted(about), key=lambda cell: about[cell])
                for one in group:
                    labels[one] = to
    return labels


def _improved(pieces: Pieces, labels: list[int], cells: int, rng: Random) -> list[int]:
    """Hand pieces on a border over, one by one, while that makes the whole better."""
    for shape in (SHAPE, SHAPE / 4, SHAPE / 16):  # first the form, then what is still uneven
        _better_by_steps(pieces, labels, cells, shape, rng)
    return labels


def _better_by_steps(pieces: Pieces, labels: list[int], cells: int, shape: float, rng: Random) -> None:
    mean, width = sum(pieces.weight) / cells, _width(pieces, cells) / shape
    loads = np.bincount(labels, weights=pieces.weight, minlength=cells).tolist()
    sizes = np.bincount(labels, minlength=cells).tolist()
    order = list(range(len(labels)))
    for _ in range(PASSES):
        rng.shuffle(order)
        moved = 0
        for one in order:
            to = _better(pieces, labels, loads, sizes, one, mean, width)
            if to is None:
                continue
            loads[labels[one]] -= pieces.weight[one]
            sizes[labels[one]] -= 1
            loads[to] += pieces.weight[one]
            sizes[to] += 1
            labels[one] = to
            moved += 1
        if not moved:
            return


def _better(
    pieces: Pieces, labels: list[int], loads: list[float], sizes: list[int], one: int, mean: float, width: float
) -> int | None:
    """The cell that ``one`` should go to, None where it should stay. ``width``: metres of border that weigh as much as
    a cell that is off by all its load."""
    own, weight = labels[one], pieces.weight[one]
    about: dict[int, float] = {}
    for other, length in pieces.beside[one].items():
        about[labels[other]] = about.get(labels[other], 0.0) + length
    if sizes[own] == 1 or set(about) <= {own}:
        return None
    best, gain = None, -GAIN
    for cell in sorted(set(about) - {own}):
        even = (2 * weight * (loads[cell] - loads[own]) + 2 * weight * weight) / (mean * mean)
        shape = (about.get(own, 0.0) - about[cell]) / width
        if even + shape < gain:
            best, gain = cell, even + shape
    if best is None or not _stays_whole(pieces, labels, one):
        return None
    return best


def _stays_whole(pieces: Pieces, labels: list[int], one: int) -> bool:
    """Whether a piece's cell hangs together without it."""
    own = labels[one]
    near = [other for other in pieces.beside[one] if labels[other] == own]
    if len(near) <= 1:
        return True
    seen, waiting, sought = {one, near[0]}, [near[0]], set(near[1:])
    while waiting and sought:
        for other in pieces.beside[waiting.pop()]:
            if other not in seen and labels[other] == own:
                seen.add(other)
                sought.discard(other)
                waiting.append(other)
    return not sought
