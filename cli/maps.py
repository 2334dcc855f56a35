"""``map density`` and ``map summonses``: maps with their data inside, for a briefing without a server."""

import argparse
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli import map_counts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from zoneinfo import ZoneInfo

CALLED = {"zh": "进行中的呼叫 {n} 个,截至 {at}", "en": "{n} open summonses as of {at}"}
COME = {
    "zh": "呼叫 {called},应答 {acknowledged},到场 {come}",
    "en": "called {called}, acknowledged {acknowledged}, come {come}",
}
STATES = {
    "zh": {"sent": "待应答", "acknowledged": "已应答", "present": "已到场", "late": "迟到",
           "excused": "已请假", "substituted": "已换人"},
    "en": {"sent": "not acknowledged", "acknowledged": "acknowledged", "present": "present", "late": "late",
           "excused": "excused", "substituted": "substituted"},
}  # fmt: skip


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    map_ = commands.add_parser("map", help="draw a map into one file")
    sub = map_.add_subparsers(dest="map", metavar="WHAT", required=True)
    density_ = sub.add_parser("density", help="items by cell or township")
    density_.add_argument("-o", dest="out", type=Path, required=True, metavar="FILE.html")
    density_.add_argument("--level", choices=("grid", "township"), default="grid")
    density_.add_argument("--language", choices=("zh", "en"), default="zh")
    map_counts.add_filters(density_)
    density_.set_defaults(run=density)
    summonses_ = sub.add_parser("summonses", help="open summonses: place, time, who is called, who has come")
    summonses_.add_argument("-o", dest="out", type=Path, required=True, metavar="FILE.html")
    summonses_.add_argument("--language", choices=("zh", "en"), default="zh")
    summonses_.set_defaults(run=summonses)


def density(args: argparse.Namespace) -> int:
    """Write the density map; what is counted, and when, stands in its legend."""
    return _in_words(_density, args)


def summonses(args: argparse.Namespace) -> int:
    """Write the map of open summonses."""
    return _in_words(_summonses, args)


def _density(args: argparse.Namespace) -> int:
    from cli.live import operator
    from cli.service import clock, opened
    from maps.density import density_html

    with opened() as service:
        asked = map_counts.asked(service, args)
        found = service.maps.density(operator("map"), args.level, asked.filters, asked.by)
        edition = asked.by or service.shelf.live()
        codes = edition.index.positions if args.level == "grid" else edition.index.townships
        counts = {code: found.get(code, {"count": 0})["count"] for code in codes}
        total = sum(row["count"] for row in found.values())
        counted = map_counts.sentence(asked, args, clock().astimezone(service.rules.zone), total - sum(counts.values()))
        note = service.database.settings.map_note
        page = density_html(edition, counts, counted=counted, level=args.level, language=args.language, note=note)
    _write(args.out, page)
    print(f"{sum(counts.values())} of {total} items in {args.out}, by Edition {edition.id}", file=sys.stderr)
    return 0


def _summonses(args: argparse.Namespace) -> int:
    from cli.live import operator
    from cli.service import clock, opened
    from maps.summonses import summonses_html

    with opened() as service:
        edition, zone = service.shelf.live(), service.rules.zone
        found = service.summonses.on_map(operator("map"), None, None)
        units, _ = service.worlds.people()
        at = clock().astimezone(zone).strftime("%Y-%m-%d %H:%M")
        shown = [
            _pin(row, {code: unit.name for code, unit in units.items()}, zone, args.language) for row in found["rows"]
        ]
        counted = CALLED[args.language].format(n=found["total"], at=at)
        note = service.database.settings.map_note
        page = summonses_html(edition, shown, counted=counted, language=args.language, note=note)
    _write(args.out, page)
    print(f"{len(shown)} of {found['total']} open summonses in {args.out}", file=sys.stderr)
    return 0


def _pin(row: "Mapping[str, Any]", names: "Mapping[str, str]", zone: "ZoneInfo", language: str) -> dict[str, Any]:
    """One summons in words. Who came is not named: a briefing file has no scope."""
    calls, states = row["calls"], STATES[language]
    figures = {
        "called": len(calls),
        "acknowledged": sum(call.acknowledged_at is not None for call in calls),
        "come": sum(call.checked_in_at is not None for call in calls),
    }
    return {
        "lon": row["lon"],
        "lat": row["lat"],
        "place": row["place"],
        "time": row["meet_at"].astimezone(zone).strftime("%m-%d %H:%M"),
        "called": str(len(calls)),
        "come": COME[language].format(**figures),
        "lines": [f"{names.get(call.department, call.department)}: {states[call.state]}" for call in calls],
    }


def _in_words(draw: "Callable[[argparse.Namespace], int]", args: argparse.Namespace) -> int:
    """What ``draw`` returns; where the file cannot be written or a library is not installed, one sentence and 2."""
    from gis.errors import Refusal
    from maps.vendor import MissingAsset

    folder = args.out.absolute().parent
    if not folder.is_dir():
        print(f"{folder} is no folder: {args.out} cannot be written", file=sys.stderr)
        return 2
    try:
        return draw(args)
    except MissingAsset as missing:
        print(f"the map cannot be drawn: {missing}", file=sys.stderr)
    except Refusal as refusal:
        print(refusal.detail, file=sys.stderr)
    except Unwritable as error:
        print(f"{args.out} cannot be written: {error}", file=sys.stderr)
    return 2


class Unwritable(Exception):
    """The file could not be written."""


def _write(out: Path, page: str) -> None:
    draft = out.with_name(out.name + ".part")
    try:
        draft.write_text(page, encoding="utf-8")
        draft.replace(out)
    except OSError as error:
        raise Unwritable(error.strerror or str(error)) from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
