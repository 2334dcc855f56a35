"""What a query string asks for, read strictly: what is not known here, or cannot be understood, is 400 and never
silently something else."""

import base64
import json
import math
import re
from collections.abc import Collection as Names
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from dispatch.report import clean, parse_instant
from gis.errors import Refusal
from web.ogc import crs
from web.ogc.catalogue import Collection, Field

MOST = 10_000
USUAL = 100
EVERYWHERE = ("f", "lang")
"""Parameters of every call: the form of the answer, and the reader's language."""
OF_FEATURES = ("limit", "cursor", "bbox", "bbox-crs", "datetime", "crs")
FORMS = ("json", "html")
LONGEST = 200

Box = tuple[float, float, float, float]
"""west, south, east, north: WGS84 degrees. Where west > east it crosses the 180th meridian."""


class BadQuery(Refusal):
    """A parameter is not known here, or its value cannot be used; ``errors`` names it."""

    code = "bad-query"

    def __init__(self, parameter: str, detail: str) -> None:
        super().__init__(detail, errors=[{"field": parameter, "detail": detail}])


@dataclass(frozen=True, slots=True)
class Span:
    """From ``start`` to ``end`` (UTC), both with it; None is open."""

    start: datetime | None
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a call for features asks for. ``after``: where the page before ended, and how many matched in all."""

    limit: int = USUAL
    after: tuple[Any, int] | None = None
    box: Box | None = None
    span: Span | None = None
    crs: str = crs.CRS84
    filters: dict[str, Any] = field(default_factory=dict)


Args = MultiDict[str, str]


def features_asked(args: Args, collection: Collection, zone: ZoneInfo) -> Asked:
    """The whole of what a call for the features of ``collection`` asks for. Raises BadQuery."""
    only(args, (*OF_FEATURES, *collection.filters))
    return Asked(
        limit=_limit(args.get("limit")),
        after=_cursor(args.get("cursor"), str if collection.areas else int),
        box=_box(args.get("bbox"), _crs(args, "bbox-crs")),
        span=span_asked(args, zone),
        crs=_crs(args, "crs"),
        filters={name: _value(args[name], known) for name, known in collection.filters.items() if name in args},
    )


def one_asked(args: Args, collection: Collection, zone: ZoneInfo) -> tuple[str, Span | None]:
    """The coordinate system of a single feature and, for an area, when. Raises BadQuery."""
    only(args, ("crs", "datetime") if collection.areas else ("crs",))
    return _crs(args, "crs"), span_asked(args, zone)


def only(args: Args, known: Names[str] = ()) -> None:
    """Raise BadQuery for a parameter that is not ``known``, or stands there twice."""
    names = sorted({*known, *EVERYWHERE})
    for name, values in args.lists():
        if name not in names:
            raise BadQuery(name[:LONGEST], f"There is no parameter {name[:60]!r} here; there are {', '.join(names)}.")
        if len(values) > 1:
            raise BadQuery(name, f"{name} stands there {len(values)} times; give it once.")
    if args.get("f", "json") not in FORMS:
        raise BadQuery("f", f"f is one of {', '.join(FORMS)}.")


def cursor_text(last: Any, matched: int) -> str:
    """``cursor`` for the page after the feature ``last``."""
    return base64.urlsafe_b64encode(json.dumps([last, matched]).encode()).decode().rstrip("=")


def span_asked(args: Args, zone: ZoneInfo) -> Span | None:
    """``datetime``: an instant, or ``start/end`` where either may be ``..``; a day without a time is all of it, in the
    city's zone as is an instant without an offset."""
    given = args.get("datetime")
    if given is None:
        return None
    parts = given.split("/")
    if len(parts) > 2:
        raise _no_time(given)
    if len(parts) == 1:
        return Span(*_instants(parts[0], zone))
    start = None if parts[0] in ("", "..") else _instants(parts[0], zone)[0]
    end = None if parts[1] in ("", "..") else _instants(parts[1], zone)[1]
    if start and end and start > end:
        raise BadQuery("datetime", f"datetime ends before it begins: {given[:60]!r}.")
    return Span(start, end)


def _instants(text: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first and the last instant that ``text`` means."""
    at = parse_instant(text.upper().replace(" ", "+") if len(text) > 10 else text, zone)
    if at is None:
        raise _no_time(text)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return at, (at.astimezone(zone) + timedelta(days=1)).astimezone(UTC) - timedelta(microseconds=1)
    return at, at


def _no_time(text: str) -> BadQuery:
    return BadQuery(
        "datetime",
        f"datetime is an instant such as 2026-11-24T01:00:00Z, a day, or start/end with .. for an open one; "
        f"not {text[:60]!r}.",
    )


def _limit(given: str | None) -> int:
    if given is None:
        return USUAL
    if not given.isascii() or not given.isdigit() or len(given) > 12 or int(given) < 1:
        raise BadQuery("limit", f"limit is a whole number from 1 to {MOST}.")
    return min(int(given), MOST)


def _crs(args: Args, name: str) -> str:
    given = args.get(name, crs.CRS84)
    if given not in crs.KNOWN:
        raise BadQuery(name, f"{name} is one of {', '.join(crs.KNOWN)}.")
    return given


def _box(given: str | None, axes: str) -> Box | None:
    """``bbox``: four numbers, or six with heights, which are not looked at; in the axis order of ``bbox-crs``."""
    if given is None:
        return None
    try:
        numbers = [float(part) for part in given.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) not in (4, 6) or not all(map(math.isfinite, numbers)):
        raise BadQuery("bbox", "bbox is four numbers: two of the lower left corner, two of the upper right.")
    half = len(numbers) // 2
    west, south, east, north = (*numbers[:2], *numbers[half : half + 2])
    if axes in crs.LATITUDE_FIRST:
        west, south, east, north = south, west, north, east
    if south > north:
        raise BadQuery("bbox", f"bbox has its south ({south:g}) above its north ({north:g}).")
    if south > 90 or north < -90 or min(west, east) > 180 or max(west, east) < -180:
        order = "latitude" if axes in crs.LATITUDE_FIRST else "longitude"
        raise BadQuery("bbox", f"bbox lies beyond the world; {order} comes first in {axes}.")
    return west, south, east, north


def _value(given: str, known: Field) -> Any:
    if known.type == "boolean":
        if given not in ("true", "false"):
            raise BadQuery(known.name, f"{known.name} is true or false.")
        return given == "true"
    text = str(clean(given))
    if known.words and text not in known.words:
        raise BadQuery(known.name, f"{known.name} is one of {', '.join(known.words)}.")
    if len(text) > LONGEST:
        raise BadQuery(known.name, f"{known.name} has at most {LONGEST} characters.")
    return text


def _cursor(given: str | None, kind: type) -> tuple[Any, int] | None:
    if given is None:
        return None
    try:
        last, matched = json.loads(base64.urlsafe_b64decode(given.encode() + b"==="))
    except (ValueError, TypeError, RecursionError):
        last, matched = None, None
    if type(last) is not kind or type(matched) is not int or not 0 <= matched < 2**63:
        raise BadQuery("cursor", "cursor is that of a next link, unchanged.")
    if kind is int and not 0 <= last < 2**63:
        raise BadQuery("cursor", "cursor is that of a next link, unchanged.")
    return last, matched
