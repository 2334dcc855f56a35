"""The formula of GCJ-02 in additions, multiplications, divisions and square roots alone.

These five operations are rounded in one way everywhere (IEEE 754), unlike the sines of one library and another. So one
text serves single numbers, numpy's columns and machine code, and all three give the same bits. The sines of the formula
are those of a few multiples of one angle; each is taken from the one before, which errs by 1e-13 m at most.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

A = 6378245.0
EE = 0.00669342162296594323
_DEGREE = math.pi / 180.0
_SIXTIETH = math.pi / 60.0
_TWO_THIRDS = 2.0 / 3.0
_PER_LON, _PER_LAT = 1.0 / (_DEGREE * A), 1.0 / (_DEGREE * A * (1.0 - EE))
ROUNDS = 7
"""Of the fixed point: one shrinks the error, at first below 0.02 degrees, by 0.005."""


def _twice(s: Any, c: Any) -> Any:
    """Sine and cosine of the double angle."""
    return 2.0 * s * c, 1.0 - 2.0 * s * s


def _thrice(s: Any, c: Any) -> Any:
    """Sine and cosine of the triple angle."""
    return s * (3.0 - 4.0 * s * s), c * (4.0 * c * c - 3.0)


def _sine_cosine(angle: Any) -> Any:
    """Sine and cosine of an angle up to 1.9 radians: Taylor's series at a quarter of it, doubled twice."""
    q = 0.25 * angle
    z = q * q
    s = 1.0 - z * (1.0 / 210.0)
    s = 1.0 - z * (1.0 / 156.0) * s
    s = 1.0 - z * (1.0 / 110.0) * s
    s = 1.0 - z * (1.0 / 72.0) * s
    s = 1.0 - z * (1.0 / 42.0) * s
    s = 1.0 - z * (1.0 / 20.0) * s
    s = q * (1.0 - z * (1.0 / 6.0) * s)
    c = 1.0 - z * (1.0 / 240.0)
    c = 1.0 - z * (1.0 / 182.0) * c
    c = 1.0 - z * (1.0 / 132.0) * c
    c = 1.0 - z * (1.0 / 90.0) * c
    c = 1.0 - z * (1.0 / 56.0) * c
    c = 1.0 - z * (1.0 / 30.0) * c
    c = 1.0 - z * (1.0 / 12.0) * c
    c = 1.0 - z * (1.0 / 2.0) * c
    s, c = 2.0 * s * c, 1.0 - 2.0 * s * s
    return 2.0 * s * c, 1.0 - 2.0 * s * s


def made(weave: Callable[[Any], Any], sqrt: Any, fabs: Any) -> tuple[Callable[[Any, Any], Any], Callable[..., Any]]:
    """The formula for one sort of numbers: ``(lon, lat)`` to GCJ-02, and one round of its inverse.

    ``weave`` makes each function what it has to be (itself, or machine code); ``sqrt`` and ``fabs`` suit the numbers.
    A round is given the GCJ-02 pair and the last guess of the WGS84 pair, and gives a better one.
    """
    twice, thrice, sine_cosine = weave(_twice), weave(_thrice), weave(_sine_cosine)

    def multiples(degrees: Any) -> Any:
        """Sines of a thirtieth, a twelfth, a third and the whole of so many half turns; the cosine of the whole."""
        s1, c1 = sine_cosine(degrees * _SIXTIETH)
        s2, c2 = twice(s1, c1)
        s4, c4 = twice(s2, c2)
        s5, c5 = s4 * c1 + c4 * s1, c4 * c1 - s4 * s1
        s10, c10 = twice(s5, c5)
        s20, c20 = twice(s10, c10)
        s60, c60 = thrice(s20, c20)
        return s2, s5, s20, s60, c60

    multiples = weave(multiples)

    def forward(lon: Any, lat: Any) -> Any:
        x, y = lon - 105.0, lat - 35.0
        x2, x5, x20, x60, cosine = multiples(x)
        y2, y5, y20, y60, _ = multiples(y)
        double, double_cosine = twice(x60, cosine)
        sixfold, _ = thrice(double, double_cosine)
        both = 20.0 * sixfold + 20.0 * double
        waves_y = both + 20.0 * y60 + 40.0 * y20 + 160.0 * y5 + 320.0 * y2
        waves_x = both + 20.0 * x60 + 40.0 * x20 + 150.0 * x5 + 300.0 * x2
        root = sqrt(fabs(x))
        north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves_y * _TWO_THIRDS
        east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves_x * _TWO_THIRDS
        sine, cosine = sine_cosine(lat * _DEGREE)
        w2 = 1.0 - EE * sine * sine
        w = sqrt(w2)
        return lon + east * w * _PER_LON / cosine, lat + north * w2 * w * _PER_LAT

    forward = weave(forward)

    def closer(lon: Any, lat: Any, x: Any, y: Any) -> Any:
        ahead_x, ahead_y = forward(x, y)
        return x - (ahead_x - lon), y - (ahead_y - lat)

    return forward, weave(closer)


def _as_it_is(function: Any) -> Any:
    return function


one_forward, one_closer = made(_as_it_is, math.sqrt, math.fabs)
many_forward, many_closer = made(_as_it_is, np.sqrt, np.abs)
