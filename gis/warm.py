"""Making ready, before anybody waits, what the first question would otherwise make."""

import numpy as np
import shapely

from gis.cells import Cell, CellIndex
from gis.datum import to_wgs84


def warm_up() -> None:
    """Compiles, or reads from where it is kept, all machine code that questions about places use.

    A server calls it before it forks its workers, which then have it. Nothing happens where numba is not there.
    """
    index = CellIndex([Cell("A", "", "", None, shapely.box(119.0, 26.0, 119.01, 26.01))])
    index.resolve((119.005, 26.005))
    index.resolve_many(np.full(2, 119.005), np.full(2, 26.005))
    to_wgs84(np.full(16_384, 119.3), np.full(16_384, 26.1), "gcj02")
