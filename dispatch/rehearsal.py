"""What a draft of the boundaries would do: to open items, to those of a past period, to everyone's load.

Nothing here holds a phone, a name of a reporter or a citizen's words: numbers, codes, instants and counts alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Side:
    """Where an item stands in one of the two Editions, as codes; None for none.

    ``lead`` is a township or ``centre``, ``handler`` the main handler's unit, ``worker`` the account of the grid worker
    who has its open task (of an open item) or whose cell it is and who gets a task for such an item (of a past one).
    """

    township: str | None
    grid: str | None
    community: str | None
    lead: str
    handler: str | None
    worker: str | None
    doubtful: bool


@dataclass(frozen=True, slots=True)
class DueTime:
    """A running deadline of an open item: due before and after (UTC), None where there is none on that side."""

    stage: str
    before: datetime | None
    after: datetime | None


@dataclass(frozen=True, slots=True)
class OpenSummons:
    """An open summons of an item that changes: its id, the meeting's time (UTC) and the unit codes it calls."""

    id: int
    township: str
    meet_at: datetime
    departments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An open item that publishing the draft would change.

    ``after`` is what publishing leaves: of an item in work only the place follows, so that ``kept`` ones have another
    lead than the township they then lie in. ``changes`` names what is other: of ``township, grid, community, lead,
    handler, worker, doubtful``.
    """

    number: str
    status: str
    category: str
    urgency: str
    before: Side
    after: Side
    kept: bool
    changes: tuple[str, ...]
    deadlines: tuple[DueTime, ...]
    summonses: tuple[OpenSummons, ...]


@dataclass(frozen=True, slots=True)
class PastItem:
    """An item of the period that the draft would have sent elsewhere. ``changes`` as in OpenItem, less ``lead``."""

    number: str
    received_at: datetime
    category: str
    before: Side
    after: Side
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PairCount:
    """Items that went from one cell to another: cells and townships as codes, None for none."""

    before_township: str | None
    before_grid: str | None
    after_township: str | None
    after_grid: str | None
    open: int
    past: int


@dataclass(frozen=True, slots=True)
class Load:
    """What one worker, township or cell has to do, before and after; a side is None where it does not exist there.

    ``items`` and ``tasks`` are those of the period in a month (of 30.4375 days): items that lie there, and those for
    which the catalogue sends the grid worker. ``km2`` is the ground, ``open`` the open items there.
    """

    code: str
    name: str
    cells: tuple[int | None, int | None]
    km2: tuple[float | None, float | None]
    items: tuple[float | None, float | None]
    tasks: tuple[float | None, float | None]
    open: tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class Evenness:
    """How evenly a load is spread: ``cv`` is the coefficient of variation (the standard deviation of all of them,
    divided by their mean; 0 is even; None where there is no load), ``worst`` the code of the largest and ``most`` what
    that one has, ``mean`` the mean. Each is (before, after)."""

    of: str
    measure: str
    cv: tuple[float | None, float | None]
    mean: tuple[float | None, float | None]
    worst: tuple[str | None, str | None]
    most: tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of some items change what. ``total`` are all that were looked at, ``placed`` those with a place;
    ``changed`` has a count for each of ``township, grid, community, handler, worker``; ``any`` counts items that
    change at least one of them; ``doubtful`` is (before, after)."""

    total: int
    placed: int
    any: int
    changed: Mapping[str, int]
    doubtful: tuple[int, int]


@dataclass(frozen=True)
class Rehearsal:
    """What a draft would do.

    ``edition`` is the live Edition's id that it was rehearsed against, ``at`` when. The period is half-open in UTC,
    ``months`` its length; both instants are None where there is no history. ``open_items`` are all that change;
    ``past_items`` the first of those of the period that do (``past`` has the full counts; the CSV lists all).
    ``kept`` counts open items in work that keep their lead though they lie in another township then. ``unstaffed`` are
    cells of the draft that no line of the staff list names, ``idle`` those of the staff list that the draft does not
    have. ``names`` are those of all codes. ``demonstration``: some of the draft's boundaries are invented.
    """

    edition: int | None
    at: datetime
    since: datetime | None
    until: datetime | None
    months: float
    open: Counts
    kept: int
    past: Counts
    open_items: tuple[OpenItem, ...]
    past_items: tuple[PastItem, ...]
    pairs: tuple[PairCount, ...]
    workers: tuple[Load, ...]
    townships: tuple[Load, ...]
    grids: tuple[Load, ...]
    evenness: tuple[Evenness, ...]
    unstaffed: tuple[str, ...]
    idle: tuple[str, ...]
    names: Mapping[str, str]
    demonstration: bool
