"""Is the process alive (``/healthz``), can it do its work (``/readyz``), and its figures (``/metrics``)."""

from flask import Blueprint, Response, jsonify

from web.services import services

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> Response:
    """Alive, whatever the database does: a restart would not help it."""
    return jsonify({"status": "ok"})


@blueprint.get("/readyz")
def ready() -> tuple[Response, int]:
    """200 where items can be taken in, else 503 with the reasons."""
    problems = services().ready()
    return jsonify({"status": "unavailable" if problems else "ok", "problems": problems}), 503 if problems else 200


@blueprint.get("/metrics")
def metrics() -> Response:
    """Figures of this process in Prometheus' text form."""
    lines = (
        "# HELP firstline_live_readers Live streams open in this process.",
        "# TYPE firstline_live_readers gauge",
        f"firstline_live_readers {services().stream.readers}",
    )
    return Response("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4")
