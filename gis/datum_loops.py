"""The inverse of GCJ-02 as machine code: the same formula and the same bits as without."""

import math

from gis.compiled import compiled, inner
from gis.curves import ROUNDS, made
from gis.segments import Floats

_, closer = made(inner, math.sqrt, math.fabs)
_BLOCK = 1024


@compiled
def inverse(lon: Floats, lat: Floats, x: Floats, y: Floats) -> None:
    """Fills ``x``, ``y`` with the WGS84 degrees of GCJ-02 points; block by block, so that each round is one plain loop
    in which the processor takes several points at a time."""
    for begin in range(0, len(lon), _BLOCK):
        end = min(begin + _BLOCK, len(lon))
        for k in range(begin, end):
            x[k], y[k] = lon[k], lat[k]
        for _ in range(ROUNDS):
            for k in range(begin, end):
                x[k], y[k] = closer(lon[k], lat[k], x[k], y[k])
