"""Sending an item on its way: handlers and the worker's task from the catalogue, and the clocks that follow."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from dispatch.deadlines import Deadline, Turns, near_at, stages
from dispatch.item import OPEN_TASK, UNCLASSIFIED, Clock, Handler, Item, Lead, Task
from dispatch.routing import handlers_of
from dispatch.staff import on_duty
from dispatch.world import World


def send(item: Item, world: World) -> Item:
    """Dispatch a received item that has its place or needs none; one that must wait for its place gets its first clock
    and stays with its lead as handler, so that no open item is ever without one."""
    item = route(item, world)
    if item.status == "received" and not item.is_unlocated:
        item = item.but(status="dispatched", dispatched_at=world.now)
    return wind(item, world)


def route(item: Item, world: World) -> Item:
    """The item with the handlers of the catalogue and, where it stands in a cell, the grid worker's task.

    Handlers that a dispatcher named, and those of an item already accepted, stay: the catalogue proposes and does not
    overrule. A task in another cell, or of another kind, is made void; one that stands in the same cell stays. Items
    that wait for their place get no task.
    """
    category = world.rules.category(item.category)
    kind = None if item.kind == UNCLASSIFIED else item.kind
    roles, task_kind = handlers_of(category, kind, item.lead, item.resolution, world.rules, world.units)
    if not item.assigned and item.status in BEFORE_ACCEPTANCE:
        item = item.but(handlers=tuple(Handler(role.unit, role.role) for role in roles))
    return item.but(tasks=_tasks(item, task_kind, world))


BEFORE_ACCEPTANCE = frozenset({"received", "dispatched"})


def reassigned(item: Item, handlers: tuple[Handler, ...], world: World) -> Item:
    """The item with other handlers. Where an accepted one gets another main handler, that one still has to accept, by a
    clock of its own: nobody accepts for somebody else."""
    before, changed = item.main, replace(item, handlers=handlers)
    after = changed.main
    if before is None or after is None or before.unit == after.unit or item.status in BEFORE_ACCEPTANCE:
        return changed
    if item.status not in ("accepted", "suspended"):
        return replace(changed, handlers=tuple(replace(h, state=before.state) if h == after else h for h in handlers))
    waiting = tuple(replace(h, state="assigned") if h == after else h for h in handlers)
    clocks = tuple(clock for clock in item.clocks if clock.stage != "accept")
    return replace(changed, handlers=waiting, clocks=clocks, reassigned_at=world.now)


def led_by(item: Item, lead: Lead, world: World) -> Item:
    """The item under another lead: what the lead itself had to do goes to the new one."""
    old = item.lead
    item = item.but(lead=lead)
    if lead == old or not any(h.unit == old.code for h in item.handlers):
        return item
    others = [h for h in item.handlers if h.unit != lead.code]
    moved = tuple(replace(h, unit=lead.code, state="assigned") if h.unit == old.code else h for h in others)
    if not any(h.unit == lead.code for h in moved):
        return item
    return reassigned(item, moved, world)


def _tasks(item: Item, kind: str | None, world: World) -> tuple[Task, ...]:
    grid = item.resolution.grid
    wanted = kind if grid and not item.is_unlocated else None
    kept = tuple(
        task if task.state not in OPEN_TASK or (task.grid == grid and task.kind == wanted) else void(task)
        for task in item.tasks
    )
    if wanted is None or grid is None or any(task.state in OPEN_TASK for task in kept):
        return kept
    return offered(kept, grid, wanted, world)


def offered(tasks: tuple[Task, ...], grid: str, kind: str, world: World) -> tuple[Task, ...]:
    """``tasks`` and one more for the worker on duty in ``grid`` (the deputy while the worker is away).

    With nobody on duty the township does it: no task is added.
    """
    worker = on_duty(world.staff, grid, world.now.astimezone(world.rules.zone).date())
    if worker is None:
        return tasks
    return (*tasks, new_task(tasks, worker, grid, kind, world))


def new_task(tasks: tuple[Task, ...], worker: str, grid: str, kind: str, world: World) -> Task:
    """A task for that worker, numbered after ``tasks``."""
    return Task(len(tasks) + 1, worker, world.staff.name_of(worker), grid, kind, "offered", world.now)


def void(task: Task) -> Task:
    """The task taken back from its worker."""
    return replace(task, state="void")


def wind(item: Item, world: World) -> Item:
    """The item with its clocks as the rules give them now; what was met or late already stays as it was. While the
    item is held (paused, suspended) those that run are stopped."""
    due = stages(
        world.rules.category(item.category),
        item.urgency,
        item.received_at,
        item.dispatched_at,
        Turns(item.sender_due_at, item.extended_until, item.waits, item.restarted_at, item.reassigned_at),
        world.rules,
    )
    done = {clock.stage: clock for clock in item.clocks if clock.met_at is not None}
    clocks = tuple(done.get(d.stage) or _clock(d, item, world) for d in due)
    if item.dispatched_at is not None:
        clocks = met(clocks, ("dispatch",), item.dispatched_at)
    if item.hold is not None:
        clocks = stopped(clocks)
    return aimed(item.but(clocks=clocks))


def aimed(item: Item) -> Item:
    """The item with its handlers due when its clocks say: one that has still to accept by that, the others by the
    settlement."""
    due = {clock.stage: clock.due_at for clock in item.clocks}
    handlers = tuple(replace(h, due_at=due.get("accept" if h.state == "assigned" else "settle")) for h in item.handlers)
    return item.but(handlers=handlers)


def _clock(deadline: Deadline, item: Item, world: World) -> Clock:
    start = item.dispatched_at if item.dispatched_at and deadline.stage != "dispatch" else item.received_at
    near = near_at(start, deadline.due_at, world.rules)
    old = next((c for c in item.clocks if c.stage == deadline.stage and c.due_at == deadline.due_at), None)
    # the rungs that were climbed towards this very deadline are not climbed again
    step, step_at = (old.step, old.step_at) if old is not None else (0, near)
    return Clock(deadline.stage, deadline.due_at, near, "running", deadline.rule, step=step, step_at=step_at)


def unmet(clocks: Iterable[Clock], stages_unmet: Iterable[str]) -> tuple[Clock, ...]:
    """The clocks with those stages running again towards the deadline they had."""
    wanted = set(stages_unmet)
    return tuple(replace(c, met_at=None, state="running") if c.stage in wanted else c for c in clocks)


def met(clocks: Iterable[Clock], stages_met: Iterable[str], at: datetime) -> tuple[Clock, ...]:
    """The clocks with those stages met at ``at``: ``late`` where that is after the due time."""
    wanted = set(stages_met)
    return tuple(
        replace(clock, met_at=at, state="met" if at <= clock.due_at else "late")
        if clock.stage in wanted and clock.state == "running"
        else clock
        for clock in clocks
    )


def stopped(clocks: Iterable[Clock]) -> tuple[Clock, ...]:
    """The clocks with every one that still runs stopped: the stage will not come."""
    return tuple(replace(clock, state="stopped") if clock.state == "running" else clock for clock in clocks)
