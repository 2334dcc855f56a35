"""Sweeps: 举一反三, all the likes of one settled item in an area, and 摸排, a question about chosen cells. Pure.

The items keep their own histories and rules; a sweep holds them together and says how far it has come.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from dispatch.account import Account
from dispatch.arguments import Args, later, listed, text
from dispatch.errors import BadArguments, Forbidden, UnknownItem, WrongState
from dispatch.item import OPEN, Item
from dispatch.report import parse_instant
from dispatch.staff import on_duty
from dispatch.world import World

DONE = frozenset({"settled", "verified", "answered", "closed"})
"""Statuses of an item whose likes are looked for, and of a member that is dealt with."""

MOST_CELLS = 500
MOST_COUNT = 1_000_000
LOOKED_BACK = timedelta(days=365)
"""How far back the likes are looked for where nothing is said."""

RESULTS = ("found", "none")


@dataclass(frozen=True, slots=True)
class Area:
    """What is looked through: ``level`` is ``township`` or ``community``."""

    level: str
    code: str


@dataclass(frozen=True, slots=True)
class SurveyTask:
    """One cell of a survey. ``worker`` is empty where nobody is on duty: the township looks itself."""

    n: int
    grid: str
    township: str
    worker: str
    worker_name: str
    result: str | None = None
    text: str = ""
    count: int | None = None
    done_at: datetime | None = None
    done_by: int | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """An item of a sweep. ``task`` is the number of the survey's task that found it."""

    number: str
    status: str
    category: str
    description: str
    address: str
    score: float | None
    task: int | None


@dataclass(frozen=True, slots=True)
class Sweep:
    """One sweep, with its items as far as the reader may see them (``hidden``: how many more), and its tasks."""

    id: int
    kind: str
    source: str | None
    area: Area | None
    since: datetime | None
    question: str
    due_at: datetime | None
    readers: tuple[str, ...]
    role: str
    unit: str | None
    made_at: datetime
    members: tuple[Member, ...] = ()
    hidden: int = 0
    tasks: tuple[SurveyTask, ...] = ()


def demand_source(item: Item, account: Account) -> None:
    """Whether the account may look for the likes of the item: a dispatcher, or the officer of its lead, once it is
    settled. Raises Forbidden, WrongState."""
    leads = account.role == "officer" and item.lead.is_township and item.lead.code == account.unit
    if account.role != "dispatcher" and not leads:
        raise Forbidden("A dispatcher or the officer of the item's lead looks for its likes.")
    if item.status not in DONE:
        raise WrongState(f"The likes of an item are looked for once it is settled; it is {item.status}.", allowed=[])


def area_of(args: Args, account: Account, world: World) -> Area:
    """``area``: {township: code} or {community: code} of the live Edition. Raises BadArguments, Forbidden."""
    given = args.get("area")
    named = [level for level in ("township", "community") if isinstance(given, Mapping) and given.get(level)]
    if not isinstance(given, Mapping) or len(named) != 1:
        raise BadArguments("area", "area is {township: code} or {community: code}.")
    level, code = named[0], given[named[0]]
    found = {cell.township for cell in world.edition.index.cells if code == getattr(cell, level)}
    if not isinstance(code, str) or not found:
        raise BadArguments("area", f"No {level} has the code {str(code)[:40]!r}.")
    if account.role == "officer" and found != {account.unit}:
        raise Forbidden("An officer sweeps the own township.")
    return Area(level, code)


def since_of(args: Args, world: World) -> datetime:
    """``since``, from when on the likes were received; a year back where nothing is said."""
    if args.get("since") is None:
        return world.now - LOOKED_BACK
    at = parse_instant(args["since"], world.rules.zone)
    if at is None or at > world.now:
        raise BadArguments("since", "since is an ISO 8601 instant or day that lies in the past.")
    return at


def readers_of_area(area: Area, world: World) -> tuple[str, ...]:
    """Who reads a sweep of the area, beside those who see all: its township's officers."""
    cells = (cell for cell in world.edition.index.cells if getattr(cell, area.level) == area.code)
    return tuple(sorted({f"township:{cell.township}" for cell in cells}))


