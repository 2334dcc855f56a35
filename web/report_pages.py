"""The citizen's pages without an account: report something, see its number and code, and the public map.

Without scripts the form is sent as it is and answered by the page with number and code; a script sends the same form
and asks for JSON, so that a chosen photograph stays chosen where something is wrong. Nothing typed is lost either way.
"""

import hashlib
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from dispatch.arguments import LONGEST
from dispatch.errors import BadArguments
from dispatch.item import Item
from dispatch.report import clean, read_report
from dispatch.tracking import track_code
from gis.errors import Refusal
from web import challenge, csrf
from web.accounts import Throttled
from web.auth import auth
from web.headers import csp_nonce
from web.i18n import language, script_words
from web.names import statuses
from web.pages import FRAMES
from web.photos import MOST_BYTES
from web.problems import OTHERWISE, STATUS, wants_page
from web.report_pass import as_citizen, hand_out, number_of
from web.report_words import fault_words, kind_words, photo_words
from web.services import services
from web.track_pass import hand_out as hand_out_track

blueprint = Blueprint("report_pages", __name__)

KEPT = ("description", "category", "kind", "address", "lon", "lat", "accuracy_m", "name", "phone", "anonymous")
"""What the form holds, and is shown again where something is wrong."""
BOUNDS = {"category": 200, "kind": 40, "lon": 40, "lat": 40, "accuracy_m": 40, "name": 100, "phone": 40}
MOST_FORM = 4 * MOST_BYTES
"""What a form may have. Its words are taken in though its photograph is too large to be kept."""
TRAP = "website"
"""A field that no person sees."""


@blueprint.get("/report")
def ask() -> Response:
    """The form."""
    return _form(challenge.new_form(services().clock()))


@blueprint.post("/report/sent")
@csrf.without_csrf
def send() -> BaseResponse:
    """Take the form in: its number and code, as a page or as JSON."""
    request.max_content_length = MOST_FORM
    csrf.check_origin()
    now = services().clock()
    form = challenge.read_form(request.form.get("form", ""), now)
    try:
        _admit(form)
        item, new = _take_in(form)
    except Refusal as refusal:
        if not wants_page():
            raise
        return _form(challenge.word_of(form), refusal)
    services().public.sent(now)
    photo = _photograph(item, request.files.get("photo"))
    if wants_page():
        return _hand_out(_sent(item.number, photo, 201 if new else 200), item.number)
    told = {"number": item.number, "track_code": track_code(item.number, services().secret), "photo": photo}
    answer = jsonify(told)
    answer.status_code = 201 if new else 200
    answer.headers["Cache-Control"] = "no-store"
    return _hand_out(answer, item.number)


@blueprint.get("/report/sent")
def sent() -> BaseResponse:
    """Number and code once more, in the browser that has just sent the report."""
    number = number_of(services().clock())
    return _sent(number, request.args.get("photo")) if number else redirect("/report", code=303)


@blueprint.post("/report/sent/photo")
@csrf.without_csrf
def add_photo() -> BaseResponse:
    """Add a photograph to what this browser has just reported."""
    request.max_content_length = MOST_FORM
    csrf.check_origin()
    number = number_of(services().clock())
    if number is None:
        return redirect("/report", code=303)
    wait = services().public.sending(request.remote_addr or "", f"photos of {number}", services().clock())[0]
    if wait is not None:
        raise Throttled("Too many attempts. Wait, then try again.", retry_after=round(wait))
    photo = _photograph(services().desk.item(as_citizen(), number), request.files.get("photo"))
    return redirect("/report/sent" + (f"?photo={photo}" if photo else ""), code=303)


@blueprint.get("/map")
def public_map() -> Response:
    """What is open in the district, at rounded places and without anybody's words."""
    return _page("public_map.html")


def _admit(form: challenge.Form) -> None:
    """Raises Throttled, and Question where one is to be answered first."""
    now = services().clock()
    wait, many = services().public.sending(request.remote_addr or "", form.key, now)
    if wait is not None:
        raise Throttled("Too many reports from here. Wait, then try again.", retry_after=round(wait))
    if not (many or form.doubtful or request.form.get(TRAP)):
        return
    token = request.form.get("question", "")
    if not challenge.is_answered(form, token, request.form.get("answer", ""), now):
        raise challenge.ask(form, now, again=bool(request.form.get("answer")))


