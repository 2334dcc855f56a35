"""The JSON API: figures of a period, and the item numbers behind each of their parts."""

import re
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, g, jsonify, request, url_for

from dispatch.errors import UnknownItem
from dispatch.figures import FIGURES, NO, PARTS, YES, Figure
from dispatch.tally import SHOWN, Key, Tally, told
from web import asked
from web.auth import signed_in
from web.services import services

blueprint = Blueprint("kpi", __name__, url_prefix="/api/v1/kpi")

READERS = ("dispatcher", "supervisor", "officer", "department", "leader", "planner", "admin")
FILTERS = ("township", "unit", "category", "channel")
MOST_LISTED = 500
LONGEST = timedelta(days=731)
CURSOR = re.compile(r"(\d{1,18})\.(\d{1,9})")


@blueprint.get("")
@signed_in(*READERS)
def figures() -> Response:
    """Every figure of a period: sentence, numerator, denominator, value, its parts with their first item numbers."""
    wanted = _wanted()
    at, demonstration, tallies = services().figures.counted(g.account, wanted)
    answer = {**_asked(wanted), "at": at.isoformat(), "demonstration": demonstration}
    return jsonify(answer | {"figures": [_figure(tally, wanted) for tally in tallies]})


@blueprint.get("/<figure>/items")
@signed_in(*READERS)
def items(figure: str) -> Response:
    """The things in one ``part`` of a figure, page by page."""
    chosen, wanted = _known(figure), _wanted()
    part = asked.text(request.args, "part") or chosen.watch
    if part not in (YES, *((NO,) if chosen.is_rate else ()), *PARTS):
        raise asked.BadFilter("part", f"part is {YES}, {NO} (of a rate) or one of {', '.join(PARTS)}.")
    limit = asked.whole(request.args, "limit", 100, MOST_LISTED)
    found = services().figures.listed(g.account, wanted, figure, part, _cursor(), limit + 1)
    page = found[:limit]
    following = "{}.{}".format(*page[-1][0]) if len(found) > limit else None
    answer = {**_asked(wanted), "figure": figure, "part": part}
    return jsonify(answer | {"items": [thing for _, thing in page], "next": following})


def _known(figure: str) -> Figure:
    if figure not in FIGURES:
        raise UnknownItem(f"There is no figure {figure[:40]!r}; there are {', '.join(FIGURES)}.")
    return FIGURES[figure]


def _wanted() -> dict[str, Any]:
    """The period and the filters, strictly read."""
    given = asked.filters(request.args, services().rules.zone)
    wanted = {name: given.get(name) for name in ("from", "to", *FILTERS)} | {"unit": asked.text(request.args, "unit")}
    for name in ("from", "to"):
        if wanted[name] is None:
            raise asked.BadFilter(name, f"{name} is needed: an ISO 8601 day or instant; the period ends before `to`.")
    if wanted["from"] >= wanted["to"]:
        raise asked.BadFilter("to", "to lies after from; it is the first moment that no longer counts.")
    if wanted["to"] - wanted["from"] > LONGEST:
        raise asked.BadFilter("to", f"A period is at most {LONGEST.days} days long.")
    return wanted


def _asked(wanted: dict[str, Any]) -> dict[str, Any]:
    filters = {name: wanted[name] for name in FILTERS if wanted[name] is not None}
    return {"from": wanted["from"].isoformat(), "to": wanted["to"].isoformat(), "filters": filters}


def _cursor() -> Key:
    given = request.args.get("cursor")
    if not given:
        return 0, 0
    match = CURSOR.fullmatch(given)
    if match is None:
        raise asked.BadFilter("cursor", "cursor is the `next` of the page before, unchanged.")
    return int(match[1]), int(match[2])


def _figure(tally: Tally, wanted: dict[str, Any]) -> dict[str, Any]:
    figure, same = told(tally), _asked(wanted)
    same |= same.pop("filters")
    for part in figure["parts"]:
        link = url_for("kpi.items", figure=figure["figure"], part=part["part"], **same)
        part["more"] = link if part["n"] > SHOWN else None
    return figure
