"""An item taken in over HTTP beside one INSERT + COMMIT a request of the same server, and bare commits of psycopg2.

Usage: python -m benchmarks.intake [--seconds S] [--rounds N] [--clients N] [--workers N] [--among N]...

Server and clients are those of benchmarks/over_http.py. Every item is placed in another spot, resolved, dispatched to
its handler and stored with its event, clocks, counters and outbox line; with ``client_ref`` it is asked first whether
it was sent before. ``bare psycopg2`` is one INSERT + COMMIT by a thread for each client, with no server between.
Rounds are interleaved, figures are medians.
"""

import argparse
import itertools
import json
import os
import platform
import random
import sys
import threading
import time
from collections.abc import Iterator

import psycopg2

from benchmarks.actions import AMONG, crowd
from benchmarks.ground import a_category, a_service
from benchmarks.over_http import PEER, PEER_NAME, drive, post, served, tell
from cli.service import Service, clock

BARE = "bare psycopg2"


def reports(service: Service, token: str, *, named: bool) -> Iterator[bytes]:
    """Reports without end, in seeded spots all over the district; with a ``client_ref`` each where ``named``."""
    rng, category = random.Random(12345), a_category(service)
    west, south, east, north = service.worlds.now().edition.index.box or (0.0, 0.0, 0.0, 0.0)
    for n in itertools.count():
        lon, lat = rng.uniform(west, east), rng.uniform(south, north)
        told = {"channel": "phone", "category": category, "lon": lon, "lat": lat, "datum": "wgs84",
                "description": "小区门口路面积水,行人无法通过", "reporter": {"name": "甲", "phone": "1"}}  # fmt: skip
        yield post("/api/v1/items", token, json.dumps(told | ({"client_ref": f"r{n}"} if named else {})))


def bare(dsn: str, threads: int, seconds: float) -> float:
    """Commits a second of so many threads, each with a connection of its own."""
    done, end = [0] * threads, time.perf_counter() + seconds

    def work(n: int) -> None:
        conn = psycopg2.connect(dsn)
        with conn.cursor() as cur:
            while time.perf_counter() < end:
                cur.execute("INSERT INTO peer (words) VALUES (%s)", ("一次写入",))
                conn.commit()
                done[n] += 1
        conn.close()

    running = [threading.Thread(target=work, args=(n,)) for n in range(threads)]
    start = time.perf_counter()
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return sum(done) / (time.perf_counter() - start)


def measure(service: Service, args: argparse.Namespace) -> list[dict[str, float]]:
    """Requests a second of each rival, round by round."""
    service.accounts.add("gateway", "channel", None, None, clock())
    token = service.accounts.issue_token("gateway", None, clock())
    rivals = {
        PEER_NAME: itertools.repeat(post(PEER, token, "{}")),
        "items": reports(service, token, named=False),
        "items, each once": reports(service, token, named=True),
    }
    for requests in rivals.values():
        drive(args.port, args.clients, requests, 1.0)  # warm
    dsn = service.database.admin_dsn
    return [{name: drive(args.port, args.clients, one, args.seconds) for name, one in rivals.items()}
            | {BARE: bare(dsn, args.clients, args.seconds)} for _ in range(args.rounds)]  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--among", type=int, action="append")
    parser.add_argument("--port", type=int, default=8198)
    args = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; "
          f"{args.clients} clients, {args.workers} workers")  # fmt: skip
    for others in args.among or AMONG:
        with a_service() as service:
            crowd(service, others)
            with served(service, args.port, args.workers):
                rounds = measure(service, args)
        print(f"among {others:,} other open items")
        tell(rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
