"""What each action of the workflow does to an item. Pure: rights and status were asked before (workflow.py)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dispatch.account import Account
from dispatch.errors import BadArguments
from dispatch.intake import stand
from dispatch.item import UNCLASSIFIED, Handler, Item, Spot, Task
from dispatch.kinds import URGENCIES
from dispatch.placing import placed
from dispatch.report import clean
from dispatch.sending import OPEN_TASK, carried, met, new_task, send, stopped, void, wind
from dispatch.world import World
from gis.place import place

LONGEST = 10_000
"""Characters that a comment, answer or reason may have."""
TASK_KINDS = ("settle", "confirm", "verify")


@dataclass(frozen=True, slots=True)
class Change:
    """What an action makes of an item. ``facts`` go into the event as they are: nothing personal may stand in them;
    ``words`` are stored beside it, with a digest in the event."""

    item: Item
    facts: Mapping[str, Any] = field(default_factory=dict)
    words: str | None = None


Act = Callable[[Item, Account, Mapping[str, Any], World], Change]


def locate(item: Item, account: Account, args: Mapping[str, Any], world: World) -> Change:
    """Put the item where the dispatcher says. Lead, handlers and task follow the place; clocks do not start anew.

    Needs ``lon, lat``, takes ``datum`` (wgs84) and ``accuracy_m``. A place outside the district is kept, and the item
    stays with the centre. Raises NoPlace.
    """
    where = place(args.get("lon"), args.get("lat"), args.get("datum") or "wgs84", box=world.edition.index.box)
    spot = Spot(where.lon, where.lat, _positive(args, "accuracy_m"), "dispatcher")
    original = {"lon": where.given_lon, "lat": where.given_lat, "datum": where.datum}
    standing = stand(item, placed(spot, world, item.original or original), world)
    return Change(send(replace(standing, guesses=()), world))


def classify(item: Item, account: Account, args: Mapping[str, Any], world: World) -> Change:
    """Give the item its category and, if told, another urgency or kind. Before acceptance the catalogue's handlers
    follow; clocks are counted again from the same start. Needs ``category``."""
    category = world.rules.find_category(_text(args, "category", 200))
    if category is None:
        raise BadArguments("category", f"No category has the code or name {args['category']!r}.")
    urgency = args.get("urgency") or category.urgency
    if urgency not in URGENCIES:
        raise BadArguments("urgency", f"Urgency is one of {', '.join(URGENCIES)}.")
    kind = args.get("kind") or (category.kind if item.kind == UNCLASSIFIED else item.kind)
    if not isinstance(kind, str) or kind not in world.rules.kinds:
        raise BadArguments("kind", f"Kind is one of {', '.join(world.rules.kinds)}.")
    needs_place = world.rules.needs_place(category, kind)
    named = replace(item, category=category.code, urgency=urgency, kind=kind, needs_place=needs_place)
    if item.status in ("received", "dispatched"):
        return Change(send(named, world))
    return Change(wind(named, world))


def assign(item: Item, account: Account, args: Mapping[str, Any], world: World) -> Change:
    """A dispatcher names units (``main``, ``assist[]``), the lead's officer a grid worker (``worker``, ``task``)."""
    if account.role == "officer":
        return _assign_worker(item, args, world)
    units = [_unit(args.get("main"), "main", item, world)]
    units += [_unit(unit, "assist", item, world) for unit in _list(args, "assist")]
    if len(set(units)) < len(units):
        raise BadArguments("assist", "Name each unit once.")
    before = {handler.unit: handler.state for handler in item.handlers}
    handlers = tuple(
        Handler(unit, "main" if n == 0 else "assist", before.get(unit, "assigned")) for n, unit in enumerate(units)
    )
    given = replace(item, handlers=carried(item, handlers))
    if item.status == "received":
        given = replace(given, status="dispatched", dispatched_at=world.now)
    return Change(wind(given, world), {"units": units})


def _assign_worker(item: Item, args: Mapping[str, Any], world: World) -> Change:
    worker = _text(args, "worker", 200)
    cells = {row.grid: row for row in world.staff.values() if worker in (row.worker, row.deputy)}
    townships = {cell.code: cell.township for cell in world.edition.index.cells}
    if not any(townships.get(grid) == item.lead.code for grid in cells):
        raise BadArguments("worker", f"No grid worker {worker!r} works in the township {item.lead.code}.")
    kind = str(args.get("task") or "settle")
    if kind not in TASK_KINDS:
        raise BadArguments("task", f"A task is one of {', '.join(TASK_KINDS)}.")
    kept = tuple(void(task) if task.state in OPEN_TASK else task for task in item.tasks)
    grid = item.resolution.grid or min(cells)
    return Change(replace(item, tasks=(*kept, new_task(kept, worker, grid, kind, world))), {"task": kind})


def accept(item: Item, account: Account, args: Mapping[str, Any], world: World) -> Change:
    """The main handler takes the item on."""
    handlers = tuple(replace(h, state="accepted") if h == item.main else h for h in item.handlers)
    taken = replace(item, status="accepted", handlers=handlers, clocks=met(item.clocks, ("accept",), world.now))
    return Change(wind(taken, world))


def offered_to(item: Item, account: Account) -> Task | None:
    """The task still offered to that worker, or None."""
    return next((t for t in item.tasks if t.worker == account.name and t.state == "offered"), None)


def take(item: Item, account: Account, args: Mapping[str, Any], world: World) -> Change:
    """The grid worker takes the task on."""
    task = offered_to(item, account)
    tasks = tuple(replace(t, state="taken", taken_at=world.now) if t == task else t for t in item.tasks)
    return Change(replace(item, tasks=tasks), {"task": task.n if task else None})


def reply(item: Item, account: Account, args: Mapping[str, Any], world: World) -> Change:
    """Answer at once (直接答复): nothing is left to do but to tell the citizen, which ``text`` does."""
    text = _text(args, "text", LONGEST)
    tasks = tuple(void(task) if task.state in OPEN_TASK else task for task in item.tasks)
    clocks = stopped(met(item.clocks, ("dispatch", "answer"), world.now))
    return Change(replace(item, status="answered", tasks=tasks, clocks=clocks), words=text)


def say(item: Item, account: Account, args: Mapping[str, Any], world: World) -> Change:
    """A line on the item (comment, urge, supplement) that changes nothing else. Needs ``text``."""
    return Change(item, words=_text(args, "text", LONGEST))


def _text(args: Mapping[str, Any], name: str, longest: int) -> str:
    value = args.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadArguments(name, f"{name} is needed, as text.")
    if len(value) > longest:
        raise BadArguments(name, f"{name} is longer than {longest} characters.")
    return str(clean(value)).strip()


def _positive(args: Mapping[str, Any], name: str) -> float | None:
    value = args.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e6:
        raise BadArguments(name, f"{name} is a number above 0, in metres.")
    return float(value)


def _list(args: Mapping[str, Any], name: str) -> list[Any]:
    value = args.get(name) or []
    if not isinstance(value, list):
        raise BadArguments(name, f"{name} is a list of unit codes.")
    return value


def _unit(value: Any, name: str, item: Item, world: World) -> str:
    if isinstance(value, str) and (value in world.units or value == item.lead.code):
        return value
    raise BadArguments(name, f"No unit has the code {value!r}.")
