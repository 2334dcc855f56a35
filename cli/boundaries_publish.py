"""``boundaries publish``, ``rollback``, ``cancel`` and ``list``: which Edition is live, from when, by whose word."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from boundaries.district import District


def add(sub: "argparse._SubParsersAction[argparse.ArgumentParser]", reading: Callable[..., None]) -> None:
    """Registers the four commands; ``reading`` adds the arguments of a district's files."""
    publish_ = sub.add_parser("publish", help="check; with --commit, make it the live Edition, now or at an instant")
    reading(publish_)
    publish_.set_defaults(run=publish)
    rollback_ = sub.add_parser("rollback", help="publish an earlier Edition again, as a new one")
    rollback_.add_argument("--to", metavar="ID", type=int, required=True, help="the Edition whose boundaries return")
    rollback_.set_defaults(run=rollback)
    for parser in (publish_, rollback_):
        _add_terms(parser)
    cancel_ = sub.add_parser("cancel", help="let an Edition that waits for its instant not go live")
    cancel_.add_argument("id", metavar="ID", type=int)
    _add_commit(cancel_)
    cancel_.set_defaults(run=cancel)
    list_ = sub.add_parser("list", help="the Editions: who published what, when and why")
    list_.add_argument("--json", action="store_true", help="print one JSON list")
    list_.set_defaults(run=list_editions)


def _add_terms(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="from_", metavar="INSTANT", help="when it takes effect; at once unless told")
    parser.add_argument("--reason", metavar="TEXT", help="why, for the list of Editions")
    parser.add_argument("--expect", metavar="ID", type=int, help="refuse if another Edition is live by then")
    parser.add_argument("--move", choices=["in-work"], help="items in work change lead and handler too")
    _add_commit(parser)


def _add_commit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--commit", action="store_true", help="do it; without this it only says what it would do")


def publish(args: argparse.Namespace) -> int:
    """Checks a district and says what publishing would do; with ``--commit`` publishes it and prints the new id."""
    from cli import live

    def with_database() -> int:
        with live.open_database():  # once for all that is asked of it
            return _publish(args)

    return _spoken(with_database)


def rollback(args: argparse.Namespace) -> int:
    """Says what publishing an earlier Edition again would do; with ``--commit`` does it and prints the new id."""
    from cli import live

    def with_database() -> int:
        with live.open_database():
            return _rollback(args)

    return _spoken(with_database)


def cancel(args: argparse.Namespace) -> int:
    """Says which planned Edition would not go live; with ``--commit`` sees to it."""
    from cli import live

    return _spoken(lambda: _say(live.cancel_edition(args.id, commit=args.commit)))


def list_editions(args: argparse.Namespace) -> int:
    """Prints the Editions, one a line under the names of their columns."""
    from cli import live

    return _spoken(lambda: _print([_as_dict(edition) for edition in live.editions()], args.json))


def _publish(args: argparse.Namespace) -> int:
    from boundaries.check import check
    from boundaries.read import read_district
    from cli import live
    from cli.boundary_files import reading

    district = read_district(args.dir, **reading(args))
    faults = check(district, live.retired_codes())
    for fault in faults:
        place = "" if fault.lon is None else f" at {fault.lon:.7f},{fault.lat:.7f}"
        print(f"{fault.severity} {fault.kind}{place}: {fault.detail}", file=sys.stderr)
    errors = sum(fault.severity == "error" for fault in faults)
    if errors:
        _say(f"{errors} errors: nothing was published")
        return 1
    if args.commit:
        print(live.publish_edition(district, **_terms(args)))
        return 0
    return _foretell(district, _what(district, args.dir), args)


def _rollback(args: argparse.Namespace) -> int:
    from cli import live

    if args.commit:
        print(live.rollback_edition(args.to, **_terms(args)))
        return 0
    district = live.edition_district(args.to)
    return _foretell(district, f"Edition {args.to} again: {_what(district, args.to)}", args)


def _terms(args: argparse.Namespace) -> dict[str, Any]:
    return {
        "reason": args.reason or "",
        "expect": args.expect,
        "from_": args.from_,
        "move_in_work": args.move == "in-work",
    }


def _what(district: "District", otherwise: Path | int) -> str:
    return f"{len(district.townships)} townships and {len(district.cells)} grids of {district.name or otherwise}"


def _foretell(district: "District", what: str, args: argparse.Namespace) -> int:
    """What would be done, and which Edition to expect."""
    from cli import live

    told = live.foretell(district, from_=args.from_, expect=args.expect, move_in_work=args.move == "in-work")
    for sentence in told.warnings:
        _say(sentence)
    _say(f"{told.moves} open items would change place or owner, {told.keeps} in work would stay with their lead")
    expected = "" if told.expect is None else f" --expect {told.expect}"
    _say(f"would publish {what}, {told.when}; to do it add:{expected} --commit")
    return 0


def _print(rows: list[dict[str, Any]], as_json: bool) -> int:
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, default=str))
    elif rows:
        print("\t".join(rows[0]))
        for row in rows:
            print("\t".join(_cell(value) for value in row.values()))
    else:
        _say("no Edition is published yet")
    return 0


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(str(one) for one in value)
    return "" if value is None else str(value).replace("\t", " ").replace("\n", " ")


def _as_dict(edition: Any) -> dict[str, Any]:
    if is_dataclass(edition) and not isinstance(edition, type):
        return asdict(edition)
    return dict(edition if isinstance(edition, Mapping) else edition._asdict())


def _say(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 0


def _spoken(act: Callable[[], int]) -> int:
    """What ``act`` returns; a refusal, or a file that cannot be read, is one sentence and 2."""
    from gis.errors import Refusal

    try:
        return act()
    except Refusal as refusal:
        print(refusal.detail, file=sys.stderr)
    except OSError as error:
        print(error, file=sys.stderr)
    return 2
