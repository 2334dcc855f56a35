"""Summonses as the JSON API shows them. Who came is personal: shown to whom it concerns, and decided only here."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Protocol

from boundaries.edition import Edition
from dispatch.account import Account
from dispatch.answering import allowed
from dispatch.checkin import metres_between
from dispatch.item import Item
from dispatch.summons import COME, Call, Summons, figures, in_time
from dispatch.units import SCORED, Unit
from web.item_json import instant, unit_name

SEES_ATTENDEES = frozenset({"dispatcher", "supervisor", "admin"})


class Shown(Protocol):
    """A summons, its item, and what it clashes with."""

    @property
    def summons(self) -> Summons: ...
    @property
    def item(self) -> Item: ...
    @property
    def clashes(self) -> tuple[Mapping[str, Any], ...]: ...


def summons_json(
    shown: Shown, reader: Account, edition: Edition, units: Mapping[str, Unit], now: datetime
) -> dict[str, Any]:
    """A summons as ``reader`` may see it at ``now``."""
    summons, item = shown.summons, shown.item
    return {
        "id": summons.id,
        "number": item.number,
        "category": item.category,
        "state": summons.state,
        "township": {"code": summons.township, "name": unit_name(summons.township, units, edition)},
        "place": summons.place,
        "lon": summons.lon,
        "lat": summons.lat,
        "original": dict(summons.original),
        "meet_at": instant(summons.meet_at),
        "acknowledge_by": instant(summons.acknowledge_by),
        "note": summons.note,
        "calls": [_call(call, shown, reader, edition, units, now) for call in summons.calls],
        "figures": asdict(figures(summons)),
        "clashes": [clash_json(clash, edition, units, (summons.lon, summons.lat)) for clash in shown.clashes],
        "plan": summons.plan,
        "tasks": [
            {"n": task.n, "department": task.department, "name": unit_name(task.department, units, edition),
             "text": task.text, "due_at": instant(task.due_at), "done_at": instant(task.done_at)}
            for task in summons.tasks
        ],
        "reason": summons.reason,
        "moves": summons.moves,
        "demonstration": item.demonstration,
        "opened_at": instant(summons.opened_at),
        "updated_at": instant(summons.updated_at),
        "closed_at": instant(summons.closed_at),
        "allowed": allowed(summons, item, reader),
    }  # fmt: skip


def _call(call: Call, shown: Shown, reader: Account, edition: Edition, units: Mapping[str, Unit], now: datetime) -> Any:
    who = call.attendee
    shows = (who.name or who.post) and sees_attendee(reader, call, shown.item)
    return {
        "department": call.department,
        "name": unit_name(call.department, units, edition),
        "scored": call.department in units and units[call.department].kind in SCORED,
        "state": call.state,
        "acknowledged_at": instant(call.acknowledged_at),
        "in_time": in_time(shown.summons, call, now),
        "checked_in_at": instant(call.checked_in_at),
        "proof": call.proof,
        "distance_m": call.distance_m,
        "accuracy_m": call.accuracy_m,
        "late_by_s": call.late_by_s,
        "attendee": {"name": who.name, "post": who.post} if shows else None,
        "reason": call.reason,
        "substitute": call.substitute,
    }


def sees_attendee(reader: Account, call: Call, item: Item) -> bool:
    """Who came is shown to the centre, the supervisor, the township that leads, and the unit itself."""
    if reader.role in SEES_ATTENDEES:
        return True
    return reader.role in ("officer", "department", "leader") and reader.unit in (item.lead.code, call.department)


def clash_json(
    clash: Mapping[str, Any], edition: Edition, units: Mapping[str, Unit], here: tuple[float, float] | None = None
) -> dict[str, Any]:
    """Where a unit is wanted as well: time, township and how far off, nothing of the item. ``here``: WGS84 degrees."""
    at = clash["meet_at"]
    distance = round(metres_between(*here, clash["lon"], clash["lat"])) if here else None
    return {
        "department": clash["department"],
        "name": unit_name(clash["department"], units, edition),
        "id": clash["id"],
        "township": unit_name(clash["township"], units, edition),
        "meet_at": at if isinstance(at, str) else instant(at),
        "distance_m": distance,
    }


def check_in_json(call: Call) -> dict[str, Any]:
    """What a check-in answers."""
    return {
        "department": call.department,
        "state": call.state,
        "proof": call.proof,
        "distance_m": call.distance_m,
        "late_by_s": call.late_by_s,
        "checked_in_at": instant(call.checked_in_at),
    }


def feature(row: Mapping[str, Any]) -> dict[str, Any]:
    """An open summons as a feature of a map."""
    calls: tuple[Call, ...] = row["calls"]
    states = [call.state for call in calls]
    return {
        "type": "Feature",
        "id": row["id"],
        "geometry": {"type": "Point", "coordinates": [row["lon"], row["lat"]]},
        "properties": {
            "kind": "summons",
            "number": row["number"],
            "state": "open",
            "township": row["township"],
            "place": row["place"],
            "meet_at": instant(row["meet_at"]),
            "called": len(calls),
            "acknowledged": sum(call.acknowledged_at is not None for call in calls),
            "come": sum(state in COME for state in states),
            "calls": [{"department": call.department, "state": call.state} for call in calls],
        },
    }
