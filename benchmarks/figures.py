"""The figures of ``GET /kpi`` among a million items: a month, a year, and one township's year.

Usage: python -m benchmarks.figures [--items N]... [--rounds N]

A PostgreSQL of its own gets that many items over ten years (75,000 a year is a district's pace), with five clocks, a
handler and now and then a rating each. Periods are asked in turn, the first round is a warm-up. Beside them stands what
counting a year's rows by the index of their receipt alone takes, in the same round.
"""

import argparse
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from benchmarks.escalator import NOW, a_database, fill
from cli.service import Service
from dispatch.account import Account
from dispatch.rulebook import RULES, read_rules
from store.database import Database
from store.pool import connect

SIZES = (10_000, 100_000, 1_000_000)
A_YEAR = 75_000
RATINGS = """
INSERT INTO ratings (item_id, n, level, resolved, comment, by, at)
SELECT id, 1, 1 + id % 5, true, '', 'citizen', received_at FROM items WHERE id % 3 = 0
"""
BY_RECEIPT = "SELECT count(*) FROM items WHERE received_at >= %(from)s AND received_at < %(to)s"


def prepare(database: Database, items: int) -> None:
    """So many items, the newest received now."""
    conn = connect(database.admin_dsn)
    conn.autocommit = True
    fill(conn, 1, items, timedelta(days=365) / A_YEAR)
    with conn.cursor() as cur:
        cur.execute(RATINGS)
        cur.execute("VACUUM ANALYZE")
    conn.close()


def rivals(service: Service) -> dict[str, Callable[[], Any]]:
    """What is timed, by what it is called."""
    reader = Account(1, "supervisor", "supervisor")

    def period(days: int, **more: str) -> dict[str, Any]:
        return {"from": NOW - timedelta(days=days), "to": NOW + timedelta(days=1), **more}

    def plainly() -> None:
        with service.database.pool.transaction() as cur:
            cur.execute(BY_RECEIPT, period(365))

    desk = service.figures
    return {
        "rows of a year, counted": plainly,
        "figures of a month": lambda: desk.counted(reader, period(30)),
        "figures of a year": lambda: desk.counted(reader, period(365)),
        "a township's year": lambda: desk.counted(reader, period(365, township="T3")),
    }


def measure(items: int, rounds: int) -> dict[str, list[float]]:
    """Seconds of each, round by round."""
    took: dict[str, list[float]] = {}
    with a_database() as database:
        prepare(database, items)
        ways = rivals(Service(database, read_rules(RULES)))
        for round_ in range(rounds + 1):
            for name, way in ways.items():
                start = time.perf_counter()
                way()
                if round_:
                    took.setdefault(name, []).append(time.perf_counter() - start)
    return took


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, action="append")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for items in args.items or SIZES:
        for name, seconds in measure(items, args.rounds).items():
            print(f"{items:>10,} items   {name:<26}{statistics.median(seconds) * 1e3:8.0f} ms"
                  f"   {min(seconds) * 1e3:.0f} to {max(seconds) * 1e3:.0f}")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
