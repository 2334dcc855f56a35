"""A CSV table of points, resolved chunk by chunk: every row and column is kept, in order."""

import csv
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa

from boundaries.errors import TableError
from boundaries.heading import heading
from boundaries.number_columns import numbers_in
from boundaries.resolver import Counts, Resolver, Tell
from boundaries.whole_file import whole_file

CHUNK = 50_000
_FIELD_LIMIT = 16 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"
_PACKED = {
    b"\x1f\x8b": "compressed by gzip; unpack it first (gunzip)",
    b"PK\x03\x04": "a ZIP or an Excel workbook; unpack it, or save the sheet as CSV",
}


def resolve_table(source: Path, target: Path, resolver: Resolver, tell: Tell) -> Counts:
    """Write ``source`` to ``target`` with the resolver's columns added.

    ``source`` is comma-separated text in UTF-8 or GB18030 with the columns ``lon`` and ``lat`` (degrees) and perhaps
    ``accuracy_m``. ``target`` is UTF-8, with a mark at its start unless the source is UTF-8 without one; it appears
    whole or not at all. Columns of the source that are called like an added one are kept as ``given_...``.
    Raises TableError, OSError.
    """
    encoding = _encoding(source)
    total = source.stat().st_size
    with (
        whole_file(target) as part,
        source.open("rb") as data,
        io.TextIOWrapper(data, encoding=encoding, newline="") as lines,
        part.open("w", encoding="utf-8" if encoding == "utf-8" else "utf-8-sig", newline="") as out,
    ):
        for rows in _resolved(source.name, lines, out, resolver):
            tell(data.tell(), total, rows)
    return resolver.counts


def _resolved(name: str, lines: TextIO, out: TextIO, resolver: Resolver) -> Iterator[int]:
    """Write all, yielding the number of rows so far after each chunk."""
    reader = _reader(name, lines)
    first = next(reader, None)
    if first is None:
        raise TableError(f"{name}: the file has no line.")
    head = heading(name, first, resolver.answers.names)
    width = len(head.columns)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*head.columns, *resolver.answers.names])
    while chunk := list(islice(reader, CHUNK)):
        padded = [row + [""] * (width - len(row)) if len(row) < width else row for row in chunk]
        accuracy = head.accuracy if resolver.measure else None
        found = resolver.block(
            numbers_in([row[head.lon] for row in padded]),
            numbers_in([row[head.lat] for row in padded]),
            None if accuracy is None else numbers_in([row[accuracy] for row in padded]),
        )
        # What a row has beyond the header goes last, so that nothing is lost and nothing is moved.
        writer.writerows(
            [*row[:width], *answer, *row[width:]]
            for row, answer in zip(padded, zip(*map(_texts, found), strict=True), strict=True)
        )
        yield resolver.counts.rows


def _texts(column: Any) -> list[str]:
    """A column of answers as it is written: metres to the millimetre, true or false, nothing for none."""
    if pa.types.is_floating(column.type):
        return ["" if metres is None else f"{metres:.3f}" for metres in column.to_pylist()]
    if pa.types.is_boolean(column.type):
        return ["true" if yes else "false" for yes in column.to_pylist()]
    words = [*column.dictionary.to_pylist(), ""]
    where = column.indices.fill_null(len(words) - 1).to_pylist()
    return [words[at] for at in where]


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


def _encoding(path: Path) -> str:
    """UTF-8, with or without its mark, else GB18030. Raises TableError where the file is neither, or no text."""
    with path.open("rb") as data:
        start = data.read(4)
    for magic, said in _PACKED.items():
        if start.startswith(magic):
            raise TableError(f"{path.name}: is {said}.")
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
