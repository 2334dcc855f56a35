"""The import itself: rows become items block by block; one block is decided while the one before it is written."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from cli.importing.identity import Identities
from cli.importing.reading import Reader
from cli.importing.rejected import Rejected
from cli.importing.rows import Row, Source, Unreadable
from dispatch.account import Account
from dispatch.item import Item
from dispatch.report import EmptyReport
from store.bulk import Incoming, decide, write

if TYPE_CHECKING:
    from store.desk import Desk

ROWS, BYTES = 200, 4 * 1024 * 1024
"""A block: at most that many rows, and no row more once it has that many bytes."""


@dataclass
class Counts:
    """What an import did. ``unlocated`` counts the new items that need a place and have none, by the reason."""

    rows: int = 0
    new: int = 0
    there: int = 0
    rejected: int = 0
    unlocated: Counter[str] = field(default_factory=Counter)

    def add(self, items: Sequence[Item | None]) -> None:
        """Count what a block became: None is an item that was there already."""
        for item in items:
            if item is None:
                self.there += 1
                continue
            self.new += 1
            if item.is_unlocated:
                self.unlocated[item.resolution.reason or "outside-district"] += 1


@dataclass
class Import:
    """One run over one file. ``counts`` are true at any time, also after an interruption: they count what is stored."""

    desk: "Desk"
    account: Account
    source: Source
    reader: Reader
    rejected: Rejected
    clock: Callable[[], datetime]
    tell: Callable[[int, int], None]
    counts: Counts = field(default_factory=Counts)
    _under_way: "Future[list[Item | None]] | None" = None

    def run(self) -> Counts:
        """Import all. What was written stays when it ends early; another run goes on from there."""
        with ThreadPoolExecutor(1, thread_name_prefix="import") as writer:
            try:
                for block in self._blocks():
                    decided = decide(self.desk, self.account, block)
                    self._finish_block()
                    self._under_way = writer.submit(write, self.desk, self.account, decided)
            finally:
                self._finish_block()
        return self.counts

    def _finish_block(self) -> None:
        """Wait for the block that is being written, and count it."""
        under_way, self._under_way = self._under_way, None
        if under_way is not None:
            self.counts.add(under_way.result())
            self.tell(self.source.position, self.counts.rows)

    def _blocks(self) -> Iterator[list[Incoming]]:
        identities = Identities()
        block: list[Incoming] = []
        size = 0
        for row in self.source.rows():
            self.counts.rows += 1
            incoming = self._incoming(row, identities)
            if incoming is None or isinstance(row, Unreadable):
                continue
            block.append(incoming)
            size += row.size
            if len(block) >= ROWS or size >= BYTES:
                yield block
                block, size = [], 0
        yield block

    def _incoming(self, row: Row | Unreadable, identities: Identities) -> Incoming | None:
        if isinstance(row, Unreadable):
            self._reject(row.cells, row.line, row.reason)
            return None
        try:
            report = self.reader.read(row, self.clock())
        except EmptyReport:
            self._reject(row.cells, row.line, "there is no description, no address and no place")
            return None
        return report, identities.key(row, report)

    def _reject(self, cells: Sequence[str], line: int, reason: str) -> None:
        self.rejected.put(cells, line, reason)
        self.counts.rejected += 1
