"""The JSON API of notices: what the account was told, and what of that it has read."""

from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from dispatch.errors import BadArguments
from web import asked
from web.auth import signed_in
from web.bodies import read_json
from web.services import services

blueprint = Blueprint("notices", __name__, url_prefix="/api/v1")

MOST_NOTICES = 200
LARGEST_ID = 2**63 - 1


@blueprint.get("/notices")
@signed_in()
def notices() -> Response:
    """A page of notices, newest first, and how many are unread."""
    limit = asked.whole(request.args, "limit", 50, MOST_NOTICES)
    unread = request.args.get("unread") or "0"
    if unread not in ("0", "1"):
        raise asked.BadFilter("unread", "unread is 1 for those not read alone, else 0.")
    found = services().notices.listed(g.account, unread=unread == "1", limit=limit + 1, before=_cursor())
    page = found[:limit]
    following = str(page[-1]["id"]) if len(found) > limit else None
    shown = [one | {"at": one["at"].isoformat()} for one in page]
    return jsonify({"notices": shown, "unread": services().notices.unread(g.account), "next": following})


@blueprint.post("/notices/read")
@signed_in()
def read() -> Response:
    """Read some (``ids``), all up to one (``to``), or ``all``; how many stay unread."""
    body = read_json()
    named = [name for name in ("ids", "to", "all") if body.get(name) not in (None, False)]
    if len(named) != 1:
        raise BadArguments("ids", "Say which are read: ids, or to, or all, and one of them alone.")
    desk = services().notices
    if named == ["ids"]:
        left = desk.read(g.account, _ids(body["ids"]))
    elif named == ["to"]:
        left = desk.read_to(g.account, _id(body["to"], "to"))
    elif body["all"] is True:
        left = desk.read_to(g.account)
    else:
        raise BadArguments("all", "all is true.")
    return jsonify({"unread": left})


def _cursor() -> int | None:
    given = request.args.get("cursor")
    if not given:
        return None
    if not given.isascii() or not given.isdigit() or len(given) > 19 or not 0 < int(given) <= LARGEST_ID:
        raise asked.BadFilter("cursor", "cursor is what the page before gave as next.")
    return int(given)


def _ids(given: Any) -> list[int]:
    if not isinstance(given, list) or len(given) > MOST_NOTICES:
        raise BadArguments("ids", f"ids is a list of at most {MOST_NOTICES} ids of notices.")
    return [_id(one, "ids") for one in given]


def _id(given: Any, name: str) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not 0 < given <= LARGEST_ID:
        raise BadArguments(name, f"{name}: {str(given)[:40]} is no id of a notice.")
    return given
