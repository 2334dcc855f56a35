"""How much of a circle a polygon holds, as machine code: a reckoning in a plane, good to a part in a thousand.

The area that a ring and a circle about the origin share is the sum over the ring's pieces: half the cross product of
the ends of a piece inside the circle, and half the squared radius times the angle that a piece outside it turns about
the centre. Pieces outside that follow each other are taken as one: their angle is that between the first and the last
point, and 2 pi for each time that they cross the western half of the x axis.
"""

import math

import numpy as np

from gis.compiled import compiled, inner
from gis.segments import Floats, Ints, Numbers
from gis.vertices import BLOCK


@inner
def _crossed(ax: float, ay: float, bx: float, by: float) -> int:
    """1 where the way from a to b crosses the western axis southward, -1 northward, else 0."""
    if (ay >= 0.0) == (by >= 0.0) or ax + (0.0 - ay) * (bx - ax) / (by - ay) >= 0.0:
        return 0
    return 1 if ay >= 0.0 else -1


@inner
def _turn(ax: float, ay: float, bx: float, by: float, turns: int) -> float:
    return math.atan2(by, bx) - math.atan2(ay, ax) + 2.0 * math.pi * turns


@inner
def _within(along: float, length2: float, over: float) -> tuple[float, float]:
    """Where along a segment it enters the circle and leaves it, 0 at its begin and 1 at its end; 2 and 2 for never."""
    root2 = along * along - length2 * over
    if root2 <= 0.0:
        return 2.0, 2.0
    root = math.sqrt(root2)
    return (-along - root) / length2, (-along + root) / length2


@inner
def _area(
    x: float, y: float, kx: float, ky: float, r: float, first: int, last: int, vertices: Floats, owners: Numbers,
    boxes: Floats,
) -> float:  # fmt: skip
    twice, angle, turns, away, sx, sy = 0.0, 0.0, 0, False, 0.0, 0.0
    for block in range(first // BLOCK, (last - 1) // BLOCK + 1):
        begin, end = max(first, block * BLOCK), min(last, block * BLOCK + BLOCK)
        west, south = (boxes[block, 0] - x) * kx, (boxes[block, 1] - y) * ky
        east, north = (boxes[block, 2] - x) * kx, (boxes[block, 3] - y) * ky
        # Far off, and not over the western axis: only where the way begins and ends counts.
        skipped = west > r or south > r or north < -r or (east < -r and (south > 0.0 or north < 0.0))
        for s in range(begin, end):
            skipped = skipped and owners[s] >= 0
        ax, ay = (vertices[2 * begin] - x) * kx, (vertices[2 * begin + 1] - y) * ky + 0.0
        if skipped:
            if not away:
                away, sx, sy, turns = True, ax, ay, 0
            continue
        for s in range(begin, end):
            ax, ay = (vertices[2 * s] - x) * kx, (vertices[2 * s + 1] - y) * ky + 0.0
            if owners[s] < 0:
                if away:
                    angle += _turn(sx, sy, ax, ay, turns)
                    away = False
                continue
            bx, by = (vertices[2 * s + 2] - x) * kx, (vertices[2 * s + 3] - y) * ky + 0.0
            dx, dy = bx - ax, by - ay
            length2, along, over = dx * dx + dy * dy, ax * dx + ay * dy, ax * ax + ay * ay - r * r
            enter, leave = _within(along, length2, over)
            if enter >= 1.0 or leave <= 0.0:  # wholly outside
                if not away:
                    away, sx, sy, turns = True, ax, ay, 0
                turns += _crossed(ax, ay, bx, by)
                continue
            px, py, qx, qy = ax, ay, bx, by
            if enter > 0.0:
                px, py = ax + enter * dx, ay + enter * dy + 0.0
                if not away:
                    away, sx, sy, turns = True, ax, ay, 0
                turns += _crossed(ax, ay, px, py)
            if away:
                angle += _turn(sx, sy, px, py, turns)
                away = False
            if leave < 1.0:
                qx, qy = ax + leave * dx, ay + leave * dy + 0.0
                away, sx, sy, turns = True, qx, qy, _crossed(qx, qy, bx, by)
            twice += px * qy - py * qx
    return 0.5 * (twice + r * r * angle)


@compiled
def most_of_others(
    lon: Floats, lat: Floats, own: Numbers, radius: Floats, per_lon: Floats, per_lat: Floats, vertices: Floats,
    owners: Numbers, starts: Ints, boxes: Floats, bounds: Floats, most: Floats,
) -> None:  # fmt: skip
    """Fills in the largest share (0 to 1) of each circle that any polygon but its ``own`` holds.

    Rings run counter-clockwise, holes clockwise. ``bounds`` are the polygons' boxes. A degree measures ``per_lon``,
    ``per_lat`` metres. What is no share (NaN, below 0, above 1) tells of a row that could not be reckoned.
    """
    for row in range(len(lon)):
        x, y, kx, ky, r = lon[row], lat[row], per_lon[row], per_lat[row], radius[row]
        across, up, found = r / kx, r / ky, 0.0
        for polygon in range(len(bounds)):
            west, south, east, north = bounds[polygon]
            apart = west > x + across or east < x - across or south > y + up or north < y - up
            if apart or polygon == own[row] or starts[polygon] == starts[polygon + 1]:
                continue
            held = _area(x, y, kx, ky, r, starts[polygon], starts[polygon + 1], vertices, owners, boxes)
            share = held / (math.pi * r * r)
            if not share >= -1e-6 or not share <= 1.000001:
                found = np.nan
                break
            found = max(found, share)
        most[row] = found
