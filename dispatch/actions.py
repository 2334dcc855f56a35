"""Actions that say where an item is, what it is, and who works on it: locate, classify, assign."""

from dataclasses import replace

from dispatch.account import Account
from dispatch.arguments import SHORT, Args, listed, positive, text, unit
from dispatch.change import Change
from dispatch.errors import BadArguments, Forbidden
from dispatch.handling import did_the_work
from dispatch.intake import stand
from dispatch.item import OPEN_TASK, UNCLASSIFIED, Handler, Item, Spot
from dispatch.kinds import URGENCIES
from dispatch.placing import placed
from dispatch.scope import has_secret_reporter
from dispatch.sending import new_task, reassigned, send, void, wind
from dispatch.world import World
from gis.place import place

TASK_KINDS = ("settle", "confirm", "verify")


def locate(item: Item, account: Account, args: Args, world: World) -> Change:
    """Put the item where the dispatcher says. Lead, handlers and task follow the place; clocks do not start anew.

    Needs ``lon, lat``, takes ``datum`` (wgs84) and ``accuracy_m``. A place outside the district is kept, and the item
    stays with the centre. Raises NoPlace.
    """
    where = place(args.get("lon"), args.get("lat"), args.get("datum") or "wgs84", box=world.edition.index.box)
    spot = Spot(where.lon, where.lat, positive(args, "accuracy_m"), "dispatcher")
    original = {"lon": where.given_lon, "lat": where.given_lat, "datum": where.datum}
    standing = stand(item, placed(spot, world, item.original or original), world)
    return Change(send(replace(standing, guesses=()), world))


def classify(item: Item, account: Account, args: Args, world: World) -> Change:
    """Give the item its category and, if told, another urgency or kind. Before acceptance the catalogue's handlers
    follow; clocks are counted again from the same start. Needs ``category``."""
    category = world.rules.find_category(text(args, "category", SHORT))
    if category is None:
        raise BadArguments("category", f"No category has the code or name {args['category']!r}.")
    urgency = args.get("urgency") or category.urgency
    if urgency not in URGENCIES:
        raise BadArguments("urgency", f"Urgency is one of {', '.join(URGENCIES)}.")
    if args.get("kind") and account.role != "dispatcher":
        raise Forbidden("A dispatcher alone changes the kind of an item: it decides who sees the reporter.")
    kind = args.get("kind") or (category.kind if item.kind == UNCLASSIFIED else item.kind)
    if not isinstance(kind, str) or kind not in world.rules.kinds:
        raise BadArguments("kind", f"Kind is one of {', '.join(world.rules.kinds)}.")
    needs_place = world.rules.needs_place(category, kind)
    named = replace(
        item, category=category.code, urgency=urgency, kind=kind, needs_place=needs_place,
        # what was told as a report stays as secret as it was told, whatever it is called afterwards
        confidential=item.confidential or has_secret_reporter(item),
    )  # fmt: skip
    if item.status in ("received", "dispatched"):
        return Change(send(named, world))
    return Change(wind(named, world))


def assign(item: Item, account: Account, args: Args, world: World) -> Change:
    """A dispatcher names units (``main``, ``assist[]``), the lead's officer a grid worker (``worker``, ``task``)."""
    if account.role == "officer":
        return _assign_worker(item, args, world)
    units = [unit(args.get("main"), "main", item.lead.code, world)]
    units += [unit(other, "assist", item.lead.code, world) for other in listed(args, "assist")]
    if len(set(units)) < len(units):
        raise BadArguments("assist", "Name each unit once.")
    before = {handler.unit: handler.state for handler in item.handlers}
    handlers = tuple(
        Handler(code, "main" if n == 0 else "assist", before.get(code, "assigned")) for n, code in enumerate(units)
    )
    given = replace(reassigned(item, handlers, world), assigned=True)
    if item.status == "received":
        given = replace(given, status="dispatched", dispatched_at=world.now)
    return Change(wind(given, world), {"units": units})


def _assign_worker(item: Item, args: Args, world: World) -> Change:
    worker = text(args, "worker", SHORT)
    cells = {row.grid: row for row in world.staff.values() if worker in (row.worker, row.deputy)}
    townships = {cell.code: cell.township for cell in world.edition.index.cells}
    if not any(townships.get(grid) == item.lead.code for grid in cells):
        raise BadArguments("worker", f"No grid worker {worker!r} works in the township {item.lead.code}.")
    kind = str(args.get("task") or "settle")
    if kind not in TASK_KINDS:
        raise BadArguments("task", f"A task is one of {', '.join(TASK_KINDS)}.")
    if kind == "verify" and did_the_work(item, worker):
        raise BadArguments("worker", "Whoever did the work does not verify it.")
    kept = tuple(void(task) if task.state in OPEN_TASK else task for task in item.tasks)
    grid = item.resolution.grid or min(code for code in cells if townships.get(code) == item.lead.code)
    return Change(replace(item, tasks=(*kept, new_task(kept, worker, grid, kind, world))), {"task": kind})
