"""Past items as columns: what is read of them, where they stand on one side, and what can be counted of a block."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from dispatch.item import CENTRE
from dispatch.rehearsal import PastItem, Side

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int32]
Objects = npt.NDArray[np.object_]

WHAT = ("township", "grid", "community", "handler", "worker")
"""What may become another one's, in the order it is told."""


@dataclass(frozen=True, slots=True)
class PastColumns:
    """Items as columns of one length. ``received_at`` is in seconds since 1970 (UTC), ``lon`` and ``lat`` WGS84 degrees
    and ``accuracy_m`` metres, NaN for none; ``category`` and ``kind`` are the rules' codes."""

    number: Sequence[str]
    received_at: Floats
    lon: Floats
    lat: Floats
    accuracy_m: Floats
    category: Sequence[str]
    kind: Sequence[str]

    def __len__(self) -> int:
        return len(self.number)


@dataclass(frozen=True, slots=True)
class SideColumns:
    """Where the rows of a block stand in one Edition: the position of the cell in its index (-1: none), whether the
    catalogue sends the worker, and codes (None: none). ``lead`` follows from the township."""

    cell: Ints
    task: Bools
    township: Objects
    grid: Objects
    community: Objects
    handler: Objects
    worker: Objects
    doubtful: Bools

    def at(self, row: int) -> Side:
        """One row."""
        township = self.township[row]
        return Side(
            township, self.grid[row], self.community[row], CENTRE if township is None else township,
            self.handler[row], self.worker[row], bool(self.doubtful[row]),
        )  # fmt: skip


@dataclass
class Sums:
    """What can be added up over blocks. ``cells`` and ``tasks``: for each side, items and worker's tasks in each cell
    of that side's index, and last those in no cell. ``pairs``: (position before, position after) -> items whose cell
    has another code or another township."""

    total: int
    placed: int
    any: int
    changed: dict[str, int]
    doubtful: tuple[int, int]
    cells: tuple[Any, Any]
    tasks: tuple[Any, Any]
    pairs: Counter[tuple[int, int]]

    def add(self, other: "Sums") -> None:
        """Count what ``other`` counted too."""
        self.total, self.placed, self.any = self.total + other.total, self.placed + other.placed, self.any + other.any
        self.changed = {what: n + other.changed[what] for what, n in self.changed.items()}
        self.doubtful = (self.doubtful[0] + other.doubtful[0], self.doubtful[1] + other.doubtful[1])
        self.cells = (self.cells[0] + other.cells[0], self.cells[1] + other.cells[1])
        self.tasks = (self.tasks[0] + other.tasks[0], self.tasks[1] + other.tasks[1])
        self.pairs.update(other.pairs)


@dataclass(frozen=True, slots=True)
class Replayed:
    """A block of items on both sides; ``changed`` tells for each of WHAT which rows change it."""

    columns: PastColumns
    before: SideColumns
    after: SideColumns
    changed: Mapping[str, Bools]
    sums: Sums

    def items(self, most: int | None = None) -> Iterator[PastItem]:
        """The rows that change anything, ``most`` of them."""
        for row in np.nonzero(np.logical_or.reduce(list(self.changed.values())))[0][:most].tolist():
            yield PastItem(
                self.columns.number[row],
                datetime.fromtimestamp(float(self.columns.received_at[row]), UTC),
                self.columns.category[row],
                self.before.at(row),
                self.after.at(row),
                tuple(what for what in WHAT if self.changed[what][row]),
            )
