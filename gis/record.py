"""Writing the records of edge pixels, which :func:`gis.walk.settle` reads."""

import numpy as np

from gis.compiled import inner
from gis.segments import Floats, Ints, Numbers
from gis.walk import MORE, OUTSIDE

TILES, STREAM, FULL = 0, 1, 2
"""Places in ``used``: tiles and numbers of the stream written so far, and whether an array was too short."""
_MOST_NAMED = MORE - 1
_MOST_COMPARED = 64


@inner
def _same(vertices: Floats, s: int, t: int) -> bool:
    """Whether two segments have the same ends, in either direction."""
    a, b = 2 * s, 2 * t
    if vertices[a] == vertices[b + 2] and vertices[a + 1] == vertices[b + 3]:
        return bool(vertices[a + 2] == vertices[b] and vertices[a + 3] == vertices[b + 1])
    straight = vertices[a] == vertices[b] and vertices[a + 1] == vertices[b + 1]
    return bool(straight and vertices[a + 2] == vertices[b + 2] and vertices[a + 3] == vertices[b + 3])


@inner
def _write_segment(vertices: Floats, stream: Numbers, first: int, last: int, s: int, cell: int) -> int:
    """Adds a segment of one cell to a record, whose segments stand from ``first`` to ``last``; where they now end.

    A border that two cells share is written once, for both.
    """
    if last - first <= 2 * _MOST_COMPARED:
        for k in range(first, last, 2):
            if stream[k + 1] & cell == 0 and _same(vertices, stream[k], s):
                stream[k + 1] |= cell
                return last
    stream[last], stream[last + 1] = s, cell
    return last + 2


@inner
def _write_record(
    vertices: Floats, owners: Numbers, listed: Numbers, begin: int, end: int, active: Numbers, line: int,
    a: int, count: int, stream: Numbers, at: int,
) -> tuple[int, int, int]:  # fmt: skip
    """Writes one record at ``at``: the next 31 cells at most. Where it ends, how far segments and cells are done."""
    named, inside, k = 0, 0, begin
    while named < _MOST_NAMED and (k < end or a < count):
        touch = owners[listed[k]] if k < end else np.int32(2147483647)
        hold = active[line, a] if a < count else np.int32(2147483647)
        owner = min(touch, hold)
        stream[at + 3 + named] = owner
        if hold == owner:
            inside |= 1 << named
            a += 1
        while k < end and owners[listed[k]] == owner:
            k += 1
        named += 1
    first = last = at + 3 + named
    name = 0
    for n in range(begin, k):
        while stream[at + 3 + name] != owners[listed[n]]:
            name += 1
        last = _write_segment(vertices, stream, first, last, listed[n], 1 << name)
    stream[at], stream[at + 1], stream[at + 2] = named, (last - first) // 2, inside
    return last, k, a


@inner
def write_leaf(
    vertices: Floats, owners: Numbers, listed: Numbers, begin: int, end: int, active: Numbers, line: int,
    count: int, stream: Numbers, used: Ints,
) -> int:  # fmt: skip
    """Writes the records of an edge pixel; the pixel's value."""
    at = start = used[STREAM]
    most = end - begin + count
    if at + 2 * (end - begin) + most + 3 * (most // _MOST_NAMED + 1) > len(stream):
        used[FULL] = 1
        return OUTSIDE
    done = 0
    while True:
        last, begin, done = _write_record(
            vertices, owners, listed, begin, end, active, line, done, count, stream, at
        )  # fmt: skip
        if begin >= end and done >= count:
            used[STREAM] = last
            return int(-3 - 2 * start)
        stream[at] += MORE
        at = last
