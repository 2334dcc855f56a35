"""What was found of columns of points, as columns of Arrow."""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from boundaries.columns import CODES, RESULTS, WHY, Resolved
from gis.cells import CellIndex

_TYPES = {"border_m": pa.float64(), "on_border": pa.bool_(), "doubtful": pa.bool_()}


class Answers:
    """Makes the added columns of one index: codes and reasons are dictionaries, so that each word is kept once."""

    def __init__(self, index: CellIndex, *, measure: bool) -> None:
        self.names = RESULTS if measure else CODES
        self._townships = _Words([cell.township for cell in index.cells])
        self._grids = _Words([cell.code for cell in index.cells])
        self._why = _Words([word or "" for word in WHY])

    def fields(self, *, plain: bool) -> list[Any]:
        """The fields of the columns; with ``plain`` as a reader is to see them: texts and no dictionaries."""
        text = pa.string() if plain else pa.dictionary(pa.int32(), pa.string())
        return [pa.field(name, _TYPES.get(name, text)) for name in self.names]

    def arrays(self, found: Resolved) -> list[Any]:
        """The columns, in the order of ``names``; null where there is no cell, and in a cell for the reason."""
        outside = found.numbers < 0
        columns = [self._townships.of(found.numbers, outside), self._grids.of(found.numbers, outside)]
        if found.border_m is not None:
            columns += [pa.array(found.border_m, mask=outside), pa.array(found.on_border), pa.array(found.doubtful)]
        return [*columns, self._why.of(found.why, ~outside)]


class _Words:
    """Words by number; the same one may stand under many numbers."""

    def __init__(self, words: list[str]) -> None:
        unique, where = np.unique(np.array(words, dtype=object), return_inverse=True)
        self._words = pa.array(unique.tolist(), pa.string())
        self._where = np.append(where, 0).astype(np.int32)  # the last is for -1

    def of(self, numbers: NDArray[np.int32] | NDArray[np.int8], none: NDArray[np.bool_]) -> Any:
        where = pa.array(self._where[numbers], mask=none)
        return pa.DictionaryArray.from_arrays(where, self._words, safe=False)
