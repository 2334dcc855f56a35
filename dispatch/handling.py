"""The work itself: accept, arrive, done, settle, verify, answer, close, reopen."""

from dataclasses import replace
from datetime import datetime

from dispatch.account import Account
from dispatch.arguments import Args, flag, text
from dispatch.change import Change, ended
from dispatch.errors import BadArguments, Forbidden, WrongState
from dispatch.item import OPEN_TASK, Item, Task
from dispatch.moving import moved
from dispatch.notice import Notice
from dispatch.rulebook import Rules
from dispatch.sending import aimed, met, offered, unmet, wind
from dispatch.telling import to_unit
from dispatch.world import World


def accept(item: Item, account: Account, args: Args, world: World) -> Change:
    """The main handler takes the item on. No due time moves by it, so none is computed anew."""
    taken = item.but(status="accepted", clocks=met(item.clocks, ("accept",), world.now))
    return Change(aimed(_main_is(taken, "accepted")))


def own_task(item: Item, account: Account, *states: str) -> Task | None:
    """The account's first task in one of ``states``, or None."""
    return next((t for t in item.tasks if t.worker == account.name and t.state in states), None)


def take(item: Item, account: Account, args: Args, world: World) -> Change:
    """The grid worker takes the task on."""
    return _with_task(item, own_task(item, account, "offered"), state="taken", taken_at=world.now)


def arrive(item: Item, account: Account, args: Args, world: World) -> Change:
    """The grid worker is on the spot. Whoever is there is in contact."""
    contacted = replace(item, clocks=met(item.clocks, ("contact",), world.now))
    return _with_task(contacted, own_task(item, account, "taken"), arrived_at=world.now)


def done(item: Item, account: Account, args: Args, world: World) -> Change:
    """The grid worker's task is done; needs a ``note`` of what was found or done."""
    change = _with_task(item, own_task(item, account, "taken"), state="done", done_at=world.now)
    return replace(change, words=text(args, "note"))


def settle(item: Item, account: Account, args: Args, world: World) -> Change:
    """The work is done (办结). Needs a ``note``, and a photo taken after it where the rule asks for one.

    Where the rule asks for verification the worker on duty is sent to verify, unless that one settled it or did the
    work.
    """
    note = text(args, "note")
    if photo_is_due(item, world.rules) and not any(photo.stage == "after" for photo in item.photos):
        raise BadArguments("photo", "This category is settled with a photo taken after the work: add it first.")
    tasks = tuple(
        replace(t, state="done", done_at=world.now) if t.worker == account.name and t.state in OPEN_TASK else t
        for t in item.tasks
    )
    clocks = met(item.clocks, ("accept", "contact", "settle"), world.now)
    settled = replace(item, status="settled", tasks=tasks, clocks=clocks, settled_by=account.id)
    return Change(_main_is(_sent_to_verify(settled, account, world), "settled"), words=note)


def verify(item: Item, account: Account, args: Args, world: World) -> Change:
    """Somebody else looks whether it is so (核查): ``grant`` or send it back to work (返工), with a ``note``.

    Work sent back gets no more time: its deadline stands. Raises Forbidden for whoever settled it.
    """
    if account.id == item.settled_by or did_the_work(item, account.name):
        raise Forbidden("Whoever settled an item does not verify it.")
    granted, note = flag(args, "grant"), text(args, "note")
    tasks = tuple(
        replace(t, state="done", done_at=world.now) if t.kind == "verify" and t.state in OPEN_TASK else t
        for t in item.tasks
    )
    if granted:
        clocks = met(item.clocks, ("verify",), world.now)
        return Change(replace(item, status="verified", tasks=tasks, clocks=clocks), {"grant": True}, note)
    back = replace(
        item, status="accepted", tasks=tasks, clocks=unmet(item.clocks, ("settle",)), settled_by=None,
        rework=item.rework + 1,
    )  # fmt: skip
    return Change(wind(_main_is(back, "accepted"), world), {"grant": False, "rework": back.rework}, note)


def did_the_work(item: Item, worker: str) -> bool:
    """Whether the grid worker did the item's ``settle`` task since it was last opened: such a one never verifies it."""
    since = item.restarted_at
    return any(
        task.kind == "settle" and task.worker == worker and task.done_at is not None
        and (since is None or task.done_at >= since)
        for task in item.tasks
    )  # fmt: skip


def verification_is_due(item: Item, rules: Rules) -> bool:
    """Whether the rule asks for verification of such an item."""
    category = rules.category(item.category)
    return category.verify if category else rules.thresholds.unclassified.verify


