"""Real servers for scenarios: two processes on one embedded PostgreSQL, clients that do not give up, and harm."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from store import embedded, processes
from store.database import Database
from store.migrate import migrate
from store.settings import ROOT, Settings
from tests.factories import PEOPLE, RunningService, a_report

DURABLE = {"fsync": "off", "autovacuum": "off", "shared_buffers": "64MB"}
"""An acknowledged commit outlives the kill of any process, if not that of the machine."""
BROKEN = (OSError, http.client.HTTPException)


def until(done: Callable[[], Any], seconds: float = 20) -> Any:
    """What ``done`` gives once it gives something."""
    end = time.monotonic() + seconds
    while not (found := done()):
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.02)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Answer:
    """What a server said."""

    status: int
    headers: Any
    body: Any


def call(port: int, token: str, method: str, path: str, body: Any = None, timeout: float = 20) -> Answer:
    """One request on a connection of its own. Raises BROKEN."""
    conn = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        text = None if body is None else json.dumps(body)
        conn.request(method, f"/api/v1{path}", text, {"Authorization": f"Bearer {token}"})
        answer = conn.getresponse()
        raw = answer.read()
        return Answer(answer.status, answer.headers, json.loads(raw) if raw else None)
    finally:
        conn.close()


class Server:
    """``python app.py serve`` on a port of its own."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, free_port()
        self.log = home / f"server-{self.port}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; ``ready`` waits for it."""
        words = ("serve", "--port", str(self.port), "--workers", "1")
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command(*words), cwd=ROOT, env=surroundings(self.home), stdout=log,
                                            stderr=log, start_new_session=True)  # fmt: skip

    def ready(self) -> None:
        """Wait until it can take items in."""

        def answers() -> bool:
            assert self.process is not None
            assert self.process.poll() is None, self.log.read_text(errors="replace")[-3000:]
            conn = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            try:
                conn.request("GET", "/readyz")
                return conn.getresponse().status == 200
            except BROKEN:
                return False
            finally:
                conn.close()

        until(answers, 60)

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """End it and its workers."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
            self.process.wait(20)
            with suppress(ProcessLookupError):  # what the master left behind
                os.killpg(self.process.pid, signal.SIGKILL)


def command(*words: str) -> list[str]:
    return [sys.executable, "app.py", *words]


def surroundings(home: Path) -> dict[str, str]:
    return {**os.environ, "FIRSTLINE_HOME": str(home)}


@dataclass
class Town:
    """A home with a published Edition, accounts and two servers."""

    home: Path
    service: RunningService
    servers: list[Server]

    @property
    def token(self) -> str:
        return self.service["channel"].token

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run a command of the service to its end."""
        return subprocess.run(command(*words), cwd=ROOT, env=surroundings(self.home), capture_output=True, text=True,
                              check=False, timeout=120)  # fmt: skip

    def begin(self, *words: str) -> "subprocess.Popen[str]":
        """Start a command of the service."""
        return subprocess.Popen(command(*words), cwd=ROOT, env=surroundings(self.home), text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)  # fmt: skip

    def postmaster(self) -> int:
        """The process id of the embedded PostgreSQL, 0 for none."""
        file = self.home / "pg" / "data" / "postmaster.pid"
        with suppress(OSError, ValueError, IndexError):
            pid = int(file.read_text().split()[0])
            return pid if processes.is_postmaster(pid, self.home / "pg" / "data") else 0
        return 0

    def kill_database(self) -> None:
        """``kill -9`` the postmaster, and wait until it is gone."""
        pid = until(self.postmaster)
        os.kill(pid, signal.SIGKILL)
        until(lambda: not processes.is_postmaster(pid, self.home / "pg" / "data"))


@contextmanager
def a_town(home: Path, district: Any) -> Iterator[Town]:
    """The town, with its servers ready; all is ended in the end."""
    settings = Settings(home=home)
    assert settings.secret  # made now, so that the servers find it
    with embedded.hold(home, DURABLE) as dsn:
        migrate(dsn, settings)
        with Database.open(settings) as database:
            service = RunningService(database, district)
            for name in PEOPLE:
                service.caller(name)
            town = Town(home, service, [Server(home), Server(home)])
            try:
                for server in town.servers:
                    server.start()
                for server in town.servers:
                    server.ready()
                yield town
            finally:
                for server in town.servers:
                    server.kill(signal.SIGTERM)


