"""``resolve``: the township and grid of every point of a CSV or Parquet file."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from boundaries.edition import Edition
    from boundaries.resolver import Counts, Resolver, Tell
    from cli.importing.progress import Progress


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Registers ``resolve``."""
    parser = commands.add_parser("resolve", help="add township and grid to every row of a CSV or Parquet")
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV or Parquet with the columns lon and lat")
    parser.add_argument(
        "-o", "--out", type=Path, required=True, metavar="OUT", help="the file to write, of the same sort"
    )
    parser.add_argument("--datum", default="wgs84", metavar="D", help="what lon and lat are in; wgs84 unless told")
    parser.add_argument("--boundaries", type=Path, metavar="DIR", help="use this folder, and no database")
    parser.add_argument(
        "--codes-only", action="store_true", help="add township, grid and reason alone, which is quicker"
    )
    parser.set_defaults(run=resolve)


def resolve(args: argparse.Namespace, live_edition: "Callable[[], Edition] | None" = None) -> int:
    """Writes OUT; 0 however many rows are no place, 2 where nothing could be done.

    ``live_edition`` gives the live Edition where no folder is named; the service's own unless told.
    """
    from boundaries.resolver import Resolver
    from gis.datum import datum_named
    from gis.errors import Refusal

    if datum_named(args.datum) is None:
        return _refuse(f"The datum {args.datum!r} is not known; use wgs84, cgcs2000, gcj02 or bd09.")
    progress = _Bar()
    try:
        road = _road(args.file, args.out)
        index = _edition(args.boundaries, live_edition).index
        counts = road(args.file, args.out, Resolver(index, args.datum, measure=not args.codes_only), progress.tell)
    except Refusal as refusal:
        return _refuse(refusal.detail)
    except OSError as error:
        return _refuse(f"{error.filename or args.file}: {error.strerror or error}")
    finally:
        progress.end()
    said = ", ".join(f"{count} {reason}" for reason, count in sorted(counts.reasons.items()))
    _say(f"{counts.rows} rows, {counts.rows - sum(counts.reasons.values())} in a grid" + (f"; {said}" if said else ""))
    return 0


def _road(source: Path, target: Path) -> "Callable[[Path, Path, Resolver, Tell], Counts]":
    """CSV or Parquet, by how FILE begins; the name of OUT must agree. Raises TableError, OSError."""
    from boundaries.errors import TableError
    from boundaries.parquet import is_parquet, resolve_parquet
    from boundaries.table import resolve_table

    named, asked = (path.suffix.lower() in (".parquet", ".pq") for path in (source, target))
    begins = is_parquet(source)
    if named and not begins:
        raise TableError(f"{source.name}: is no Parquet file, whatever its name; give a CSV another name.")
    if begins != asked:
        sort, ending = ("Parquet", "with .parquet at its end") if begins else ("CSV", "without .parquet at its end")
        raise TableError(f"{source.name} is {sort}, and what is written is of the same sort: name OUT {ending}.")
    return resolve_parquet if begins else resolve_table


class _Bar:
    """The progress bar, once it is known how much there is to do."""

    def __init__(self) -> None:
        self._progress: Progress | None = None

    def tell(self, done: int, total: int, rows: int) -> None:
        from cli.importing.progress import Progress

        if self._progress is None:
            self._progress = Progress(total, sys.stderr)
        self._progress.tell(done, rows)

    def end(self) -> None:
        if self._progress is not None:
            self._progress.end()


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
