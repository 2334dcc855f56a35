"""Columns of points resolved at once: the pure work of the bulk command."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundaries.number_columns import Column
from gis.cells import CellIndex
from gis.doubts import Doubts
from gis.place import REASONS, places_of
from gis.resolution import OUTSIDE

RESULTS = ("township", "grid", "border_m", "on_border", "doubtful", "reason")
CODES = ("township", "grid", "reason")
WHY = (*REASONS, OUTSIDE)
"""What the numbers of ``Resolved.why`` stand for; the first, None, is "in a cell"."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """What was found, row by row: the position of the cell in the index, -1 for none, and a position in WHY.

    Without measuring, the three columns between are None. ``border_m`` is NaN where there is no cell.
    """

    numbers: NDArray[np.int32]
    border_m: NDArray[np.float64] | None
    on_border: NDArray[np.bool_] | None
    doubtful: NDArray[np.bool_] | None
    why: NDArray[np.int8]


def resolve_columns(
    lon: Column,
    lat: Column,
    accuracy_m: Column | None,
    datum: str,
    index: CellIndex,
    doubt_share: float = 0.2,
    *,
    measure: bool = True,
    doubts: Doubts | None = None,
) -> Resolved:
    """Where each point falls; ``lon`` and ``lat`` are degrees in ``datum``. Row by row as ``place`` and
    ``CellIndex.resolve`` say.

    ``accuracy_m``, where there is a column of it, makes rows doubtful; what is no number there counts as not given.
    ``doubts`` is that of the index, for who has many blocks. Without ``measure`` only cells and reasons are sought.
    Raises nothing for a row; the columns are equally long.
    """
    x, y, why = places_of(*lon, *lat, datum, index.box)
    if not measure:
        numbers = index.find_many(x, y)
        return Resolved(numbers, None, None, None, _with_outside(why, numbers))
    numbers, border_m, on_border = index.resolve_many(x, y)
    doubtful = np.zeros(len(x), dtype=bool)
    if accuracy_m is not None:
        judge = doubts or Doubts(index)
        doubtful = judge.doubtful(numbers, border_m, x, y, accuracy_m[0], doubt_share)
    return Resolved(numbers, border_m, on_border, doubtful, _with_outside(why, numbers))


def _with_outside(why: NDArray[np.int8], numbers: NDArray[np.int32]) -> NDArray[np.int8]:
    why[(numbers < 0) & (why == 0)] = WHY.index(OUTSIDE)
    return why
