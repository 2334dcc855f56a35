"""What anybody may know of an open item: number, category, status, the day it came in and a rounded place. Pure.

Only what stands in public space is told at all: complaints and findings of a category that needs a place and is
verified on the spot, neither anonymous nor confidential. Of these nothing is derived from words or from the exact
place, so that asking again and again tells no more than asking once.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from dispatch.rulebook import Rules

KINDS = ("complaint", "finding")
STEP = 0.001
"""Degrees: places are told as the middle of squares of some 100 m."""


@dataclass(frozen=True, slots=True)
class PublicItem:
    """An open item as anybody may see it. ``lon``, ``lat``: the middle of its square, WGS84 degrees. ``photos``: the id
    of the released photograph of each stage of the pair, before and after the work."""

    number: str
    category: str
    status: str
    received_at: datetime
    lon: float
    lat: float
    distance_m: float | None = None
    photos: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Square:
    """A square of the map with the number of open items in it, and the newest of them where squares are not wider than
    STEP."""

    lon: float
    lat: float
    count: int
    items: tuple[PublicItem, ...]


def public_categories(rules: Rules) -> list[str]:
    """The categories whose items may be told to anybody."""
    return [code for code, one in rules.categories.items() if one.needs_place and one.verify and one.kind in KINDS]


def middle(index: int, step: float = STEP) -> float:
    """The middle of the square with that number along an axis, in degrees."""
    return round((index + 0.5) * step, 6)


def rounded(degrees: float) -> float:
    """A coordinate as it may be told: the middle of its square."""
    return middle(math.floor(degrees / STEP))
