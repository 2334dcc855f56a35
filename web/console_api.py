"""The JSON API of the dispatcher's console: a caller's items, places by address, and who looks at what."""

import re

from flask import Blueprint, Response, g, jsonify, request

from dispatch.errors import BadArguments
from web import asked
from web.api import plain, shown
from web.auth import signed_in
from web.bodies import read_json
from web.item_json import instant, resolution_json
from web.services import services

blueprint = Blueprint("console_api", __name__, url_prefix="/api/v1")

LEAST_DIGITS, MOST_DIGITS = 5, 20
SEAT = re.compile(r"[0-9a-zA-Z-]{8,64}")


@blueprint.post("/callers/items")
@signed_in("dispatcher")
def caller_items() -> Response:
    """The items of the caller with this very number. The number stands in the body, so that no address and no log of
    requests holds it; that somebody looked stands in the access log."""
    phone = read_json().get("phone")
    digits = sum(ch.isdecimal() for ch in phone) if isinstance(phone, str) else 0
    if not isinstance(phone, str) or not LEAST_DIGITS <= digits <= MOST_DIGITS:
        raise BadArguments("phone", f"phone is a telephone number of {LEAST_DIGITS} to {MOST_DIGITS} digits, as text.")
    return jsonify({"items": [shown(item) for item in services().callers.items(g.account, phone)]})


@blueprint.get("/places")
@signed_in()
def places() -> Response:
    """Places that an address may mean, best first, each with whose it is; ``reason`` where none is good alone."""
    edition = services().edition()
    match = services().find_places(asked.text(request.args, "q") or "")
    found = []
    for guess in match.places:
        where = resolution_json(edition.index.resolve((guess.lon, guess.lat)), edition)
        told = {name: getattr(guess, name) for name in ("name", "lon", "lat", "accuracy_m", "score")}
        found.append(told | {"township": where["township"], "grid": where["grid"]})
    return jsonify({"places": found, "reason": match.reason})


@blueprint.post("/presence")
@signed_in("dispatcher", "officer", "supervisor")
def presence() -> Response:
    """Say what this screen has open, and hear what others have; good for half a minute."""
    body = read_json()
    seat, number = body.get("seat"), body.get("number")
    if not isinstance(seat, str) or not SEAT.fullmatch(seat):
        raise BadArguments("seat", "seat is the screen's own word of 8 to 64 letters, digits and hyphens.")
    if number is not None and not isinstance(number, str):
        raise BadArguments("number", "number is that of the item which is open, or null.")
    others = services().presence.look(g.account, seat, plain(number) if number else None)
    return jsonify({"looking": [one | {"since": instant(one["since"])} for one in others]})
