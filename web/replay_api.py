"""The JSON API: a day's items hour by hour, so that a replay on the map asks once."""

from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from dispatch.item import OPEN
from web import asked
from web.auth import signed_in
from web.map_api import LEVELS
from web.services import services

blueprint = Blueprint("replay_api", __name__, url_prefix="/api/v1/map")

MOST_ROWS = 12_000
"""Rows of one answer, of some 15 bytes each: with the codes they stay below 300 kB."""


@blueprint.get("/replay")
@signed_in()
def replay() -> Response:
    """What /map/density counts of the items received on ``day``, by the hour of receipt.

    ``codes`` are those of areas, '' for no area, and ``km2`` their size; ``rows`` are [place in codes, hour, count,
    late], null where there would be more than ``MOST_ROWS``.
    """
    zone = services().rules.zone
    day = _day(asked.text(request.args, "day"))
    level = request.args.get("level") or "grid"
    if level not in LEVELS:
        raise asked.BadFilter("level", "level is grid or township.")
    start, end = (datetime(one.year, one.month, one.day, tzinfo=zone) for one in (day, day + timedelta(days=1)))
    wanted = asked.filters(request.args, zone)
    wanted |= {"status": wanted["status"] or sorted(OPEN), "from": start, "to": end}
    found = services().maps.by_hour(g.account, level, wanted, MOST_ROWS)
    edition = services().edition()
    answer: dict[str, Any] = {"day": day.isoformat(), "level": level, "codes": [], "km2": [], "rows": None}
    if found is not None:
        codes = sorted({code for code, *_ in found})
        at = {code: place for place, code in enumerate(codes)}
        km2 = [round(edition.square_metres.get(code, 0.0) / 1e6, 6) for code in codes]
        answer |= {"codes": codes, "km2": km2, "rows": sorted([at[code], *rest] for code, *rest in found)}
    return jsonify(answer | {"edition": edition.id, "at": services().clock().isoformat()})


def _day(given: str | None) -> date:
    try:
        day = date.fromisoformat(given or "")
    except ValueError:
        day = date.max
    if not 1970 <= day.year < 2200:
        raise asked.BadFilter("day", "day is a day such as 2026-11-25.")
    return day