def _take_in(form: challenge.Form) -> tuple[Item, bool]:
    """The same form with the same words is the same item; other words under it are another one."""
    typed = _typed()
    for name in ("description", "address"):
        if len(typed[name]) > LONGEST:
            raise BadArguments(name, f"{name} has at most {LONGEST} characters.")
    unnamed = bool(typed["anonymous"])
    told: dict[str, Any] = {name: typed[name] for name in KEPT if typed[name] and name not in ("name", "phone")}
    told |= {"channel": "web", "datum": "wgs84", "confidential": typed["kind"] == "report", "anonymous": unnamed}
    if not unnamed and (typed["name"] or typed["phone"]):
        told["reporter"] = {"name": typed["name"], "phone": typed["phone"]}
    report = read_report(told, now=services().clock(), zone=services().rules.zone)
    words = "\x1f".join(typed[name] for name in KEPT)
    key = f"{form.key}:{hashlib.sha256(words.encode()).hexdigest()[:32]}"
    return services().desk.take_in(as_citizen(), report, key)


def _typed() -> dict[str, str]:
    """What the form holds, clean and no longer than it may be."""
    return {name: str(clean(request.form.get(name, ""))).strip()[: BOUNDS.get(name)] for name in KEPT}


def _photograph(item: Item, file: Any) -> str | None:
    """Keep the photograph as ``before``: ``kept``, None where there is none, else the code of what is wrong with it.
    The report is in either way."""
    data = b""
    if file is not None:
        data = file.stream.read(MOST_BYTES + 1)
        file.close()
    if not data:
        return None
    if len(data) > MOST_BYTES:
        return "too-large"
    try:
        services().photos.add(as_citizen(), item.number, "before", data, hashlib.sha256(data).hexdigest())
    except Refusal as refusal:
        return refusal.code
    return "kept"


def _form(word: str, refusal: Refusal | None = None) -> Response:
    fault = fault_words(refusal) if refusal else None
    asked = refusal.members if isinstance(refusal, challenge.Question) else None
    typed = _typed() if refusal else dict.fromkeys(KEPT, "")
    answer = _page("report.html", fault=fault, asked=asked, typed=typed, word=word, trap=TRAP, kinds=kind_words())
    if refusal is not None:
        answer.status_code = STATUS.get(refusal.code, OTHERWISE)
        if "retry_after" in refusal.members:
            answer.headers["Retry-After"] = str(round(refusal.members["retry_after"]))
    return answer


def _sent(number: str, photo: str | None, status: int = 200) -> Response:
    html = render_template(
        "reported.html", number=number, code=track_code(number, services().secret), photo=photo_words(photo),
        district=_district(), demonstration=auth().demonstration,
    )  # fmt: skip
    return _private(Response(html, status=status))


def _hand_out(answer: Response, number: str) -> Response:
    """The cookies with which this browser sees number and code again, and the item."""
    hand_out(answer, number)
    hand_out_track(answer, number)
    return answer


def _page(template: str, **more: Any) -> Response:
    """A page with the district's map."""
    edition, rules, tongue = services().edition(), services().rules, language()
    frame = current_app.extensions[FRAMES].frame(edition, tongue).with_nonce(csp_nonce())
    zh = tongue == "zh"
    names = {
        "statuses": statuses(),
        "categories": {code: one.minor if zh else one.name_en for code, one in rules.categories.items()},
        "category_words": {code: [one.minor, one.name_en] for code, one in rules.categories.items()},
        "majors": {code: one.major if zh else one.major_en for code, one in rules.categories.items()},
    }
    facts = {"language": tongue, "names": names, "words": script_words(tongue), "photo_px": rules.thresholds.photo_px}
    shown = {"map": frame, "facts": facts, "names": names, "district": _district()}
    shown |= {"demonstration": auth().demonstration}
    return _private(Response(render_template(template, **shown, **more)))


def _district() -> str:
    district = services().edition().district
    return district.name or district.code or _("District")


def _private(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer
