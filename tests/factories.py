"""What tests are about, in a sentence: ``an_item(status="accepted")``, ``a_service(database)``, ``a_report(lon=None)``.

The small district has two townships, T1 in the west and T2 in the east, each of two square cells one above the other.
"""

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import store.hub
from app import create_app
from boundaries.district import Community, District
from boundaries.edition import Edition
from boundaries.gazetteer import Gazetteer
from boundaries.gazetteer_row import GazetteerRow
from cli.service import Service, clock
from dispatch.account import Account
from dispatch.intake import Label, take_in
from dispatch.item import Item, Task
from dispatch.report import read_report
from dispatch.rulebook import RULES, Rules, read_rules
from dispatch.staff import Roster, StaffRow
from dispatch.units import Unit
from dispatch.world import World
from store import publishing
from store.database import Database
from store.relay import number
from store.world import import_people
from tests.boundaries.sheets import a_district, with_cell

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
"""A Tuesday noon in Fuzhou."""
IN_T1G1, IN_T1G2 = (119.305, 26.085), (119.305, 26.095)
IN_T2G1, IN_T2G2 = (119.315, 26.085), (119.315, 26.095)
NEAR_T2 = (119.3099, 26.085)
"""In T1G1, ten metres from the border of T2."""
OUTSIDE = (119.4, 26.085)
TOILET = "1.04"
"""Public toilets: handled by city-management, confirmed by the grid worker."""
RUBBISH = "1.01"
"""Exposed rubbish: handled by the lead, settled by the grid worker, city-management assists."""
POLICY = "22.01"
"""A question about policies: needs no place."""


@lru_cache(maxsize=1)
def rules() -> Rules:
    """The shipped rules, read once."""
    return read_rules(RULES)


def a_town(**changes: Any) -> District:
    """The small district with communities and a gazetteer; two of its parks have the same name."""
    town = a_district()
    for cell in town.cells:
        town = with_cell(town, cell.code, community=f"{cell.township}C")
    places = (
        GazetteerRow("东门小学", "school", *IN_T1G1, 30.0, "东门街1号"),
        GazetteerRow("中心公园", "park", *IN_T1G2, 50.0, None),
        GazetteerRow("中心公园", "park", 119.3195, 26.0801, 50.0, None),
    )
    communities = tuple(Community(f"{code}C", f"community {code}", code) for code in ("T1", "T2"))
    return replace(town, communities=communities, gazetteer=places, **changes)


def a_redrawn_town() -> District:
    """The small district with the cell T1G1 given to the township T2."""
    return with_cell(replace(a_town(), townships=()), "T1G1", township="T2", community="T2C")


def staff() -> list[StaffRow]:
    """One worker for each cell of the small district, named like it."""
    return [StaffRow(code, f"w-{code}", f"worker {code}") for code in ("T1G1", "T1G2", "T2G1", "T2G2")]


def a_world(district: District | None = None, *, now: datetime = NOON, edition: int = 1) -> World:
    """The world in which the small district is live."""
    town = district or a_town()
    units = dict(rules().units)
    units |= {code: Unit(code, code, "township") for code in ("T1", "T2")}
    units |= {code: Unit(code, code, "community") for code in ("T1C", "T2C")}
    return World(Edition.of(town, edition), Gazetteer.of(town), rules(), units, Roster(staff()), now)


def a_report(**fields: Any) -> dict[str, Any]:
    """The body of a report: a dirty toilet in T1G1, told by telephone, with whatever else is told."""
    told: dict[str, Any] = {"channel": "phone", "category": TOILET, "description": "公厕脏污", "datum": "wgs84"}
    told |= {"lon": IN_T1G1[0], "lat": IN_T1G1[1], "reporter": {"name": "林小明", "phone": "13812345678"}}
    return {name: value for name, value in (told | fields).items() if value is not None}


def an_item(world: World | None = None, *, status: str | None = None, maker: int = 1, **fields: Any) -> Item:
    """The item that ``a_report`` becomes; ``status`` puts it there, as if it had been worked on."""
    world = world or a_world()
    report = read_report(a_report(**fields), now=world.now, zone=world.rules.zone)
    item = take_in(report, Label(1, "261124-0000001", maker, False, "salt"), world)
    item = replace(item, chain_seq=1, chain_hash="head")
    if status is None or status == item.status:
        return item
    done = "accepted" if status not in ("received", "dispatched") else "assigned"
    return replace(item, status=status, handlers=tuple(replace(h, state=done) for h in item.handlers))


def a_task(**fields: Any) -> Task:
    """A task of the worker of T1G1."""
    told: dict[str, Any] = {"n": 1, "worker": "w-T1G1", "worker_name": "worker T1G1", "grid": "T1G1"}
    return Task(**(told | {"kind": "confirm", "state": "offered", "offered_at": NOON} | fields))


PEOPLE: dict[str, tuple[str, str | None]] = {
    "dispatcher": ("dispatcher", None),
    "officer": ("officer", "T1"),
    "officer-T2": ("officer", "T2"),
    "worker": ("worker", None),
    "w-T1G1": ("worker", None),
    "w-T2G1": ("worker", None),
    "department": ("department", "city-management"),
    "other-department": ("department", "housing-bureau"),
    "supervisor": ("supervisor", None),
    "planner": ("planner", None),
    "leader": ("leader", "city-management"),
    "leader-T1": ("leader", "T1"),
    "admin": ("admin", None),
    "channel": ("channel", None),
    "other-channel": ("channel", None),
}
"""Account -> (role, unit): one or more of each role in the small district. ``worker`` has no cell."""


