"""``import FILE``: items from CSV or GeoJSON."""

import argparse
import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cli.importing.names import Naming
    from cli.importing.rejected import Rejected
    from cli.importing.rows import Source
    from cli.importing.run import Counts
    from cli.service import Service

COLUMNS = """Columns are the names of POST /items: channel, kind, category, description, lon, lat, datum, accuracy_m,
address, reporter_name, reporter_phone, anonymous, confidential, client_ref, external_system, external_number,
received_at, occurred_at, due_at. Other columns are kept with the item."""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Registers ``import``."""
    parser = commands.add_parser("import", help="take in the items of a CSV or GeoJSON file", description=COLUMNS)
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV (comma, semicolon or tab) or GeoJSON")
    parser.add_argument("--channel", metavar="C", help="the channel of rows that name none")
    parser.add_argument("--datum", metavar="D", help="the datum of rows that name none; else their channel's")
    parser.add_argument(
        "--map", action="append", default=[], metavar="THEIRS=OURS", help="what a column is; repeatable"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=import_items)


def import_items(args: argparse.Namespace) -> int:
    """0 all is in, 1 where rows could not be read (they stand in FILE.rejected.csv), 2 where nothing could be done."""
    from cli.importing.names import Naming, read_map
    from cli.importing.rejected import Rejected
    from cli.importing.rows import ImportFault
    from cli.service import opened
    from gis.datum import datum_named

    if args.datum is not None and datum_named(args.datum) is None:
        raise ImportFault(f"The datum {args.datum!r} is not known; use wgs84, cgcs2000, gcj02 or bd09.")
    naming = Naming(read_map(args.map))
    try:
        with ExitStack() as stack:
            source = _opened_source(args.file, naming, stack)
            service = stack.enter_context(opened())
            rejected = Rejected(source)
            counts = _run(args, source, naming, rejected, service)
    except OSError as error:
        print(f"{error.filename or args.file}: {error.strerror or error}", file=sys.stderr)
        return 2
    _show(counts, rejected, as_json=args.json)
    return 1 if counts.rejected else 0


def _opened_source(path: Path, naming: "Naming", stack: ExitStack) -> "Source":
    """The file as a source, with its names checked."""
    from cli.importing.geojson import Features
    from cli.importing.table import Table

    source: Source
    with path.open("rb") as file:
        start = file.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith((b"{", b"[")):
        source = Features(path)
    else:
        source = stack.enter_context(Table(path, naming.knows))
        naming.check_columns(source.columns, path.name)
    naming.check_mapped(source.names, path.name)
    return source


def _run(
    args: argparse.Namespace, source: "Source", naming: "Naming", rejected: "Rejected", service: "Service"
) -> "Counts":
    from cli.importing.progress import Progress
    from cli.importing.reading import Reader
    from cli.importing.rows import ImportFault
    from cli.importing.run import Import
    from cli.live import operator
    from cli.service import clock

    rules = service.rules
    if args.channel is not None and args.channel not in rules.channels:
        raise ImportFault(f"The channel {args.channel!r} is not known; use one of: {', '.join(rules.channels)}.")
    service.worlds.keep_rules()
    progress = Progress(source.size, sys.stderr)
    reader = Reader(naming, args.channel, args.datum, rules.zone)
    task = Import(service.desk, operator("import"), source, reader, rejected, clock, progress.tell)
    try:
        task.run()
        rejected.finish()
    except BaseException:
        progress.end()
        done = task.counts
        print(f"{done.new} new items are in; run the command again and it goes on from there", file=sys.stderr)
        raise
    finally:
        rejected.drop()
        progress.end()
    return task.counts


def _show(counts: "Counts", rejected: "Rejected", *, as_json: bool) -> None:
    unlocated = dict(counts.unlocated.most_common())
    if as_json:
        figures = {
            "rows": counts.rows,
            "new": counts.new,
            "already_there": counts.there,
            "rejected": counts.rejected,
            "unlocated": unlocated,
            "rejected_file": str(rejected.path) if counts.rejected else None,
        }
        print(json.dumps(figures, ensure_ascii=False))
    else:
        print(f"rows {counts.rows}\nnew {counts.new}\nalready there {counts.there}\nrejected {counts.rejected}")
        print("\n".join([f"unlocated {sum(unlocated.values())}", *(f"  {why} {n}" for why, n in unlocated.items())]))
    if counts.rejected:
        print(f"{counts.rejected} rows could not be read: see {rejected.path}", file=sys.stderr)
