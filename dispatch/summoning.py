"""What the township's officer does with a summons: call, reschedule, cancel, conclude. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from dispatch.account import Account
from dispatch.errors import BadArguments, WrongState
from dispatch.item import Item
from dispatch.mutual_acts import told_to_rate
from dispatch.report import clean, parse_instant
from dispatch.summons import (
    COME,
    WAITED_FOR,
    Call,
    JointTask,
    Outcome,
    Summons,
    demand_lead,
    demand_open,
    known_unit,
)
from dispatch.working_time import WorkingCalendar
from dispatch.world import World
from gis.place import NoPlace, Place, place

MOST_UNITS = 40
MOST_TASKS = 40
LONGEST = 4_000
LONGEST_PLACE = 300
EARLIEST = timedelta(days=1)
"""A call by telephone may be written down after it: so far back may its time lie."""
LATEST = timedelta(days=90)
HALF_HOUR = timedelta(minutes=30)


def summon(id: int, item: Item, account: Account, args: Mapping[str, Any], world: World) -> Outcome:
    """Call units to a place and a time. Needs ``departments`` (unit codes) and ``meet_at`` (with offset).

    Without ``lon, lat`` the meeting place is the item's own, without ``place`` its address. Raises Forbidden,
    WrongState (the item is not open), BadArguments, NoPlace.
    """
    demand_lead(item, account)
    if not item.is_open:
        raise WrongState(f"An item that is {item.status} calls nobody any more.", allowed=[])
    departments = _departments(args, item, world)
    meet_at = _meeting_time(args, world)
    where = _meeting_place(args, item, world)
    note = text(args, "note", LONGEST)
    summons = Summons(
        id=id, item_id=item.id, township=item.lead.code, state="open",
        place=text(args, "place", LONGEST_PLACE) or item.address[:LONGEST_PLACE],
        lon=where.lon, lat=where.lat, original=_original(where),
        meet_at=meet_at, acknowledge_by=acknowledge_by(meet_at, world), note=note,
        calls=tuple(Call(code) for code in departments), tasks=(), plan="", reason="", moves=0,
        maker=account.id, opened_at=world.now, updated_at=world.now,
    )  # fmt: skip
    facts = {"summons": id, "departments": departments, **_meeting(summons)}
    return Outcome(summons, "summon", facts, note or None)


def reschedule(summons: Summons, item: Item, account: Account, args: Mapping[str, Any], world: World) -> Outcome:
    """Another time (``meet_at``), another place (``lon, lat, datum, place``) or both.

    Who has acknowledged must do so anew. Raises Forbidden, WrongState (it is over, or somebody has come already),
    BadArguments, NoPlace.
    """
    demand_lead(item, account)
    demand_open(summons)
    if any(call.state in COME for call in summons.calls):
        raise WrongState("Somebody has checked in already: conclude this summons and call anew.", allowed=["conclude"])
    if not {"meet_at", "lon", "lat", "place"} & {name for name, value in args.items() if value is not None}:
        raise BadArguments("meet_at", "Say what changes: meet_at, or lon and lat, or place.")
    moved = replace(summons, moves=summons.moves + 1, updated_at=world.now)
    if args.get("meet_at") is not None:
        moved = replace(moved, meet_at=_meeting_time(args, world))
    if args.get("lon") is not None or args.get("lat") is not None:
        where = _meeting_place(args, item, world)
        moved = replace(moved, lon=where.lon, lat=where.lat, original=_original(where))
    moved = replace(
        moved,
        place=text(args, "place", LONGEST_PLACE) or moved.place,
        acknowledge_by=acknowledge_by(moved.meet_at, world),
        calls=tuple(
            replace(call, state="sent", acknowledged_at=None) if call.state == "acknowledged" else call
            for call in moved.calls
        ),
    )
    facts = {"summons": summons.id, **_meeting(moved)}
    return Outcome(moved, "summons_rescheduled", facts, text(args, "reason", LONGEST) or None)


def cancel(summons: Summons, item: Item, account: Account, args: Mapping[str, Any], world: World) -> Outcome:
    """Call it off. Needs ``reason``. Raises Forbidden, WrongState, BadArguments."""
    demand_lead(item, account)
    demand_open(summons)
    reason = needed(args, "reason", LONGEST)
    over = replace(summons, state="cancelled", reason=reason, updated_at=world.now, closed_at=world.now)
    return Outcome(over, "summons_cancelled", {"summons": summons.id}, reason)


def conclude(summons: Summons, item: Item, account: Account, args: Mapping[str, Any], world: World) -> Outcome:
    """End it, at any time, with the joint ``plan`` and ``tasks[{department, text, due_at}]``.

    Who has not come and was not excused is absent from then on. Raises Forbidden, WrongState, BadArguments.
    """
    demand_lead(item, account)
    demand_open(summons)
    plan = needed(args, "plan", LONGEST)
    tasks = _tasks(summons, item, args, world)
    calls = tuple(replace(call, state="absent") if call.state in WAITED_FOR else call for call in summons.calls)
    over = replace(
        summons, state="concluded", plan=plan, tasks=tasks, calls=calls, updated_at=world.now, closed_at=world.now
    )
    facts = {
        "summons": summons.id,
        "calls": [f"{call.department}/{call.state}" for call in calls],
        "tasks": [f"{task.n}/{task.department}/{task.due_at.isoformat()}" for task in tasks],
    }
    return Outcome(over, "summons_concluded", facts, plan, told_to_rate(over, world))


def acknowledge_by(meet_at: datetime, world: World) -> datetime:
    """When a call must be acknowledged: after the rule's limit from now, or at the meeting where that is sooner."""
    due = world.rules.calendar.add(world.now, world.rules.thresholds.acknowledge)
    return min(due, max(meet_at, world.now))


