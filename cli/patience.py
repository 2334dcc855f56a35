"""A gunicorn worker whose threads never wait for a slow sender.

gunicorn gives every connection a thread at once, and the thread waits for the request: a hundred clients that send half
a line take all threads. Here the worker's one loop gathers what comes, and a thread gets a connection when its request
is whole. A body of more than ``GATHERED`` bytes is read by a thread, but only ``LARGE`` of them at once.
"""

import json
import re
import socket
import struct
import time
from collections import deque
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import TConn, ThreadWorker

HEAD_S = 10.0
"""Seconds that a request's first lines may take."""
REQUEST_S = 30.0
"""Seconds that a gathered request may take, with its body."""
LARGE_S = 60.0
"""Seconds that a thread reads at one large body, and that such a body waits for its turn."""
SILENT_S = 10
"""Seconds without a byte after which a thread gives a large body up."""
STUCK_S = 60
"""Seconds after which a reader that takes nothing of an answer loses the connection."""
GATHERED = 256 * 1024
MOST_HEAD = 64 * 1024
LARGE = 12
PIECE = 64 * 1024
TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
TOO_LONG = {
    LimitRequestLine: (414, "URI Too Long", "uri-too-long", "The address is too long: write less, or send a body."),
    LimitRequestHeaders: (431, "Request Header Fields Too Large", "headers-too-large", "The headers are too long."),
}
"""What gunicorn turns away before the service sees it, and what is said then, as the service says all errors."""
LENGTH = re.compile(rb"\ncontent-length:[ \t]*(\d{1,15})[ \t]*\r", re.IGNORECASE)
UNGATHERED = re.compile(rb"\n(?:transfer-encoding|expect):", re.IGNORECASE)


@dataclass(eq=False)
class Arrival:
    """A request on its way in. ``since`` is a monotonic second."""

    conn: Any
    since: float
    got: bytearray = field(default_factory=bytearray)
    head: int = 0

    def state(self) -> str:
        """``waiting``, ``whole`` or ``large``. What is no request is whole: the parser says what is wrong."""
        if not self.head:
            end = self.got.find(b"\r\n\r\n")
            if end < 0:
                return "whole" if len(self.got) > MOST_HEAD else "waiting"
            self.head = end + 4
        first = bytes(self.got[: self.head])
        named = LENGTH.search(first)
        length = int(named[1]) if named else 0
        if UNGATHERED.search(first) or length > GATHERED:
            return "large"
        return "whole" if len(self.got) >= self.head + length else "waiting"

    def late(self, now: float) -> bool:
        """Whether its time is over."""
        return now - self.since > (REQUEST_S if self.head else HEAD_S)


class Timed:
    """The reading end of a socket until a monotonic second; it raises TimeoutError after it, or after SILENT_S."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self.sock, self.until = sock, until

    def recv(self, size: int) -> bytes:
        if time.monotonic() > self.until:
            raise TimeoutError("the request came too slowly")
        try:
            return self.sock.recv(size)
        except BlockingIOError:
            raise TimeoutError("the request stopped coming") from None


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's threaded worker, with the requests gathered before a thread gets them. All below runs in its loop."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._arriving: dict[Any, Arrival] = {}
        self._large: set[Any] = set()
        self._queue: deque[Arrival] = deque()

    def enqueue_req(self, conn: TConn) -> None:
        """Every new request begins here: of a new connection, of a kept one, or with bytes read ahead."""
        if not conn.initialized:
            _set_times(conn.sock)
            conn.init()
        arrival = Arrival(conn, time.monotonic(), bytearray(conn.parser.unreader.take_buffered()))
        conn.sock.setblocking(False)
        self._arriving[conn] = arrival
        self.poller.register(conn.sock, EVENT_READ, partial(self._read, arrival))
        self._go_on(arrival)

    def finish_request(self, conn: TConn, fs: "Future[Any]") -> None:
        """As gunicorn does; then the next large body gets its turn."""
        self._large.discard(conn)
        super().finish_request(conn, fs)
        while self._queue and len(self._large) < LARGE:
            self._start_large(self._queue.popleft())

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:
        """As gunicorn does, but an address or headers too long are answered as a problem and not as a page."""
        if (told := TOO_LONG.get(type(exc))) is None:
            super().handle_error(req, client, addr, exc)
            return
        with suppress(OSError):
            write_nonblock(client, _problem(*told))

    def murder_pending(self) -> None:
        """Called every second: close what took too long."""
        super().murder_pending()
        now = time.monotonic()
        for arrival in [each for each in self._arriving.values() if each.late(now)]:
            self._leave(arrival)
            self._close(arrival, told=bool(arrival.got))
        while self._queue and now - self._queue[0].since > LARGE_S:
            self._close(self._queue.popleft(), told=True)

    def _read(self, arrival: Arrival, _sock: socket.socket) -> None:
        try:
            piece = arrival.conn.sock.recv(PIECE)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        if not piece:
            self._leave(arrival)
            self._close(arrival, told=False)
            return
        arrival.got += piece
        self._go_on(arrival)

    def _go_on(self, arrival: Arrival) -> None:
        state = arrival.state()
        if state == "waiting":
            return
        self._leave(arrival)
        if state == "whole":
            self._hand_over(arrival, REQUEST_S)
        elif len(self._large) < LARGE:
            self._start_large(arrival)
        else:
            self._queue.append(arrival)

    def _start_large(self, arrival: Arrival) -> None:
        self._large.add(arrival.conn)
        self._hand_over(arrival, LARGE_S)

    def _hand_over(self, arrival: Arrival, seconds: float) -> None:
        unreader = arrival.conn.parser.unreader
        unreader.unread(bytes(arrival.got))
        unreader.sock = Timed(arrival.conn.sock, time.monotonic() + seconds)
        super().enqueue_req(arrival.conn)

    def _leave(self, arrival: Arrival) -> None:
        self._arriving.pop(arrival.conn, None)
        with suppress(OSError, KeyError, ValueError):
            self.poller.unregister(arrival.conn.sock)

    def _close(self, arrival: Arrival, *, told: bool) -> None:
        if told:
            with suppress(OSError):
                arrival.conn.sock.send(TOO_SLOW)
        self.nr_conns -= 1
        arrival.conn.close()


def _problem(status: int, reason: str, code: str, detail: str) -> bytes:
    """A whole answer of application/problem+json (RFC 9457)."""
    told = {"type": f"urn:firstline:problem:{code}", "title": reason, "status": status, "detail": detail, "code": code}
    body = json.dumps(told | {"errors": []}).encode()
    head = f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _set_times(sock: socket.socket) -> None:
    """Limits that hold for a thread's own reads and writes, and not while the loop waits."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", SILENT_S, 0))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", STUCK_S, 0))