def survey(args: Args, account: Account, world: World) -> tuple[str, datetime, tuple[SurveyTask, ...]]:
    """``text``, ``due_at`` and ``cells[]`` as a question with one task for each cell: its worker on duty, else the
    deputy. Raises BadArguments, Forbidden."""
    question, due_at = text(args, "text", 2000), later(args, "due_at", world)
    chosen = listed(args, "cells")
    known = {cell.code: cell.township for cell in world.edition.index.cells}
    if not 1 <= len(chosen) <= MOST_CELLS:
        raise BadArguments("cells", f"cells names 1 to {MOST_CELLS} cells.")
    strangers = [code for code in chosen if not isinstance(code, str) or code not in known]
    if strangers:
        raise BadArguments("cells", f"No cell has the code {str(strangers[0])[:40]!r}.")
    cells = list(dict.fromkeys(chosen))
    if account.role == "officer" and any(known[code] != account.unit for code in cells):
        raise Forbidden("An officer surveys the own township's cells.")
    day = world.now.astimezone(world.rules.zone).date()
    tasks = []
    for n, code in enumerate(cells, 1):
        worker = on_duty(world.staff, code, day) or ""
        tasks.append(SurveyTask(n, code, known[code], worker, world.staff.name_of(worker) if worker else ""))
    return question, due_at, tuple(tasks)


def readers_of_tasks(tasks: Sequence[SurveyTask]) -> tuple[str, ...]:
    """Who reads a survey: the officers of the cells' townships, and the workers."""
    keys = {f"township:{task.township}" for task in tasks} | {f"worker:{task.worker}" for task in tasks if task.worker}
    return tuple(sorted(keys))


def is_leader(sweep: Sweep, account: Account) -> bool:
    """Whether the account may add, remove and settle: dispatchers, and officers of its townships."""
    return account.role == "dispatcher" or (account.role == "officer" and f"township:{account.unit}" in sweep.readers)


def demand_leader(sweep: Sweep, account: Account) -> None:
    """Raises Forbidden."""
    if not is_leader(sweep, account):
        raise Forbidden("A dispatcher or the township's officer leads the sweep.")


def may_do(task: SurveyTask, account: Account) -> bool:
    """Whether the cell is the account's to look at: its worker's, or its township's officer's."""
    own = account.role == "worker" and task.worker == account.name
    return own or (account.role == "officer" and account.unit == task.township)


def task_of(sweep: Sweep, n: int, account: Account) -> SurveyTask:
    """The task ``n``, if it is the account's to do. Raises UnknownItem, Forbidden."""
    task = next((one for one in sweep.tasks if one.n == n), None)
    if task is None:
        raise UnknownItem(f"The sweep has no task {n}.")
    if not may_do(task, account):
        raise Forbidden("The cell is another worker's.")
    return task


def task_done(task: SurveyTask, account: Account, args: Args, world: World) -> SurveyTask:
    """The task with its result: ``found`` or ``none``, what was seen (``text``) and how many (``count``). The first
    result holds: a repeat changes nothing. Raises BadArguments."""
    result, count = args.get("result"), args.get("count")
    if result not in RESULTS:
        raise BadArguments("result", f"result is one of {', '.join(RESULTS)}.")
    if count is not None and (isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= MOST_COUNT):
        raise BadArguments("count", "count is a whole number from 0.")
    words = text(args, "text") if result == "found" or args.get("text") else ""
    if task.done_at is not None:
        return task
    return replace(task, result=str(result), text=words, count=count, done_at=world.now, done_by=account.id)


def progress(sweep: Sweep, now: datetime) -> dict[str, int]:
    """How far the sweep has come: its items, and its tasks."""
    tasks = sweep.tasks
    due = sweep.due_at or now
    return {
        "items": len(sweep.members),
        "open": sum(member.status in OPEN - DONE for member in sweep.members),
        "settled": sum(member.status in DONE for member in sweep.members),
        "tasks": len(tasks),
        "done": sum(task.done_at is not None for task in tasks),
        "found": sum(task.result == "found" for task in tasks),
        "none": sum(task.result == "none" for task in tasks),
        "counted": sum(task.count or 0 for task in tasks),
        "late": sum((task.done_at or now) > due for task in tasks),
    }


def facts_of(sweep: Sweep) -> dict[str, Any]:
    """What the source's history says of the sweep."""
    area = sweep.area and {sweep.area.level: sweep.area.code}
    return {"sweep": sweep.id, "area": area, "found": len(sweep.members)}
