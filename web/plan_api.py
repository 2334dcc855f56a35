"""The JSON API of planners: drafts of boundaries, and the work on them (check, comparison, rehearsal)."""

import gzip
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from boundaries.draft import Reading
from boundaries.errors import BoundaryFileError
from dispatch.errors import BadArguments, UnknownItem
from dispatch.report import clean
from gis.datum import datum_named
from maps.draft import draft_areas
from web.auth import signed_in
from web.bodies import MEBIBYTE, read_json
from web.plan_json import draft_json, job_json
from web.services import services

blueprint = Blueprint("plan_api", __name__, url_prefix="/api/v1/plan")

PLANNERS = ("planner", "admin")
"""Who makes boundaries."""
MOST_BODY = 16 * MEBIBYTE
MOST_FILES = 60
LONGEST_NAME = 120
MOVE = "in-work"
"""The one word that ``move`` takes."""
KINDS = ("check", "diff", "rehearse")
"""The work that can be asked for on a draft."""


@blueprint.get("/drafts")
@signed_in(*PLANNERS)
def drafts() -> Response:
    """All drafts, newest first."""
    return jsonify({"drafts": [draft_json(draft) for draft in services().planning.drafts()]})


@blueprint.post("/drafts")
@signed_in(*PLANNERS)
def add() -> tuple[Response, int]:
    """Take files in as a new draft: 201 with it. Its check has begun."""
    request.max_content_length = MOST_BODY
    sent = [(str(clean(file.filename or "")), file.stream.read()) for file in request.files.getlist("file")]
    if not sent:
        raise BadArguments("file", "Send the files as `file` of a form (multipart/form-data), one or several.")
    if len(sent) > MOST_FILES:
        raise BoundaryFileError(f"{len(sent)} files are too many for one district: pack its folder as a zip.")
    draft = services().planning.add(g.account, sent, word("name") or sent[0][0][-LONGEST_NAME:], _reading())
    answer = jsonify(draft_json(draft))
    answer.headers["Location"] = f"/api/v1/plan/drafts/{draft.id}"
    return answer, 201


@blueprint.get("/drafts/<id>")
@signed_in(*PLANNERS)
def draft(id: str) -> Response:
    """One draft, with the latest work of each kind."""
    found = services().planning.draft(number(id))
    jobs = {job["kind"]: job_json(job) for job in services().planning.jobs(found.id)}
    return jsonify({**draft_json(found), "jobs": jobs})


@blueprint.get("/drafts/<id>/file")
@signed_in(*PLANNERS)
def file(id: str) -> Response:
    """The draft's files, as one zip."""
    draft = number(id)
    _, data = services().planning.files(draft)
    answer = Response(data, content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="draft-{draft}.zip"'
    return answer


@blueprint.get("/drafts/<id>/areas")
@signed_in(*PLANNERS)
def areas(id: str) -> Response:
    """The draft's townships and cells, for drawing."""
    return jsonify(draft_areas(services().planning.district(number(id))))


@blueprint.post("/drafts/<id>/discard")
@signed_in(*PLANNERS)
def discard(id: str) -> Response:
    """Throw the draft away, with the work done on it."""
    services().planning.discard(number(id))
    return jsonify({})


@blueprint.post("/drafts/<id>/jobs")
@signed_in(*PLANNERS)
def start(id: str) -> tuple[Response, int]:
    """Begin work on the draft: 202 with it."""
    asked = read_json()
    kind = asked.get("kind")
    if kind not in KINDS:
        raise BadArguments("kind", f"kind is one of {', '.join(KINDS)}.")
    told: dict[str, Any] = {}
    if kind == "rehearse":
        told = {"from": instant(asked, "from"), "to": instant(asked, "to"), "move": move(asked)}
        if told["from"] and told["to"] and told["from"] >= told["to"]:
            raise BadArguments("to", "to is after from.")
    job = services().planning.start(g.account, number(id), kind, told)
    return jsonify(job_json(job)), 202


@blueprint.get("/jobs/<id>")
@signed_in(*PLANNERS)
def job(id: str) -> Response:
    """How a piece of work stands, with its result when it is done."""
    return jsonify(job_json(services().planning.job(number(id))))


@blueprint.get("/jobs/<id>/csv")
@signed_in(*PLANNERS)
def csv(id: str) -> Response:
    """All items that a rehearsal found changed, as CSV."""
    job = number(id)
    answer = Response(gzip.decompress(services().planning.csv(job)), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="rehearsal-{job}.csv"'
    return answer


@blueprint.post("/jobs/<id>/cancel")
@signed_in(*PLANNERS)
def cancel(id: str) -> Response:
    """Ask that the work ends."""
    return jsonify(job_json(services().planning.cancel(number(id))))


def number(id: str) -> int:
    """An id from a path. Raises UnknownItem for what can be none."""
    if not id.isascii() or not id.isdecimal() or len(id) > 18:
        raise UnknownItem("There is nothing of this number.")
    return int(id)


def move(asked: Mapping[str, Any]) -> str | None:
    """Whether items in work are to move too: MOVE, or None. Raises BadArguments for another word."""
    if asked.get("move") not in (None, "", MOVE):
        raise BadArguments("move", f"move is {MOVE}, or nothing.")
    return asked.get("move") or None


def word(field: str) -> str:
    """A field of the form: clean, trimmed, short."""
    return str(clean(request.form.get(field, ""))).strip()[:LONGEST_NAME]


def _reading() -> Reading:
    """How the files are to be read. Raises BadArguments for a datum that is not known."""
    datum = word("datum")
    if datum and datum_named(datum) is None:
        raise BadArguments("datum", "datum is wgs84, cgcs2000, gcj02 or bd09, in any usual spelling.")
    usual = Reading()
    names = {name: word(name) or getattr(usual, name) for name in ("code_field", "name_field", "township_field")}
    return Reading(datum=datum or None, **names)


def instant(asked: Mapping[str, Any], field: str) -> str | None:
    """An instant of the body as ISO 8601 with an offset, the city's where none is given; None where there is none."""
    given = asked.get(field)
    if given in (None, ""):
        return None
    try:
        at = datetime.fromisoformat(given)
        return (at if at.tzinfo else at.replace(tzinfo=services().rules.zone)).isoformat()
    except (TypeError, ValueError, OverflowError):
        raise BadArguments(field, f"{field} is an instant such as 2026-11-01T00:00, or nothing.") from None
