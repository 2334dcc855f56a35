"""The console and the grid worker's page: frames with words and names in them; all that moves comes by the API."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, Flask, current_app, g, redirect, render_template
from werkzeug.wrappers import Response

from boundaries.edition import Edition
from dispatch.account import Account
from dispatch.staff import StaffRow
from dispatch.summoning import next_meeting
from maps.frame import Frames
from web.auth import signed_in
from web.headers import csp_nonce
from web.i18n import language, script_words
from web.names import names
from web.plan_words import plan_names
from web.services import services

blueprint = Blueprint("pages", __name__)

FRAMES = "firstline.frames"
RARE = ("returns", "extensions", "suspensions", "summonses")
"""Queues whose tab is there only while something stands in them."""
QUEUES = ("new", "unlocated", "doubtful", "unclassified", "near", "late", "dissatisfied", *RARE)
"""The queues that the console shows as tabs, most pressing first."""
TAKES_CALLS = frozenset({"dispatcher", "officer"})
"""Who is offered the form for a phone call."""


@blueprint.get("/")
@signed_in()
def console() -> str | Response:
    """Queue, map and the chosen item. A grid worker has a page of their own."""
    if g.account.role == "worker":
        return redirect("/work", code=303)
    return _page("console.html", queues=QUEUES, rare=RARE, takes_calls=g.account.role in TAKES_CALLS)


@blueprint.get("/work")
@signed_in("worker")
def work() -> str:
    """The signed-in grid worker's tasks, made for a phone."""
    _, staff = services().people()
    cells = sorted({row.grid for row in staff.values() if row.worker == g.account.name})
    more = {"photo_px": services().rules.thresholds.photo_px, "cells": cells}
    return _page("work.html", more)


@blueprint.get("/township")
@signed_in("officer")
def township() -> str:
    """The township's summonses: acknowledgements and check-ins live, the code as a QR, and how each ends."""
    return _page("township.html")


@blueprint.get("/department")
@signed_in("department", "officer")
def department() -> str:
    """What a unit is called to, made for a phone on the spot. A township may be called as well."""
    return _page("department.html")


@blueprint.get("/supervise")
@signed_in("supervisor", "leader")
def supervise() -> str:
    """Orders that are not closed, contested items, and what is late and why; a leader sees the unit's."""
    return _page("supervise.html")


@blueprint.get("/plan")
@signed_in("planner", "admin")
def plan() -> str:
    """Boundaries: drafts with their faults, comparison and rehearsal, publishing, and the Editions so far."""
    return _page("plan.html", named=plan_names())


@blueprint.get("/wall")
@signed_in("dispatcher", "supervisor", "leader")
def wall() -> str:
    """A screen for the wall: the map, the day's figures, open summonses, the newest items; nothing to click."""
    return _page("wall.html")


def install(app: Flask, *, tiles: str | None = None, note: str | None = None) -> None:
    """Give ``app`` the pages; ``tiles`` and ``note`` are the maps' (FIRSTLINE_TILES, FIRSTLINE_MAP_NOTE).

    ``app.extensions["firstline"]`` holds the services that they show.
    """
    app.extensions[FRAMES] = Frames(tiles=tiles, note=note)
    app.register_blueprint(blueprint)


def _page(
    template: str, facts: Mapping[str, Any] | None = None, named: Mapping[str, Any] | None = None, **more: Any
) -> str:
    """``facts`` stand among the data of the page's scripts, ``named`` among its names, ``more`` are the template's."""
    edition, rules, tongue = services().edition(), services().rules, language()
    units, staff = services().people()
    frame = current_app.extensions[FRAMES].frame(edition, tongue).with_nonce(csp_nonce())
    account = g.account
    data = {
        "language": tongue,
        "zone": str(rules.zone),
        "account": {"id": account.id, "name": account.name, "role": account.role, "unit": account.unit},
        "edition": edition.id,
        "next_meeting": _next_meeting(),
        "names": {**names(rules, units, tongue), **(named or {})},
        "workers": _workers(edition, staff.values(), account),
        "words": script_words(tongue),
        **(facts or {}),
    }
    shown = {"map": frame, "data": data, "district": edition.district.name or edition.district.code or ""}
    own = units.get(account.unit or "")
    return render_template(template, **shown, unit_name=own.name if own else account.unit or "", **more)


def _next_meeting() -> str:
    """The time that the form of a summons proposes, as a datetime-local field takes it."""
    rules = services().rules
    return next_meeting(rules.calendar, services().clock()).astimezone(rules.zone).strftime("%Y-%m-%dT%H:%M")


def _workers(edition: Edition, staff: Iterable[StaffRow], account: Account) -> list[dict[str, str]]:
    """The grid workers whom a township's officer may send: those of its cells. Nobody for other roles."""
    if account.role != "officer":
        return []
    cells = {cell.code: cell.name for cell in edition.district.cells if cell.township == account.unit}
    return [
        {"worker": row.worker, "name": row.worker_name, "grid": row.grid, "cell": cells[row.grid]}
        for row in staff
        if row.grid in cells
    ]
