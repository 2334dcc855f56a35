"""A hotline day: the shipped district on two real servers and an escalator, people who work with it over HTTP, and a
clock that a story sets."""

import http.client
import itertools
import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import cli.service
from boundaries.read import read_district
from dispatch.rulebook import RULES
from dispatch.staff import read_staff
from store import embedded
from store.database import Database
from store.migrate import migrate
from store.settings import ROOT, Settings
from store.world import import_people
from tests.factories import RunningService, rules
from tests.scenarios import clocked
from tests.scenarios.servers import DURABLE, Answer, Server, Town, surroundings

CITY = ZoneInfo("Asia/Shanghai")
PEOPLE: dict[str, tuple[str, str | None]] = {
    "mini-program": ("channel", None),
    "dispatcher": ("dispatcher", None),
    "hongshan": ("officer", "350102100"),
    "construction": ("department", "construction-bureau"),
    "investment": ("department", "construction-investment"),
    "community": ("department", "350102100004"),
    "w-350102100G013": ("worker", None),
    "w-350102100G010": ("worker", None),
    "supervisor": ("supervisor", None),
}
"""Account -> (role, unit): whom the stories need, by their posts. The citizen has a number and a code, no account."""


@dataclass(frozen=True)
class Step:
    """One call to the service, as it is sent: again and again in the very same words where no answer came."""

    who: str
    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class ClockedServer(Server):
    """A server whose clock is the story's."""

    def __init__(self, home: Path, clock: Path) -> None:
        super().__init__(home)
        self.clock = clock

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = clocked_command(
                self.home, self.clock, log, "serve", "--port", str(self.port), "--workers", "1"
            )


def clocked_command(home: Path, clock: Path, log: Any, *words: str) -> "subprocess.Popen[bytes]":
    """Start a command of the service under the story's clock."""
    command = [sys.executable, "-m", "tests.scenarios.clocked", str(clock), *words]
    return subprocess.Popen(command, cwd=ROOT, env=surroundings(home), stdout=log, stderr=log, start_new_session=True)


class Hotline:
    """The town, its people, and what they do. ``say`` is how a step gets its answer: harm may be put in its way."""

    def __init__(self, town: Town, clock: Path) -> None:
        self.town, self.clock = town, clock
        self.tokens: dict[str, str] = {}
        self._keys = itertools.count(1)
        self._turn = itertools.count()
        self.code = ""

    def at(self, told: str) -> datetime:
        """It is that day and time in the city: ``2026-12-02 09:30``."""
        now = datetime.fromisoformat(told).replace(tzinfo=CITY)
        clocked.shift(self.clock, now)
        return now

    def post(self, who: str, path: str, body: Any = None, **more: Any) -> Any:
        """What a call that succeeds answers."""
        return self.answered(self.step(who, path, body, **more))

    def refused(self, who: str, path: str, body: Any) -> tuple[int, str]:
        """The status and code of a call that does not."""
        answer = self.say(self.step(who, path, body))
        assert answer.status >= 400, answer.body
        return answer.status, answer.body["code"]

    def act(self, who: str, number: str, action: str, **args: Any) -> Any:
        return self.post(who, f"/items/{number}/actions", {"action": action, **args})

    def photo(self, who: str, number: str, stage: str, picture: bytes) -> Any:
        head = '--x\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'
        form = head.format("stage", "") + f"{stage}\r\n" + head.format("photo", '; filename="a.jpg"')
        body = form.encode() + picture + b"\r\n--x--\r\n"
        kind = {"Content-Type": "multipart/form-data; boundary=x"}
        return self.answered(self.keyed(Step(who, "POST", f"/items/{number}/photos", body, kind)))

    def get(self, who: str, path: str) -> Any:
        answer = self.say(Step(who, "GET", path, headers=self._auth(who)))
        assert answer.status == 200, answer.body
        return answer.body

    def step(self, who: str, path: str, body: Any) -> Step:
        return self.keyed(Step(who, "POST", path, json.dumps({} if body is None else body).encode()))

    def keyed(self, step: Step) -> Step:
        """The step with its credentials, and a key by which the server knows it again."""
        headers = {**step.headers, **self._auth(step.who), "Idempotency-Key": f"step-{next(self._keys)}"}
        return Step(step.who, step.method, step.path, step.body, headers)

    def _auth(self, who: str) -> dict[str, str]:
        return {"X-Track-Code": self.code} if who == "citizen" else {"Authorization": f"Bearer {self.tokens[who]}"}

    def answered(self, step: Step) -> Any:
        answer = self.say(step)
        assert answer.status in (200, 201), (step, answer.body)
        return answer.body

    def say(self, step: Step) -> Answer:
        """One request to one of the servers, in turn."""
        return send(self.town.servers[next(self._turn) % 2].port, step)

    def events(self, number: str) -> list[str]:
        """What the item's history says was done, in order."""
        return [event["action"] for event in self.get("dispatcher", f"/items/{number}/events")["events"]]

    def row(self, query: str, values: Any = None) -> Any:
        return self.town.service.row(query, values)


def send(port: int, step: Step, timeout: float = 30) -> Answer:
    """One request on a connection of its own. Raises BROKEN."""
    conn = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        conn.request(step.method, f"/api/v1{step.path}", step.body or None, dict(step.headers))
        answer = conn.getresponse()
        raw = answer.read()
        return Answer(answer.status, answer.headers, json.loads(raw) if raw else None)
    finally:
        conn.close()


@contextmanager
def a_hotline(home: Path) -> Iterator[Hotline]:
    """The hotline with all its processes ready; all are ended in the end."""
    settings, clock = Settings(home=home), home / "clock"
    assert settings.secret  # made now, so that the servers find it
    clock.write_text("0")
    with embedded.hold(home, DURABLE) as dsn:
        migrate(dsn, settings)
        with Database.open(settings) as database:
            service = RunningService(database, read_district(settings.boundaries))
            import_people(service.pool, list(rules().units.values()), list(read_staff(RULES / "staff.csv")[0]))
            town = Town(home, service, [ClockedServer(home, clock), ClockedServer(home, clock)])
            hotline = Hotline(town, clock)
            for name, (role, unit) in PEOPLE.items():
                service.service.accounts.add(name, role, unit, None, cli.service.clock())
                hotline.tokens[name] = service.service.accounts.issue_token(name, None, cli.service.clock())
            try:
                for server in town.servers:
                    server.start()
                for server in town.servers:
                    server.ready()
                yield hotline
            finally:
                for server in town.servers:
                    with suppress(OSError):
                        server.kill(signal.SIGTERM)
