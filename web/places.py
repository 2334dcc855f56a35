"""The JSON API: where a point falls."""

from math import isnan
from typing import Any

from flask import Blueprint, Response, jsonify, request

from boundaries.columns import WHY, resolve_columns
from boundaries.number_columns import numbers_in
from dispatch.errors import BadArguments
from dispatch.report import parse_instant
from gis.place import place
from web import asked
from web.auth import signed_in
from web.bodies import read_json
from web.item_json import resolution_json
from web.services import services

blueprint = Blueprint("places", __name__, url_prefix="/api/v1")

MOST_POINTS = 100_000
MOST_BULK = 16 * 1024 * 1024


@blueprint.get("/resolve")
@signed_in()
def resolve_one() -> Response:
    """A Resolution: 200 also for what lies outside, 422 for what is no place. ``at`` asks an earlier day's Edition."""
    edition = services().edition()
    if at := asked.text(request.args, "at"):
        instant = parse_instant(at.replace(" ", "+") if "T" in at else at, services().rules.zone)
        if instant is None:
            raise asked.BadFilter("at", "at is an ISO 8601 instant or day.")
        edition = services().edition_at(instant)
    args = request.args
    where = place(args.get("lon"), args.get("lat"), args.get("datum") or "wgs84", box=edition.index.box)
    accuracy = asked.number(args, "accuracy_m")
    if accuracy is not None and accuracy < 0:
        raise asked.BadFilter("accuracy_m", "accuracy_m is 0 or more metres.")
    found = edition.resolve(where, accuracy, services().rules.doubt_share)
    answer = resolution_json(found, edition)
    answer |= {"edition": edition.id, "lon": where.lon, "lat": where.lat, "accuracy_m": accuracy}
    answer["neighbours"] = list(edition.index.neighbours(found.grid)) if found.grid else []
    return jsonify(answer)


@blueprint.post("/resolve")
@signed_in()
def resolve_many() -> Response:
    """Columns for up to 100,000 points: ``township, grid, border_m, reason``, in their order."""
    body = read_json(MOST_BULK)
    lons, lats = _points(body.get("points"))
    datum = body.get("datum") or "wgs84"
    if isinstance(datum, list | dict):
        raise BadArguments("datum", "datum is one name for all points.")
    edition = services().edition()
    index = edition.index
    found = resolve_columns(numbers_in(lons), numbers_in(lats), None, datum, index)
    numbers, border_m, cells = found.numbers.tolist(), found.border_m, index.cells
    return jsonify(
        {
            "edition": edition.id,
            "township": [cells[n].township if n >= 0 else None for n in numbers],
            "grid": [cells[n].code if n >= 0 else None for n in numbers],
            "border_m": [None if isnan(metres) else metres for metres in border_m.tolist()],
            "reason": [WHY[why] for why in found.why.tolist()],
        }
    )


def _points(given: Any) -> tuple[list[Any], list[Any]]:
    if not isinstance(given, list) or len(given) > MOST_POINTS:
        raise BadArguments("points", f"points is a list of at most {MOST_POINTS} pairs [lon, lat].")
    pairs = [pair if isinstance(pair, list) and 2 <= len(pair) <= 3 else [None, None] for pair in given]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]