def next_meeting(calendar: WorkingCalendar, now: datetime) -> datetime:
    """The next full or half hour in working time that is at least half an hour ahead."""
    at = calendar.opening(now + HALF_HOUR)
    while True:
        local = at.astimezone(calendar.zone)
        past = timedelta(minutes=local.minute % 30, seconds=local.second, microseconds=local.microsecond)
        at = at + (HALF_HOUR - past) if past else at
        working = calendar.opening(at)
        if working == at:
            return at
        at = working


def _departments(args: Mapping[str, Any], item: Item, world: World) -> list[str]:
    given = args.get("departments")
    if not isinstance(given, list) or not 0 < len(given) <= MOST_UNITS:
        raise BadArguments("departments", f"departments is a list of 1 to {MOST_UNITS} unit codes.")
    codes = [known_unit(code, "departments", world.units) for code in given]
    if len(set(codes)) < len(codes):
        raise BadArguments("departments", "Name each unit once.")
    if item.lead.code in codes:
        raise BadArguments("departments", "The township that calls does not call itself.")
    return codes


def _meeting_time(args: Mapping[str, Any], world: World) -> datetime:
    at = instant(args, "meet_at", world)
    if not world.now - EARLIEST <= at <= world.now + LATEST:
        raise BadArguments("meet_at", "meet_at lies at most one day back and 90 days ahead.")
    return at


def _meeting_place(args: Mapping[str, Any], item: Item, world: World) -> Place:
    if args.get("lon") is None and args.get("lat") is None:
        if item.spot is None:
            raise NoPlace("no-location")
        return Place(item.spot.lon, item.spot.lat, item.spot.lon, item.spot.lat, "wgs84")
    return place(args.get("lon"), args.get("lat"), args.get("datum") or "wgs84", box=world.edition.index.box)


def _original(where: Place) -> dict[str, Any]:
    return {"lon": where.given_lon, "lat": where.given_lat, "datum": where.datum}


def _meeting(summons: Summons) -> dict[str, Any]:
    return {"meet_at": summons.meet_at.isoformat(), "lon": summons.lon, "lat": summons.lat}


def _tasks(summons: Summons, item: Item, args: Mapping[str, Any], world: World) -> tuple[JointTask, ...]:
    given = args.get("tasks") or []
    if not isinstance(given, list) or len(given) > MOST_TASKS or not all(isinstance(one, dict) for one in given):
        raise BadArguments("tasks", f"tasks is a list of at most {MOST_TASKS} objects: department, text, due_at.")
    bound = {item.lead.code, *(call.department for call in summons.calls)}
    tasks = []
    for n, one in enumerate(given, 1):
        department = one.get("department")
        if not isinstance(department, str) or department not in bound:
            raise BadArguments("tasks", f"Task {n}: department is a unit that was called, or the township itself.")
        due_at = instant(one, "due_at", world)
        if due_at <= world.now:
            raise BadArguments("tasks", f"Task {n}: due_at lies ahead.")
        tasks.append(JointTask(n, department, needed(one, "text", LONGEST), due_at))
    return tuple(tasks)


def instant(args: Mapping[str, Any], name: str, world: World) -> datetime:
    """A needed instant; without an offset it is in the city's zone. Raises BadArguments."""
    at = parse_instant(args.get(name), world.rules.zone)
    if at is None:
        raise BadArguments(name, f"{name} is needed: an ISO 8601 instant such as 2026-11-25T09:30:00+08:00.")
    return at


def text(args: Mapping[str, Any], name: str, longest: int) -> str:
    """A text that may be left out (then empty). Raises BadArguments for anything else, or a longer one."""
    value = args.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > longest:
        raise BadArguments(name, f"{name} is text of at most {longest} characters.")
    return str(clean(value)).strip()


def needed(args: Mapping[str, Any], name: str, longest: int) -> str:
    """A text that must be there. Raises BadArguments."""
    found = text(args, name, longest)
    if not found:
        raise BadArguments(name, f"{name} is needed, as text.")
    return found
