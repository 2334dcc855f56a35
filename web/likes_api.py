"""The JSON API: which open items may be the same matter, for an item and for a report that is being written."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from dispatch.item import UNCLASSIFIED
from dispatch.likeness import Like, Sought
from dispatch.report import clean
from gis.place import NoPlace, place
from web import asked
from web.api import plain
from web.auth import signed_in
from web.bodies import read_json
from web.item_json import instant
from web.services import services

blueprint = Blueprint("likes_api", __name__, url_prefix="/api/v1")


@blueprint.get("/items/<number>/duplicates")
@signed_in()
def of_item(number: str) -> Response:
    """Open items in scope that may be the same matter, the likest first."""
    return jsonify({"duplicates": [like_json(one) for one in services().likes.of_item(g.account, plain(number))]})


@blueprint.post("/duplicates")
@signed_in()
def of_long_report() -> Response:
    """The same with the fields in a JSON body: words of any length, and in no log of addresses."""
    body = read_json(services().most_body)
    return _likes({name: str(clean(value)) for name, value in body.items() if isinstance(value, str | int | float)})


@blueprint.get("/duplicates")
@signed_in()
def of_report() -> Response:
    """The same for what is being reported: ``lon, lat, datum, category, description, address``. A place that cannot be
    used is no place here: taking the report in will say so."""
    return _likes(request.args)


def _likes(args: Mapping[str, str]) -> Response:
    rules = services().rules
    category = rules.find_category(asked.text(args, "category") or "")
    spot = None
    try:
        if args.get("lon") or args.get("lat"):
            box = services().edition().index.box
            spot = place(args.get("lon"), args.get("lat"), asked.text(args, "datum") or "wgs84", box=box)
    except NoPlace:
        spot = None
    wanted = Sought(
        spot.lon if spot else None,
        spot.lat if spot else None,
        category.code if category else UNCLASSIFIED,
        asked.text(args, "description") or "",
        asked.text(args, "address") or "",
        services().clock(),
    )
    return jsonify({"duplicates": [like_json(one) for one in services().likes.of_report(g.account, wanted)]})


def like_json(one: Like) -> dict[str, Any]:
    """An item that is alike, with what the score is made of."""
    parts = one.likeness
    return {
        "number": one.number,
        "status": one.status,
        "category": one.category,
        "description": one.description,
        "address": one.address,
        "received_at": instant(one.received_at),
        "lon": one.lon,
        "lat": one.lat,
        "score": parts.score,
        "distance_m": parts.distance_m,
        "days": parts.days,
        "same_category": parts.category == "same",
        "category_likeness": parts.category,
        "similarity": parts.words,
    }
