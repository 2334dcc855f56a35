"""``boundaries rehearse``: what a draft would do to open items, to those of a past period, and to everyone's load."""

import argparse
import csv
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from boundaries.district import District
    from dispatch.past import Replayed
    from dispatch.rehearsal import Counts, Rehearsal

SIDES = ("before", "after")


def add(sub: "argparse._SubParsersAction[argparse.ArgumentParser]", reading: Callable[..., None]) -> None:
    """Registers the command; ``reading`` adds the arguments of a district's files."""
    rehearse_ = sub.add_parser("rehearse", help="what a draft would do to open items, past items and everyone's load")
    reading(rehearse_)
    rehearse_.add_argument(
        "--from", dest="from_", metavar="INSTANT", help="where history begins; a year ago unless told"
    )
    rehearse_.add_argument("--to", metavar="INSTANT", help="where it ends; now unless told")
    rehearse_.add_argument("--move", choices=["in-work"], help="items in work change lead and handler too")
    rehearse_.add_argument("--csv", metavar="OUT.csv", type=Path, help="every item that changes, one a line")
    rehearse_.add_argument(
        "--map", metavar="OUT.html", type=Path, help="draw the ground that moves and the load of cells"
    )
    rehearse_.add_argument("--language", choices=("zh", "en"), default="zh", help="of the map")
    rehearse_.add_argument("--json", action="store_true", help="print one JSON object")
    rehearse_.set_defaults(run=rehearse)


def rehearse(args: argparse.Namespace) -> int:
    """Prints what changes, for how many, and how even the load is; nothing is changed. 2 where it cannot be done."""
    from gis.errors import Refusal

    try:
        return _rehearse(args)
    except Refusal as refusal:
        print(refusal.detail, file=sys.stderr)
    except OSError as error:
        print(error, file=sys.stderr)
    return 2


def _rehearse(args: argparse.Namespace) -> int:
    from boundaries.check import check
    from boundaries.read import read_district
    from cli import live
    from cli.boundary_files import reading
    from cli.page_file import demand_writable
    from dispatch.rehearsal_json import as_json

    for out in (args.csv, args.map):
        demand_writable(out)
    draft = read_district(args.dir, **reading(args))
    with live.open_database():  # once for all that is asked of it
        errors = sum(fault.severity == "error" for fault in check(draft, live.retired_codes()))
        told = _told(args, draft)
        if args.map:
            _draw(args, draft, told)
    if args.json:
        print(json.dumps(as_json(told), ensure_ascii=False))
    else:
        _print(told)
    for sentence in _words(told, errors):
        print(sentence, file=sys.stderr)
    return 0


def _told(args: argparse.Namespace, draft: "District") -> "Rehearsal":
    """The rehearsal, its progress shown and its items in the CSV."""
    from cli import comparing
    from cli.importing.progress import Progress

    bars: list[Progress] = []

    def progress(done: int, total: int) -> None:
        if not bars:
            bars.append(Progress(total, sys.stderr))
        bars[0].tell(done, done)

    with _csv(args.csv) as lines:
        try:
            told = comparing.rehearse(
                draft, from_=args.from_, to=args.to, move_in_work=args.move == "in-work", progress=progress,
                each=lines.past if lines else None,
            )  # fmt: skip
        finally:
            for bar in bars:
                bar.end()
        if lines:
            lines.open(told)
    return told


class _Lines:
    """Writes the items that change, as they come."""

    def __init__(self, file: Any) -> None:
        from dispatch.rehearsal_json import COLUMNS

        self.writer = csv.DictWriter(file, COLUMNS)
        self.writer.writeheader()

    def past(self, block: "Replayed") -> None:
        """The items of a block."""
        from dispatch.rehearsal_json import past_rows

        self.writer.writerows(past_rows(block.items()))

    def open(self, told: "Rehearsal") -> None:
        """The open ones."""
        from dispatch.rehearsal_json import open_row

        self.writer.writerows(open_row(item) for item in told.open_items)


@contextmanager
def _csv(out: Path | None) -> Iterator[_Lines | None]:
    """Lines of a CSV that a spreadsheet reads as UTF-8; the file is there when all are."""
    if out is None:
        yield None
        return
    draft = out.with_name(out.name + ".part")
    try:
        with draft.open("w", encoding="utf-8-sig", newline="") as file:
            yield _Lines(file)
        draft.replace(out)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _draw(args: argparse.Namespace, draft: "District", told: "Rehearsal") -> None:
    from boundaries.difference import difference
    from boundaries.edition import Edition
    from cli import comparing
    from cli.page_file import write_whole
    from maps.rehearsal import rehearsal_html

    before, after = comparing.edition_of(told.edition), Edition.of(draft)
    found = difference(before.district, draft)
    write_whole(args.map, rehearsal_html(before, after, found, told, language=args.language, note=comparing.map_note()))


def _print(told: "Rehearsal") -> None:
    """Four tables with tabs between: counts, evenness, load, and items by pair of cells."""
    what = list(told.open.changed)
    _row("items", "total", "placed", "change", *what, "doubtful_before", "doubtful_after")
    for name, counts in (("open", told.open), ("past", told.past)):
        _row(name, *_counts(counts, what))
    print()
    _row("of", "measure", *(f"{name}_{side}" for name in ("cv", "mean", "worst", "most") for side in SIDES))
    for one in told.evenness:
        _row(one.of, one.measure, *one.cv, *one.mean, *one.worst, *one.most)
    print()
    measures = ("cells", "km2", "items", "tasks", "open")
    _row("of", "code", "name", *(f"{name}_{side}" for name in measures for side in SIDES))
    for of, loads in (("worker", told.workers), ("township", told.townships), ("grid", told.grids)):
        for load in loads:
            _row(of, load.code, load.name, *(value for name in measures for value in getattr(load, name)))
    print()
    _row("township_before", "grid_before", "township_after", "grid_after", "open", "past")
    for pair in told.pairs:
        places = (pair.before_township, pair.before_grid, pair.after_township, pair.after_grid)
        _row(*places, pair.open, pair.past)


def _counts(counts: "Counts", what: list[str]) -> tuple[Any, ...]:
    return counts.total, counts.placed, counts.any, *(counts.changed[name] for name in what), *counts.doubtful


def _row(*values: Any) -> None:
    print("\t".join("" if v is None else f"{v:.4f}" if isinstance(v, float) else str(v) for v in values))


def _words(told: "Rehearsal", errors: int) -> Iterator[str]:
    if errors:
        yield f"the draft has {errors} errors: publishing would refuse it; `boundaries check` names them"
    if told.since is not None and told.until is not None:
        yield f"{told.past.total} past items, {told.since:%Y-%m-%d} to {told.until:%Y-%m-%d} ({told.months:.1f} months)"
    else:
        yield "no past items in that time: only open items were rehearsed"
    yield f"{told.open.any} of {told.open.total} open items would change, {told.kept} in work would keep their lead"
    if told.unstaffed:
        yield f"{len(told.unstaffed)} cells have no worker: {', '.join(told.unstaffed[:10])}{_more(told.unstaffed)}"
    if told.idle:
        yield f"{len(told.idle)} lines of the staff list name no cell: {', '.join(told.idle[:10])}{_more(told.idle)}"


def _more(codes: tuple[str, ...]) -> str:
    return " and others" if len(codes) > 10 else ""
