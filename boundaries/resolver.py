"""What bulk resolving does to a block of rows, whatever file they come from, and what it counts."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from boundaries.answers import Answers
from boundaries.columns import WHY, resolve_columns
from boundaries.number_columns import Column
from gis.cells import CellIndex
from gis.doubts import Doubts

Tell = Callable[[int, int, int], None]
"""Hears after each block: how much is done, of how much (rows or bytes), and how many rows that were."""


@dataclass
class Counts:
    """How many rows there were, and for how many each reason says that they have no cell."""

    rows: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


class Resolver:
    """Resolves blocks of points in ``datum`` by one index, and counts. With ``measure`` False only codes are sought."""

    def __init__(self, index: CellIndex, datum: str, doubt_share: float = 0.2, *, measure: bool = True) -> None:
        self.counts, self.measure = Counts(), measure
        self.answers = Answers(index, measure=measure)
        self._doubts = Doubts(index)
        self._index, self._datum, self._doubt_share = index, datum, doubt_share

    def block(self, lon: Column, lat: Column, accuracy_m: Column | None) -> list[Any]:
        """The columns to be added to a block of rows."""
        found = resolve_columns(
            lon, lat, accuracy_m, self._datum, self._index, self._doubt_share, measure=self.measure, doubts=self._doubts
        )
        self.counts.rows += len(found.why)
        for number, many in enumerate(np.bincount(found.why, minlength=len(WHY)).tolist()):
            if many and (word := WHY[number]):
                self.counts.reasons[word] += many
        return self.answers.arrays(found)
