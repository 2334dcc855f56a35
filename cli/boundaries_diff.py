"""``boundaries diff``: what is different between two folders, GeoPackages or Editions."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from boundaries.difference import Change, Difference, Pair
    from boundaries.district import District
    from boundaries.opening import Named


def add(sub: "argparse._SubParsersAction[argparse.ArgumentParser]", fields: Callable[..., None]) -> None:
    """Registers the command; ``fields`` adds the options that say how files are read."""
    diff_ = sub.add_parser("diff", help="compare two states of the boundaries: folders, GeoPackages, Editions")
    for name, help_ in (("a", "what was"), ("b", "what is to be")):
        help_ += ": a folder, a GeoPackage, the number of an Edition, or live"
        diff_.add_argument(name, metavar=name.upper(), help=help_)
    fields(diff_)
    diff_.add_argument("--items", action="store_true", help="count open items too where both are files")
    diff_.add_argument("--json", action="store_true", help="print one JSON object")
    diff_.add_argument("--map", metavar="OUT.html", type=Path, help="draw the ground that moves")
    diff_.add_argument("--language", choices=("zh", "en"), default="zh", help="of the map")
    diff_.set_defaults(run=diff)


def diff(args: argparse.Namespace) -> int:
    """Prints what changes from A to B: areas, then ground and open items by pair. 2 where one cannot be read."""
    from gis.errors import Refusal

    try:
        return _diff(args)
    except Refusal as refusal:
        print(refusal.detail, file=sys.stderr)
    except OSError as error:
        print(error, file=sys.stderr)
    return 2


def _diff(args: argparse.Namespace) -> int:
    from boundaries.difference import difference
    from boundaries.difference_json import as_json
    from boundaries.edition import Edition
    from boundaries.opening import is_edition
    from cli.page_file import demand_writable

    demand_writable(args.map)
    if args.items or is_edition(args.a) or is_edition(args.b):
        from cli import comparing, live

        with live.open_database():  # once for all that is asked of it
            a, b = _opened(args, args.a), _opened(args, args.b)
            lon, lat = comparing.open_places()
    else:
        a, b, lon, lat = _opened(args, args.a), _opened(args, args.b), None, None
    found = difference(a.district, b.district)
    if lon is not None:
        from boundaries.difference import items_by_pair

        indexes = (Edition.of(named.district).index for named in (a, b))
        found = found.with_items(items_by_pair(*indexes, lon, lat))
    if args.json:
        print(json.dumps(as_json(found), ensure_ascii=False))
    else:
        _print(found)
    if args.map:
        _draw(args, a, b, found)
    print(_summary(found), file=sys.stderr)
    return 0


def _opened(args: argparse.Namespace, word: str) -> "Named":
    from boundaries.opening import open_named

    def edition(number: int | None) -> "District":
        from cli import comparing  # two folders need nothing of the service

        return comparing.district_of(number)

    return open_named(word, edition, datum=args.datum, code_field=args.code_field, name_field=args.name_field)


def _draw(args: argparse.Namespace, a: "Named", b: "Named", found: "Difference") -> None:
    from boundaries.edition import Edition
    from cli import comparing
    from cli.page_file import write_whole
    from maps.difference import difference_html

    before, after = Edition.of(a.district), Edition.of(b.district)
    page = difference_html(before, after, found, a=a.name, b=b.name, language=args.language, note=comparing.map_note())
    write_whole(args.map, page)
    print(f"drawn in {args.map}", file=sys.stderr)


def _print(found: "Difference") -> None:
    for what, was, now in found.metadata:
        print(f"district {what}: {was or '-'} -> {now or '-'}")
    for change in found.changes:
        print(_change(change, found))
    for pair in found.pairs:
        print(_pair(pair, found))


def _change(change: "Change", found: "Difference") -> str:
    names = found.names[change.level]
    before, after = (
        ", ".join(f"{code} {names[code]}" if names[code] != code else code for code in codes)
        for codes in (change.before, change.after)
    )  # fmt: skip
    told = f"{change.level} {change.kind}: " + " -> ".join(filter(None, dict.fromkeys((before, after))))
    if change.kind in ("renamed", "reassigned"):
        return f"{told}: {change.was or '-'} -> {change.now or '-'}"
    ground = [f"+{change.gained_m2:,.0f} m2"] if change.gained_m2 else []
    ground += [f"-{change.lost_m2:,.0f} m2"] if change.lost_m2 else []
    kept = [f"{change.kept:.1%} kept"] if change.before and change.after and ground else []
    return f"{told}{'; ' if ground else ''}{', '.join([*ground, *kept])}"


def _pair(pair: "Pair", found: "Difference") -> str:
    items = "" if pair.items is None else f", {pair.items} open items"
    return f"{pair.level} ground: {pair.before or 'no area'} -> {pair.after or 'no area'}: {pair.m2:,.0f} m2{items}"


def _summary(found: "Difference") -> str:
    if found.is_empty:
        return "no difference"
    ground = sum(pair.m2 for pair in found.pairs if pair.level == "grid")
    items = [pair.items for pair in found.pairs if pair.level == "grid" and pair.items is not None]
    told = f"{len(found.changes)} changes, {ground / 1e6:,.3f} km2 in another cell"
    return told + (f", {sum(items)} open items on it" if items else "")
