"""Comparing two states of the boundaries, and rehearsing a draft on a long history.

Usage: python -m benchmarks.rehearse [--items N] [--open N] [--rounds N]

`difference` is timed on the shipped 144 cells, their borders cut into pieces so that a cell has about 100 corners,
against a draft with one border moved and against one with every border moved some 60 m.

For the rehearsal a PostgreSQL of its own, in a folder of its own, gets that many ended items spread evenly over the
district and a year (seeded; about 2 in 100 outside, 5 in 100 without a place; accuracies as the channels have), and
some open ones. Indexes that the rehearsal does not read are left out while it is filled. Timed is
`store.rehearsing.rehearse` as a command runs it, with every changed item written as a line of CSV. Beside the clock on
the wall stand the seconds of processor time of this process and of its database backend.
"""

import argparse
import csv
import io
import os
import platform
import statistics
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import psycopg2
import shapely
from psycopg2.extensions import connection

from benchmarks.escalator import a_database, processor_s
from boundaries.difference import difference
from boundaries.district import District
from boundaries.edition import Edition
from boundaries.read import read_district
from cli.service import Service
from dispatch.account import Account
from dispatch.past import Replayed
from dispatch.rehearsal_json import COLUMNS, past_rows
from dispatch.rulebook import RULES, read_rules
from dispatch.staff import read_staff
from store.publishing import publish
from store.rehearsing import rehearse
from store.world import import_people

SHIPPED = Path(__file__).resolve().parent.parent / "boundaries" / "gulou"
NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
CORNERS_DEGREES = 0.00022
BLOCK = 50_000
LEFT_OUT = ("items_created", "items_grid", "items_township", "items_readers", "items_place", "items_open_place",
            "items_words", "items_number_begins")  # fmt: skip
ITEMS = """
INSERT INTO items (id, number, version, status, kind, channel, category, urgency, needs_place, description, address,
    words_salt, anonymous, confidential, lon, lat, accuracy_m, placed_by, edition, township, community, grid,
    on_border, doubtful, candidates, lead_kind, lead, readers, given, maker, demonstration, received_at,
    created_at, updated_at, chain_seq, chain_hash, waits, rework, assigned)
SELECT n, '251124-' || lpad(n::text, 7, '0'), 1, %(status)s, 'complaint', 'phone', category, 'normal', true, '井盖响',
    '某路', 'salt', false, false, lon, lat, accuracy, CASE WHEN lon IS NULL THEN NULL ELSE 'pin' END, 1, township,
    community, grid, false, false, '[]', CASE WHEN township IS NULL THEN 'centre' ELSE 'township' END,
    coalesce(township, 'centre'),
    '{maker:1}', '{}', 1, false, received, received, received, 1, md5(n::text), '[]', 0, false
FROM unnest(%(n)s::bigint[], %(category)s::text[], %(lon)s::float8[], %(lat)s::float8[], %(accuracy)s::float8[],
    %(township)s::text[], %(community)s::text[], %(grid)s::text[], %(received)s::timestamptz[])
    AS t (n, category, lon, lat, accuracy, township, community, grid, received)
"""


def one_border(district: District) -> District:
    """A strip of some 100 m along the border of two townships given to the other side."""
    index = Edition.of(district).index
    homes = {cell.code: cell.township for cell in district.cells}
    giver, taker = next(
        (cell.code, other)
        for cell in district.cells
        for other in index.neighbours(cell.code)
        if homes[other] != cell.township
    )
    shapes = {cell.code: cell.geometry for cell in district.cells}
    strip = shapely.intersection(shapes[giver], shapely.buffer(shapes[taker], 0.001))
    shapes[giver] = shapely.difference(shapes[giver], strip)
    shapes[taker] = shapely.union(shapes[taker], strip)
    return replace(district, cells=tuple(replace(c, geometry=shapes[c.code]) for c in district.cells), townships=())


def every_border(district: District) -> District:
    """Everything some 60 m to the north-east."""
    cells = (
        replace(c, geometry=shapely.transform(c.geometry, lambda xy: xy + np.array([5e-4, 3e-4])))
        for c in district.cells
    )
    return replace(district, cells=tuple(cells), townships=())


def with_corners(district: District) -> District:
    """The same borders in smaller pieces."""
    cells = (replace(c, geometry=shapely.segmentize(c.geometry, CORNERS_DEGREES)) for c in district.cells)
    return replace(district, cells=tuple(cells))


