"""Items and Resolutions as the JSON API shows them. What a reader may not see is left out here, and only here."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from boundaries.edition import Edition
from dispatch.account import Account
from dispatch.item import Item, Order, Request
from dispatch.photographing import stages_for
from dispatch.report import KNOWN
from dispatch.rulebook import Rules
from dispatch.scope import can_read, keys_of, sees_reporters
from dispatch.supervision import allowed_on, order_id
from dispatch.units import Unit
from dispatch.workflow import allowed
from gis.resolution import Resolution
from web.navigation import navigation_json
from web.photo_json import photo_json


def item_json(item: Item, reader: Account, edition: Edition, units: Mapping[str, Unit], rules: Rules) -> dict[str, Any]:
    """An item as ``reader`` may see it. Names of areas are those of ``edition``."""
    same = {name: getattr(item, name) for name in SAME}
    times = {name: instant(getattr(item, name)) for name in TIMES}
    return same | {
        "location": location_json(item) | navigation_json(item, reader),
        "resolution": {**resolution_json(item.resolution, edition), "edition": item.edition},
        "lead": {
            "kind": item.lead.kind,
            "code": item.lead.code,
            "name": unit_name(item.lead.code, units, edition),
        },
        **parts_json(item, units, edition),
        "requests": [request_json(request) for request in item.requests],
        "hold": item.hold
        and {"kind": item.hold.kind, "since": instant(item.hold.since), "until": instant(item.hold.until)},
        "rework": item.rework,
        **kin_json(item, reader),
        "orders": [order_json(item, order, reader, units, edition) for order in item.orders],
        **rating_json(item),
        "reporter": reporter_json(item, reader),
        "photos": [photo_json(photo, item, reader) for photo in item.photos],
        "photo_stages": list(stages_for(item, reader)),
        "external_ref": dict(item.external_ref) if item.external_ref else None,
        "given": given_json(item, reader),
        **times,
        "due_at": instant(item.sender_due_at),
        "allowed": list(allowed(item, reader, rules)),
    }


SAME = (
    *("number", "version", "kind", "channel", "category", "description", "status", "urgency"),
    *("anonymous", "confidential", "demonstration"),
)
TIMES = ("received_at", "occurred_at", "dispatched_at", "created_at", "updated_at")


def location_json(item: Item) -> dict[str, Any]:
    """Where the item is said to be: in WGS84, and as it was given."""
    spot = item.spot
    return {
        "lon": spot.lon if spot else None,
        "lat": spot.lat if spot else None,
        "accuracy_m": spot.accuracy_m if spot else None,
        "by": spot.by if spot else None,
        "original": dict(item.original) if item.original else None,
        "address": item.address,
        "guesses": [dict(guess) for guess in item.guesses],
    }


def parts_json(item: Item, units: Mapping[str, Unit], edition: Edition) -> dict[str, Any]:
    """Handlers, tasks and deadlines."""
    handlers = [
        {"unit": h.unit, "name": unit_name(h.unit, units, edition)}
        | {"role": h.role, "state": h.state, "due_at": instant(h.due_at)}
        for h in item.handlers
    ]
    tasks = [{name: getattr(task, name) for name in TASK} for task in item.tasks]
    deadlines = [
        {"stage": c.stage, "due_at": instant(c.due_at), "near_at": instant(c.near_at), "met_at": instant(c.met_at)}
        | {"state": c.state, "rule": c.rule}
        for c in item.clocks
    ]
    return {"handlers": handlers, "tasks": tasks, "deadlines": deadlines}


def request_json(request: Request) -> dict[str, Any]:
    """A request and its decision, None where nobody decided yet."""
    return {
        "kind": request.kind,
        "by": {"role": request.by, "unit": request.by_unit or None},
        "reason": request.reason,
        "until": instant(request.until),
        "unit": request.unit,
        "asked_at": instant(request.asked_at),
        "decision": request.decision,
        "decided_at": instant(request.decided_at),
        "decided_by": request.decided_by,
    }


def order_json(
    item: Item, order: Order, reader: Account, units: Mapping[str, Unit], edition: Edition
) -> dict[str, Any]:
    """A supervision order, with what ``reader`` may do with it."""
    return {
        "id": order_id(item.number, order.n),
        "n": order.n,
        "unit": order.unit,
        "name": unit_name(order.unit, units, edition),
        "state": order.state,
        "by": order.by,
        "reason": order.reason,
        "until": instant(order.until),
        "opened_at": instant(order.opened_at),
        "answer": order.answer or None,
        "answered_at": instant(order.answered_at),
        "closing": order.closing or None,
        "closed_at": instant(order.closed_at),
        "allowed": list(allowed_on(order, reader)),
    }


def rating_json(item: Item) -> dict[str, Any]:
    """What the citizen holds of the answers, and what follows from it."""
    ratings = [
        {"level": r.level, "resolved": r.resolved, "comment": r.comment, "by": r.by, "at": instant(r.at)}
        for r in item.ratings
    ]
    times = {"close_at": instant(item.close_at), "contested_at": instant(item.contested_at)}
    return {"ratings": ratings, "reopened": item.reopened} | times


TASK = ("n", "worker", "worker_name", "kind", "state", "grid")


def kin_json(item: Item, reader: Account) -> dict[str, Any]:
    """The items that one is merged into, leads, or belongs to by a split: as far as the reader may read them. A channel
    is not told whose matter its own was found to be."""
    keys = keys_of(reader)
    apart = reader.role == "channel"
    return {
        "merged_into": None if apart else item.merged_into,
        "split_from": item.split_from,
        "merged": [kin.number for kin in item.merged if not apart and can_read(keys, kin.readers)],
        "split": [kin.number for kin in item.split if can_read(keys, kin.readers)],
    }


def resolution_json(found: Resolution, edition: Edition) -> dict[str, Any]:
    """A Resolution with the names of its areas."""
    nearest = found.nearest
    return {
        "township": _area(found.township, edition.township_names),
        "community": _area(found.community, edition.community_names),
        "grid": _area(found.grid, edition.grid_names),
        "border_m": found.border_m,
        "on_border": found.on_border,
        "doubtful": found.doubtful,
        "candidates": [{"township": c.township, "grid": c.grid, "share": round(c.share, 6)} for c in found.candidates],
        "nearest": nearest and {"township": nearest.township, "grid": nearest.grid, "distance_m": nearest.distance_m},
        "reason": found.reason,
    }


def _area(code: str | None, names: Mapping[str, str]) -> dict[str, str] | None:
    return None if code is None else {"code": code, "name": names.get(code, code)}


def unit_name(code: str, units: Mapping[str, Unit], edition: Edition) -> str:
    """What a unit is called."""
    if code == "centre":
        return "12345"
    return units[code].name if code in units else edition.names.get(code, code)


def instant(at: datetime | None) -> str | None:
    """ISO 8601, with its offset."""
    return at.isoformat() if at else None


def reporter_json(item: Item, reader: Account) -> dict[str, str] | None:
    """The masked reporter, None where there is none or the reader may not even see that."""
    if not item.reporter or not sees_reporters(reader, item):
        return None
    return {"name": masked_name(item.reporter.name), "phone": masked_phone(item.reporter.phone)}


def given_json(item: Item, reader: Account) -> dict[str, Any]:
    """What was set aside at intake, without what belongs to the reporter (that is told by ``reveal``).

    Who may not see the reporter sees no member that this service does not know either: it may hold a name.
    """
    whole = sees_reporters(reader, item)
    return {name: value for name, value in item.given.items() if name != "reporter" and (whole or name in KNOWN)}


def masked_name(name: str) -> str:
    """The first character and two stars; a name of one character is all star."""
    return f"{name[0]}**" if len(name) > 1 else "*" * len(name)


def masked_phone(phone: str) -> str:
    """All but the last two characters of a short number, the middle of a long one, starred."""
    if len(phone) >= 11:
        return f"{phone[:3]}****{phone[-4:]}"
    return "*" * max(0, len(phone) - 2) + phone[-2:] if len(phone) > 4 else "*" * len(phone)