def an_account(name: str, id: int = 7) -> Account:
    """One of PEOPLE, for tests without a database."""
    role, unit = PEOPLE[name]
    return Account(id, name, role, unit)


@dataclass(frozen=True)
class Caller:
    """A program that calls the JSON API with its account's bearer token."""

    client: FlaskClient
    account: Account
    token: str

    def _headers(self, more: Mapping[str, str] | None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", **(more or {})}

    def get(self, path: str, headers: Mapping[str, str] | None = None, **query: Any) -> TestResponse:
        """GET a path below /api/v1; a word that is a name of Python's may end with _ (``from_``)."""
        asked = {name.rstrip("_"): value for name, value in query.items()}
        return self.client.get(f"/api/v1{path}", query_string=asked, headers=self._headers(headers))

    def post(self, path: str, body: Any = None, headers: Mapping[str, str] | None = None, **more: Any) -> TestResponse:
        """POST JSON (or raw ``data``) to a path below /api/v1."""
        if "data" not in more:
            more["json"] = {} if body is None else body
        return self.client.post(f"/api/v1{path}", headers=self._headers(headers), **more)

    def report(self, **fields: Any) -> dict[str, Any]:
        """Send ``a_report`` in; the new item."""
        answer = self.post("/items", a_report(**fields))
        assert answer.status_code == 201, answer.text
        return dict(answer.get_json())

    def act(self, number: str, action: str, **args: Any) -> dict[str, Any]:
        """Do an action that is allowed; the item after it."""
        answer = self.post(f"/items/{number}/actions", {"action": action, **args})
        assert answer.status_code == 200, answer.text
        return dict(answer.get_json())

    def numbers(self, **query: Any) -> set[str]:
        """The numbers of the items on the first page under some filters."""
        answer = self.get("/items", limit=500, **query)
        assert answer.status_code == 200, answer.text
        return {item["number"] for item in answer.get_json()["items"]}

    def follow(self, after: int | None = None) -> "Stream":
        """Open the live stream, after a position where one is named."""
        headers = {} if after is None else {"Last-Event-ID": str(after)}
        answer = self.client.get("/api/v1/live", headers=self._headers(headers), buffered=False)
        assert answer.status_code == 200, answer.text
        return Stream(answer)


@dataclass
class Stream:
    """A live stream read event by event: (event, id, data as text)."""

    answer: TestResponse
    _chunks: Iterator[bytes | str] = field(init=False)

    def __post_init__(self) -> None:
        self._chunks = iter(self.answer.response)

    def events(self) -> Iterator[tuple[str, int | None, str]]:
        """Every event; waits for the next."""
        for chunk in self._chunks:
            text = chunk if isinstance(chunk, str) else chunk.decode()
            for block in filter(None, text.split("\n\n")):
                lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
                if "event" in lines:
                    yield lines["event"], int(lines["id"]) if "id" in lines else None, lines["data"]

    def until(self, kind: str) -> list[tuple[str, int | None, str]]:
        """The events up to and with the first of a kind."""
        found = []
        for event in self.events():
            found.append(event)
            if event[0] == kind:
                return found
        raise AssertionError(f"the stream ended before {kind}: {found}")

    def close(self) -> None:
        """Hang up."""
        self.answer.close()


class RunningService:
    """The service in this process: an opened database, the web application, and accounts of every role."""

    def __init__(self, database: Database, district: District | None = None) -> None:
        self.service = Service(database, rules())
        self.pool, self.database = database.pool, database
        import_people(self.pool, list(rules().units.values()), staff())
        self.service.worlds.keep_rules()
        self.app = create_app(self.service)
        self.publish(district or a_town())
        self._callers: dict[str, Caller] = {}
        self._numbers = itertools.count(1)

    def publish(self, district: District, **more: Any) -> int:
        """Publish a district; the new Edition's number."""
        told = {"by": Account(0, "planner", "admin"), "reason": "a test", "expect": None, "clock": clock} | more
        edition = publishing.publish(self.pool, self.service.worlds, self.service.pen, district, **told)
        self.service.shelf.flip(edition)
        self.service.worlds.forget_people()
        return edition

    def caller(self, name: str) -> Caller:
        """The caller of one of PEOPLE, with an account made at the first asking."""
        if name not in self._callers:
            role, unit = PEOPLE[name]
            account = self.service.accounts.add(name, role, unit, None, clock())
            token = self.service.accounts.issue_token(name, None, clock())
            self._callers[name] = Caller(self.app.test_client(), account, token)
        return self._callers[name]

    def __getitem__(self, name: str) -> Caller:
        return self.caller(name)

    def relay(self) -> int | None:
        """Number what is in the outbox, as the relay would; the stream's new position."""
        conn = self.pool.dedicated()
        try:
            last = position = None
            while (position := number(conn)) is not None:
                last = position
            return last
        finally:
            conn.close()

    def row(self, query: str, values: Any = None) -> Any:
        """The one row of a question of a test's own, as a dictionary."""
        with self.pool.transaction() as cur:
            cur.execute(query, values)
            return cur.fetchone()


def a_service(database: Database, district: District | None = None) -> RunningService:
    """The service on ``database`` with the small district (or another) published and staffed."""
    return RunningService(database, district)


@contextmanager
def following(service: RunningService) -> Iterator[None]:
    """While the block runs this process follows its live stream."""
    hub, patient = service.service.hub, store.hub.LOOK_EVERY_S
    store.hub.LOOK_EVERY_S = 0.1  # it looks that often whether it is to stop
    hub.start()
    try:
        yield
    finally:
        hub.stop()
        hub.join(10)
        store.hub.LOOK_EVERY_S = patient
