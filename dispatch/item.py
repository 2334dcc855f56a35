"""The item and its parts: plain frozen facts, changed only by making new ones.

Coordinates are WGS84 degrees, longitude first; instants are aware and in UTC; codes are opaque text.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any

from dispatch.photo import Photo
from gis.resolution import Resolution

OPEN = frozenset({"received", "dispatched", "accepted", "settled", "verified", "suspended"})
"""Statuses in which work may still be due."""

UNCLASSIFIED = "unclassified"
"""Stands for a kind, category or channel that is not known; the given word is kept in ``given``."""

CENTRE = "centre"
"""The hotline centre itself: the lead of an item that has no township."""


OPEN_TASK = frozenset({"offered", "taken"})
"""States of a task that still waits for its worker."""


@dataclass(frozen=True, slots=True)
class Lead:
    """Who answers for the item to the end: a township (its code) or the centre."""

    kind: str
    code: str

    @property
    def is_township(self) -> bool:
        return self.kind == "township"


@dataclass(frozen=True, slots=True)
class Handler:
    """A unit that works on the item: one main 主办, any number assisting 协办."""

    unit: str
    role: str
    state: str = "assigned"
    due_at: datetime | None = None


def in_order(handlers: Iterable[Handler]) -> tuple[Handler, ...]:
    """The handlers as they are stored, shown and written into history: the main one first, then by their codes."""
    return tuple(sorted(handlers, key=lambda handler: (handler.role != "main", handler.unit)))


@dataclass(frozen=True, slots=True)
class Task:
    """What one grid worker is asked to do: ``settle``, ``confirm`` or ``verify``."""

    n: int
    worker: str
    worker_name: str
    grid: str
    kind: str
    state: str
    offered_at: datetime
    taken_at: datetime | None = None
    done_at: datetime | None = None
    arrived_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """The deadline of one stage as stored: state is ``running``, ``met``, ``late`` or ``stopped``.

    From ``near_at`` on it counts as nearly late. ``step`` rungs of the ladder have been climbed for it; the next is
    climbed at ``step_at``, None where none is left.
    """

    stage: str
    due_at: datetime
    near_at: datetime
    state: str
    rule: str
    met_at: datetime | None = None
    step: int = 0
    step_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """Why the clocks stand still just now: a ``pause`` for the citizen or a ``suspension``; ``until`` is the pause's
    limit, or the day on which the suspension is reviewed."""

    kind: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Wait:
    """A time that no clock counted: a pause (等待) for the citizen or a suspension (挂账), from begin to end."""

    start: datetime
    end: datetime
    kind: str = "pause"


@dataclass(frozen=True, slots=True)
class Request:
    """What a handler asked for: a ``return``, an ``extension`` or a ``suspension``; an open line until it is decided.

    ``by`` and ``decided_by`` are roles; ``decision`` is ``granted`` or ``refused``.
    """

    n: int
    kind: str
    by: str
    by_unit: str
    reason: str
    asked_at: datetime
    until: datetime | None = None
    unit: str | None = None
    decision: str | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None


@dataclass(frozen=True, slots=True)
class Rating:
    """What the citizen holds of an answer: ``level`` 5 (非常满意) to 1 (非常不满意). ``by`` is ``citizen``, or
    ``follow-up`` where it was told on the telephone (回访). ``comment`` is the citizen's words: never in an event."""

    n: int
    level: int
    resolved: bool | None
    comment: str
    by: str
    at: datetime

    @property
    def is_dissatisfied(self) -> bool:
        return self.level <= 2


@dataclass(frozen=True, slots=True)
class Order:
    """A supervision order (督办): ``unit`` is to answer in writing until an instant; the supervisor closes it.

    ``by`` is ``supervisor``, or ``escalator`` where the last rung of the ladder opened it.
    """

    n: int
    unit: str
    by: str
    reason: str
    until: datetime
    opened_at: datetime
    answer: str = ""
    answered_at: datetime | None = None
    closing: str = ""
    closed_at: datetime | None = None

    @property
    def state(self) -> str:
        """``open``, ``answered`` or ``closed``."""
        return "closed" if self.closed_at else "answered" if self.answered_at else "open"


@dataclass(frozen=True, slots=True)
class Kin:
    """Another item that belongs to one: merged into it, or split from it. ``readers`` are the keys it is read under."""

    number: str
    readers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who reported. Shown masked; never in an event."""

    name: str = ""
    phone: str = ""

    def __bool__(self) -> bool:
        return bool(self.name or self.phone)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the item is said to be: WGS84 degrees and the radius in metres within which that is believed.

    ``by`` tells who put it there: the reporter's ``pin``, a match of the ``address``, or a ``dispatcher``.
    """

    lon: float
    lat: float
    accuracy_m: float | None
    by: str


@dataclass(frozen=True, slots=True)
class Item:
    """One thing asked for, with all its parts, as of one version."""

    id: int
    number: str
    version: int
    status: str
    kind: str
    channel: str
    category: str
    urgency: str
    needs_place: bool
    description: str
    address: str
    spot: Spot | None
    original: Mapping[str, Any] | None
    guesses: tuple[Mapping[str, Any], ...]
    resolution: Resolution
    edition: int | None
    lead: Lead
    handlers: tuple[Handler, ...]
    tasks: tuple[Task, ...]
    clocks: tuple[Clock, ...]
    reporter: Reporter
    anonymous: bool
    confidential: bool
    external_ref: Mapping[str, Any] | None
    given: Mapping[str, Any]
    maker: int
    demonstration: bool
    received_at: datetime
    occurred_at: datetime | None
    sender_due_at: datetime | None
    dispatched_at: datetime | None
    created_at: datetime
    updated_at: datetime
    chain_seq: int = 0
    chain_hash: str = ""
    words_salt: str = field(default="", repr=False)
    summoned: tuple[str, ...] = ()
    photos: tuple[Photo, ...] = ()
    requests: tuple[Request, ...] = ()
    hold: Hold | None = None
    waits: tuple[Wait, ...] = ()
    extended_until: datetime | None = None
    restarted_at: datetime | None = None
    settled_by: int | None = None
    rework: int = 0
    assigned: bool = False
    reassigned_at: datetime | None = None
    close_at: datetime | None = None
    reopened: int = 0
    contested_at: datetime | None = None
    merged_into: str | None = None
    split_from: str | None = None
    ratings: tuple[Rating, ...] = ()
    orders: tuple[Order, ...] = ()
    merged: tuple[Kin, ...] = ()
    split: tuple[Kin, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def main(self) -> Handler | None:
        """The main handler that has not returned the item, or None."""
        return next((h for h in self.handlers if h.role == "main" and h.state != "returned"), None)

    @property
    def is_unlocated(self) -> bool:
        """True where the item needs a place and stands in no township."""
        return self.needs_place and self.resolution.township is None

    def but(self, **changes: Any) -> "Item":
        """``dataclasses.replace``, which takes three times as long for so many fields. Raises KeyError for no field."""
        made = object.__new__(Item)
        for put, value in zip(_PUT.values(), _ALL(self), strict=True):
            put(made, value)
        for name, value in changes.items():
            _PUT[name](made, value)
        return made


_PUT: Mapping[str, Callable[[Item, Any], None]] = {name: getattr(Item, name).__set__ for name in Item.__slots__}
_ALL = attrgetter(*_PUT)
