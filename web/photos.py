"""The JSON API: photographs of items."""

from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from dispatch.errors import BadArguments, UnknownItem
from dispatch.report import claim, clean
from web.auth import signed_in
from web.bodies import MEBIBYTE, TooLarge, read_json
from web.photo_json import photo_json
from web.services import services

blueprint = Blueprint("photos", __name__, url_prefix="/api/v1")

MOST_BYTES = 15 * MEBIBYTE
"""What one uploaded file may have."""
MOST_BODY = MOST_BYTES + MEBIBYTE // 16
"""The file with the form around it."""
YEAR_SECONDS = 31_536_000
LONGEST_REASON = 500


@blueprint.post("/items/<number>/photos")
@signed_in()
def add(number: str) -> tuple[Response, int]:
    """Add a photograph: 201 with it, 200 with the first one for a repeat of the same Idempotency-Key."""
    request.max_content_length = MOST_BODY
    sent = _file()
    key = str(clean(request.headers.get("Idempotency-Key", ""))).strip() or None
    number = str(clean(number))[:64]
    claimed = claim(request.form.get("claimed_at"), services().clock(), services().rules.zone)
    item, photo, new = services().photos.add(g.account, number, request.form.get("stage"), sent, key, claimed)
    reply = jsonify(photo_json(photo, item, g.account))
    reply.headers["Location"] = f"/api/v1/photos/{photo.id}"
    return reply, 201 if new else 200


@blueprint.get("/photos/<id>")
@signed_in()
def picture(id: str) -> Response:
    """The photograph, at most 2560 pixels long."""
    return _picture(id, thumbnail=False)


@blueprint.get("/photos/<id>/thumbnail")
@signed_in()
def thumbnail(id: str) -> Response:
    """The photograph, at most 320 pixels long."""
    return _picture(id, thumbnail=True)


@blueprint.post("/photos/<id>/release")
@signed_in("dispatcher")
def release(id: str) -> Response:
    """Let the citizen see the photograph."""
    reason = read_json(empty=True).get("reason")
    if reason is not None and not isinstance(reason, str):
        raise BadArguments("reason", "reason is text.")
    words = str(clean(reason)).strip()[:LONGEST_REASON] if reason else None
    item, photo = services().photos.release(g.account, _number(id), words)
    return jsonify(photo_json(photo, item, g.account))


def _file() -> bytes:
    """The form's file ``photo``. Raises TooLarge, and BadArguments where the form holds none."""
    file = request.files.get("photo")
    if file is None:
        raise BadArguments("photo", "Send the file as `photo` of a form (multipart/form-data).")
    sent = file.stream.read(MOST_BYTES + 1)
    if len(sent) > MOST_BYTES:
        raise TooLarge(f"The file is longer than {MOST_BYTES} bytes.", limit=MOST_BYTES)
    return sent


def _picture(id: str, **which: Any) -> Response:
    """Scope is asked each time; the bytes of an id never change, so that a browser may keep them for its reader."""
    sha256, read = services().photos.picture(g.account, _number(id), **which)
    answer = Response(content_type="image/jpeg")
    answer.set_etag(sha256)
    answer.headers["Cache-Control"] = f"private, max-age={YEAR_SECONDS}, immutable"
    answer.headers["Content-Security-Policy"] = "default-src 'none'"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if request.if_none_match.contains(sha256):
        answer.status_code = 304
        return answer
    answer.set_data(read())
    return answer


def _number(id: str) -> int:
    """An id from a path. Raises UnknownItem for what can be none."""
    if not id.isascii() or not id.isdecimal() or len(id) > 18:
        raise UnknownItem("There is no such photograph among those you may see.")
    return int(id)
