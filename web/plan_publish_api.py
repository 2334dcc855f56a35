"""The JSON API of planners: making a draft an Edition, now or at an instant, and taking that back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from boundaries.district import District
from boundaries.draft import Terms
from dispatch.errors import BadArguments
from dispatch.report import clean
from maps.draft import draft_areas
from web.asked import BadFilter
from web.auth import signed_in
from web.bodies import read_json
from web.plan_api import PLANNERS, instant, move, number
from web.services import services

blueprint = Blueprint("plan_publish_api", __name__, url_prefix="/api/v1/plan")

FORMATS = {"gpkg": ("application/geopackage+sqlite3", "gpkg"), "geojson": ("application/zip", "zip")}
SHORTEST_REASON, LONGEST_REASON = 2, 500


@blueprint.post("/drafts/<id>/publish")
@signed_in(*PLANNERS)
def publish(id: str) -> tuple[Response, int]:
    """Make the draft the next Edition: 201 with its number."""
    terms = _terms(read_json())
    edition = services().planning.publish(g.account, number(id), terms)
    return jsonify(_told(edition, terms)), 201


@blueprint.get("/drafts/<id>/terms")
@signed_in(*PLANNERS)
def terms(id: str) -> Response:
    """What publishing the draft would do, and which Edition it would follow."""
    return _foretold(services().planning.district(number(id)))


@blueprint.get("/editions/<id>/terms")
@signed_in(*PLANNERS)
def terms_again(id: str) -> Response:
    """What publishing an earlier Edition again would do."""
    return _foretold(services().planning.edition(_edition(id)))


@blueprint.post("/editions/<id>/rollback")
@signed_in(*PLANNERS)
def rollback(id: str) -> tuple[Response, int]:
    """Publish an earlier Edition again, as a new one: 201 with its number."""
    terms = _terms(read_json())
    edition = services().planning.rollback(g.account, _edition(id), terms)
    return jsonify(_told(edition, terms)), 201


@blueprint.post("/editions/<id>/cancel")
@signed_in(*PLANNERS)
def call_off(id: str) -> Response:
    """Let an Edition that waits for its instant not go live."""
    services().planning.call_off(g.account, _edition(id))
    return jsonify({})


@blueprint.get("/editions/<id>/areas")
@signed_in(*PLANNERS)
def areas(id: str) -> Response:
    """An Edition's townships and cells, for drawing."""
    return jsonify(draft_areas(services().planning.edition(_edition(id))))


@blueprint.get("/editions/<id>/export")
@signed_in(*PLANNERS)
def export(id: str) -> Response:
    """An Edition as files: ``format=gpkg`` (a GeoPackage with QGIS's styles) or ``geojson`` (a zip of a folder)."""
    format = request.args.get("format", "gpkg")
    if format not in FORMATS:
        raise BadFilter("format", f"format is one of {', '.join(FORMATS)}.")
    edition = _edition(id)
    content_type, ending = FORMATS[format]
    answer = Response(services().planning.export(edition, format), content_type=content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="edition-{edition}.{ending}"'
    return answer


def _edition(id: str) -> int:
    """The number of an Edition from a path; one that is too large for any is that of none."""
    return min(number(id), 2**31 - 1)


def _terms(asked: dict[str, Any]) -> Terms:
    """How to publish, as the body says. Raises BadArguments for what is missing or cannot be used."""
    reason = asked.get("reason")
    if not isinstance(reason, str) or not SHORTEST_REASON <= len(reason.strip()) <= LONGEST_REASON:
        raise BadArguments("reason", f"reason says why, in {SHORTEST_REASON} to {LONGEST_REASON} characters.")
    expect = asked.get("expect")
    if not isinstance(expect, int) or isinstance(expect, bool) or not 0 < expect < 2**31:
        raise BadArguments("expect", "expect is the number of the Edition that this one follows.")
    return Terms(str(clean(reason)).strip(), expect, *_when_and_how(asked))


def _when_and_how(asked: Mapping[str, Any]) -> tuple[datetime | None, bool]:
    told = instant(asked, "at")
    return datetime.fromisoformat(told) if told else None, move(asked) is not None


def _foretold(district: District) -> Response:
    return jsonify(services().planning.terms(district, *_when_and_how(request.args)))


def _told(edition: int, terms: Terms) -> dict[str, Any]:
    return {"edition": edition, "live_from": terms.at.isoformat() if terms.at else None}
