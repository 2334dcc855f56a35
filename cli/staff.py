"""``staff check`` and ``staff import``: who works where, and which units there are."""

import argparse
import json
import os
import sys
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dispatch.faults import Fault
    from dispatch.staff import StaffRow
    from dispatch.units import Unit


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Registers ``staff`` with its two commands."""
    staff = commands.add_parser("staff", help="check or import who works where (staff.csv) or the units (units.csv)")
    sub = staff.add_subparsers(dest="staff_command", required=True, metavar="COMMAND")
    check_ = sub.add_parser("check", help="print every fault with its line; exit 1 where there is one")
    check_.add_argument("file", type=Path)
    check_.add_argument("--boundaries", type=Path, metavar="DIR", help="the folder whose grid codes exist")
    check_.add_argument("--json", action="store_true", help="print one JSON object")
    check_.set_defaults(run=check)
    import_ = sub.add_parser("import", help="check against the live boundaries; with --commit, load the file")
    import_.add_argument("file", type=Path)
    import_.add_argument("--commit", action="store_true", help="do it; without this it only says what it would do")
    import_.set_defaults(run=import_file)


def check(args: argparse.Namespace) -> int:
    """Checks a file against a boundary folder: no database, nothing is written."""
    if not _is_there(args.file):
        return 2
    units = _is_units(args.file)
    grids = None if units else _grids(args.boundaries)
    if grids is None and not units:
        return 2
    rows, faults = _read(args.file, grids)
    missing = [] if units or grids is None else _uncovered(rows, grids)
    if args.json:
        found = [{"file": f.file, "line": f.line, "detail": f.detail, "remedy": f.remedy} for f in faults]
        print(json.dumps({"rows": len(rows), "faults": found, "without_worker": missing}, ensure_ascii=False))
    else:
        _print(faults)
        print(f"{args.file.name}: {len(rows)} rows, {len(faults)} faults", file=sys.stderr)
    if missing:
        print(f"{len(missing)} grids without a worker, their townships do the work: {_some(missing)}", file=sys.stderr)
    return 1 if faults else 0


def import_file(args: argparse.Namespace) -> int:
    """Loads a staff or units file into the service; dry unless ``--commit``."""
    if not _is_there(args.file):
        return 2
    from cli import live
    from gis.errors import Refusal

    units = _is_units(args.file)
    try:
        rows, faults = _read(args.file, None if units else live.grid_codes())
        if faults:
            _print(faults)
            print("nothing was imported", file=sys.stderr)
            return 1
        load = live.import_units if units else live.import_staff
        print(load(rows, commit=args.commit))
    except Refusal as refusal:
        print(refusal.detail, file=sys.stderr)
        return 2
    if not args.commit:
        print("this was a rehearsal: --commit does it", file=sys.stderr)
    return 0


def _is_there(path: Path) -> bool:
    if path.is_file():
        return True
    print(f"{path} is no file", file=sys.stderr)
    return False


def _is_units(path: Path) -> bool:
    """Whether the header is that of a units file (``code, ..., kind``) and not of a staff file (``grid, ...``)."""
    from dispatch.tables import decode

    lines = decode(path.read_bytes(), path.name, [], gbk=True).split("\n")
    header = next((line for line in lines if line.strip() and line[0] != "#"), "")
    names = {name.strip().strip('"') for name in header.split(",")}
    return "grid" not in names and {"code", "kind"} <= names


def _read(
    path: Path, grids: Collection[str] | None
) -> "tuple[tuple[StaffRow, ...] | tuple[Unit, ...], tuple[Fault, ...]]":
    from dispatch.staff import read_staff
    from dispatch.units import read_units

    return read_units(path) if _is_units(path) else read_staff(path, grids)


def _grids(folder: Path | None) -> frozenset[str] | None:
    from boundaries.read import read_district
    from gis.errors import Refusal
    from store.settings import Settings

    path = folder or Settings.read(os.environ).boundaries
    try:
        return frozenset(cell.code for cell in read_district(path).cells)
    except Refusal as refusal:
        print(f"{path}: {refusal.detail}", file=sys.stderr)
        return None


def _uncovered(rows: "tuple[StaffRow, ...] | tuple[Unit, ...]", grids: Collection[str]) -> list[str]:
    from dispatch.staff import StaffRow, uncovered

    return uncovered([row for row in rows if isinstance(row, StaffRow)], grids)


def _some(codes: list[str]) -> str:
    return ", ".join(codes[:10]) + (", ..." if len(codes) > 10 else "")


def _print(faults: "tuple[Fault, ...]") -> None:
    for fault in faults:
        print(fault)
