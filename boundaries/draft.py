"""A draft of boundaries, as a planner uploaded it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """How the files of a draft are to be read; the options of ``boundaries.read.read_district``."""

    datum: str | None = None
    code_field: str = "code"
    name_field: str = "name"
    township_field: str = "township"


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known of a draft without reading its files: immutable, but for what was done with it since.

    ``size`` is that of its files as one zip, in bytes. ``editions`` are the Editions that say exactly the same.
    ``checked``: how many errors and warnings the last check found, None before there is one.
    """

    id: int
    name: str
    reading: Reading
    digest: str
    townships: int
    grids: int
    size: int
    left_out: tuple[str, ...]
    made_by: str
    made_at: datetime
    editions: tuple[int, ...] = ()
    checked: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """How a planner publishes: why, over which Edition (``expect``; it must be live just before), and when.

    ``at`` is a future instant, None for now. ``move_in_work``: items in work get the lead and handlers of their new
    place too.
    """

    reason: str
    expect: int
    at: datetime | None = None
    move_in_work: bool = False
