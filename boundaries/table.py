"""A CSV table of points, resolved chunk by chunk: every row and column is kept, in order."""

import csv
import io
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TextIO

from boundaries.columns import RESULTS, resolve_columns
from gis.cells import CellIndex
from gis.errors import Refusal

CHUNK = 50_000
_FIELD_LIMIT = 16 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"


class TableError(Refusal):
    """A table that cannot be read or written as asked; nothing was written."""

    code = "table"


@dataclass
class Counts:
    """How many rows there were, and for how many each reason says that they have no cell."""

    rows: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Header:
    """The columns of a table: all of them as they are written, and where those are that count."""

    columns: list[str]
    lon: int
    lat: int
    accuracy: int | None


def resolve_table(
    source: Path, target: Path, datum: str, index: CellIndex, tell: Callable[[str], None], doubt_share: float = 0.2
) -> Counts:
    """Write ``source`` to ``target`` with RESULTS added; ``tell`` hears a word about each chunk.

    ``source`` is comma-separated text in UTF-8 or GB18030 with the columns ``lon`` and ``lat`` (degrees in ``datum``)
    and perhaps ``accuracy_m``. ``target`` is UTF-8, with a mark at its start unless the source is UTF-8 without one;
    it appears whole or not at all. Columns of the source that are called like a result are kept as ``given_...``.
    Raises TableError, OSError.
    """
    encoding = _encoding(source)
    target = target.resolve()
    if target.exists() and not target.is_file():
        raise TableError(f"{target}: is not a plain file to write to.")
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    counts = Counts()
    try:
        with (
            source.open(encoding=encoding, newline="") as lines,
            part.open("x", encoding="utf-8" if encoding == "utf-8" else "utf-8-sig", newline="") as out,
        ):
            for rows in _resolved(source.name, lines, out, datum, index, doubt_share, counts):
                tell(f"{rows} rows")
        part.replace(target)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()
    return counts


def _resolved(
    name: str, lines: TextIO, out: TextIO, datum: str, index: CellIndex, doubt_share: float, counts: Counts
) -> Iterator[int]:
    """Write all, yielding the number of rows so far after each chunk."""
    reader = _reader(name, lines)
    first = next(reader, None)
    if first is None:
        raise TableError(f"{name}: the file has no line.")
    header = _header(name, first)
    width = len(header.columns)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*header.columns, *RESULTS])
    while chunk := list(islice(reader, CHUNK)):
        padded = [row + [""] * (width - len(row)) for row in chunk]
        columns = resolve_columns(
            [row[header.lon] for row in padded],
            [row[header.lat] for row in padded],
            None if header.accuracy is None else [row[header.accuracy] for row in padded],
            datum,
            index,
            doubt_share,
        )
        # What a row has beyond the header goes last, so that nothing is lost and nothing is moved.
        writer.writerows(
            [*row[:width], *found, *row[width:]]
            for row, found in zip(padded, zip(*columns.texts(), strict=True), strict=True)
        )
        counts.rows += len(chunk)
        counts.reasons.update(reason for reason in columns.reason if reason)
        yield counts.rows


def _reader(name: str, lines: TextIO) -> Iterator[list[str]]:
    """The rows that are not blank lines. A quotation that never ends would swallow the rest: it is refused."""
    csv.field_size_limit(_FIELD_LIMIT)
    reader = csv.reader(lines, strict=True)
    try:
        for row in reader:
            if row:
                yield row
    except csv.Error as error:
        raise TableError(f"{name}: line {reader.line_num}: {error}.") from error


def _header(name: str, first: list[str]) -> _Header:
    plain = [column.strip().lower() for column in first]
    for wanted in ("lon", "lat"):
        if plain.count(wanted) != 1:
            found = ", ".join(first)[:500]
            how = "no column" if wanted not in plain else "more than one column"
            raise TableError(f"{name}: there is {how} {wanted}; the columns found are: {found}.")
    columns = list(first)
    for i, column in enumerate(plain):
        if column in RESULTS:
            columns[i] = f"given_{column}"
            while columns[i] in first:
                columns[i] = f"given_{columns[i]}"
    accuracy = plain.index("accuracy_m") if plain.count("accuracy_m") == 1 else None
    return _Header(columns, plain.index("lon"), plain.index("lat"), accuracy)


def _encoding(path: Path) -> str:
    """UTF-8, with or without its mark, else GB18030. Raises TableError where the file is neither, or no text."""
    with path.open("rb") as data:
        start = data.read(4)
    if start == b"PAR1":
        raise TableError(f"{path.name}: Parquet is not served yet; give a CSV file.")
    for encoding in ("utf-8-sig" if start.startswith(_BOM) else "utf-8", "gb18030"):
        if _decodes(path, encoding):
            return encoding
    raise TableError(f"{path.name}: the text is neither UTF-8 nor GB18030.")


def _decodes(path: Path, encoding: str) -> bool:
    try:
        with path.open(encoding=encoding, newline="") as text:
            while text.read(io.DEFAULT_BUFFER_SIZE * 128):
                pass
    except UnicodeDecodeError:
        return False
    return True
