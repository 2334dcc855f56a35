"""``boundaries``: the planner's commands."""

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from boundaries.district import District
    from boundaries.fault import Fault

LATER = {
    "diff": "compare two states of the boundaries",
    "rehearse": "replay items against a draft",
    "rollback": "publish an earlier Edition again",
    "export": "write an Edition to files",
    "propose": "draft balanced cells for a township",
}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Registers ``boundaries`` with its commands."""
    boundaries = commands.add_parser("boundaries", help="check, publish and list boundaries")
    sub = boundaries.add_subparsers(dest="boundaries_command", required=True, metavar="COMMAND")
    _add_check(sub)
    _add_publish(sub)
    list_ = sub.add_parser("list", help="the Editions published so far")
    list_.add_argument("--json", action="store_true", help="print one JSON list")
    list_.set_defaults(run=list_editions)
    for name, help_ in LATER.items():
        # Another prefix than "-" makes every word a plain one, so that any use of the command gets its sentence.
        later = sub.add_parser(name, help=help_ + " (not served yet)", prefix_chars="\0", add_help=False)
        later.add_argument("words", nargs="*")
        later.set_defaults(run=_not_yet)


def _add_check(sub: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    check_ = sub.add_parser("check", help="print every fault with its place; exit 1 where one is an error")
    _add_reading(check_)
    check_.add_argument("--json", action="store_true", help="print one JSON object")
    check_.add_argument("--map", metavar="OUT.html", help="draw the faults (not served yet)")
    check_.add_argument("--fix", metavar="OUT", help="propose repairs in a new file (not served yet)")
    check_.set_defaults(run=check)


def _add_publish(sub: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    publish_ = sub.add_parser("publish", help="check; with --commit, make it the live Edition")
    _add_reading(publish_)
    publish_.add_argument("--from", dest="from_", metavar="INSTANT", help="when it takes effect (not served yet)")
    publish_.add_argument("--reason", metavar="TEXT", help="why, for the list of Editions")
    publish_.add_argument("--expect", metavar="ID", type=int, help="refuse if another Edition is live by then")
    publish_.add_argument("--move", choices=["in-work"], help="also move items in work (not served yet)")
    publish_.add_argument("--commit", action="store_true", help="do it; without this it only says what it would do")
    publish_.set_defaults(run=publish)


def _add_reading(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dir", metavar="DIR", type=Path, help="the district's folder, or one GeoPackage")
    parser.add_argument("--datum", metavar="D", help="what the files' degrees are; wgs84 unless told")
    parser.add_argument("--code-field", default="code", metavar="NAME", help="the field with the code")
    parser.add_argument("--name-field", default="name", metavar="NAME", help="the field with the name")


def check(args: argparse.Namespace) -> int:
    """Prints the faults of a district; 1 where one is an error, 2 where the files cannot be read."""
    for option in ("map", "fix"):
        if getattr(args, option):
            return _refuse(f"boundaries check --{option} is not served yet.")
    read = _read_and_check(args)
    if read is None:
        return 2
    district, faults = read
    errors = sum(fault.severity == "error" for fault in faults)
    if args.json:
        print(json.dumps(_report(district, faults), ensure_ascii=False))
    else:
        for fault in faults:
            print(_line(fault))
    print(
        f"{district.name or args.dir}: {len(district.townships)} townships, {len(district.cells)} grids, "
        f"{errors} errors, {len(faults) - errors} warnings",
        file=sys.stderr,
    )
    return 1 if errors else 0


def publish(args: argparse.Namespace) -> int:
    """Checks a district and says what publishing would do; with ``--commit`` publishes it and prints the new id."""
    if args.from_ or args.move:
        return _refuse(f"boundaries publish --{'from' if args.from_ else 'move'} is not served yet.")
    read = _read_and_check(args)
    if read is None:
        return 2
    district, faults = read
    for fault in faults:
        print(_line(fault), file=sys.stderr)
    errors = sum(fault.severity == "error" for fault in faults)
    if errors:
        print(f"{errors} errors: nothing was published", file=sys.stderr)
        return 1
    if not args.commit:
        what = f"{len(district.townships)} townships and {len(district.cells)} grids of {district.name or args.dir}"
        print(f"would publish {what}, {len(faults)} warnings; --commit does it", file=sys.stderr)
        return 0
    return _publish(district, args)


def _publish(district: "District", args: argparse.Namespace) -> int:
    from cli import live
    from gis.errors import Refusal

    try:
        number = live.publish_edition(district, reason=args.reason or "", expect=args.expect, by="command line")
    except Refusal as refusal:
        return _refuse(refusal.detail)
    print(number)
    return 0


def list_editions(args: argparse.Namespace) -> int:
    """Prints the Editions, one a line under the names of their columns."""
    from cli import live
    from gis.errors import Refusal

    try:
        rows = [_as_dict(edition) for edition in live.editions()]
    except Refusal as refusal:
        return _refuse(refusal.detail)
    if args.json:
        print(json.dumps(rows, ensure_ascii=False, default=str))
    elif rows:
        print("\t".join(rows[0]))
        for row in rows:
            print("\t".join("" if value is None else str(value) for value in row.values()))
    else:
        print("no Edition is published yet", file=sys.stderr)
    return 0


def _read_and_check(args: argparse.Namespace) -> "tuple[District, list[Fault]] | None":
    from boundaries.check import check as faults_of
    from boundaries.read import read_district
    from gis.errors import Refusal

    try:
        district = read_district(args.dir, datum=args.datum, code_field=args.code_field, name_field=args.name_field)
    except (Refusal, OSError) as error:
        _refuse(error.detail if isinstance(error, Refusal) else str(error))
        return None
    return district, faults_of(district)


def _report(district: "District", faults: "list[Fault]") -> dict[str, Any]:
    errors = sum(fault.severity == "error" for fault in faults)
    return {
        "district": {
            "code": district.code,
            "name": district.name,
            "townships": len(district.townships),
            "grids": len(district.cells),
            "provenance": district.provenance,
        },
        "errors": errors,
        "warnings": len(faults) - errors,
        "faults": [asdict(fault) for fault in faults],
    }


def _line(fault: "Fault") -> str:
    place = "" if fault.lon is None else f" at {fault.lon:.7f},{fault.lat:.7f}"
    return f"{fault.severity} {fault.kind}{place}: {fault.detail}"


def _as_dict(edition: Any) -> dict[str, Any]:
    if is_dataclass(edition) and not isinstance(edition, type):
        return asdict(edition)
    return dict(edition if isinstance(edition, Mapping) else edition._asdict())


def _not_yet(args: argparse.Namespace) -> int:
    return _refuse(f"boundaries {args.boundaries_command} is not served yet.")


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2
