"""What the web needs of the rest, as the app wires it in: ``app.extensions["firstline"]``. The web never sees SQL."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from flask import current_app

from boundaries.edition import Edition
from dispatch.account import Account
from dispatch.item import Item
from dispatch.photo import Photo
from dispatch.report import Report
from dispatch.rulebook import Rules
from dispatch.staff import Roster
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
        self, account: Account, number: str, action: str, args: Mapping[str, Any], version: int | None = None
    ) -> Item: ...
    def reveal(self, account: Account, number: str, reason: str) -> dict[str, str]: ...


class Photos(Protocol):
    """Photographs of items, through the eyes of an account."""

    def add(
        self, account: Account, number: str, stage: str | None, sent: bytes, key: str | None = None
    ) -> tuple[Item, Photo, bool]: ...
    def picture(self, account: Account, id: int, *, thumbnail: bool = False) -> tuple[str, Callable[[], bytes]]: ...
    def release(self, account: Account, id: int, reason: str | None) -> tuple[Item, Photo]: ...


class MapDesk(Protocol):
    """Counts and clusters for maps."""

    def density(self, account: Account, level: str, filters: Mapping[str, Any]) -> dict[str, dict[str, int]]: ...
    def clusters(self, account: Account, filters: Mapping[str, Any], step: float) -> list[dict[str, Any]]: ...


class SummonsDesk(Protocol):
    """Summonses through the eyes of an account."""

    def summon(self, account: Account, number: str, args: Mapping[str, Any]) -> Any: ...
    def act(self, account: Account, id: int, act: Callable[..., Any]) -> Any: ...
    def check_in(self, account: Account, id: int, args: Mapping[str, Any]) -> Any: ...
    def code(self, account: Account, id: int) -> tuple[str, datetime]: ...
    def one(self, account: Account, id: int) -> Any: ...
    def page(self, account: Account, filters: Mapping[str, Any], limit: int) -> list[Any]: ...
    def clashes(self, account: Account, departments: list[str], meet_at: datetime) -> list[dict[str, Any]]: ...
    def on_map(self, account: Account, township: str | None, box: tuple[float, ...] | None) -> dict[str, Any]: ...


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
    maps: MapDesk
    summonses: SummonsDesk
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
