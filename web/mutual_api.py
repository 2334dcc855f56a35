"""The JSON API: mutual ratings of a summons, objections to them, rulings on those."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from dispatch.mutual import OBJECTION_STATES
from web import asked
from web.auth import signed_in
from web.bodies import idempotency_key, read_json
from web.mutual_json import objection_json
from web.services import services
from web.summons_api import CALLED, shown

blueprint = Blueprint("mutual_api", __name__, url_prefix="/api/v1")

MOST = 200


@blueprint.post("/summonses/<int:id>/ratings")
@signed_in(*CALLED)
def rate(id: int) -> tuple[Response, int]:
    """One side rates the other: 201 with the summons."""
    return jsonify(shown(services().mutual.rate(g.account, id, read_json(), idempotency_key()))), 201


@blueprint.post("/summonses/<int:id>/objections")
@signed_in(*CALLED)
def object_to(id: int) -> tuple[Response, int]:
    """The rated unit objects: 201 with the objection."""
    return jsonify(_shown(services().mutual.object_to(g.account, id, read_json()))), 201


@blueprint.get("/objections")
@signed_in("supervisor")
def objections() -> Response:
    """Objections, those that wait for a ruling first."""
    state = asked.text(request.args, "state")
    if state not in (None, *OBJECTION_STATES):
        raise asked.BadFilter("state", f"state is one of {', '.join(OBJECTION_STATES)}.")
    found = services().mutual.objections(g.account, state, asked.whole(request.args, "limit", 100, MOST))
    return jsonify({"objections": [_shown(one) for one in found]})


@blueprint.post("/objections/<int:id>/ruling")
@signed_in("supervisor")
def rule(id: int) -> Response:
    """The supervisor rules."""
    return jsonify(_shown(services().mutual.rule(g.account, id, read_json())))


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    units, _ = services().people()
    return objection_json(row, services().edition(), units)
