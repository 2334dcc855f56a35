"""Reading the CSV and TOML files that a city edits, with the line of everything."""

import csv
import io
import re
import tomllib
from collections.abc import Collection, Container, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from dispatch.faults import Fault

T = TypeVar("T")

YES_NO = {"yes": True, "no": False, "是": True, "否": False, "true": True, "false": False, "1": True, "0": False}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: cells by column name, stripped; a column that is left out reads as empty."""

    file: str
    line: int
    cells: dict[str, str]
    faults: list[Fault]

    def text(self, column: str) -> str:
        """The cell, possibly empty."""
        return self.cells.get(column, "")

    def fault(self, detail: str, remedy: str) -> None:
        """Notes a fault at this line."""
        self.faults.append(Fault(self.file, self.line, detail, remedy))

    def required(self, column: str) -> str:
        """The cell; a fault where it is empty."""
        value = self.text(column)
        if not value:
            self.fault(f"{column} is empty", f"fill in {column}")
        return value

    def one_of(self, column: str, words: Collection[str]) -> str:
        """The cell if it is one of ``words``, else a fault (and the cell as it stands)."""
        value = self.required(column)
        if value and value not in words:
            self.fault(f"{column} {value!r} is unknown", f"write one of: {', '.join(words)}")
        return value

    def yes_no(self, column: str) -> bool:
        """``yes``/``no``, 是/否, ``true``/``false``, ``1``/``0``; anything else is a fault and reads as no."""
        value = self.required(column)
        if value and value.casefold() not in YES_NO:
            self.fault(f"{column} {value!r} is neither yes nor no", "write yes or no")
        return YES_NO.get(value.casefold(), False)

    def words(self, column: str) -> tuple[str, ...]:
        """The cell split at semicolons, without empty parts."""
        return tuple(word.strip() for word in re.split("[;；]", self.text(column)) if word.strip())


def decode(data: bytes, file: str, faults: list[Fault], *, gbk: bool = False) -> str:
    """Text of a file: UTF-8 with or without BOM, and GB18030 (what a Chinese Excel saves) where ``gbk`` is set.

    Line ends become ``\\n``. A file in another encoding is a fault and reads as empty.
    """
    for encoding in ("utf-8-sig", "gb18030") if gbk else ("utf-8-sig",):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n")
    line = _first_bad_line(data)
    faults.append(Fault(file, line, "the text is not UTF-8", "save the file again as UTF-8"))
    return ""


def _first_bad_line(data: bytes) -> int:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return data[: error.start].count(b"\n") + 1
    return 1


def read_text(path: Path, faults: list[Fault], *, gbk: bool = False) -> str:
    """Text of the file at ``path``; a file that is not there or cannot be read is a fault and reads as empty."""
    try:
        data = path.read_bytes()
    except OSError as error:
        faults.append(Fault(path.name, 0, f"cannot be read: {error.strerror}", "put the file there, readable"))
        return ""
    return decode(data, path.name, faults, gbk=gbk)


def table(
    text: str, file: str, faults: list[Fault], *, columns: Sequence[str], optional: Sequence[str] = ()
) -> Iterator[Row]:
    """Rows of a CSV text. Empty lines and lines that start with ``#`` are no rows.

    The first row names the columns: every one of ``columns``, any of ``optional``, nothing else, in any order. A row
    that does not fit its header is a fault and is not given on. A text without rows gives none.
    """
    lines = _records(text, file, faults)
    line, header = next(lines, (0, []))
    if not header:
        if not any(fault.file == file for fault in faults):
            faults.append(Fault(file, 0, "the file is empty", f"write a first line: {','.join(columns)}"))
        return
    if not _header_is_sound(header, Fault(file, line, "", ""), faults, columns, optional):
        return
    for line, cells in lines:
        row = Row(file, line, dict(zip(header, cells, strict=False)), faults)
        if len(cells) != len(header):
            row.fault(f"{len(cells)} cells where the header has {len(header)}", "give each column one cell")
        else:
            yield row


def _records(text: str, file: str, faults: list[Fault]) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            faults.append(Fault(file, line, f"is not CSV: {error}", 'close the quotes; write a quote inside as ""'))
            return
        if any(cells) and not cells[0].startswith("#"):
            yield line, cells


def _header_is_sound(
    header: list[str], at: Fault, faults: list[Fault], columns: Sequence[str], optional: Sequence[str]
) -> bool:
    before = len(faults)
    for name in columns:
        if name not in header:
            faults.append(Fault(at.file, at.line, f"column {name} is missing", f"add the column {name}"))
    for name in sorted(set(header)):
        if header.count(name) > 1:
            faults.append(Fault(at.file, at.line, f"column {name!r} stands twice", "keep one"))
        if name not in columns and name not in optional:
            known = ", ".join([*columns, *optional])
            faults.append(Fault(at.file, at.line, f"column {name!r} is unknown", f"known columns: {known}"))
    return len(faults) == before


def toml(text: str, file: str, faults: list[Fault]) -> dict[str, Any]:
    """A TOML text as a dictionary; what cannot be read is a fault with its line and gives an empty one."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found.group(1)) if found else 0
        faults.append(Fault(file, line, f"is not TOML: {error}", "mend the line; see the shipped file for its form"))
        return {}


def line_of(text: str, key: str) -> int:
    """The line of a TOML text where ``key`` is set or its table opened; 0 where it is not found."""
    pattern = re.compile(rf"^\s*(\[+[^\]]*)?\b{re.escape(key)}\b")
    return next((number for number, line in enumerate(text.split("\n"), 1) if pattern.match(line)), 0)


def keep(found: dict[str, T], code: str, new: T, row: Row) -> None:
    """Puts ``new`` under ``code``; a fault of the row where the code stands there already."""
    if code in found:
        row.fault(f"code {code!r} stands twice", "give each line its own code")
    elif code:
        found[code] = new


def missing(wanted: Sequence[str], found: Container[str], file: str, faults: list[Fault]) -> None:
    """A fault of the file where one of ``wanted`` has no line; silent where the file has faults that may explain it."""
    absent = [code for code in wanted if code not in found]
    if absent and not any(fault.file == file for fault in faults):
        faults.append(Fault(file, 0, f"no line for {', '.join(absent)}", "add it"))