def compare(rounds: int) -> None:
    """Time `difference`."""
    district = with_corners(read_district(SHIPPED))
    corners = float(np.mean(shapely.get_num_coordinates([cell.geometry for cell in district.cells])))
    for name, change in (("nothing", lambda d: d), ("one border", one_border), ("every border", every_border)):
        draft, seconds, spent = change(district), [], time.process_time()
        for _ in range(rounds):
            before, after = replace(district), replace(draft)  # nothing kept from the round before
            start = time.perf_counter()
            found = difference(before, after)
            seconds.append(time.perf_counter() - start)
        print(
            f"diff, {len(district.cells)} cells of {corners:.0f} corners, {name} moved: "
            f"{statistics.median(seconds):.3f} s (most {max(seconds):.3f}; processor "
            f"{(time.process_time() - spent) / rounds:.3f}), {len(found.changes)} changes, "
            f"{len(found.pairs)} pairs",
            flush=True,
        )


def fill(conn: connection, live: Edition, categories: list[str], first: int, count: int, status: str) -> None:
    """``count`` items from id ``first`` on."""
    dice = np.random.default_rng(first)
    west, south, east, north = live.index.box or (0.0, 0.0, 0.0, 0.0)
    with conn.cursor() as cur:
        for begin in range(first, first + count, BLOCK):
            some = min(BLOCK, first + count - begin)
            lon, lat = dice.uniform(west, east, some * 3), dice.uniform(south, north, some * 3)
            cell = live.index.find_many(lon, lat)
            keep = np.nonzero((cell >= 0) | (dice.random(some * 3) < 0.03))[0][:some]
            told: list[Any] = [None if dice.random() < 0.05 else row for row in keep]
            cells = [live.index.cells[cell[row]] if row is not None and cell[row] >= 0 else None for row in told]
            values: dict[str, Any] = {
                "status": status,
                "n": list(range(begin, begin + len(told))),
                "category": dice.choice(categories, len(told)).tolist(),
                "lon": [None if row is None else float(lon[row]) for row in told],
                "lat": [None if row is None else float(lat[row]) for row in told],
                "accuracy": dice.choice([15.0, 30.0, 50.0, 100.0], len(told), p=[0.2, 0.3, 0.4, 0.1]).tolist(),
                "township": [c.township if c else None for c in cells],
                "community": [c.community if c else None for c in cells],
                "grid": [c.code if c else None for c in cells],
                "received": [NOW - timedelta(seconds=float(s)) for s in dice.uniform(60, 360 * 86_400, len(told))],
            }
            cur.execute(ITEMS, values)
        cur.execute("VACUUM ANALYZE items")


def timed(service: Service, draft: District, name: str, rounds: int) -> None:
    """Rehearse ``draft`` and print what that took."""
    walls, used, told = [], [], None
    with service.database.pool.transaction() as cur:
        pids = [os.getpid(), cur.connection.info.backend_pid]
    for _ in range(rounds):
        lines = csv.DictWriter(io.StringIO(), COLUMNS)

        def each(block: Replayed, lines: "csv.DictWriter[str]" = lines) -> None:
            lines.writerows(past_rows(block.items()))

        start, spent = time.perf_counter(), processor_s(pids)
        told = rehearse(service.database.pool, service.worlds, draft, each=each)
        walls.append(time.perf_counter() - start)
        used.append(processor_s(pids) - spent)
    assert told is not None
    print(
        f"rehearse, {told.past.total:,} past and {told.open.total:,} open items, {name} moved: "
        f"{statistics.median(walls):.1f} s (most {max(walls):.1f}; processor {statistics.median(used):.1f}), "
        f"{told.past.any:,} past and {told.open.any:,} open items change, doubtful {told.past.doubtful}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=1_000_000, help="past items (0: only compare)")
    parser.add_argument("--open", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    load = f"load {os.getloadavg()[0]:.1f}"
    print(f"{platform.machine()}, {os.cpu_count()} cores, {load}, Python {platform.python_version()}", flush=True)
    compare(args.rounds)
    if not args.items:
        return
    district = read_district(SHIPPED)
    with a_database() as database:
        rules = read_rules(RULES)
        import_people(database.pool, list(rules.units.values()), list(read_staff(RULES / "staff.csv")[0]))
        service = Service(database, rules)
        service.worlds.keep_rules()
        service.worlds.clock = lambda: NOW
        who = Account(0, "benchmark", "admin")
        publish(
            database.pool, service.worlds, service.pen, district, by=who, reason="", expect=None, clock=lambda: NOW
        )  # fmt: skip
        service.worlds.forget_people()
        conn = psycopg2.connect(database.admin_dsn)
        conn.autocommit = True
        with conn.cursor() as cur:
            for index in LEFT_OUT:
                cur.execute(f"DROP INDEX IF EXISTS {index}")
        categories, live = sorted(rules.categories), service.shelf.live()
        start = time.perf_counter()
        fill(conn, live, categories, 1, args.items, "closed")
        fill(conn, live, categories, args.items + 1, args.open, "dispatched")
        print(f"filled in {time.perf_counter() - start:.0f} s", flush=True)
        timed(service, one_border(district), "one border", args.rounds)
        timed(service, every_border(district), "every border", args.rounds)
        conn.close()


if __name__ == "__main__":
    main()
