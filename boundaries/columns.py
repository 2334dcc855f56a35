"""Columns of points resolved at once: the pure work of the bulk command."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis.cells import CellIndex, is_doubtful
from gis.number import read_number
from gis.place import places_many
from gis.resolution import OUTSIDE

RESULTS = ("township", "grid", "border_m", "on_border", "doubtful", "reason")


@dataclass(frozen=True, slots=True)
class Resolved:
    """What was found, row by row: empty codes, NaN metres and a reason where there is no cell."""

    township: list[str]
    grid: list[str]
    border_m: NDArray[np.float64]
    on_border: NDArray[np.bool_]
    doubtful: NDArray[np.bool_]
    reason: list[str]

    def texts(self) -> tuple[Iterator[str], ...]:
        """The columns in the order of RESULTS as they are written: metres to the millimetre, true or false."""
        words = ("false", "true")
        return (
            iter(self.township),
            iter(self.grid),
            ("" if np.isnan(metres) else f"{metres:.3f}" for metres in self.border_m.tolist()),
            (words[on] for on in self.on_border.tolist()),
            (words[doubt] for doubt in self.doubtful.tolist()),
            iter(self.reason),
        )


def resolve_columns(
    lon: Sequence[object],
    lat: Sequence[object],
    accuracy_m: Sequence[object] | None,
    datum: str,
    index: CellIndex,
    doubt_share: float = 0.2,
) -> Resolved:
    """Where each point falls. ``lon`` and ``lat`` are degrees in ``datum``, of whatever sort: numbers or texts.

    ``accuracy_m``, where there is a column of it, makes rows doubtful as in ``CellIndex.resolve``; what is no number
    there counts as not given. Raises nothing for a row; ValueError where the columns differ in length.
    """
    x, y, reasons = places_many(lon, lat, datum, index.box)
    numbers, border_m, on_border = index.resolve_many(x, y)
    township, grid, reason = [], [], []
    for number, why in zip(numbers.tolist(), reasons.tolist(), strict=True):
        cell = index.cells[number] if number >= 0 else None
        township.append(cell.township if cell else "")
        grid.append(cell.code if cell else "")
        reason.append("" if cell else (why or OUTSIDE))
    doubtful = np.zeros(len(x), dtype=bool)
    if accuracy_m is not None:
        for row, given in enumerate(accuracy_m):
            radius, no_number = read_number(given)
            # A circle that stays inside the cell touches no other township: most rows need no geometry.
            if numbers[row] >= 0 and no_number is None and radius > 0.99 * border_m[row]:
                about = index.touching(float(x[row]), float(y[row]), radius)
                doubtful[row] = is_doubtful(township[row], about, doubt_share)
    return Resolved(township, grid, border_m, on_border, doubtful, reason)
