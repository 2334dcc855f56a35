"""What tests are about, in a sentence: ``an_item(status="accepted")``, ``a_service(database)``, ``a_report(lon=None)``.

The small district has two townships, T1 in the west and T2 in the east, each of two square cells one above the other.
"""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

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
from dispatch.photo import Photo
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
from tests.callers import Caller
from tests.reports import IN_T1G1, IN_T1G2, IN_T2G1, IN_T2G2, NEAR_T2, OUTSIDE, POLICY, RUBBISH, TOILET, a_report

__all__ = [
    "IN_T1G1",
    "IN_T1G2",
    "IN_T2G1",
    "IN_T2G2",
    "NEAR_T2",
    "NOON",
    "OUTSIDE",
    "PEOPLE",
    "POLICY",
    "RUBBISH",
    "TOILET",
    "Caller",
    "RunningService",
    "a_photo",
    "a_redrawn_town",
    "a_report",
    "a_service",
    "a_task",
    "a_town",
    "a_world",
    "an_account",
    "an_item",
    "following",
    "rules",
    "staff",
    "with_cell",
]

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
"""A Tuesday noon in Fuzhou."""


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


def a_photo(**fields: Any) -> Photo:
    """A photograph taken after the work."""
    told: dict[str, Any] = {
        "id": 1,
        "stage": "after",
        "sha256": "a" * 64,
        "thumbnail": "b" * 64,
        "width": 8,
        "height": 6,
    }
    told |= {"lon": None, "lat": None, "taken_at": None, "role": "department", "unit": "city-management", "at": NOON}
    return Photo(**(told | fields))


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
