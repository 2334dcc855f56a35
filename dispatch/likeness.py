"""How alike two reports are: one figure from 0 to 1, with the parts that it is made of. Pure."""

from dataclasses import dataclass
from datetime import datetime

from dispatch.item import UNCLASSIFIED
from dispatch.rulebook import Rules
from gis.ellipsoid import GEOD

SAME, MAJOR, OTHER, UNKNOWN = "same", "major", "other", "unknown"
_CATEGORY = {SAME: 1.0, MAJOR: 0.5, UNKNOWN: 0.5, OTHER: 0.0}


@dataclass(frozen=True, slots=True)
class Likeness:
    """``score`` from 0 to 1. ``distance_m``: geodesic metres (WGS84), None where one of them has no place; ``days``
    between their receipts; ``category``: ``same``, ``major`` (another of the same major class), ``other``, ``unknown``
    (one is not classified); ``words``: how alike what is said is, 0 to 1, None where one says nothing."""

    score: float
    distance_m: float | None
    days: float
    category: str
    words: float | None


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for: WGS84 degrees (None where the place is not known) and the words. ``id`` is left out."""

    lon: float | None
    lat: float | None
    category: str
    description: str
    address: str
    received_at: datetime
    id: int = 0


@dataclass(frozen=True, slots=True)
class Like:
    """An item that may be the same matter, and how alike it is."""

    id: int
    number: str
    status: str
    category: str
    description: str
    address: str
    received_at: datetime
    likeness: Likeness
    lon: float | None = None
    lat: float | None = None


Point = tuple[float, float] | None
"""Longitude and latitude in WGS84 degrees."""


def likeness(
    ours: Point, theirs: Point, received: tuple[datetime, datetime], categories: tuple[str, str], words: float | None,
    rules: Rules,
) -> Likeness:  # fmt: skip
    """How alike two reports are, by the weights of the rules. Nearer in place and time weighs more, down to nothing at
    the rules' radius and days; what is not known of one of them is left out of the weighing."""
    limits = rules.thresholds.likeness
    distance = distance_m(ours, theirs)
    days = abs((received[0] - received[1]).total_seconds()) / 86_400
    category = _category(*categories, rules)
    parts = [(limits.time, max(0.0, 1 - days / limits.days)), (limits.category, _CATEGORY[category])]
    if distance is not None:
        parts.append((limits.place, max(0.0, 1 - distance / limits.radius_m)))
    if words is not None:
        parts.append((limits.words, min(1.0, max(0.0, words))))
    whole = sum(weight for weight, _ in parts)
    score = sum(weight * share for weight, share in parts) / whole
    return Likeness(round(score, 4), None if distance is None else round(distance, 1), round(days, 2), category, words)


def distance_m(ours: Point, theirs: Point) -> float | None:
    """Geodesic metres (WGS84) between two points, None where one is missing."""
    if ours is None or theirs is None:
        return None
    return float(GEOD.inv(*ours, *theirs)[2])


def _category(ours: str, theirs: str, rules: Rules) -> str:
    if UNCLASSIFIED in (ours, theirs):
        return UNKNOWN
    if ours == theirs:
        return SAME
    a, b = rules.category(ours), rules.category(theirs)
    return MAJOR if a is not None and b is not None and a.major == b.major else OTHER


def alike(category: str, rules: Rules) -> list[str] | None:
    """The categories that may be the same matter as ``category``: those of its major class, and the unclassified; None
    (any) where it is not classified."""
    known = rules.category(category)
    if known is None:
        return None
    return [UNCLASSIFIED, *(code for code, one in rules.categories.items() if one.major == known.major)]
