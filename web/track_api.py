"""The JSON API of the citizen: an item by its number and code. The code is the credential; see track_pass.py."""

from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from web import csrf
from web.accounts import Throttled
from web.api import shown
from web.auth import signed_in
from web.bodies import read_json
from web.photo_json import picture_answer
from web.services import services
from web.track_json import track_json
from web.track_pass import HEADER, admit, has_pass, no_such_item, plain

blueprint = Blueprint("track_api", __name__, url_prefix="/api/v1")

DAY_SECONDS = 86_400


@blueprint.get("/track/<number>")
def track(number: str) -> Response:
    """What became of the item, in plain words."""
    number = plain(number)
    admit(number, request.headers.get(HEADER))
    return told(number)


@blueprint.get("/track/<number>/photos/<id>")
def picture(number: str, id: str) -> Response:
    """A photograph that a dispatcher released, for the code in the header or the page's cookie."""
    return _picture(plain(number), id)


@blueprint.get("/track/<number>/photos/<id>/thumbnail")
def thumbnail(number: str, id: str) -> Response:
    """The same, small."""
    return _picture(plain(number), id, thumbnail=True)


@blueprint.post("/track/<number>/rating")
@csrf.without_csrf
def rate(number: str) -> Response:
    """Rate the answer."""
    number, body = _admitted(number)
    services().citizens.rate(number, body)
    return told(number)


@blueprint.post("/track/<number>/urge")
@csrf.without_csrf
def urge(number: str) -> Response:
    """Urge (催单); ``counted`` is false where today's urging was noted already."""
    number, body = _admitted(number)
    counted = services().citizens.say(number, "urge", body)
    return told(number, counted=counted)


@blueprint.post("/track/<number>/supplement")
@csrf.without_csrf
def supplement(number: str) -> Response:
    """Add something (补充). Raises Throttled where the rule's number for today is reached."""
    number, body = _admitted(number)
    if not services().citizens.say(number, "supplement", body):
        raise enough()
    return told(number)


@blueprint.post("/track/<number>/appeal")
@csrf.without_csrf
def appeal(number: str) -> Response:
    """Appeal (申诉) against how a closed item ended."""
    number, body = _admitted(number)
    services().citizens.appeal(number, body)
    return told(number)


@blueprint.post("/items/<number>/follow-up")
@signed_in("dispatcher")
def follow_up(number: str) -> Response:
    """What the citizen says of the answer on the telephone (回访): counts as the citizen's rating."""
    return jsonify(shown(services().citizens.follow_up(g.account, plain(number), read_json())))


def told(number: str, **more: Any) -> Response:
    """The item as its citizen may see it, never kept by a cache."""
    answer = jsonify(track_json(services().citizens.tracked(number)) | more)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def enough() -> Throttled:
    """The rule's number of supplements for today is reached; more are taken tomorrow."""
    return Throttled(
        "You have added as much as is taken in one day. Add the rest tomorrow, or call 12345.", retry_after=DAY_SECONDS
    )


def _admitted(number: str) -> tuple[str, dict[str, Any]]:
    """The number and the body of a call that has the code: in the body, or in the header."""
    number = plain(number)
    body = read_json()
    admit(number, body.get("code") or request.headers.get(HEADER))
    return number, {name: value for name, value in body.items() if name != "code"}


def _picture(number: str, id: str, **which: Any) -> Response:
    if not has_pass(number, services().clock()):
        if HEADER not in request.headers:
            raise no_such_item()
        admit(number, request.headers[HEADER])
    sha256, read = services().citizens.picture(number, _photo(id), **which)
    return picture_answer(sha256, read)


def _photo(id: str) -> int:
    if not id.isascii() or not id.isdecimal() or len(id) > 18:
        raise no_such_item()
    return int(id)
