"""The lines of a text file, one by one, and taken back where a record swallowed too many of them."""

from collections import deque
from dataclasses import dataclass
from typing import BinaryIO

from cli.importing.encoding import MOST

MOST_LINES = 1000
"""Lines of one record: a description may have some; a quotation mark that never closes would have all."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its end, its number from 1, and what makes it unreadable, if anything."""

    number: int
    text: str
    size: int
    fault: str | None


class Lines:
    """An iterator of texts for a CSV reader. Memory is bounded whatever the file holds.

    Bytes that are no text in the encoding, and NUL, stand as escapes (``\\xff``) and are the line's fault. A record is
    begun with ``begin``; ``taken`` are its lines; after MOST_LINES or MOST bytes the lines end, as at the file's end.
    """

    def __init__(self, raw: BinaryIO, encoding: str) -> None:
        self._raw, self._encoding = raw, encoding
        self._back: deque[Line] = deque()
        self._number = 0
        self.taken: list[Line] = []
        self._bytes = 0

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        if self.taken and (len(self.taken) >= MOST_LINES or self._bytes >= MOST):
            raise StopIteration
        line = self._back.popleft() if self._back else self._read()
        if line is None:
            raise StopIteration
        self.taken.append(line)
        self._bytes += line.size
        return line.text

    def begin(self) -> None:
        """Begin a record: what was taken before is done with."""
        self.taken, self._bytes = [], 0

    def give_back(self, kept: int) -> None:
        """Give back all taken lines but the first ``kept``; they come again."""
        self._back.extendleft(reversed(self.taken[kept:]))
        del self.taken[kept:]
        self._bytes = sum(line.size for line in self.taken)

    def _read(self) -> Line | None:
        raw = self._raw.readline(MOST + 1)
        if not raw:
            return None
        self._number += 1
        fault = None
        if len(raw) > MOST:
            fault = "the line is longer than 1 MiB"
            end = raw
            while end and not end.endswith(b"\n"):
                end = self._raw.readline(MOST)
            raw = raw[:1000].replace(b'"', b"'") + b" ...\n"
        try:
            text = raw.decode(self._encoding)
        except UnicodeDecodeError as error:
            fault = (
                fault or f"the bytes {error.object[error.start : error.end].hex(' ')} are no {_NAMES[self._encoding]}"
            )
            text = raw.decode(self._encoding, "backslashreplace")
        if "\0" in text:
            fault = fault or "there is a NUL byte"
            text = text.replace("\0", "\\x00")
        if self._number == 1:
            text = text.removeprefix("\ufeff")
        return Line(self._number, text, len(raw), fault)


_NAMES = {"utf-8": "UTF-8", "gb18030": "GB18030"}
