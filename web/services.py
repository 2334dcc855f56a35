"""What the web needs of the rest, as the app wires it in: ``app.extensions["firstline"]``. The web never sees SQL."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from flask import current_app

from boundaries.edition import Edition
from boundaries.gazetteer import Match
from dispatch.account import Account
from dispatch.item import Item, Order
from dispatch.likeness import Like, Sought
from dispatch.mutual import MutualRating
from dispatch.photo import Photo
from dispatch.public import PublicItem, Square
from dispatch.report import Report
from dispatch.rulebook import Rules
from dispatch.staff import Roster
from dispatch.sweeping import Sweep
from dispatch.tally import Tally
from dispatch.tracking import Tracked
from dispatch.units import Unit

EXTENSION = "firstline"


class Desk(Protocol):
    """Items through the eyes of an account."""

    def take_in(self, account: Account, report: Report, key: str | None = None) -> tuple[Item, bool]: ...
    def item(self, account: Account, number: str) -> Item: ...
    def items(self, account: Account, filters: Mapping[str, Any], limit: int, before: int | None) -> list[Item]: ...
    def queue_counts(self, account: Account) -> dict[str, int]: ...
    def events(self, account: Account, number: str, after: int = 0) -> list[dict[str, Any]]: ...
    def act(
        self, account: Account, number: str, action: str, args: Mapping[str, Any], version: int | None = None,
        facts: Mapping[str, Any] | None = None, key: str | None = None,
    ) -> Item: ...  # fmt: skip
    def reveal(self, account: Account, number: str, reason: str) -> dict[str, str]: ...


class Photos(Protocol):
    """Photographs of items, through the eyes of an account."""

    def add(
        self, account: Account, number: str, stage: str | None, sent: bytes, key: str | None = None,
        more: Mapping[str, str] | None = None,
    ) -> tuple[Item, Photo, bool]: ...  # fmt: skip
    def picture(self, account: Account, id: int, *, thumbnail: bool = False) -> tuple[str, Callable[[], bytes]]: ...
    def release(self, account: Account, id: int, reason: str | None) -> tuple[Item, Photo]: ...


class Citizens(Protocol):
    """Items through the eyes of whoever has number and code."""

    def attempt(self, number: str, address: str, at: datetime) -> float | None: ...
    def forgive(self, number: str, address: str, at: datetime) -> None: ...
    def tracked(self, number: str) -> Tracked: ...
    def picture(self, number: str, id: int, *, thumbnail: bool = False) -> tuple[str, Callable[[], bytes]]: ...
    def rate(self, number: str, args: Mapping[str, Any]) -> None: ...
    def appeal(self, number: str, args: Mapping[str, Any]) -> None: ...
    def say(self, number: str, action: str, args: Mapping[str, Any]) -> bool: ...
    def follow_up(self, account: Account, number: str, args: Mapping[str, Any]) -> Item: ...


class MapDesk(Protocol):
    """Counts and clusters for maps."""

    def density(self, account: Account, level: str, filters: Mapping[str, Any]) -> dict[str, dict[str, int]]: ...
    def by_hour(
        self, account: Account, level: str, filters: Mapping[str, Any], most: int
    ) -> list[tuple[str, int, int, int]] | None: ...
    def clusters(self, account: Account, filters: Mapping[str, Any], step: float) -> list[dict[str, Any]]: ...


class SweepDesk(Protocol):
    """Sweeps through the eyes of an account."""

    def make(self, account: Account, args: Mapping[str, Any], key: str | None = None) -> tuple[Sweep, bool]: ...
    def page(self, account: Account, source: str | None, waiting: bool, limit: int) -> list[Sweep]: ...
    def one(self, account: Account, id: int) -> Sweep: ...
    def mark(self, account: Account, id: int, args: Mapping[str, Any]) -> Sweep: ...
    def settle(self, account: Account, id: int, args: Mapping[str, Any]) -> tuple[Sweep, Any]: ...
    def done(self, account: Account, id: int, n: int, args: Mapping[str, Any], report: Report | None) -> Sweep: ...


class Likes(Protocol):
    """Open items that may be the same matter, through the eyes of an account."""

    def of_item(self, account: Account, number: str) -> list[Like]: ...
    def of_report(self, account: Account, wanted: Sought) -> list[Like]: ...


class FigureDesk(Protocol):
    """Figures of a period, through the eyes of an account."""

    def counted(self, account: Account, asked: Mapping[str, Any]) -> tuple[datetime, bool, list[Tally]]: ...
    def listed(
        self, account: Account, asked: Mapping[str, Any], figure: str, part: str, after: tuple[int, int], limit: int
    ) -> list[tuple[tuple[int, int], dict[str, Any]]]: ...


class SummonsDesk(Protocol):
    """Summonses through the eyes of an account."""

    def summon(self, account: Account, number: str, args: Mapping[str, Any], key: str | None = None) -> Any: ...
    def act(self, account: Account, id: int, act: Callable[..., Any], key: str | None = None) -> Any: ...
    def check_in(self, account: Account, id: int, args: Mapping[str, Any]) -> Any: ...
    def code(self, account: Account, id: int) -> tuple[str, datetime]: ...
    def one(self, account: Account, id: int) -> Any: ...
    def page(self, account: Account, filters: Mapping[str, Any], limit: int) -> list[Any]: ...
    def proposal(self, account: Account, number: str) -> tuple[Item, Sequence[Any]]: ...
    def clashes(self, account: Account, departments: list[str], meet_at: datetime) -> list[dict[str, Any]]: ...
    def on_map(self, account: Account, township: str | None, box: tuple[float, ...] | None) -> dict[str, Any]: ...


class MutualDesk(Protocol):
    """Mutual ratings of summonses, and objections to them."""

    def ratings(self, summonses: Sequence[int]) -> Mapping[int, Sequence[MutualRating]]: ...
    def rate(self, account: Account, id: int, args: Mapping[str, Any], key: str | None = None) -> Any: ...
    def object_to(self, account: Account, id: int, args: Mapping[str, Any]) -> dict[str, Any]: ...
    def rule(self, account: Account, objection: int, args: Mapping[str, Any]) -> dict[str, Any]: ...
    def objections(self, account: Account, state: str | None, limit: int) -> list[dict[str, Any]]: ...


class Notices(Protocol):
    """What an account was told."""

    def listed(
        self, account: Account, *, unread: bool = False, limit: int = 50, before: int | None = None
    ) -> list[dict[str, Any]]: ...
    def unread(self, account: Account) -> int: ...
    def read(self, account: Account, ids: Sequence[int]) -> int: ...
    def read_to(self, account: Account, to: int | None = None) -> int: ...


class Orders(Protocol):
    """Supervision orders through the eyes of an account."""

    def open(self, account: Account, number: str, args: Mapping[str, Any]) -> tuple[Item, Order]: ...
    def answer(self, account: Account, id: str, args: Mapping[str, Any]) -> tuple[Item, Order]: ...
    def close(self, account: Account, id: str, args: Mapping[str, Any]) -> tuple[Item, Order]: ...
    def page(self, account: Account, filters: Mapping[str, Any], limit: int) -> list[tuple[Item, Order]]: ...


class Callers(Protocol):
    """Who called before."""

    def items(self, account: Account, phone: str) -> list[Item]: ...


class Presence(Protocol):
    """Who looks at what."""

    def look(self, account: Account, seat: str, number: str | None) -> list[dict[str, Any]]: ...


class Public(Protocol):
    """What anybody may ask without an account."""

    def sending(self, address: str, form: str, at: datetime) -> tuple[float | None, bool]: ...
    def sent(self, at: datetime) -> None: ...
    def reading(self, address: str, at: datetime) -> float | None: ...
    def looking(self, address: str, at: datetime) -> float | None: ...
    def squares(self, box: tuple[float, float, float, float], step: float) -> list[Square]: ...
    def likes(self, wanted: Sought) -> list[PublicItem]: ...
    def picture(self, id: int, *, thumbnail: bool = False) -> tuple[str, Callable[[], bytes]]: ...


class Stream(Protocol):
    """The live stream of this process."""

    readers: int

    def join_readers(self) -> Any: ...
    def catch_up(self, reader: Any) -> None: ...
    def leave(self, reader: Any) -> None: ...
    def since(self, position: int) -> tuple[list[tuple[int, str, dict[str, Any]]], bool]: ...
    def position(self) -> int: ...


@dataclass(frozen=True)
class Services:
    """Everything that views ask for."""

    desk: Desk
    photos: Photos
    citizens: Citizens
    maps: MapDesk
    figures: FigureDesk
    likes: Likes
    sweeps: SweepDesk
    summonses: SummonsDesk
    mutual: MutualDesk
    orders: Orders
    notices: Notices
    callers: Callers
    presence: Presence
    public: Public
    find_places: Callable[[str], Match]
    stream: Stream
    rules: Rules
    edition: Callable[[], Edition]
    edition_at: Callable[[datetime], Edition]
    editions: Callable[[], list[dict[str, Any]]]
    people: Callable[[], tuple[Mapping[str, Unit], Roster]]
    clock: Callable[[], datetime]
    ready: Callable[[], list[str]]
    secret: bytes
    most_streams: int
    most_body: int = 1024 * 1024


def services() -> Services:
    """The running app's services."""
    found: Services = current_app.extensions[EXTENSION]
    return found
