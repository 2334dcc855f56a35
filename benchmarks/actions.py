"""An action over HTTP beside one INSERT + COMMIT a request of the same server.

Usage: python -m benchmarks.actions [--seconds S] [--rounds N] [--clients N] [--workers N] [--among N]...

``--among``: how many other open items of five clocks each the database holds already, one server after the other.

The server is the one that ``serve`` starts, in processes of its own on a PostgreSQL of its own, with one route more:
it signs the request in, as every route does, and does one INSERT and its COMMIT through the same pool. Clients send one
request after the other on kept connections; every answer is checked. Rounds are interleaved, figures are medians.
``accept`` changes an item's state, handlers, clocks and counters, each request another item's; ``comment`` adds a line.
"""

import argparse
import os
import platform
import selectors
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchmarks.escalator import fill
from benchmarks.ground import a_category, a_service, a_spot, handler
from cli import server
from cli.service import Service, clock
from dispatch.report import read_report
from store.bulk import decide, write
from store.pool import connect
from store.roles import role_name

ROOT = Path(__file__).resolve().parents[1]
PEER = "/one-insert"
PEER_NAME = "one INSERT + COMMIT"
AMONG = (0, 100_000, 1_000_000)
FAR = 5_000_000
"""Ids that the sequence of items does not reach."""
BLOCK = 500


def serve(port: int, workers: int) -> int:
    """``serve``, with the route of the peer in each worker's application."""
    plain = server.worker_app

    def with_peer(service: Service, **more: Any) -> Any:
        app = plain(service, **more)

        def one_insert() -> dict[str, bool]:
            with service.database.pool.transaction() as cur:
                cur.execute("INSERT INTO peer (words) VALUES (%s)", ("一次写入",))
            return {"done": True}

        app.add_url_rule(PEER, view_func=one_insert, methods=["POST"])
        return app

    server.worker_app = with_peer
    return server.serve_only(argparse.Namespace(host="127.0.0.1", port=port, workers=workers))


class Client:
    """One kept connection that sends a request when the one before is answered."""

    def __init__(self, port: int, requests: Iterator[bytes]) -> None:
        self.requests, self.answered = requests, 0
        self.socket = socket.create_connection(("127.0.0.1", port))
        self._got = b""
        self.send()

    def send(self) -> None:
        """Send the next request."""
        request = next(self.requests, None)
        if request is None:
            raise SystemExit("every item is accepted: give more --items")
        self.socket.sendall(request)

    def read(self) -> bool:
        """Read what came; True where the answer is whole. Anything but 200 ends the benchmark."""
        self._got += self.socket.recv(1 << 16)
        head, found, body = self._got.partition(b"\r\n\r\n")
        if not found:
            return False
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        if len(body) < length:
            return False
        if b" 200 " not in head[:16]:
            raise SystemExit(f"refused: {self._got.decode(errors='replace')[:600]}")
        self._got = b""
        self.answered += 1
        return True


def drive(port: int, clients: int, requests: Iterator[bytes], seconds: float) -> float:
    """Answers a second of so many clients at once."""
    all_ = [Client(port, requests) for _ in range(clients)]
    with selectors.DefaultSelector() as ready:
        for client in all_:
            ready.register(client.socket, selectors.EVENT_READ, client)
        start = time.perf_counter()
        while (took := time.perf_counter() - start) < seconds:
            for key, _ in ready.select(0.5):
                if key.data.read():
                    key.data.send()
    for client in all_:
        client.socket.close()
    return sum(client.answered for client in all_) / took


def post(path: str, token: str, body: str) -> bytes:
    """A request as it goes over the wire."""
    sent = body.encode()
    head = f"POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(sent)}\r\n\r\n".encode() + sent


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


def peer_table(service: Service) -> None:
    """The table that the peer writes to."""
    conn = connect(service.database.admin_dsn)
    with conn, conn.cursor() as cur:
        cur.execute("CREATE TABLE peer (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, words text NOT NULL)")
        cur.execute(f"GRANT INSERT ON peer TO {role_name(service.database.settings)}")
    conn.close()


def crowd(service: Service, others: int) -> None:
    """That many other open items."""
    conn = connect(service.database.admin_dsn)
    conn.autocommit = True
    fill(conn, FAR, FAR + others - 1)
    conn.close()


def until_ready(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Wait for the server."""
    while process.poll() is None:
        # it does not listen yet, or hangs up
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)) as probe:
            probe.sendall(b"GET /readyz HTTP/1.0\r\nHost: bench\r\n\r\n")
            if b" 200 " in probe.recv(64):
                return
        time.sleep(0.1)
    raise SystemExit("the server ended")


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
    parser.add_argument("--serve", action="store_true", help="be the server (the benchmark starts it itself)")
    args = parser.parse_args()
    if args.serve:
        return serve(args.port, args.workers)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; "
          f"{args.clients} clients, {args.workers} workers")  # fmt: skip
    for others in args.among or AMONG:
        tell(others, among(others, args))
    return 0


def among(others: int, args: argparse.Namespace) -> list[dict[str, float]]:
    """The rounds of a server among that many other items."""
    with a_service() as service:
        peer_table(service)
        crowd(service, others)
        words = [sys.executable, "-m", "benchmarks.actions", "--serve", "--port", str(args.port)]
        home = {**os.environ, "FIRSTLINE_HOME": str(service.database.settings.home)}
        process = subprocess.Popen([*words, "--workers", str(args.workers)], cwd=ROOT, env=home)
        try:
            until_ready(args.port, process)
            return measure(service, args.port, args)
        finally:
            process.terminate()
            process.wait(20)


def tell(others: int, rounds: list[dict[str, float]]) -> None:
    """Print the medians, and each rival's share of the peer."""
    print(f"among {others:,} other open items")
    for name in rounds[0]:
        rates = sorted(one[name] for one in rounds)
        ratio = statistics.median(one[name] / one[PEER_NAME] for one in rounds)
        print(
            f"{name:<22}{statistics.median(rates):8,.0f} requests/s   {rates[0]:,.0f} to {rates[-1]:,.0f}   {ratio:.2f}"
        )


if __name__ == "__main__":
    sys.exit(main())
