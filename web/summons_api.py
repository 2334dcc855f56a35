"""The JSON API: summonses and check-in, and the page's QR."""

import io
from collections.abc import Sequence
from datetime import timedelta
from math import ceil
from typing import Any

import segno
from flask import Blueprint, Response, g, jsonify, request

from dispatch import answering, summoning
from dispatch.account import Account
from dispatch.checkin import code_ends
from dispatch.mutual import MutualRating
from dispatch.report import clean, parse_instant
from web import asked
from web.auth import signed_in
from web.bodies import idempotency_key, read_json
from web.mutual_json import mutual_json
from web.services import services
from web.summons_json import Shown, check_in_json, clash_json, summons_json

blueprint = Blueprint("summons_api", __name__, url_prefix="/api/v1")

STATES = ("open", "concluded", "cancelled")
MOST = 200
CALLED = ("department", "officer")
"""Roles that act for a unit that is called."""


@blueprint.post("/items/<number>/summonses")
@signed_in("officer")
def summon(number: str) -> tuple[Response, int]:
    """Call units to a place and a time: 201 with the summons."""
    made = services().summonses.summon(g.account, str(clean(number))[:64], read_json(), idempotency_key())
    reply = jsonify(shown(made))
    reply.headers["Location"] = f"/api/v1/summonses/{made.summons.id}"
    return reply, 201


@blueprint.get("/summonses")
@signed_in()
def summonses() -> Response:
    """Summonses in scope, the open ones first and by their time."""
    args = request.args
    filters = {name: asked.text(args, name) for name in ("state", "number", "township", "unit")}
    if filters["state"] not in (None, *STATES):
        raise asked.BadFilter("state", f"state is one of {', '.join(STATES)}.")
    found = services().summonses.page(g.account, filters, asked.whole(args, "limit", 100, MOST))
    given = services().mutual.ratings([one.summons.id for one in found])
    return jsonify({"summonses": [_with_ratings(one, given.get(one.summons.id, ())) for one in found]})


@blueprint.get("/summonses/clashes")
@signed_in("officer")
def clashes() -> Response:
    """Where units (``departments``, split by commas) are called to already at nearly ``meet_at``."""
    wanted = [code for code in (asked.text(request.args, "departments") or "").split(",") if code]
    given = asked.text(request.args, "meet_at") or ""
    at = parse_instant(given.replace(" ", "+"), services().rules.zone)
    if at is None:
        raise asked.BadFilter("meet_at", "meet_at is an ISO 8601 instant.")
    units, _ = services().people()
    found = services().summonses.clashes(g.account, wanted, at)
    return jsonify({"clashes": [clash_json(one, services().edition(), units) for one in found]})


@blueprint.get("/summonses/<int:id>")
@signed_in()
def one(id: int) -> Response:
    """One summons in scope."""
    return jsonify(shown(services().summonses.one(g.account, id)))


@blueprint.post("/summonses/<int:id>/acknowledge")
@signed_in(*CALLED)
def acknowledge(id: int) -> Response:
    """The unit will come."""
    return _act(id, lambda summons, item, world: answering.acknowledge(summons, g.account, world), empty=True)


@blueprint.post("/summonses/<int:id>/check-ins")
@signed_in(*CALLED)
def check_in(id: int) -> Response:
    """The unit is there, by position or by the officer's code."""
    return jsonify(check_in_json(services().summonses.check_in(g.account, id, read_json())))


@blueprint.post("/summonses/<int:id>/excuse")
@signed_in(*CALLED)
def excuse(id: int) -> Response:
    """A unit need not come, or another comes in its place."""
    body, account = read_json(), _account()
    return _act(id, lambda summons, item, world: answering.excuse(summons, item, account, body, world))


@blueprint.post("/summonses/<int:id>/conclude")
@signed_in("officer")
def conclude(id: int) -> Response:
    """End it with the joint plan."""
    body, account = read_json(), _account()
    return _act(id, lambda summons, item, world: summoning.conclude(summons, item, account, body, world))


@blueprint.post("/summonses/<int:id>/reschedule")
@signed_in("officer")
def reschedule(id: int) -> Response:
    """Another time or place."""
    body, account = read_json(), _account()
    return _act(id, lambda summons, item, world: summoning.reschedule(summons, item, account, body, world))


@blueprint.post("/summonses/<int:id>/cancel")
@signed_in("officer")
def cancel(id: int) -> Response:
    """Call it off."""
    body, account = read_json(), _account()
    return _act(id, lambda summons, item, world: summoning.cancel(summons, item, account, body, world))


@blueprint.post("/summonses/<int:id>/tasks/<int:n>/done")
@signed_in(*CALLED)
def task_done(id: int, n: int) -> Response:
    """A task of the joint plan is done."""
    account = _account()
    return _act(id, lambda summons, item, world: answering.task_done(summons, item, account, n, world), empty=True)


@blueprint.get("/summonses/<int:id>/code")
@signed_in("officer")
def code(id: int) -> Response:
    """The check-in code of this minute, and the QR that leads a phone to it."""
    digits, now = services().summonses.code(g.account, id)
    ends = code_ends(now)
    link = f"{request.url_root}department?summons={id}&code={digits}"
    seconds = ceil((ends - now).total_seconds())
    answer = jsonify({"code": digits, "ends_at": ends.isoformat(), "seconds": seconds, "url": link, "svg": qr(link)})
    answer.headers["Cache-Control"] = "no-store"
    return answer


def qr(text: str) -> str:
    """``text`` as a QR code: an SVG element without size of its own, dark on light whatever the page's colours."""
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        drawn, kind="svg", xmldecl=False, omitsize=True, light="#ffffff", dark="#000000", border=3
    )
    return drawn.getvalue().decode().strip()


def shown(found: Shown) -> dict[str, Any]:
    """A summons as the signed-in account may see it."""
    return _with_ratings(found, services().mutual.ratings([found.summons.id]).get(found.summons.id, ()))


def _with_ratings(found: Shown, given: Sequence[MutualRating]) -> dict[str, Any]:
    summons, edition, rules, now = found.summons, services().edition(), services().rules, services().clock()
    units, _ = services().people()
    told = summons_json(found, g.account, edition, units, now)
    opens = summons.meet_at - timedelta(minutes=rules.thresholds.checkin_window_min)
    rated = mutual_json(summons, found.item, given, g.account, rules, edition, units, now)
    return told | {"check_in_from": opens.isoformat()} | rated


def _account() -> Account:
    account: Account = g.account
    return account


def _act(id: int, act: Any, *, empty: bool = False) -> Response:
    """Do it, and answer with the summons. ``empty``: nothing is needed in the body."""
    if empty:
        read_json(empty=True)
    return jsonify(shown(services().summonses.act(g.account, id, act, idempotency_key())))
