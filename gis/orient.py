"""On which side of a line a point lies: exactly, and nearly always by a few multiplications.

The filter and the arithmetic without error are those of J. R. Shewchuk, "Adaptive Precision Floating-Point Arithmetic
and Fast Robust Geometric Predicates" (1997). Coordinates must be finite and below 1e18. Products of numbers next to
zero lose bits; so what the filter takes for certain must be above _TRACE, and the exact arithmetic works on numbers
enlarged by a power of two, which changes no sign. Only differences that are both below 1e-170 are beyond it.
"""

import numpy as np

from gis.compiled import apart, inner
from gis.segments import Floats

_FILTER = (3.0 + 16.0 * 2.0**-53) * 2.0**-53
_SPLITTER = 134217729.0  # 2**27 + 1
_TRACE = 1e-290
_LARGER = 2.0**450


@inner
def _two_sum(a: float, b: float) -> tuple[float, float]:
    s = a + b
    v = s - a
    return s, (a - (s - v)) + (b - v)


@inner
def _two_product(a: float, b: float) -> tuple[float, float]:
    p = a * b
    c = _SPLITTER * a
    a_high = c - (c - a)
    a_low = a - a_high
    c = _SPLITTER * b
    b_high = c - (c - b)
    b_low = b - b_high
    return p, a_low * b_low - (((p - a_high * b_high) - a_low * b_high) - a_high * b_low)


@apart("int64(float64[::1])")
def _sign_of_sum(terms: Floats) -> int:
    """The sign of the exact sum of ``terms``, which are overwritten."""
    grown = 0
    for k in range(len(terms)):
        carry = terms[k]
        kept = 0
        for i in range(grown):
            carry, rest = _two_sum(carry, terms[i])
            if rest != 0.0:
                terms[kept] = rest
                kept += 1
        if carry != 0.0:
            terms[kept] = carry
            kept += 1
        grown = kept
    if grown == 0:
        return 0
    return 1 if terms[grown - 1] > 0.0 else -1


@apart("int64(float64, float64, float64, float64, float64, float64)")
def _exact_side(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> int:
    """Where the filter cannot tell. Differences of near numbers are exact, and then four terms are enough."""
    ax, ay, bx, by, px, py = ax * _LARGER, ay * _LARGER, bx * _LARGER, by * _LARGER, px * _LARGER, py * _LARGER
    a_x, a_x_rest = _two_sum(ax, -px)
    b_y, b_y_rest = _two_sum(by, -py)
    a_y, a_y_rest = _two_sum(ay, -py)
    b_x, b_x_rest = _two_sum(bx, -px)
    if a_x_rest == 0.0 and b_y_rest == 0.0 and a_y_rest == 0.0 and b_x_rest == 0.0:
        few = np.empty(4)
        few[1], few[0] = _two_product(a_x, b_y)
        high, low = _two_product(a_y, b_x)
        few[2], few[3] = -low, -high
        return _sign_of_sum(few)
    many = np.empty(12)
    many[1], many[0] = _two_product(ax, by)
    many[3], many[2] = _two_product(-ax, py)
    many[5], many[4] = _two_product(-px, by)
    many[7], many[6] = _two_product(-ay, bx)
    many[9], many[8] = _two_product(ay, px)
    many[11], many[10] = _two_product(py, bx)
    return _sign_of_sum(many)


@inner
def side(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> int:
    """1 where the point p lies left of the line from a to b, -1 right of it, 0 on it."""
    left = (ax - px) * (by - py)
    right = (ay - py) * (bx - px)
    found = left - right
    bound = _FILTER * (abs(left) + abs(right)) + _TRACE
    if found > bound:
        return 1
    if found < -bound:
        return -1
    return _exact_side(ax, ay, bx, by, px, py)


@inner
def side_beside(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> int:
    """As ``side``, for the point moved by next to nothing north and by far less than that east: it is on no line."""
    found = side(ax, ay, bx, by, px, py)
    if found != 0:
        return found
    if bx != ax:
        return 1 if bx > ax else -1
    return -1 if by > ay else 1
