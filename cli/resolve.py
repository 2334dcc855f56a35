"""``resolve``: the township and grid of every point of a CSV file."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from boundaries.edition import Edition


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Registers ``resolve``."""
    parser = commands.add_parser("resolve", help="add township and grid to every row of a CSV with lon and lat")
    parser.add_argument("file", type=Path, metavar="FILE", help="a CSV with the columns lon and lat")
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="OUT", help="the CSV to write")
    parser.add_argument("--datum", default="wgs84", metavar="D", help="what lon and lat are in; wgs84 unless told")
    parser.add_argument("--boundaries", type=Path, metavar="DIR", help="use this folder, and no database")
    parser.set_defaults(run=resolve)


def resolve(args: argparse.Namespace, live_edition: "Callable[[], Edition] | None" = None) -> int:
    """Writes OUT; 0 however many rows are no place, 2 where nothing could be done.

    ``live_edition`` gives the live Edition where no folder is named; the service's own unless told.
    """
    from boundaries.table import TableError, resolve_table
    from gis.datum import datum_named
    from gis.errors import Refusal

    if any(path.suffix.lower() in (".parquet", ".pq") for path in (args.file, args.out)):
        return _refuse("Parquet is not served yet: give a CSV file, and the name of one to write.")
    if datum_named(args.datum) is None:
        return _refuse(f"The datum {args.datum!r} is not known; use wgs84, cgcs2000, gcj02 or bd09.")
    try:
        edition = _edition(args.boundaries, live_edition)
        counts = resolve_table(args.file, args.out, args.datum, edition.index, _say)
    except (TableError, Refusal) as refusal:
        return _refuse(refusal.detail)
    except OSError as error:
        return _refuse(f"{error.filename or args.file}: {error.strerror or error}")
    said = ", ".join(f"{count} {reason}" for reason, count in sorted(counts.reasons.items()))
    _say(f"{counts.rows} rows, {counts.rows - sum(counts.reasons.values())} in a grid" + (f"; {said}" if said else ""))
    return 0


def _edition(folder: Path | None, live_edition: "Callable[[], Edition] | None") -> "Edition":
    from boundaries.edition import Edition
    from boundaries.read import read_district

    if folder is not None:
        return Edition.of(read_district(folder))
    if live_edition is None:
        from cli.live import live_edition
    return live_edition()


def _say(words: str) -> None:
    print(words, file=sys.stderr)


def _refuse(sentence: str) -> int:
    _say(sentence)
    return 2
