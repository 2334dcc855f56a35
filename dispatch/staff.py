"""Who works in which grid cell, from a file that a township keeps: reading, checking, and who is on duty."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dispatch.faults import Fault
from dispatch.tables import Row, read_text, table

COLUMNS = ("grid", "worker", "worker_name", "phone", "deputy", "away_from", "away_to")
OPTIONAL = ("provenance",)

_PHONE = re.compile(r"\+?[0-9][0-9 -]{2,19}")


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One cell and its worker. ``worker`` and ``deputy`` are account names; ``deputy`` and ``phone`` may be empty.

    Away from ``away_from`` to ``away_to``, both days included; both are None for one who is not away.
    """

    grid: str
    worker: str
    worker_name: str
    phone: str = ""
    deputy: str = ""
    away_from: date | None = None
    away_to: date | None = None
    provenance: str = ""

    def is_away(self, day: date) -> bool:
        """Whether the worker is away on ``day``, a date in the city's zone."""
        return self.away_from is not None and self.away_to is not None and self.away_from <= day <= self.away_to


class Roster(Mapping[str, StaffRow]):
    """The staff list by cell, and by worker. Never changes."""

    def __init__(self, rows: Iterable[StaffRow] = ()) -> None:
        self._by_grid = {row.grid: row for row in rows}
        self._by_worker: dict[str, list[StaffRow]] = {}
        for row in self._by_grid.values():
            self._by_worker.setdefault(row.worker, []).append(row)

    def __getitem__(self, grid: str) -> StaffRow:
        return self._by_grid[grid]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_grid)

    def __len__(self) -> int:
        return len(self._by_grid)

    def of(self, worker: str) -> Sequence[StaffRow]:
        """The rows of a worker's own cells."""
        return self._by_worker.get(worker, ())

    def name_of(self, worker: str) -> str:
        """What the worker is called; the account's name for one who is not on the list."""
        return next((row.worker_name for row in self.of(worker)), worker)


def on_duty(roster: Roster, grid: str | None, day: date) -> str | None:
    """The account that gets tasks of ``grid`` on ``day`` (a date in the city's zone): its worker; while that one is
    away, the deputy, unless away as well. None where nobody is: the township does the work."""
    row = roster.get(grid or "")
    if row is None:
        return None
    if not _away(roster, row.worker, day):
        return row.worker
    return row.deputy if row.deputy and not _away(roster, row.deputy, day) else None


def _away(roster: Roster, worker: str, day: date) -> bool:
    return any(row.is_away(day) for row in roster.of(worker))


def read_staff(path: Path, grids: Collection[str] | None = None) -> tuple[tuple[StaffRow, ...], tuple[Fault, ...]]:
    """Rows of a staff file in its order, and its faults. UTF-8 or GBK, with or without BOM.

    ``grids`` are the cells that exist; None leaves that unchecked. A line with a fault may be among the rows: use
    them only where there is no fault. A cell without a line is no fault: its township does the work.
    """
    faults: list[Fault] = []
    text = read_text(path, faults, gbk=True)
    lines = [] if faults else list(table(text, path.name, faults, columns=COLUMNS, optional=OPTIONAL))
    rows = [_row(line) for line in lines]
    if not rows and not faults:
        faults.append(Fault(path.name, 0, "no line below the header", "write one line for each grid cell"))
    _check_grids(lines, grids)
    _check_people(lines, rows)
    return tuple(rows), tuple(sorted(faults, key=lambda fault: fault.line))


def uncovered(rows: Sequence[StaffRow], grids: Collection[str]) -> list[str]:
    """Cells of ``grids`` that no row names, by code."""
    return sorted(set(grids) - {row.grid for row in rows})


def _row(line: Row) -> StaffRow:
    phone = line.text("phone")
    if phone and not _PHONE.fullmatch(phone):
        line.fault("phone is no telephone number", "write its digits (a spreadsheet may have shortened it)")
    away_from, away_to = _day(line, "away_from"), _day(line, "away_to")
    if bool(line.text("away_from")) != bool(line.text("away_to")):
        line.fault("only one of away_from and away_to is given", "give both days, or neither")
    elif away_from and away_to and away_to < away_from:
        line.fault(f"away_to {away_to} is before away_from {away_from}", "turn the two days round")
    grid, worker, name = (line.required(column) for column in ("grid", "worker", "worker_name"))
    return StaffRow(grid, worker, name, phone, line.text("deputy"), away_from, away_to, line.text("provenance"))


def _day(line: Row, column: str) -> date | None:
    written = line.text(column)
    if not written:
        return None
    # a spreadsheet turns 2026-01-05 into 2026/1/5
    found = re.fullmatch(r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})", written)
    try:
        return date(int(found[1]), int(found[3]), int(found[4])) if found else date.fromisoformat(written)
    except ValueError:
        line.fault(f"{column} {written!r} is no day", "write it as 2026-01-05")
        return None


def _check_grids(lines: Sequence[Row], grids: Collection[str] | None) -> None:
    first: dict[str, int] = {}
    for line in lines:
        grid = line.text("grid")
        if not grid:
            continue
        if grid in first:
            line.fault(f"grid {grid} has a worker in line {first[grid]} already", "keep one line for each grid")
        first.setdefault(grid, line.line)
        if grids is not None and grid not in grids:
            line.fault(f"grid {grid} does not exist", "use a code of the boundary files")


def _check_people(lines: Sequence[Row], rows: Sequence[StaffRow]) -> None:
    known: dict[str, StaffRow] = {}
    workers = {row.worker for row in rows}
    for line, row in zip(lines, rows, strict=True):
        before = known.setdefault(row.worker, row)
        if row.worker and (before.worker_name, before.phone) != (row.worker_name, row.phone):
            line.fault(f"worker {row.worker} has another name or phone in grid {before.grid}", "write them alike")
        if row.deputy and row.deputy == row.worker:
            line.fault(f"{row.worker} is the deputy of itself", "name another worker, or leave deputy empty")
        elif row.deputy and row.deputy not in workers:
            line.fault(f"deputy {row.deputy} is no worker of this file", "name a worker of this file")
