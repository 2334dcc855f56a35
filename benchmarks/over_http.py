"""The server of the benchmarks over HTTP, and clients that ask it as fast as it answers.

The server is the one that ``serve`` starts, in processes of its own on a PostgreSQL of its own, with one route more:
it signs the request in, as every route does, and does one INSERT and its COMMIT through the same pool. Clients send one
request after the other on kept connections; every answer is checked.
"""

import argparse
import os
import selectors
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from cli import server
from cli.service import Service
from store.pool import connect
from store.roles import role_name

ROOT = Path(__file__).resolve().parents[1]
PEER = "/one-insert"
PEER_NAME = "one INSERT + COMMIT"


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
            raise SystemExit("there is nothing left to ask: give more --items")
        self.socket.sendall(request)

    def read(self) -> bool:
        """Read what came; True where the answer is whole. Anything but success ends the benchmark."""
        self._got += self.socket.recv(1 << 16)
        head, found, body = self._got.partition(b"\r\n\r\n")
        if not found:
            return False
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        if len(body) < length:
            return False
        if b" 20" not in head[:16]:
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


def peer_table(service: Service) -> None:
    """The table that the peer writes to."""
    conn = connect(service.database.admin_dsn)
    with conn, conn.cursor() as cur:
        cur.execute("CREATE TABLE peer (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, words text NOT NULL)")
        cur.execute(f"GRANT INSERT ON peer TO {role_name(service.database.settings)}")
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


@contextmanager
def served(service: Service, port: int, workers: int) -> Iterator[None]:
    """A server of that many workers on the service's database, while the block runs."""
    peer_table(service)
    words = [sys.executable, "-m", "benchmarks.over_http", str(port), str(workers)]
    home = {**os.environ, "FIRSTLINE_HOME": str(service.database.settings.home)}
    process = subprocess.Popen(words, cwd=ROOT, env=home)
    try:
        until_ready(port, process)
        yield
    finally:
        process.terminate()
        process.wait(20)


def tell(rounds: list[dict[str, float]]) -> None:
    """Print the medians of the rounds, and each rival's share of the peer."""
    for name in rounds[0]:
        rates = sorted(one[name] for one in rounds)
        ratio = statistics.median(one[name] / one[PEER_NAME] for one in rounds)
        print(
            f"{name:<22}{statistics.median(rates):8,.0f} requests/s   {rates[0]:,.0f} to {rates[-1]:,.0f}   {ratio:.2f}"
        )


if __name__ == "__main__":
    sys.exit(serve(int(sys.argv[1]), int(sys.argv[2])))
