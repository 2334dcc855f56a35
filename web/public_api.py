"""The JSON API of everybody: open items without words at rounded places, likes of what is being reported, addresses.

No account and no session: what a signed-in browser sends is answered as nobody's. Each network's questions are counted.
"""

import hashlib
import math
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request

from dispatch.errors import UnknownItem
from dispatch.item import UNCLASSIFIED
from dispatch.likeness import Sought
from dispatch.public import STEP, PublicItem, Square
from dispatch.report import clean
from gis.place import NoPlace, place
from web import asked, csrf
from web.accounts import Throttled
from web.bodies import read_json
from web.photo_json import picture_answer
from web.services import services

blueprint = Blueprint("public_api", __name__, url_prefix="/api/v1/public")

ACROSS = 24
"""Squares across a view; it touches one more. 25 x 25 squares of some 340 bytes each stay below 300 kB."""
KEPT = timedelta(seconds=30)
MOST_KEPT = 200
CACHE = "firstline.public"
MOST_BODY = 4096


class _Cache:
    """Answers of this process, each good for a short while."""

    def __init__(self) -> None:
        self._lock, self._kept = Lock(), dict[Any, tuple[datetime, str]]()

    def get(self, key: Any, now: datetime) -> str | None:
        with self._lock:
            at, text = self._kept.get(key, (None, None))
        return text if at is not None and now - at < KEPT else None

    def put(self, key: Any, now: datetime, text: str) -> None:
        with self._lock:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[key] = (now, text)


@blueprint.get("/items")
def items() -> Response:
    """Open items by square of some 100 m or more: how many, and the newest ones where squares are that small."""
    _count()
    now, edition = services().clock(), services().edition()
    box = asked.box(request.args) or edition.index.box or (-180.0, -90.0, 180.0, 90.0)
    step = square_step(box)
    # whole squares: views that differ by less share an answer, and a narrow box tells no more than its squares
    key = (step, *(math.floor(edge / step) for edge in box))
    kept: _Cache = current_app.extensions.setdefault(CACHE, _Cache())
    text = kept.get(key, now)
    if text is None:
        squares = services().public.squares(box, step)
        told = {"step": step, "total": sum(one.count for one in squares), "squares": [_square(one) for one in squares]}
        text = current_app.json.dumps(told | {"at": now.isoformat()}, separators=(",", ":"))
        kept.put(key, now, text)
    answer = Response(text, content_type="application/json")
    answer.headers["Cache-Control"] = f"public, max-age={int(KEPT.total_seconds())}"
    answer.set_etag(hashlib.sha256(text.encode()).hexdigest()[:24])
    return answer.make_conditional(request)  # type: ignore[return-value]


@blueprint.get("/photos/<id>")
def picture(id: str) -> Response:
    """A photograph, before or after the work, that a dispatcher released, of an open item that anybody may know of."""
    return _picture(id, thumbnail=False)


@blueprint.get("/photos/<id>/thumbnail")
def thumbnail(id: str) -> Response:
    """The same, small."""
    return _picture(id, thumbnail=True)


@blueprint.get("/duplicates")
def duplicates() -> Response:
    """Open items that may be the same matter as what is being reported: ``lon, lat, category``."""
    _count()
    args = request.args
    category = services().rules.find_category(asked.text(args, "category") or "")
    try:
        spot = place(args.get("lon"), args.get("lat"), "wgs84", box=services().edition().index.box)
    except NoPlace:
        return jsonify({"duplicates": []})
    code = category.code if category else UNCLASSIFIED
    found = services().public.likes(Sought(spot.lon, spot.lat, code, "", "", services().clock()))
    near = [_item(one) | {"lon": one.lon, "lat": one.lat, "distance_m": _tens(one.distance_m)} for one in found]
    return jsonify({"duplicates": near})


@blueprint.post("/places")
@csrf.without_csrf
def places() -> Response:
    """Places that the address ``q`` may mean, best first. It stands in the body: no log of requests holds it."""
    _count()
    asked_for = read_json(MOST_BODY).get("q")
    match = services().find_places(str(clean(asked_for))[:200] if isinstance(asked_for, str) else "")
    found = [{name: getattr(one, name) for name in ("name", "lon", "lat", "accuracy_m")} for one in match.places]
    answer = jsonify({"places": found, "reason": match.reason})
    answer.headers["Cache-Control"] = "no-store"
    return answer


def square_step(box: tuple[float, float, float, float]) -> float:
    """The width of a square in degrees for a view of ``box``: STEP, doubled until ACROSS fit. So every wider square is
    made of whole narrow ones, and no two answers together tell a place more exactly."""
    step = STEP
    while max(box[2] - box[0], box[3] - box[1]) / step > ACROSS:
        step *= 2
    return step


def _count() -> None:
    _admit(services().public.reading(request.remote_addr or "", services().clock()))


def _admit(wait: float | None) -> None:
    if wait is not None:
        raise Throttled("Too many questions. Wait, then try again.", retry_after=round(wait))


def _square(one: Square) -> dict[str, Any]:
    return {"lon": one.lon, "lat": one.lat, "count": one.count, "items": [_item(item) for item in one.items]}


def _item(one: PublicItem) -> dict[str, Any]:
    since = one.received_at.astimezone(services().rules.zone).date().isoformat()
    told = {"number": one.number, "category": one.category, "status": one.status, "since": since}
    return told | dict(one.photos)  # ``before`` and ``after``, where there are such


def _picture(id: str, **which: Any) -> Response:
    """Asked anew each time: an item that ends, or turns out to be secret, takes its pictures along."""
    _admit(services().public.looking(request.remote_addr or "", services().clock()))
    if not id.isascii() or not id.isdecimal() or len(id) > 18:
        raise UnknownItem("There is no such photograph here.")
    sha256, read = services().public.picture(int(id), **which)
    return picture_answer(sha256, read)


def _tens(metres: float | None) -> int | None:
    return None if metres is None else round(metres / 10) * 10
