"""Walking from a point whose cells are known to another one, across borders, exactly.

The walk goes along the meridian and then along the parallel; each border crossed leads into a cell or out of it.
Borders are crossed by the exact sign of ``side``, so that the end of the walk is in the cells that the predicate
``covers`` names, on a border too. The stations of a walk are taken a trace beside themselves (``side_beside``): they
lie on no border, and none is crossed at its very end.
"""

from gis.compiled import inner
from gis.orient import side, side_beside
from gis.segments import Floats, Numbers

OUTSIDE = -1
MORE = 32
"""Added to the first number of a record that another one follows; a record names at most 31 cells."""


@inner
def crosses_meridian(ax: float, ay: float, bx: float, by: float, x: float, y0: float, y1: float) -> bool:
    """Whether the way from station (x, y0) to station (x, y1) crosses the segment from a to b."""
    return (ax > x) != (bx > x) and side_beside(ax, ay, bx, by, x, y0) != side_beside(ax, ay, bx, by, x, y1)


@inner
def crosses_parallel(ax: float, ay: float, bx: float, by: float, y: float, x0: float, x1: float) -> bool:
    """Whether the way from station (x0, y) to station (x1, y) crosses the segment from a to b."""
    return (ay > y) != (by > y) and side_beside(ax, ay, bx, by, x0, y) != side_beside(ax, ay, bx, by, x1, y)


@inner
def settle(vertices: Floats, stream: Numbers, at: int, cx: float, cy: float, px: float, py: float) -> int:
    """The first cell that holds the point p, OUTSIDE if none: by the record at ``at``, on the way from station c.

    A record is: how many cells it names (MORE added where another follows) and how many segments, the cells that hold
    the station as bits, the cells in ascending order, and for each segment its number and the cells it bounds as bits.
    """
    while True:
        head, segments, inside = stream[at], stream[at + 1], stream[at + 2]
        names = at + 3
        at = names + (head & (MORE - 1))
        touched = 0
        for k in range(at, at + 2 * segments, 2):
            s, cells = stream[k], stream[k + 1]
            ax, ay, bx, by = vertices[2 * s], vertices[2 * s + 1], vertices[2 * s + 2], vertices[2 * s + 3]
            if (ay > py) != (by > py):
                if min(ax, bx) <= max(cx, px) and max(ax, bx) >= min(cx, px):
                    there = side(ax, ay, bx, by, px, py)
                    if there == 0:
                        touched |= cells
                    elif there != side_beside(ax, ay, bx, by, cx, py):
                        inside ^= cells
            elif (ay == py and (ax == px or (by == py and (ax < px) != (bx < px)))) or (by == py and bx == px):
                touched |= cells
            if crosses_meridian(ax, ay, bx, by, cx, cy, py):
                inside ^= cells
        inside |= touched
        if inside != 0:
            while inside & 1 == 0:
                inside >>= 1
                names += 1
            return int(stream[names])
        if head < MORE:
            return OUTSIDE
        at += 2 * segments
