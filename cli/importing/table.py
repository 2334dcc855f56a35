"""A CSV file as a source of items: separator and encoding found out, row by row in constant memory."""

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType

from cli.importing.encoding import MOST, encoding_of
from cli.importing.lines import Lines
from cli.importing.rejected import ENDING, OWN
from cli.importing.rows import ImportFault, Row, Unreadable

SEPARATORS = ",;\t"

_WHY = {
    "unexpected end of data": "a quotation mark opens and never closes",
    "new-line character": "there is a carriage return in the middle of a row",
}


class Table:
    """An opened CSV file. The separator is that of comma, semicolon and tab under which most headings are known."""

    def __init__(self, path: Path, knows: Callable[[str], bool]) -> None:
        """``knows`` tells whether a heading is one that counts. Raises ImportFault, OSError."""
        csv.field_size_limit(max(csv.field_size_limit(), 4 * MOST))
        found = encoding_of(path)
        self.path, self.size = path, path.stat().st_size
        self.encoding = "utf-8" if found == "utf-8" else "utf-8-sig"
        self._raw = path.open("rb")
        self._lines = Lines(self._raw, found.removesuffix("-sig"))
        try:
            self.separator, self.columns = self._heading(knows)
        except BaseException:
            self._raw.close()
            raise
        self.names = labels(self.columns)
        # a mended FILE.rejected.csv comes back without what we wrote into it, so its rows are what they are in FILE
        again = path.name.endswith(ENDING) and tuple(self.columns[-len(OWN) :]) == OWN
        self._ours = len(self.columns) - (len(OWN) if again else 0)

    def __enter__(self) -> "Table":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._raw.close()

    @property
    def position(self) -> int:
        return self._raw.tell()

    def rows(self) -> Iterator[Row | Unreadable]:
        while True:
            self._lines.begin()
            try:
                fields = self._record(self.separator)
            except StopIteration:
                return
            except csv.Error as error:
                self._lines.give_back(1)
                yield self._unreadable([self._lines.taken[0].text.rstrip("\r\n")], _why(error))
                continue
            if any(field.strip() for field in fields):
                yield self._row(fields)

    def _row(self, fields: list[str]) -> Row | Unreadable:
        """The row of a record. Blank fields beyond the last column are what spreadsheets leave, and no fault; so is
        the lack of a field for a last column without a heading."""
        width, taken = len(self.columns), self._lines.taken
        while len(fields) > width and not fields[-1].strip():
            fields.pop()
        while len(fields) < width and not self.columns[len(fields)].strip():
            fields.append("")
        fault = next((line.fault for line in taken if line.fault), None)
        if fault or len(fields) != width:
            return self._unreadable(fields, fault or f"there are {len(fields)} fields, and {width} columns")
        named = zip(self.names[: self._ours], fields[: self._ours], strict=True)
        values = {name: field for name, field in named if field.strip()}
        return Row(taken[0].number, values, fields, sum(line.size for line in taken))

    def _unreadable(self, fields: list[str], reason: str) -> Unreadable:
        """Its fields under the columns; what is too many stands together in the last."""
        last = len(self.columns) - 1
        cells = [*fields[:last], self.separator.join(fields[last:])]
        return Unreadable(self._lines.taken[0].number, cells + [""] * (last + 1 - len(cells)), reason)

    def _record(self, separator: str) -> list[str]:
        return next(csv.reader(self._lines, delimiter=separator, strict=True))

    def _heading(self, knows: Callable[[str], bool]) -> tuple[str, Sequence[str]]:
        """The separator and the columns: read under each separator, the reading with most known headings counts."""
        readings: list[tuple[int, int, str, list[str]]] = []
        for separator in SEPARATORS:
            self._lines.give_back(0)
            fields = self._first(separator)
            readings.append((sum(map(knows, fields)), len(fields), separator, fields))
        best = max(readings, key=lambda reading: reading[:2])
        self._lines.give_back(0)
        columns = self._first(best[2])
        fault = next((line.fault for line in self._lines.taken if line.fault), None)
        if fault or not columns:
            raise ImportFault(f"{self.path.name}: the headings cannot be read: {fault or 'broken quotation marks'}.")
        return best[2], columns

    def _first(self, separator: str) -> list[str]:
        """The first record that is not blank; empty where its quoting is broken. Raises ImportFault for no line."""
        try:
            while True:
                fields = self._record(separator)
                if any(field.strip() for field in fields):
                    return fields
        except StopIteration:
            raise ImportFault(f"{self.path.name}: the file has no line with headings.") from None
        except csv.Error:
            return []


def labels(columns: Sequence[str]) -> list[str]:
    """A name of its own for each column: the second ``x`` is ``x (2)``, one without a name ``column 3``."""
    names: list[str] = []
    for number, column in enumerate(columns, start=1):
        base = column.strip() or f"column {number}"
        name, again = base, 2
        while name in names:
            name, again = f"{base} ({again})", again + 1
        names.append(name)
    return names


def _why(error: csv.Error) -> str:
    text = str(error)
    known = next((words for start, words in _WHY.items() if text.startswith(start)), None)
    return known or "a quotation mark closes in the middle of a field"