def photo_is_due(item: Item, rules: Rules) -> bool:
    """Whether such an item is settled only with a photo taken after the work."""
    category = rules.category(item.category)
    return category.photo if category else rules.thresholds.unclassified.photo


def answer(item: Item, account: Account, args: Args, world: World) -> Change:
    """The citizen is told (反馈). Needs ``text``."""
    words = text(args, "text")
    told = replace(item, clocks=met(item.clocks, ("answer",), world.now), close_at=_closes_at(world))
    return Change(ended(told, "answered"), words=words)


def reply(item: Item, account: Account, args: Args, world: World) -> Change:
    """Answer at once (直接答复): nothing is left to do but to tell the citizen, which ``text`` does."""
    words = text(args, "text")
    clocks = met(item.clocks, ("dispatch", "contact", "answer"), world.now)
    told = replace(item, clocks=clocks, close_at=_closes_at(world))
    return Change(ended(told, "answered"), words=words)


def close(item: Item, account: Account, args: Args, world: World) -> Change:
    """The item is at its end; what it was rated stands beside it, and one that nobody rated is closed unrated.

    The escalator names the time limit that has passed (``close_at``): one that moved meanwhile closes nothing. What
    the citizen contests is closed by the supervisor, with a ``reason``.
    """
    if account.role == "escalator":
        if item.close_at is None or args.get("close_at") != item.close_at:
            raise WrongState("The time limit has moved.", allowed=[])
        return Change(replace(item, status="closed"), {"by": "time-limit", "rated": False})
    reason = text(args, "reason") if item.contested_at or args.get("reason") else None
    return Change(replace(item, status="closed", contested_at=None), words=reason)


def reopen(item: Item, account: Account, args: Args, world: World) -> Change:
    """Work begins again, with clocks of its own for settlement, verification and answer. Needs a ``reason``."""
    reason = text(args, "reason")
    return Change(opened_again(item, world), words=reason)


def opened_again(item: Item, world: World) -> Item:
    """The item back in work: its answer no longer stands, and nobody contests it. Its place is that of the live
    Edition again, with which it did not go while it was over.

    A main handler that never took it on (it was answered at once, or merged) does so now, by a clock of its own.
    """
    waits = item.main is not None and item.main.state == "assigned"
    kept = ("dispatch", "contact") if waits else ("dispatch", "accept", "contact")
    clocks = tuple(clock for clock in item.clocks if clock.stage in kept)
    again = replace(
        item, status="accepted", clocks=clocks, restarted_at=world.now, settled_by=None,
        dispatched_at=item.dispatched_at or world.now, close_at=None, contested_at=None, merged_into=None,
        reassigned_at=world.now if waits else item.reassigned_at,
    )  # fmt: skip
    running = wind(_main_is(again, "assigned" if waits else "accepted"), world)
    return moved(running, world) or running


def say(item: Item, account: Account, args: Args, world: World) -> Change:
    """A line on the item (comment, urge) that changes nothing else. Needs ``text``."""
    return Change(item, words=text(args, "text"))


def comment(item: Item, account: Account, args: Args, world: World) -> Change:
    """A line on the item. With ``help`` the grid worker on the spot asks the lead for others to come: the officer is
    told, and may summon them. Raises Forbidden where who asks has no open task on the item."""
    said = say(item, account, args, world)
    if not args.get("help") or not flag(args, "help"):
        return said
    task = own_task(item, account, *OPEN_TASK)
    if task is None:
        raise Forbidden("Help is asked for by the grid worker who has an open task on the item.")
    asked = Notice(to_unit(item.lead.code), "help_asked", {"grid": task.grid, "task": task.kind})
    return replace(said, facts={"help": True}, notices=(asked,))


def _closes_at(world: World) -> datetime:
    """When an item that is answered now closes of itself, unless it is rated before."""
    return world.rules.calendar.add(world.now, world.rules.thresholds.close_after)


def _main_is(item: Item, state: str) -> Item:
    main = item.main
    return item.but(handlers=tuple(replace(h, state=state) if h == main else h for h in item.handlers))


def _with_task(item: Item, task: Task | None, **values: object) -> Change:
    tasks = tuple(replace(t, **values) if t == task else t for t in item.tasks)  # type: ignore[arg-type]
    return Change(replace(item, tasks=tasks), {"task": task.n if task else None})


def _sent_to_verify(item: Item, settler: Account, world: World) -> Item:
    grid = item.resolution.grid
    if grid is None or not verification_is_due(item, world.rules):
        return item
    tasks = offered(item.tasks, grid, "verify", world)
    if len(tasks) > len(item.tasks) and (tasks[-1].worker == settler.name or did_the_work(item, tasks[-1].worker)):
        return item
    return replace(item, tasks=tasks)
