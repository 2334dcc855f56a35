"""A photograph of an item: evidence of how it was, how it became, or of what stands there."""

from dataclasses import dataclass
from datetime import datetime

STAGES = ("before", "after", "scene")
"""Before the work, after it, and at the scene (whatever else shows the place)."""


@dataclass(frozen=True, slots=True)
class Twin:
    """The same picture elsewhere: the number of the item, and the keys under which that one can be read."""

    number: str
    readers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Photo:
    """One stored photograph. ``sha256`` and ``thumbnail`` name the two pictures by their content, in hex.

    ``lon``, ``lat`` (WGS84 degrees) and ``taken_at`` are what the camera had written down; None where it had not.
    ``role`` and ``unit`` are those of whoever sent it in, at that time.
    """

    id: int
    stage: str
    sha256: str
    thumbnail: str
    width: int
    height: int
    lon: float | None
    lat: float | None
    taken_at: datetime | None
    role: str
    unit: str | None
    at: datetime
    released_at: datetime | None = None
    twins: tuple[Twin, ...] = ()
