"""An action over HTTP beside one INSERT + COMMIT a request of the same server.

Usage: python -m benchmarks.actions [--seconds S] [--rounds N] [--clients N] [--workers N] [--among N]...

``--among``: how many other open items of five clocks each the database holds already, one server after the other.

Server and clients are those of benchmarks/over_http.py. Rounds are interleaved, figures are medians.
``accept`` changes an item's state, handlers, clocks and counters, each request another item's; ``comment`` adds a line.
"""

import argparse
import os
import platform
import sys
from collections.abc import Callable, Iterator

from benchmarks.escalator import fill
from benchmarks.ground import a_category, a_service, a_spot, handler
from benchmarks.over_http import PEER, PEER_NAME, drive, post, served, tell
from cli.service import Service, clock
from dispatch.report import read_report
from store.bulk import decide, write
from store.pool import connect

AMONG = (0, 100_000, 1_000_000)
FAR = 5_000_000
"""Ids that the sequence of items does not reach."""
BLOCK = 500


def items(service: Service, count: int) -> list[str]:
    """The numbers of so many new items that a department is to accept."""
    maker = service.accounts.add("channel", "channel", None, None, clock())
    lon, lat = a_spot(service)
    told = {"channel": "phone", "category": a_category(service), "lon": lon, "lat": lat, "datum": "wgs84",
            "description": "小区门口路面积水,行人无法通过", "reporter": {"name": "甲", "phone": "1"}}  # fmt: skip
    report = read_report(told, now=clock(), zone=service.rules.zone)
    made = []
    for _ in range(0, count, BLOCK):
        made += write(service.desk, maker, decide(service.desk, maker, [(report, None)] * BLOCK))
    return [item.number for item in made if item]


def crowd(service: Service, others: int) -> None:
    """That many other open items."""
    conn = connect(service.database.admin_dsn)
    conn.autocommit = True
    fill(conn, FAR, FAR + others - 1)
    conn.close()


def measure(service: Service, port: int, args: argparse.Namespace) -> list[dict[str, float]]:
    """Answers a second of each rival, round by round."""
    unit = handler(service).unit
    service.accounts.add("handler", "department", unit, None, clock())
    token = service.accounts.issue_token("handler", None, clock())
    numbers = items(service, args.items)
    fresh = iter(numbers)

    def action(number: str, body: str) -> bytes:
        return post(f"/api/v1/items/{number}/actions", token, body)

    def forever(make: Callable[[str], bytes]) -> Iterator[bytes]:
        while True:
            yield from map(make, numbers)

    said = '{"action":"comment","text":"已联系市民,预计今日处理完毕"}'
    rivals: dict[str, Iterator[bytes]] = {
        PEER_NAME: forever(lambda _: post(PEER, token, "{}")),
        "accept": (action(number, '{"action":"accept"}') for number in fresh),
        "comment": forever(lambda number: action(number, said)),
    }
    for requests in rivals.values():
        drive(port, args.clients, requests, 1.0)  # warm
    return [{name: drive(port, args.clients, one, args.seconds) for name, one in rivals.items()}
            for _ in range(args.rounds)]  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--among", type=int, action="append")
    parser.add_argument("--port", type=int, default=8199)
    args = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; "
          f"{args.clients} clients, {args.workers} workers")  # fmt: skip
    for others in args.among or AMONG:
        rounds = among(others, args)
        print(f"among {others:,} other open items")
        tell(rounds)
    return 0


def among(others: int, args: argparse.Namespace) -> list[dict[str, float]]:
    """The rounds of a server among that many other items."""
    with a_service() as service:
        crowd(service, others)
        with served(service, args.port, args.workers):
            return measure(service, args.port, args)


if __name__ == "__main__":
    sys.exit(main())
