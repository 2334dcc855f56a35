"""Clients that send half a request take no thread, so that reports come in beside any number of them."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.factories import a_report
from tests.scenarios.servers import Town, call

SLOW = 150
HALVES = {
    "no line": b"",
    "half a line": b"POST /api/v1/it",
    "half a head": b"POST /api/v1/items HTTP/1.1\r\nHost: x\r\n",
    "half a small body": b'POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n{"channel',
    "half a large body": b'POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n{"channel',
    "half a chunked body": b"POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc",
    "a second request": b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HT",
}


@pytest.fixture
def sockets() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def connected(stack: ExitStack, port: int, sent: bytes) -> socket.socket:
    conn = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30))
    conn.sendall(sent)
    return conn


@pytest.mark.parametrize("half", HALVES)
def test_a_report_comes_in_beside_slow_clients(town: Town, sockets: ExitStack, half: str) -> None:
    port = town.servers[0].port
    for _ in range(SLOW):
        connected(sockets, port, HALVES[half])
    begun = time.monotonic()
    for n in range(3):
        answer = call(port, town.token, "POST", "/items", a_report(client_ref=f"beside {half} {n}"))
        assert answer.status == 201
    assert time.monotonic() - begun < 4


def test_who_never_ends_a_line_is_told_and_let_go(town: Town, sockets: ExitStack) -> None:
    conn = connected(sockets, town.servers[0].port, HALVES["half a head"])
    begun = time.monotonic()
    assert conn.recv(1000).startswith(b"HTTP/1.1 408 ")
    assert conn.recv(1000) == b"" and 8 < time.monotonic() - begun < 14


def test_a_request_in_pieces_is_answered(town: Town, sockets: ExitStack) -> None:
    conn = connected(sockets, town.servers[0].port, b"")
    for piece in (b"GET /hea", b"lthz HTTP/1.1\r\nHost: x\r", b"\n\r", b"\nGET /healthz HTTP/1.1\r\nHost: x\r\n"):
        conn.sendall(piece)
        time.sleep(0.05)
    assert conn.recv(1000).startswith(b"HTTP/1.1 200 ")
    conn.sendall(b"Connection: close\r\n\r\n")
    rest = b""
    while more := conn.recv(1000):
        rest += more
    assert b"HTTP/1.1 200 " in rest


def test_a_large_body_comes_through(town: Town) -> None:
    points = [[119.305, 26.085]] * 40_000
    answer = call(town.servers[0].port, town.token, "POST", "/resolve", {"points": points})
    assert answer.status == 200 and answer.body["grid"] == ["T1G1"] * 40_000


@pytest.mark.parametrize(
    ("head", "status", "code"),
    [
        ("GET /api/v1/duplicates?description=" + "a" * 9000 + " HTTP/1.1\r\n", 414, "uri-too-long"),
        ("GET /healthz HTTP/1.1\r\n" + "".join(f"X-{n}: y\r\n" for n in range(120)), 431, "headers-too-large"),
    ],
    ids=["address", "headers"],
)
def test_what_is_too_long_is_answered_as_a_problem(
    town: Town, sockets: ExitStack, head: str, status: int, code: str
) -> None:
    conn = connected(sockets, town.servers[0].port, f"{head}Host: x\r\n\r\n".encode())
    got = b""
    while more := conn.recv(4000):
        got += more
    lines, _, body = got.partition(b"\r\n\r\n")
    told = json.loads(body)
    assert lines.startswith(f"HTTP/1.1 {status} ".encode()) and b"application/problem+json" in lines
    assert (told["status"], told["code"]) == (status, code) and told["detail"].endswith(".")
