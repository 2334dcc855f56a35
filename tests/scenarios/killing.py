"""``kill -9`` in the middle of a step: the same client call is repeated until it is answered, and happened once.

A point says when: ``working``: the server holds the request and cannot go on (a lock of ours is in its way), so that
nothing is committed; ``committed``: it is on disk and the client has not been told.
"""

import http.client
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from store.holding import EDITION_LOCK
from tests.scenarios.hotline import ClockedServer, Hotline, Step, clocked_command, send
from tests.scenarios.servers import BROKEN, Answer, until

POINTS = ("working", "committed")
VICTIMS = ("server", "database")
AGAIN_S = 90.0


class Killing:
    """Puts harm in the way of each step of a hotline that writes: ``hotline.say = Killing(hotline, another)``.

    Points and victims take turns, and every fifth step ``another_escalator`` kills that and starts a new one; ``told``
    says what was done to which step. ``plain`` is how the hotline spoke before.
    """

    def __init__(self, hotline: Hotline, another_escalator: Callable[[], None]) -> None:
        self.hotline, self.plain, self.another_escalator = hotline, hotline.say, another_escalator
        self.told: list[tuple[str, str, str]] = []
        self._steps = 0

    def __call__(self, step: Step) -> Answer:
        if step.method == "GET":
            return until_answered(self.hotline, step)
        point = POINTS[self._steps % len(POINTS)]
        victim = "database" if self._steps % 7 == 3 else "server"
        if self._steps % 5 == 0:
            self.another_escalator()
        self._steps += 1
        self.told.append((step.path, point, victim))
        return killed_in(self.hotline, step, point, victim)


def killed_in(hotline: Hotline, step: Step, point: str, victim: str = "server") -> Answer:
    """Send a step, kill at the point, start what was killed again, and send the step until it is answered."""
    first, second = hotline.town.servers
    first.ready()
    before = events(hotline)
    with barred(hotline, point == "working"):
        thread = threading.Thread(target=ignored, args=(first.port, step))
        thread.start()
        if point == "working":
            until(lambda: waiting(hotline) or not thread.is_alive(), 20)
        else:
            until(lambda: events(hotline) > before or not thread.is_alive(), 20)
        kill(hotline, victim)
    thread.join(60)
    hotline.town.servers[:] = [second, first]  # the other one takes the repeat while this one comes back
    return until_answered(hotline, step)


def kill(hotline: Hotline, victim: str) -> None:
    """``kill -9`` the first server, or the database under both. A killed server is started again; whoever needs the
    database starts it."""
    server = hotline.town.servers[0]
    if victim == "database":
        hotline.town.kill_database()
        return
    server.kill(signal.SIGKILL)
    server.start()


def until_answered(hotline: Hotline, step: Step) -> Answer:
    """Send the very same request again until a server answers: a lost connection or a database that is away is none."""
    end = time.monotonic() + AGAIN_S
    turn = 0
    while time.monotonic() < end:
        with suppress(*BROKEN):
            answer = send(hotline.town.servers[turn % 2].port, step)
            if answer.status != 503:
                return answer
        turn += 1
        time.sleep(0.1)
    raise AssertionError(f"{step.path} was never answered")


def ignored(port: int, step: Step) -> None:
    """Send a request whose answer nobody will read."""
    with suppress(*BROKEN, http.client.HTTPException):
        send(port, step)


def events(hotline: Hotline) -> int:
    """How many events there are; -1 while the database is away."""
    with suppress(Exception):
        return int(hotline.row("SELECT count(*) AS n FROM events")["n"])
    return -1


def waiting(hotline: Hotline) -> bool:
    """Whether somebody waits for a lock that ``barred`` holds."""
    query = (
        "SELECT count(*) AS n FROM pg_locks WHERE NOT granted AND locktype IN ('advisory', 'transactionid', 'tuple')"
    )
    return bool(hotline.row(query)["n"])


@contextmanager
def barred(hotline: Hotline, closed: bool) -> Iterator[None]:
    """While the block runs nobody gets on with an intake or an item, if ``closed``."""
    if not closed:
        yield
        return
    holder = hotline.town.service.pool.dedicated()
    holder.autocommit = False
    try:
        with holder.cursor() as cur:
            cur.execute("SELECT pg_advisory_xact_lock(%s)", (EDITION_LOCK,))
            cur.execute("SELECT id FROM items FOR UPDATE")
        yield
    finally:
        with suppress(Exception):  # the database itself may have been killed
            holder.rollback()
        holder.close()


@contextmanager
def an_escalator(hotline: Hotline) -> Iterator[Callable[[], None]]:
    """An escalator of its own beside the servers; what it gives kills it with -9 and starts another."""
    running: list[Any] = []

    def start() -> None:
        with (hotline.town.home / "escalator.log").open("ab") as log:
            running.append(clocked_command(hotline.town.home, hotline.clock, log, "escalator"))

    def again() -> None:
        os.killpg(running[-1].pid, signal.SIGKILL)
        running[-1].wait(20)
        start()

    start()
    try:
        yield again
    finally:
        with suppress(ProcessLookupError):
            os.killpg(running[-1].pid, signal.SIGTERM)
        running[-1].wait(30)


__all__ = ["ClockedServer", "Killing", "an_escalator", "killed_in", "until_answered"]
