"""The escalator among many open items: finding and writing due steps, and a tick with nothing to do.

Usage: python -m benchmarks.escalator [--items N]... [--rounds N]

A PostgreSQL of its own, in a folder of its own, gets the schema and that many open items of five clocks each
(one deadline row for each clock, one event and one handler for each item), none of them due. Each round makes 1,000
clocks of as many items due, seeded, and times one round of the escalator that finds and writes them: events, clocks,
notices and outbox in one transaction. Figures are medians of the rounds; the first round is a warm-up, not counted.
Beside the seconds on the clock stand those of processor time, of this process and its database backend together (Linux
alone): what it takes where nothing else runs.
"""

import argparse
import os
import platform
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg2
from psycopg2.extensions import connection

from cli.service import Service
from dispatch.rulebook import RULES, read_rules
from store import embedded
from store.database import Database
from store.escalator import Steps
from store.migrate import migrate
from store.settings import Settings
from store.world import import_people

SIZES = (10_000, 100_000, 1_000_000)
DUE = 1_000
NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
SECRET = b"a secret of the benchmark, and long enough"
SERVER = {"shared_buffers": "512MB", "max_wal_size": "8GB", "checkpoint_timeout": "30min"}

ITEMS = """
INSERT INTO items (id, number, version, status, kind, channel, category, urgency, needs_place, description, address,
    words_salt, anonymous, confidential, township, grid, on_border, doubtful, candidates, lead_kind, lead, readers,
    given, maker, demonstration, received_at, dispatched_at, created_at, updated_at, chain_seq, chain_hash)
SELECT n, '261123-' || lpad(n::text, 7, '0'), 1, 'accepted', 'complaint', 'phone', '1.01', 'normal', true, '井盖响',
    '某路', 'salt', false, false, 'T' || n %% 10, 'G' || n %% 144, false, false, '[]', 'township', 'T' || n %% 10,
    ARRAY['maker:1', 'township:T' || n %% 10, 'unit:city-management'], '{}', 1, true, at, at, at, at, 1,
    md5(n::text) || md5(n::text)
FROM (SELECT n, %(at)s - (%(last)s - n) * %(apart)s AS at FROM generate_series(%(first)s, %(last)s) AS n) AS dated
"""
HANDLERS = """
INSERT INTO handlers (item_id, unit, role, state)
SELECT n, 'city-management', 'main', 'accepted' FROM generate_series(%(first)s, %(last)s) AS n
"""
EVENTS = """
INSERT INTO events (item_id, seq, body, prev_hash, hash)
SELECT n, 1, '{}', md5(''), md5(n::text) || md5(n::text) FROM generate_series(%(first)s, %(last)s) AS n
"""
CLOCKS = """
INSERT INTO deadlines (item_id, stage, due_at, near_at, state, rule, step, step_at)
SELECT n, stage, %(at)s + interval '30 days', %(at)s + interval '20 days', 'running', '3 working-days', 0,
    %(at)s + interval '20 days' + n * interval '1 second'
FROM generate_series(%(first)s, %(last)s) AS n,
    unnest(ARRAY['accept', 'contact', 'settle', 'verify', 'answer']) AS stage
"""
MAKE_DUE = """
UPDATE deadlines SET due_at = %(now)s + interval '1 hour', near_at = %(now)s - interval '1 minute',
    step = 0, step_at = %(now)s - interval '1 minute'
WHERE item_id = ANY(%(ids)s) AND stage = 'settle'
"""


def fill(conn: connection, first: int, last: int, apart: timedelta = timedelta(0)) -> None:
    """Open items with those ids, and everything of theirs; the last came a day ago, each so long before the next."""
    with conn.cursor() as cur:
        for statement in (ITEMS, HANDLERS, EVENTS, CLOCKS):
            cur.execute(statement, {"first": first, "last": last, "at": NOW - timedelta(days=1), "apart": apart})
        cur.execute("VACUUM ANALYZE items, deadlines, events, handlers")


def timed(work: Callable[[], object]) -> float:
    """Seconds that ``work`` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def processor_s(pids: list[int]) -> float:
    """Seconds of processor time that those processes took so far; 0 where the system does not tell."""
    stats = [Path(f"/proc/{pid}/stat") for pid in pids]
    told = [stat.read_text().rpartition(")")[2].split() for stat in stats if stat.exists()]
    return sum(int(fields[11]) + int(fields[12]) for fields in told) / os.sysconf("SC_CLK_TCK")


@contextmanager
def a_database() -> Iterator[Database]:
    """A new PostgreSQL with the schema, gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="fl-bench-"))
    home.chmod(0o711)
    try:
        with embedded.hold(home, SERVER) as dsn:
            settings = Settings(home=home, database_url=dsn, given_secret=SECRET)
            migrate(dsn, settings)
            with Database.open(settings) as database:
                yield database
    finally:
        shutil.rmtree(home)


def rounds(
    steps: Steps, conn: connection, size: int, count: int, dice: random.Random
) -> tuple[list[float], list[float], list[float]]:
    """Seconds of finding and writing DUE steps, of processor time in them, and of a tick with nothing to do, once for
    each round."""
    busy, used, idle = [], [], []
    with steps.pool.transaction() as cur:
        pids = [os.getpid(), cur.connection.info.backend_pid]
    for _ in range(count + 1):
        with conn.cursor() as cur:
            cur.execute(MAKE_DUE, {"now": NOW, "ids": dice.sample(range(1, size + 1), DUE)})
            cur.execute("SELECT count(*) FROM events")
            before = cur.fetchone()[0]
        start = processor_s(pids)
        busy.append(timed(lambda: steps.climb_clocks(NOW)))
        used.append(processor_s(pids) - start)
        idle.append(timed(steps.tick))
        with conn.cursor() as cur:
            cur.execute("SELECT count(*) FROM events")
            if cur.fetchone()[0] != before + DUE:
                raise SystemExit("not every due step was written: no figures")
    return busy[1:], used[1:], idle[1:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, action="append", help=f"open items, growing (default {SIZES})")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    load = f"load {os.getloadavg()[0]:.1f}"
    print(f"{platform.machine()}, {os.cpu_count()} cores, {load}, Python {platform.python_version()}", flush=True)
    dice, there = random.Random(144), 0
    with a_database() as database:
        rules = read_rules(RULES)
        import_people(database.pool, list(rules.units.values()))
        service = Service(database, rules)
        service.worlds.keep_rules()
        steps = Steps(database.pool, service.pen, lambda: NOW)
        conn = psycopg2.connect(database.admin_dsn)
        conn.autocommit = True
        for size in sorted(args.items or SIZES):
            seconds = timed(lambda first=there + 1, last=size: fill(conn, first, last))  # type: ignore[misc]
            there = size
            busy, used, idle = rounds(steps, conn, size, args.rounds, dice)
            print(
                f"{size:>9,} items, {size * 5:>9,} clocks (filled in {seconds:.0f} s): {DUE:,} due steps in "
                f"{statistics.median(busy):.2f} s (most {max(busy):.2f}; processor {statistics.median(used):.2f}), "
                f"idle tick {statistics.median(idle) * 1000:.1f} ms (most {max(idle) * 1000:.1f})",
                flush=True,
            )
        conn.close()


if __name__ == "__main__":
    main()
