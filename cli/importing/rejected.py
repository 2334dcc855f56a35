"""FILE.rejected.csv: the rows that could not be read, each with its line and reason."""

import csv
import os
from collections.abc import Sequence
from contextlib import suppress
from typing import TextIO

from cli.importing.rows import Source

OWN = ("line", "reason")
"""The columns behind those of the source."""
ENDING = ".rejected.csv"


class Rejected:
    """Writes the file, beside the source and readable by those who may read that; it appears whole or not at all.

    ``put`` adds a row, ``finish`` puts the file in its place, or takes away that of an earlier run where no row was
    added, ``drop`` forgets all. Raises OSError.
    """

    def __init__(self, source: Source) -> None:
        self.path = source.path.with_name(f"{source.path.name}{ENDING}")
        self._part = self.path.with_name(f".{self.path.name}.{os.getpid()}.part")
        self._source = source
        self._out: TextIO | None = None
        self.count = 0

    def put(self, cells: Sequence[str], line: int, reason: str) -> None:
        """Add a row."""
        if self._out is None:
            self._out = self._begin()
        csv.writer(self._out, delimiter=self._source.separator).writerow([*cells, line, reason])
        self.count += 1

    def finish(self) -> None:
        """Put the file in its place."""
        if self._out is None:
            self.path.unlink(missing_ok=True)
            return
        self._out.close()
        self._part.replace(self.path)

    def drop(self) -> None:
        """Leave nothing new behind."""
        if self._out is not None:
            self._out.close()
            with suppress(FileNotFoundError):
                self._part.unlink()

    def _begin(self) -> TextIO:
        mode = self._source.path.stat().st_mode & 0o666
        handle = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.fchmod(handle, mode)
        out = os.fdopen(handle, "w", encoding=self._source.encoding, newline="", errors="replace")
        columns = self._source.columns
        own = [name if name not in columns else f"rejected_{name}" for name in OWN]
        csv.writer(out, delimiter=self._source.separator).writerow([*columns, *own])
        return out
