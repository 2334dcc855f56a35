"""Publishing under load: two servers take items in, and people work, while boundaries go to and fro.

Usage: python -m benchmarks.publish [--publishes N] [--items N] [--moving N] [--clients N] [--rate R]

Open items lie in the shipped district, some of them in one cell, which each publish gives to another township and the
next one back: those change owner. Two servers (``serve``, one worker each) are fed by another process: clients that
send items at a steady rate, and people who comment on, urge and locate open ones. Reported are how long an intake took
while publishes went on, beside the same load without any; ``last``, from asking for the exclusive lock to the commit,
in which intake may have to wait; and ``swapped``, how long after that both servers answered by the new Edition.
In the end every answer, every item's place and every chain is checked.
"""

import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import shapely

from benchmarks.actions import until_ready
from benchmarks.ground import a_service
from benchmarks.publish_load import Sent, ask, load
from boundaries.district import District
from cli.live import operator
from cli.service import Service, clock
from dispatch.moving import places
from dispatch.report import read_report
from store import publishing
from store.audit import verify
from store.bulk import decide, write

ROOT = Path(__file__).resolve().parents[1]
BLOCK = 500
QUIET_S = 20.0
"""The load alone, before the first publish."""
PAUSE_S = 1.0
"""Between two publishes."""


def districts(service: Service) -> tuple[District, District, str]:
    """The shipped district, the one in which a cell belongs to another township, and that cell."""
    district = service.shelf.live().district
    first = district.cells[0]
    other = next(cell.township for cell in district.cells if cell.township != first.township)
    cells = (replace(first, township=other), *district.cells[1:])
    bare = replace(district, townships=tuple(replace(area, geometry=None) for area in district.townships))
    return bare, replace(bare, cells=cells), first.code


def spots(service: Service, cell: str, inside: int, outside: int) -> list[tuple[float, float]]:
    """So many places in the cell and in others, from one seed."""
    seeded, index = random.Random(1), service.shelf.live().index
    found: list[tuple[float, float]] = []
    for number, count in ((index.positions[cell], inside), (None, outside)):
        while count:
            shape = index.geometries[number if number is not None else seeded.randrange(len(index.cells))]
            west, south, east, north = shapely.bounds(shape).tolist()
            spot = seeded.uniform(west, east), seeded.uniform(south, north)
            at = index.find(*spot)
            if at >= 0 and (index.cells[at].code == cell) == (number is not None):
                found.append(spot)
                count -= 1
    return found


def fill(service: Service, places_: Sequence[tuple[float, float]]) -> list[str]:
    """Open items at those places, of every category; their numbers."""
    maker = service.accounts.add("channel", "channel", None, None, clock())
    categories = sorted(service.rules.categories)
    reports = [
        read_report(
            {"channel": "phone", "category": categories[n % len(categories)], "lon": lon, "lat": lat,
             "datum": "wgs84", "description": "小区门口路面积水"}, now=clock(), zone=service.rules.zone)
        for n, (lon, lat) in enumerate(places_)
    ]  # fmt: skip
    made = []
    for start in range(0, len(reports), BLOCK):
        block = [(report, None) for report in reports[start : start + BLOCK]]
        made += write(service.desk, maker, decide(service.desk, maker, block))
    return [item.number for item in made if item]


def publish(service: Service, district: District, ports: Sequence[int], token: str) -> dict[str, float]:
    """One publish: how long it took, how long the Edition was held alone, and until both servers answered by it."""
    held: dict[str, float] = {}
    plain = publishing.last_step

    def last_step(*args: Any) -> None:
        held["asked"] = time.monotonic()
        plain(*args)

    publishing.last_step = last_step
    begun = time.monotonic()
    try:
        edition = publishing.publish(
            service.database.pool, service.worlds, service.pen, district,
            by=operator("benchmark"), reason="benchmark", expect=None, clock=clock,
        )  # fmt: skip
    finally:
        publishing.last_step = plain
    done = time.monotonic()
    with ThreadPoolExecutor(len(ports)) as pool:
        swapped = list(pool.map(lambda port: swap(port, token, edition, done), ports))
    row = next(row for row in publishing.listed(service.database.pool) if row["id"] == edition)
    since = time.time() - time.monotonic()
    return {"took": done - begun, "last": done - held["asked"], "swapped": max(swapped), "moved": row["moved"],
            "from": held["asked"] + since, "to": done + since}  # fmt: skip


def swap(port: int, token: str, edition: int, done: float) -> float:
    """Seconds until the server answers by the Edition, once that is live."""
    while ask(port, token, "GET", "/api/v1/resolve?lon=119.3&lat=26.08")[1].get("edition") != edition:
        if time.monotonic() - done > 10:
            raise SystemExit(f"the server at {port} stays behind")
        time.sleep(0.005)
    return time.monotonic() - done


