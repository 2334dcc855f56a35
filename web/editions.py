"""The JSON API: which Editions there are."""

from flask import Blueprint, Response, jsonify

from web.auth import signed_in
from web.services import services

blueprint = Blueprint("editions", __name__, url_prefix="/api/v1")


@blueprint.get("/editions")
@signed_in("dispatcher", "supervisor", "planner", "officer", "leader", "admin")
def editions() -> Response:
    """All Editions, newest first: who published what, why, and when it was live."""
    return jsonify({"editions": services().editions()})
