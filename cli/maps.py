"""``map density -o FILE.html``: a map with its data inside, for a briefing without a server."""

import argparse
import sys
from pathlib import Path

COUNTED = {"zh": "在办事项,截至 {at}", "en": "Open items as of {at}"}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    map_ = commands.add_parser("map", help="draw a map into one file")
    sub = map_.add_subparsers(dest="map", metavar="WHAT", required=True)
    density_ = sub.add_parser("density", help="open items by cell or township")
    density_.add_argument("-o", dest="out", type=Path, required=True, metavar="FILE.html")
    density_.add_argument("--level", choices=("grid", "township"), default="grid")
    density_.add_argument("--language", choices=("zh", "en"), default="zh")
    density_.set_defaults(run=density)
    summonses_ = sub.add_parser("summonses", help="open summonses (with the closed loop)")
    summonses_.add_argument("-o", dest="out", type=Path, required=True, metavar="FILE.html")
    summonses_.set_defaults(run=summonses)


def density(args: argparse.Namespace) -> int:
    """Write the density map; what is counted, and when, stands in its legend."""
    from cli.live import operator
    from cli.service import clock, opened
    from dispatch.item import OPEN
    from maps.density import density_html

    with opened() as service:
        edition = service.shelf.live()
        filters = {"status": sorted(OPEN), "category": None, "channel": None}
        found = service.maps.density(operator("map"), args.level, filters)
        codes = edition.index.positions if args.level == "grid" else edition.index.townships
        counts = {code: found.get(code, {"count": 0})["count"] for code in codes}
        at = clock().astimezone(service.rules.zone).strftime("%Y-%m-%d %H:%M")
        counted = COUNTED[args.language].format(at=at)
        note = service.database.settings.map_note
        page = density_html(edition, counts, counted=counted, level=args.level, language=args.language, note=note)
    draft = args.out.with_name(args.out.name + ".part")
    draft.write_text(page, encoding="utf-8")
    draft.replace(args.out)
    print(f"{sum(counts.values())} open items in {args.out}", file=sys.stderr)
    return 0


def summonses(args: argparse.Namespace) -> int:
    """Not in this release: no summons can be made yet."""
    print("map summonses comes with summonses themselves; this release has none", file=sys.stderr)
    return 2