def check(service: Service, sent: Sequence[Sent]) -> None:
    """Raise SystemExit where anything was refused or lost, or an open item stands where the live Edition has not it."""
    bad = [one for one in sent if not 200 <= one.status < 300]
    if bad:
        raise SystemExit(f"{len(bad)} refused, the first: {bad[0]}")
    edition = service.shelf.get(service.shelf.live_id())[0]
    with service.database.pool.transaction() as cur:
        cur.execute("SELECT number, lon, lat, township, grid, community FROM items")
        rows = cur.fetchall()
    for row, where in zip(rows, places(edition, rows), strict=True):
        if (row["township"], row["grid"], row["community"]) != where:
            raise SystemExit(f"{row['number']} stands in {row['township']}, {row['grid']}; the Edition says {where}")
    lost = {one.number for one in sent if one.number} - {row["number"] for row in rows}
    if lost:
        raise SystemExit(f"lost: {sorted(lost)[:5]}")
    fault = verify(service.database.pool, str(service.rules.zone)).fault
    if fault is not None:
        raise SystemExit(f"the history is broken: {fault}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--publishes", type=int, default=20)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--moving", type=int, default=1_000)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--rate", type=float, default=10.0, help="items a second, of all clients together")
    parser.add_argument("--port", type=int, default=8198)
    parser.add_argument("--load", metavar="FILE", help="be the load (the benchmark starts it itself)")
    args = parser.parse_args()
    if args.load:
        return load(Path(args.load), (args.port, args.port + 1), args.clients, args.rate)
    with a_service() as service, ExitStack() as stack:
        report(*run(service, stack, args), args)
    return 0


def run(service: Service, stack: ExitStack, args: argparse.Namespace) -> tuple[list[Sent], list[Sent], list[Any]]:
    """What was sent without and with publishes, and the publishes."""
    home, ports = service.database.settings.home, (args.port, args.port + 1)
    ours, theirs, cell = districts(service)
    numbers = fill(service, spots(service, cell, args.moving, args.items - args.moving))
    people = [service.accounts.add(name, name, None, None, clock()) for name in ("dispatcher", "planner")]
    tokens = {one.name: service.accounts.issue_token(one.name, None, clock()) for one in people}
    tokens["channel"] = service.accounts.issue_token("channel", None, clock())
    around = {**os.environ, "FIRSTLINE_HOME": str(home)}
    for port in ports:
        words = [sys.executable, "app.py", "serve", "--port", str(port), "--workers", "1"]
        server = subprocess.Popen(words, cwd=ROOT, env=around)
        stack.callback(server.wait, 20)
        stack.callback(server.terminate)
        until_ready(port, server)
    plan = home / "load.json"
    told = {"tokens": tokens, "numbers": numbers, "spots": spots(service, cell, 50, 450)}
    plan.write_text(json.dumps(told))
    words = [sys.executable, "-m", "benchmarks.publish", "--load", str(plan), "--port", str(args.port)]
    feeder = subprocess.Popen([*words, "--clients", str(args.clients), "--rate", str(args.rate)], cwd=ROOT,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # fmt: skip
    stack.callback(feeder.kill)
    assert feeder.stdout is not None
    feeder.stdout.readline()  # it sends
    time.sleep(QUIET_S)
    begun = time.time()
    done = []
    for n in range(args.publishes):
        done.append(publish(service, (theirs, ours)[n % 2], ports, tokens["planner"]))
        time.sleep(PAUSE_S)
    out, _ = feeder.communicate("end\n", timeout=60)
    sent = [Sent(*row) for row in json.loads(out)]
    check(service, sent)
    return [one for one in sent if one.at < begun - 1], [one for one in sent if one.at >= begun], done


def report(quiet: list[Sent], busy: list[Sent], done: list[dict[str, float]], args: argparse.Namespace) -> None:
    """Print the figures."""
    load1 = os.getloadavg()[0]
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; load {load1:.1f}")
    print(f"{args.items} open items, {args.moving} change owner; {args.publishes} publishes")
    for name, sent in (("without", quiet), ("publishing", busy)):
        for what in ("intake", "act"):
            took = sorted(one.took for one in sent if one.what == what)
            if len(took) > 1:
                print(f"{name:<11}{what:<7}{len(took):6} requests, median {statistics.median(took) * 1000:5.0f} ms, "
                      f"99 % {took[int(len(took) * 0.99)] * 1000:5.0f} ms, most {took[-1] * 1000:5.0f} ms")  # fmt: skip
    late = [one for one in busy if one.what == "intake" and any(
        one.at < each["to"] and one.at + one.took > each["from"] for each in done)]  # fmt: skip
    if late:
        took = sorted(one.took for one in late)
        print(f"under way in a last step: {len(took)} intakes, median {statistics.median(took) * 1000:.0f} ms, "
              f"most {took[-1] * 1000:.0f} ms")  # fmt: skip
    for name in ("took", "last", "swapped", "moved"):
        values = sorted(one[name] for one in done)
        print(f"{name:<11}median {statistics.median(values):8.3f}   {values[0]:.3f} to {values[-1]:.3f}")


if __name__ == "__main__":
    sys.exit(main())
