"""Demonstration items: reports as the channels would send them, from the catalogue's own words and random places."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from shapely import Point

from dispatch.account import Account
from dispatch.report import read_report
from gis.datum import from_wgs84

if TYPE_CHECKING:
    from cli.service import Service
    from dispatch.item import Item

PAST_ITEMS = 160
PAST = timedelta(days=1)
CHANNELS = {"phone": 40, "wechat": 18, "app": 10, "digital_urban": 12, "patrol": 12, "sms": 3, "web": 3, "visit": 2}
RARELY = {"critical": 0.2}
"""How much rarer than others a category of that urgency is reported."""
SEEN_TO = 0.8
"""The share of items that handler and worker take on."""
FRESH = timedelta(hours=6)
UNATTENDED = 2
"""How many critical items, the oldest, nobody saw to: the ladder has opened an order for each of them. Others that are
not FRESH are done with, and so not made."""
HOURS = (1, 1, 1, 1, 1, 2, 4, 9, 14, 16, 15, 12, 9, 11, 14, 15, 13, 11, 9, 8, 6, 4, 2, 1)
"""How busy each hour of the day is, in shares."""


@dataclass
class Reports:
    """An endless source of demonstration reports; the same seed gives the same ones."""

    service: "Service"
    dice: random.Random = field(default_factory=random.Random)

    def next(self, *, critical: bool | None = None) -> dict[str, Any]:
        """One report as ``POST /items`` takes it. One in twelve has an address only, one in thirty no place at all.
        ``critical``: of a critical category, of none; where nothing is said of any."""
        edition, rules = self.service.shelf.live(), self.service.rules
        some = [c for c in rules.categories.values() if c.needs_place or self.dice.random() < 0.2]
        some = [c for c in some if critical is None or critical == (c.urgency == "critical")] or some
        category = self.dice.choices(some, weights=[RARELY.get(c.urgency, 1.0) for c in some])[0]
        channel = self.dice.choices(list(CHANNELS), weights=list(CHANNELS.values()))[0]
        body: dict[str, Any] = {"channel": channel, "category": category.code, "description": f"{category.filing}"}
        if self.dice.random() < 0.04:
            body["category"] = None
        if self.dice.random() < 1 / 30:
            return body | {"address": "学校后门往里走"}
        if self.dice.random() < 1 / 12 and edition.district.gazetteer:
            return body | {"address": self.dice.choice(edition.district.gazetteer).name}
        lon, lat = self._spot()
        datum = rules.channels[channel].datum
        given = from_wgs84(lon, lat, datum)
        return body | {"lon": round(float(given[0]), 6), "lat": round(float(given[1]), 6)}

    def _spot(self) -> tuple[float, float]:
        """A point in a random cell: cells are smaller where more people live, so the centre is denser."""
        shape = self.dice.choice(self.service.shelf.live().index.geometries)
        west, south, east, north = shape.bounds
        while True:
            lon, lat = self.dice.uniform(west, east), self.dice.uniform(south, north)
            if shape.covers(Point(lon, lat)):
                return lon, lat


def make_past(service: "Service") -> None:
    """The last day: items received at the city's busy hours, most of them accepted or taken by now; of the critical
    ones that are not fresh no more than UNATTENDED are left."""
    from cli.service import clock

    maker = service.accounts.by_name("demo-dispatcher")
    assert maker is not None
    source = Reports(service, random.Random(144))
    now = clock()
    for n, at in enumerate(sorted(_instants(source.dice, now))):
        left = n < UNATTENDED
        item = take_in(service, maker, source.next(critical=left or (None if now - at < FRESH else False)), at)
        if not left and source.dice.random() < SEEN_TO:
            see_to(service, item, source.dice, at, now)


def take_in(service: "Service", maker: Account, body: dict[str, Any], at: datetime) -> "Item":
    """Take a demonstration report in, as if it were ``at``."""
    desk = at_time(service, at)
    return desk.take_in(maker, read_report(body, now=at, zone=service.rules.zone))[0]


def at_time(service: "Service", at: datetime) -> Any:
    """A desk whose clock stands at ``at``."""
    from store.desk import Desk
    from store.world import Worlds

    pool, shelf = service.database.pool, service.shelf
    worlds = Worlds(pool, shelf, service.rules, lambda: at)
    worlds.lend(service.worlds)
    return Desk(pool, worlds, service.database.settings.secret)


def _instants(dice: random.Random, now: datetime) -> Iterator[datetime]:
    for _ in range(PAST_ITEMS):
        while True:
            at = now - dice.random() * PAST
            if dice.random() * max(HOURS) < HOURS[(at.hour + 8) % 24]:
                yield at
                break


def see_to(service: "Service", item: "Item", dice: random.Random, at: datetime, now: datetime) -> None:
    """What handler and worker may have done since: accept, take the task, be on the spot."""
    from dispatch.workflow import allowed

    for action, account, args in _moves(service, item):
        at = min(now, at + timedelta(minutes=dice.uniform(2, 40)))
        if action in allowed(item, account, service.rules):
            item = at_time(service, at).act(account, item.number, action, args)


def _moves(service: "Service", item: "Item") -> list[tuple[str, Account, dict[str, Any]]]:
    """What needs no place is answered at once; the rest is accepted by its handler, and its worker goes there."""
    moves: list[tuple[str, Account, dict[str, Any]]] = []
    category, dispatcher = service.rules.category(item.category), service.accounts.by_name("demo-dispatcher")
    if category and dispatcher and not item.needs_place:
        return [("reply", dispatcher, {"text": category.closing})]
    main = item.main
    named = f"demo-officer-{item.lead.code}" if main and main.unit == item.lead.code else f"demo-{main and main.unit}"
    handler = service.accounts.by_name(named)
    if handler is not None:
        moves.append(("accept", handler, {}))
    for task in item.tasks:
        worker = service.accounts.by_name(task.worker)
        if worker is not None:
            moves += [("take", worker, {}), ("arrive", worker, {})]
    return moves
