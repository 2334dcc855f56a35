"""The JSON API: sweeps (举一反三、摸排)."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from dispatch import sweeping
from dispatch.errors import BadArguments
from dispatch.report import Report, read_report
from dispatch.sweeping import Member, SurveyTask, Sweep
from web import asked
from web.auth import signed_in
from web.bodies import idempotency_key, read_json
from web.item_json import instant
from web.services import services

blueprint = Blueprint("sweeps_api", __name__, url_prefix="/api/v1")

MOST = 100
LEADERS = ("dispatcher", "officer")
READERS = (*LEADERS, "worker", "supervisor", "planner", "admin")


@blueprint.post("/sweeps")
@signed_in(*LEADERS)
def make() -> tuple[Response, int]:
    """Look for the likes of an item, or survey cells: 201 with the sweep, 200 for a repeat."""
    sweep, new = services().sweeps.make(g.account, read_json(), idempotency_key())
    reply = jsonify(sweep_json(sweep))
    reply.headers["Location"] = f"/api/v1/sweeps/{sweep.id}"
    return reply, 201 if new else 200


@blueprint.get("/sweeps")
@signed_in(*READERS)
def sweeps() -> Response:
    """Sweeps in scope, newest first: of one item (``from``), or those whose tasks wait (``waiting=yes``)."""
    args = request.args
    waiting = asked.text(args, "waiting")
    if waiting not in (None, "yes"):
        raise asked.BadFilter("waiting", "waiting is yes, or left out.")
    limit = asked.whole(args, "limit", 50, MOST)
    found = services().sweeps.page(g.account, asked.text(args, "from"), waiting == "yes", limit)
    return jsonify({"sweeps": [sweep_json(one) for one in found]})


@blueprint.get("/sweeps/<int:id>")
@signed_in(*READERS)
def one(id: int) -> Response:
    """One sweep in scope."""
    return jsonify(sweep_json(services().sweeps.one(g.account, id)))


@blueprint.post("/sweeps/<int:id>/members")
@signed_in(*LEADERS)
def members(id: int) -> Response:
    """Put items to the sweep, or take them out of it."""
    return jsonify(sweep_json(services().sweeps.mark(g.account, id, read_json())))


@blueprint.post("/sweeps/<int:id>/settle")
@signed_in(*LEADERS)
def settle(id: int) -> Response:
    """Settle its items together: each that may be, and of each that may not be the reason."""
    sweep, done = services().sweeps.settle(g.account, id, read_json())
    refused = [{"number": number, "code": code, "detail": detail} for number, code, detail in done.refused]
    told = {"settled": list(done.settled), "already": list(done.already), "refused": refused}
    return jsonify(told | {"sweep": sweep_json(sweep)})


@blueprint.post("/sweeps/<int:id>/tasks/<int:n>/done")
@signed_in("worker", "officer")
def done(id: int, n: int) -> Response:
    """The result of one cell; ``item``, what was found, is taken in as a finding."""
    body = read_json(services().most_body)
    return jsonify(sweep_json(services().sweeps.done(g.account, id, n, body, _finding(body))))


def _finding(body: Mapping[str, Any]) -> Report | None:
    given = body.get("item")
    if given is None:
        return None
    if not isinstance(given, Mapping):
        raise BadArguments("item", "item is an object as POST /items takes it.")
    told = {**given, "kind": "finding", "channel": "patrol"}
    return read_report(told, now=services().clock(), zone=services().rules.zone)


def sweep_json(sweep: Sweep) -> dict[str, Any]:
    """A sweep as the signed-in account may see it."""
    account, now = g.account, services().clock()
    area = sweep.area
    names = services().edition().names if area is None or area.level == "township" else _communities()
    leads = sweeping.is_leader(sweep, account)
    return {
        "id": sweep.id,
        "kind": sweep.kind,
        "from": sweep.source,
        "area": area and {"level": area.level, "code": area.code, "name": names.get(area.code, area.code)},
        "since": instant(sweep.since),
        "question": sweep.question,
        "due_at": instant(sweep.due_at),
        "made_at": instant(sweep.made_at),
        "by": {"role": sweep.role, "unit": sweep.unit},
        "members": [_member(member) for member in sweep.members],
        "hidden": sweep.hidden,
        "tasks": [_task(task) for task in sweep.tasks],
        "progress": sweeping.progress(sweep, now),
        "allowed": ["members", "settle"] if leads else [],
    }


def _communities() -> Mapping[str, str]:
    return services().edition().community_names


def _member(member: Member) -> dict[str, Any]:
    return {name: getattr(member, name) for name in member.__slots__}


def _task(task: SurveyTask) -> dict[str, Any]:
    names = services().edition().grid_names
    return {
        "n": task.n,
        "grid": {"code": task.grid, "name": names.get(task.grid, task.grid)},
        "worker": task.worker or None,
        "worker_name": task.worker_name,
        "result": task.result,
        "text": task.text,
        "count": task.count,
        "done_at": instant(task.done_at),
        "mine": sweeping.may_do(task, g.account) and task.done_at is None,
    }
