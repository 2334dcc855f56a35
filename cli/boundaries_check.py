"""``boundaries check``: every fault of a district, as lines, as JSON, on a map, and with repairs proposed."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli import boundary_files
from cli.check_report import Checked, show

if TYPE_CHECKING:
    from boundaries.district import District
    from boundaries.fault import Fault
    from boundaries.tolerances import Tolerances

PACKAGE = ".gpkg"
TITLES = {"zh": "边界检查:{name}", "en": "Check of boundaries: {name}"}


def add(sub: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Registers ``check`` among the commands of ``boundaries``."""
    check_ = sub.add_parser("check", help="print every fault with its place; exit 1 where one is an error")
    boundary_files.add_reading(check_)
    check_.add_argument("--json", action="store_true", help="print one JSON object")
    check_.add_argument("--map", metavar="OUT.html", type=Path, help="draw the faults into one file")
    check_.add_argument("--language", choices=("zh", "en"), default="zh", help="of the map")
    check_.add_argument("--fix", metavar="OUT", type=Path, help="write repairs to a new folder, or to OUT.gpkg")
    check_.add_argument("--narrow", metavar="METRES", type=float, help="nowhere this wide is a warning; 0.01")
    check_.add_argument("--sliver", metavar="METRES", type=float, help="nowhere this wide is a sliver; 1")
    check_.add_argument("--retired-share", metavar="SHARE", type=float, help="common ground that is one place; 0.5")
    check_.add_argument("--no-database", action="store_true", help="do not compare with earlier Editions")
    check_.set_defaults(run=check)


def check(args: argparse.Namespace) -> int:
    """Prints the faults of a district; 1 where one is an error, 2 where the files cannot be read or written."""
    from gis.errors import Refusal
    from maps.vendor import MissingAsset

    try:
        checked = _check(args)
    except (Refusal, OSError) as error:
        return _refuse(error.detail if isinstance(error, Refusal) else str(error))
    except MissingAsset as missing:
        return _refuse(f"the map cannot be drawn: {missing}")
    show(args, checked)
    return 1 if any(fault.severity == "error" for fault in checked.faults) else 0


def _check(args: argparse.Namespace) -> Checked:
    from boundaries.check import check as faults_of
    from boundaries.read import read_district

    tolerances = _tolerances(args)
    _demand_places(args)
    district = read_district(args.dir, **boundary_files.reading(args))
    retired, live = ({}, None) if args.no_database else _earlier()
    faults = faults_of(district, retired, live=live, tolerances=tolerances)
    if args.map:
        _draw(args, district, faults)
    if args.fix is None:
        return Checked(district, faults)
    return _fix(args, district, faults, tolerances, retired)


def _demand_places(args: argparse.Namespace) -> None:
    """Refuses, before any work, to write where something stands or nothing can."""
    from boundaries.export import demand_free
    from cli.page_file import demand_writable

    demand_writable(args.map)
    if args.fix is not None:
        demand_free(args.fix)


def _tolerances(args: argparse.Namespace) -> "Tolerances":
    from boundaries.tolerances import Tolerances

    given = {"narrow_m": args.narrow, "sliver_m": args.sliver, "retired_share": args.retired_share}
    return Tolerances(**{name: value for name, value in given.items() if value is not None})


def _earlier() -> tuple[Mapping[str, Any], Any]:
    """What earlier Editions gave away and the live one's ground, where there is a database; else nothing."""
    from gis.errors import Refusal
    from store.settings import Settings

    settings = Settings.read(os.environ)
    if not settings.database_url and not (settings.home / "pg" / "data").exists():
        return {}, None
    from cli import live

    try:
        return live.earlier()
    except Refusal as refusal:
        print(f"not compared with earlier Editions: {refusal.detail}", file=sys.stderr)
        return {}, None


def _draw(args: argparse.Namespace, district: "District", faults: "Sequence[Fault]") -> None:
    from cli.page_file import write_whole
    from maps.faults import faults_html
    from store.settings import Settings

    title = TITLES[args.language].format(name=district.name or args.dir.name)
    note = Settings.read(os.environ).map_note
    write_whole(args.map, faults_html(district, faults, title=title, language=args.language, note=note))
    print(f"drawn in {args.map}", file=sys.stderr)


def _fix(
    args: argparse.Namespace,
    district: "District",
    faults: "list[Fault]",
    tolerances: "Tolerances",
    retired: Mapping[str, Any],
) -> Checked:
    from boundaries.check import check as faults_of
    from boundaries.errors import BoundaryFileError
    from boundaries.export import write_folder
    from boundaries.package import write_package
    from boundaries.repair import repair
    from cli.service import clock

    wrong = [fault for fault in faults if fault.kind == "wrong-datum"]
    if wrong:
        raise BoundaryFileError(f"Nothing was repaired: {wrong[0].detail} {wrong[0].advice}")
    fixed = repair(district, tolerances)
    if args.fix.suffix.lower() == PACKAGE:
        write_package(fixed.district, args.fix, clock())
    else:
        write_folder(fixed.district, args.fix)
    return Checked(district, faults, fixed, faults_of(fixed.district, retired, tolerances=tolerances))


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2
