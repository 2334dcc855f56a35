"""The citizen's page: an item by its number and code. Works without scripts; the code is in no address.

Whoever has given the code bears a cookie for that item for an hour (track_pass.py). Forms that come later may bring the
code along; what was written is kept until it has been.
"""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from dispatch.arguments import LONGEST
from dispatch.report import clean
from gis.errors import Refusal
from web import csrf
from web.problems import OTHERWISE, STATUS
from web.services import services
from web.track_api import enough
from web.track_json import track_json
from web.track_pass import admit, hand_out, has_pass, plain, take_back
from web.track_words import done_words, fault_words, level_words, status_words, step_words

blueprint = Blueprint("track_pages", __name__)

FIELDS = ("level", "resolved", "comment", "text")
RESOLVED = {"yes": True, "no": False}
LEVELS = frozenset("12345")


@blueprint.get("/track")
def ask() -> BaseResponse:
    """Where number and code are typed in."""
    return _asking("/track")


@blueprint.post("/track")
@csrf.without_csrf
def enter() -> BaseResponse:
    """Number and code: to the item's page, with a cookie for it."""
    csrf.check_origin()
    number = plain(request.form.get("number", ""))
    try:
        admit(number, request.form.get("code"))
    except Refusal as refusal:
        return _asking("/track", number, refusal)
    return _go_to(number)


@blueprint.post("/track/leave")
@csrf.without_csrf
def leave() -> BaseResponse:
    """Forget the item in this browser."""
    csrf.check_origin()
    answer = redirect("/track", code=303)
    take_back(answer)  # type: ignore[arg-type]
    return answer


@blueprint.get("/track/<number>")
def item(number: str) -> BaseResponse:
    """How things stand; the code is asked for first."""
    number = plain(number)
    if not has_pass(number, services().clock()):
        return _asking("/track", number)
    most = services().rules.thresholds.citizen.urges_a_day
    return _page(number, done=done_words(request.args.get("done"), most))


@blueprint.post("/track/<number>/rating")
@csrf.without_csrf
def rate(number: str) -> BaseResponse:
    """Rate the answer."""
    level = request.form.get("level", "")
    told = {
        "level": int(level) if level in LEVELS else None,
        "resolved": RESOLVED.get(request.form.get("resolved", "")),
        "comment": str(clean(request.form.get("comment", ""))),
    }
    return _done(plain(number), "rating", lambda number: services().citizens.rate(number, told))


@blueprint.post("/track/<number>/urge")
@csrf.without_csrf
def urge(number: str) -> BaseResponse:
    """Urge."""
    return _done(plain(number), "urge", lambda number: services().citizens.say(number, "urge", _text()))


@blueprint.post("/track/<number>/supplement")
@csrf.without_csrf
def supplement(number: str) -> BaseResponse:
    """Add something."""
    return _done(plain(number), "supplement", lambda number: services().citizens.say(number, "supplement", _text()))


@blueprint.post("/track/<number>/appeal")
@csrf.without_csrf
def appeal(number: str) -> BaseResponse:
    """Appeal."""
    return _done(plain(number), "appeal", lambda number: services().citizens.appeal(number, _text()))


def _text() -> dict[str, str]:
    return {"text": str(clean(request.form.get("text", "")))}


def _done(number: str, what: str, act: Any) -> BaseResponse:
    """Do what the form asks for and show the page again; with the code asked for where the cookie has run out."""
    csrf.check_origin()
    if not has_pass(number, services().clock()):
        address = f"/track/{number}/{what}"
        if not request.form.get("code"):
            return _asking(address, number, kept=True)
        try:
            admit(number, request.form.get("code"))
        except Refusal as refusal:
            return _asking(address, number, refusal, kept=True)
    try:
        counted = act(number)
        if what == "supplement" and not counted:
            raise enough()
    except Refusal as refusal:
        return _page(number, refusal)
    return _go_to(number, "urged" if what == "urge" and not counted else what)


def _go_to(number: str, done: str | None = None) -> BaseResponse:
    answer = redirect(f"/track/{number}" + (f"?done={done}" if done else ""), code=303)
    hand_out(answer, number)  # type: ignore[arg-type]
    return answer


def _asking(address: str, number: str = "", refusal: Refusal | None = None, *, kept: bool = False) -> BaseResponse:
    """The form for number and code. ``kept``: what was written to another form goes along."""
    along = {name: request.form[name] for name in FIELDS if kept and request.form.get(name)}
    return _answer("track_ask.html", refusal, address=address, number=number, kept=kept, along=along)


def _page(number: str, refusal: Refusal | None = None, done: str | None = None) -> BaseResponse:
    told = track_json(services().citizens.tracked(number))
    written = {name: request.form.get(name, "") for name in FIELDS} if refusal else {}
    until = _when(told["hold"]["until"]) if told["hold"] else ""
    answer = _answer(
        "track.html", refusal, told=told, done=done, written=written, when=_when,
        sentence=status_words(told, until), steps=step_words(), levels=level_words(),
        pair=_pair(told["photos"]),
    )  # fmt: skip
    hand_out(answer, number)
    return answer


def _pair(photos: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Before and after, side by side: the last of each that was released."""
    last = {photo["stage"]: photo for photo in photos}
    return [last[stage] for stage in ("before", "after") if stage in last]


def _answer(template: str, refusal: Refusal | None, **more: Any) -> Response:
    too_long = any(len(request.form.get(name, "")) > LONGEST for name in ("comment", "text"))
    fault = fault_words(refusal, too_long=too_long) if refusal else None
    district = services().edition().district
    html = render_template(template, fault=fault, district=district.name or district.code or "", **more)
    answer = Response(html, status=STATUS.get(refusal.code, OTHERWISE) if refusal else 200)
    answer.headers["Cache-Control"] = "no-store"
    if refusal is not None and "retry_after" in refusal.members:
        answer.headers["Retry-After"] = str(round(refusal.members["retry_after"]))
    return answer


def _when(instant: str | None) -> str:
    """An instant as the city reads it."""
    if not instant:
        return ""
    return datetime.fromisoformat(instant).astimezone(services().rules.zone).strftime("%Y-%m-%d %H:%M")
