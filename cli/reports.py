"""``report kpi``: the figures of a period as a file for leaders, their sentences included."""

import argparse
import csv
import io
import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from cli.service import Service

FILTERS = ("township", "unit", "category", "channel")
COLUMNS = (
    *("figure", "指标", "name", "numerator", "denominator", "value"),
    *("口径", "sentence", "beside", "watch", "numbers"),
)
"""Columns of the CSV before ``from, to, at, demonstration``."""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    report = commands.add_parser("report", help="write a supervision report")
    sub = report.add_subparsers(dest="report", metavar="WHAT", required=True)
    kpi_ = sub.add_parser("kpi", help="the figures of a period")
    kpi_.add_argument("--from", dest="since", required=True, metavar="D", help="the first day, or an instant")
    kpi_.add_argument("--to", required=True, metavar="D", help="the first day that no longer counts, or an instant")
    kpi_.add_argument("-o", dest="out", type=Path, required=True, metavar="FILE", help=".csv, or .json")
    for name in FILTERS:
        kpi_.add_argument(f"--{name}", metavar="CODE", help=f"of this {name} alone")
    kpi_.set_defaults(run=kpi)


def kpi(args: argparse.Namespace) -> int:
    """Write the file: all of it or nothing. 2 where a period, a code or the file is none."""
    from cli.live import operator
    from cli.service import opened
    from dispatch.tally import told

    if args.out.suffix.lower() not in (".csv", ".json"):
        return _cannot(f"{args.out} is named neither .csv nor .json")
    if not args.out.absolute().parent.is_dir():
        return _cannot(f"{args.out.absolute().parent} is no folder: {args.out} cannot be written")
    with opened() as service:
        zone = service.rules.zone
        asked = {name: getattr(args, name) for name in FILTERS if getattr(args, name)}
        period = _period(args, zone)
        wrong = _unknown(asked, service)
        if period is None or wrong:
            return _cannot(wrong or "--from and --to are days such as 2026-11-01, and --to lies after --from")
        asked |= period
        at, demonstration, tallies = service.figures.counted(operator("report"), asked)
    head = {name: value.astimezone(zone).isoformat(timespec="minutes") for name, value in (period | {"at": at}).items()}
    about = head | {"demonstration": demonstration, "filters": {n: asked[n] for n in FILTERS if n in asked}}
    figures = [told(tally) for tally in tallies]
    text = _csv(about, figures) if args.out.suffix.lower() == ".csv" else _json(about, figures)
    try:
        _write(args.out, text)
    except OSError as error:
        return _cannot(f"{args.out} cannot be written: {error.strerror or error}")
    counted = f"{len(figures)} figures of {figures[0]['value']} items"
    print(f"{counted} from {head['from']} to {head['to']} in {args.out}", file=sys.stderr)
    if demonstration:
        print("all of them are of demonstration items", file=sys.stderr)
    return 0


def _cannot(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2


def _period(args: argparse.Namespace, zone: "ZoneInfo") -> "dict[str, datetime] | None":
    from dispatch.report import parse_instant

    since, to = parse_instant(args.since, zone), parse_instant(args.to, zone)
    return {"from": since, "to": to} if since and to and since < to else None


def _unknown(asked: dict[str, Any], service: "Service") -> str:
    """Which code is none, '' where all are known: a report of nothing would be believed."""
    from dispatch.item import CENTRE, UNCLASSIFIED

    rules, edition = service.rules, service.shelf.live()
    units, _ = service.worlds.people()
    known = {
        "township": set(edition.township_names),
        "unit": {*units, *edition.township_names, CENTRE},
        "category": {*rules.categories, UNCLASSIFIED},
        "channel": {*rules.channels, UNCLASSIFIED},
    }
    return "; ".join(f"there is no {name} {code!r}" for name, code in asked.items() if code not in known[name])


def _json(about: dict[str, Any], figures: list[dict[str, Any]]) -> str:
    return json.dumps(about | {"figures": figures}, ensure_ascii=False, indent=2) + "\n"


def _csv(about: dict[str, Any], figures: list[dict[str, Any]]) -> str:
    """One row for each figure, with a byte order mark: spreadsheets take UTF-8 for something else without it."""
    filters = about["filters"]
    ends = {"from": about["from"], "to": about["to"], "at": about["at"], "demonstration": about["demonstration"]}
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet)
    writer.writerow([*COLUMNS, *ends, *filters])
    for figure in figures:
        writer.writerow([*_row(figure), *ends.values(), *filters.values()])
    return "\ufeff" + sheet.getvalue()


def _row(figure: dict[str, Any]) -> list[Any]:
    """``beside`` holds the parts that are in neither number and the marks; ``numbers`` the first items of the part to
    look into, which ``watch`` names."""
    parts = {part["part"]: part for part in figure["parts"]}
    beside = [one for one in figure["parts"] if one["part"] not in ("yes", "no")] + figure["marks"]
    watched = parts[figure["watch"]]
    return [
        figure["figure"], figure["name"]["zh"], figure["name"]["en"],
        figure["numerator"], figure["denominator"], figure["value"],
        figure["sentence"]["zh"], figure["sentence"]["en"],
        "; ".join(f"{one['name']['zh']} {one['name']['en']} {one['n']}" for one in beside),
        f"{watched['name']['zh']} {watched['name']['en']} {watched['n']}", " ".join(watched["numbers"]),
    ]  # fmt: skip


def _write(out: Path, text: str) -> None:
    draft = out.with_name(out.name + ".part")
    try:
        draft.write_text(text, encoding="utf-8", newline="")
        draft.replace(out)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
