"""The JSON API: items. Each view reads what was asked, asks the desk, and shows what came of it."""

import base64
import json
from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from boundaries.edition import Edition
from dispatch.errors import BadArguments
from dispatch.item import Item
from dispatch.report import claim, clean, read_report
from dispatch.tracking import track_code
from web import asked
from web.as_of import by_json, edition_asked
from web.auth import signed_in
from web.bodies import idempotency_key, read_json
from web.item_json import item_json
from web.services import services

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

MOST_ITEMS = 500
GEOJSON = "application/geo+json"

TOLD = frozenset({"seq", "at", "action", "actor", "responsible"})
"""What of an event's body stands beside its ``data``."""


@blueprint.post("/items")
@signed_in()
def take_in() -> tuple[Response, int]:
    """Take a report in: 201 with the new item, 200 with the first one for a repeat."""
    now = services().clock()
    report = read_report(read_json(services().most_body), now=now, zone=services().rules.zone)
    key = idempotency_key()
    item, new = services().desk.take_in(g.account, report, key)
    answer = shown(item)
    if item.maker == g.account.id:
        answer["track_code"] = track_code(item.number, services().secret)
    reply = jsonify(answer)
    reply.headers["Location"] = f"/api/v1/items/{item.number}"
    return reply, 201 if new else 200


@blueprint.get("/items/<number>")
@signed_in()
def item(number: str) -> Response:
    """One item in scope."""
    return jsonify(shown(services().desk.item(g.account, plain(number))))


@blueprint.get("/items")
@signed_in()
def items() -> Response:
    """A page of items, newest first; as GeoJSON where that is asked for. ``edition`` says by whose boundaries."""
    by = edition_asked(request.args)
    wanted = asked.filters(request.args, services().rules.zone)
    limit = asked.whole(request.args, "limit", 100, MOST_ITEMS)
    before = _cursor(request.args.get("cursor"))
    found = services().desk.items(g.account, wanted, limit + 1, before, by)
    page = found[:limit]
    following = _next(page[-1]) if len(found) > limit else None
    if request.accept_mimetypes.best_match(["application/json", GEOJSON]) == GEOJSON:
        return _collection(page, following, by)
    return jsonify({"items": [_listed(one, by) for one in page], "next": following})


@blueprint.get("/queues")
@signed_in()
def queues() -> Response:
    """How many items in scope stand in each queue."""
    return jsonify(services().desk.queue_counts(g.account))


@blueprint.get("/items/<number>/events")
@signed_in()
def events(number: str) -> Response:
    """An item's history, oldest first. ``body`` is the text that was hashed: hash = sha256(prev_hash + body)."""
    lines = services().desk.events(g.account, plain(number))
    return jsonify({"events": [_event(line) for line in lines]})


@blueprint.post("/items/<number>/actions")
@signed_in()
def act(number: str) -> Response:
    """Do one action of the workflow."""
    body = read_json(services().most_body)
    action, version = body.get("action"), body.get("version")
    if not isinstance(action, str):
        raise BadArguments("action", "action is needed, as text.")
    if version is not None and (isinstance(version, bool) or not isinstance(version, int)):
        raise BadArguments("version", "version is the whole number that the item had when you read it.")
    args = {name: value for name, value in body.items() if name not in ("action", "version", "claimed_at")}
    facts = claim(body.get("claimed_at"), services().clock(), services().rules.zone)
    done = services().desk.act(g.account, plain(number), action, args, version, facts, key=idempotency_key())
    return jsonify(shown(done) | (parts_json(done) if action == "split" else {}))


@blueprint.post("/items/<number>/reveal")
@signed_in("dispatcher", "supervisor", "officer")
def reveal(number: str) -> Response:
    """The reporter's name and phone, for a reason that is written down."""
    reason = read_json().get("reason")
    if not isinstance(reason, str) or not reason.strip():
        raise BadArguments("reason", "A reason is needed: it is written to the access log.")
    return jsonify(services().desk.reveal(g.account, plain(number), str(clean(reason)).strip()[:500]))


def parts_json(item: Item) -> dict[str, Any]:
    """What an item was split into: each with its track code, for whoever made the item."""
    mine, secret = item.maker == g.account.id, services().secret
    codes = [{"track_code": track_code(kin.number, secret)} if mine else {} for kin in item.split]
    return {"parts": [{"number": kin.number} | code for kin, code in zip(item.split, codes, strict=True)]}


def shown(item: Item) -> dict[str, Any]:
    """An item as the signed-in account may see it."""
    units, _ = services().people()
    return item_json(item, g.account, services().edition(), units, services().rules)


def plain(number: str) -> str:
    """A number from a path, with nothing in it that a query cannot hold."""
    return str(clean(number))[:64]


def _event(line: dict[str, Any]) -> dict[str, Any]:
    body = json.loads(line["body"])
    return {
        "seq": line["seq"],
        "at": body["at"],
        "action": body["action"],
        "actor": body["actor"],
        "responsible": body.get("responsible"),
        "data": {name: value for name, value in body.items() if name not in TOLD},
        "words": line["words"],
        "body": line["body"],
        "prev_hash": line["prev_hash"],
        "hash": line["hash"],
    }


def _cursor(given: str | None) -> int | None:
    if not given:
        return None
    try:
        before = int(base64.urlsafe_b64decode(given.encode() + b"==").decode())
    except (ValueError, UnicodeError):
        before = 0
    if not 0 < before < 2**63:
        raise asked.BadFilter("cursor", "cursor is the `next` of the page before, unchanged.")
    return before


def _next(last: Item) -> str:
    return base64.urlsafe_b64encode(str(last.id).encode()).decode().rstrip("=")


def _listed(one: Item, by: Edition | None) -> dict[str, Any]:
    return shown(one) | ({"by_edition": by_json(one, by)} if by is not None else {})


def _collection(page: list[Item], following: str | None, by: Edition | None) -> Response:
    features = []
    for one in page:
        properties = _listed(one, by)
        spot = one.spot
        point = {"type": "Point", "coordinates": [spot.lon, spot.lat]} if spot else None
        features.append({"type": "Feature", "id": one.number, "geometry": point, "properties": properties})
    answer = jsonify({"type": "FeatureCollection", "features": features, "next": following})
    answer.headers["Content-Type"] = GEOJSON
    return answer