@dataclass
class Client:
    """Sends reports one after the other, each again and again under its reference until it is acknowledged."""

    town: Town
    name: str
    reports: int
    acknowledged: dict[str, str] = field(default_factory=dict)
    refused: list[Answer] = field(default_factory=list)
    broken: int = 0

    def run(self) -> None:
        for n in range(self.reports):
            self.send(f"{self.name}-{n}")

    def send(self, reference: str) -> None:
        end = time.monotonic() + 60
        turn = hash(reference)
        while time.monotonic() < end:
            turn += 1
            try:
                server = self.town.servers[turn % 2]
                answer = call(server.port, self.town.token, "POST", "/items", a_report(client_ref=reference))
            except BROKEN:
                self.broken += 1
                time.sleep(0.1)
                continue
            if answer.status in (200, 201):
                self.acknowledged[reference] = answer.body["number"]
                return
            self.refused.append(answer)
            time.sleep(0.1)
        raise AssertionError(f"{reference} was never acknowledged: {self.refused[-1:]}")


class Clients:
    """Some clients at once."""

    def __init__(self, town: Town, name: str, number: int, reports: int) -> None:
        self.all = [Client(town, f"{name}-{n}", reports) for n in range(number)]
        self._failed: list[BaseException] = []
        self._threads = [threading.Thread(target=self._run, args=(client,)) for client in self.all]
        for thread in self._threads:
            thread.start()

    def _run(self, client: Client) -> None:
        try:
            client.run()
        except BaseException as error:
            self._failed.append(error)

    def finish(self) -> dict[str, str]:
        """Wait for all; reference -> number of everything acknowledged."""
        for thread in self._threads:
            thread.join(120)
        assert not self._failed, self._failed
        return self.acknowledged

    @property
    def acknowledged(self) -> dict[str, str]:
        return {ref: number for client in self.all for ref, number in list(client.acknowledged.items())}

    @property
    def refused(self) -> list[Answer]:
        return [answer for client in self.all for answer in client.refused]


class Watcher(threading.Thread):
    """A dispatcher's live map: reads the stream, and resumes after its last position on whatever server answers."""

    def __init__(self, town: Town, after: int) -> None:
        super().__init__(daemon=True)
        self.town, self.token = town, town.service["dispatcher"].token
        self.seen: list[str] = []
        self.positions: list[int] = []
        self.last, self.resets, self.connections = after, 0, 0
        self.done = threading.Event()
        self.start()

    def run(self) -> None:
        while not self.done.is_set():
            with suppress(*BROKEN):
                self._follow(self.town.servers[self.connections % 2].port)
            self.connections += 1
            time.sleep(0.1)

    def _follow(self, port: int) -> None:
        conn = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
        try:
            headers = {"Authorization": f"Bearer {self.token}", "Last-Event-ID": str(self.last)}
            conn.request("GET", "/api/v1/live", headers=headers)
            answer = conn.getresponse()
            event = ""
            while answer.status == 200 and not self.done.is_set():
                line = answer.readline().decode().rstrip("\n")
                name, _, value = line.partition(": ")
                if name == "event":
                    event = value
                elif name == "id":
                    self.last = int(value)
                elif name == "data":
                    self._heed(event, json.loads(value))
                elif not line and not answer.fp:
                    return
        finally:
            conn.close()

    def _heed(self, event: str, data: dict[str, Any]) -> None:
        if event == "item":
            self.seen.append(data["number"])
            self.positions.append(self.last)
        self.resets += event == "reset"

    def stop(self) -> None:
        self.done.set()
        self.join(20)


def position(town: Town) -> int:
    """Where the stream is."""
    return int(town.service.row("SELECT last_position FROM relay_state")["last_position"])
