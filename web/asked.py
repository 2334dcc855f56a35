"""What a query string asks for, read strictly: a filter that cannot be understood is an error, never silently none."""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dispatch.item import OPEN
from dispatch.report import clean, parse_instant
from gis.errors import Refusal

STATUSES = (*sorted(OPEN), "answered", "closed", "merged", "declined", "transferred")
QUEUES = (
    "new", "unlocated", "doubtful", "unclassified", "near", "late", "returns", "extensions", "suspensions",
    "dissatisfied",
)  # fmt: skip


class BadFilter(Refusal):
    """A parameter of the query cannot be used; ``errors`` names it."""

    code = "bad-filter"

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(detail, errors=[{"field": field, "detail": detail}])


def filters(args: Mapping[str, str], zone: ZoneInfo) -> dict[str, Any]:
    """The filters of GET /items and the maps. Instants are half-open, in ``zone`` where they name none."""
    return {
        "status": _statuses(args),
        **{name: text(args, name) for name in ("township", "grid", "category", "channel", "kind", "q")},
        "bbox": box(args),
        "from": _instant(args, "from", zone),
        "to": _instant(args, "to", zone),
        "queue": _one_of(args, "queue", QUEUES),
    }


def text(args: Mapping[str, str], name: str) -> str | None:
    """A text parameter, None where it is missing or empty; at most 200 characters count."""
    return str(clean(args.get(name, "")))[:200].strip() or None


def whole(args: Mapping[str, str], name: str, default: int, most: int) -> int:
    """A whole number from 1 to ``most``; more than that is ``most``."""
    given = args.get(name)
    if not given:
        return default
    if not given.isascii() or not given.isdigit() or len(given) > 9 or int(given) < 1:
        raise BadFilter(name, f"{name} is a whole number from 1 to {most}.")
    return min(int(given), most)


def number(args: Mapping[str, str], name: str) -> float | None:
    """A finite number, None where it is missing."""
    given = args.get(name)
    if not given:
        return None
    try:
        value = float(given)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise BadFilter(name, f"{name} is not a number.")
    return value


def box(args: Mapping[str, str]) -> tuple[float, float, float, float] | None:
    """``bbox`` = west,south,east,north in WGS84 degrees."""
    given = args.get("bbox")
    if not given:
        return None
    try:
        west, south, east, north = (float(part) for part in given.split(","))
    except ValueError:
        raise BadFilter("bbox", "bbox is four numbers: west,south,east,north.") from None
    if not (all(map(math.isfinite, (west, south, east, north))) and west <= east and south <= north):
        raise BadFilter("bbox", "bbox is west,south,east,north with west <= east and south <= north.")
    return west, south, east, north


def _statuses(args: Mapping[str, str]) -> list[str] | None:
    given = text(args, "status")
    if given is None:
        return None
    named: list[str] = []
    for word in given.split(","):
        if word == "open":
            named += sorted(OPEN)
        elif word in STATUSES:
            named.append(word)
        else:
            raise BadFilter("status", f"status is open or any of {', '.join(STATUSES)}, split by commas.")
    return named


def _one_of(args: Mapping[str, str], name: str, words: tuple[str, ...]) -> str | None:
    given = text(args, name)
    if given is not None and given not in words:
        raise BadFilter(name, f"{name} is one of {', '.join(words)}.")
    return given


def _instant(args: Mapping[str, str], name: str, zone: ZoneInfo) -> datetime | None:
    given = text(args, name)
    if given is None:
        return None
    at = parse_instant(given.replace(" ", "+") if "T" in given else given, zone)
    if at is None:
        raise BadFilter(name, f"{name} is an ISO 8601 instant or day, such as 2026-11-24T09:00+08:00.")
    return at
