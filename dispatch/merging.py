"""Several reports of one matter: one item leads, the others are merged into it and keep what is their citizen's own.

A merged item keeps its number, its answer's clock, its answer and its rating. The work is the leading item's: the
merged one's tasks are taken back and its other clocks stop. What ends the leading item's work (an answer, declining, a
transfer) ends the merged ones the same way, each judged by its own deadline. Pure.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from dispatch import handling, holding
from dispatch.account import Account
from dispatch.arguments import Args
from dispatch.change import Act, Change
from dispatch.errors import BadArguments, WrongState
from dispatch.holding import resumed
from dispatch.item import OPEN_TASK, Item
from dispatch.moving import moved
from dispatch.notice import Notice
from dispatch.sending import stopped, void, wind
from dispatch.world import World

ENDINGS: Mapping[str, Act] = {
    "answer": handling.answer,
    "reply": handling.answer,
    "decline": holding.decline,
    "transfer": holding.transfer,
}
"""What ends the work of a leading item -> what that does to the items merged into it."""

OWN_CLOCK = "answer"
"""The clock that goes on being counted while an item is merged: each citizen is answered in time, or late."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """How an item stood before it was merged. ``tasks``: the state of each task that was taken back, by its number."""

    status: str
    was_dispatched: bool = True
    tasks: Mapping[int, str] = field(default_factory=dict)


def merge(item: Item, account: Account, args: Args, world: World) -> Change:
    """The item is about the same matter as ``into``, an open Item, whose work serves both from now on.

    A suspension or pause ends: the leading item's state holds. Raises BadArguments, WrongState.
    """
    into = args.get("into")
    if not isinstance(into, Item):
        raise BadArguments("into", "into is the number of an open item.")
    if into.id == item.id:
        raise BadArguments("into", "An item cannot be merged into itself.")
    if not into.is_open:
        raise WrongState(f"Nothing can be merged into {into.number}: it is {into.status}.", allowed=[])
    free = resumed(item, world)
    if free.dispatched_at is None:  # merging sends it on its way: the answer's clock begins
        free = wind(replace(free, dispatched_at=world.now), world)
    own = tuple(c if c.stage == OWN_CLOCK else stopped((c,))[0] for c in free.clocks)
    tasks = tuple(void(task) if task.state in OPEN_TASK else task for task in free.tasks)
    joined = replace(free, status="merged", merged_into=into.number, clocks=own, tasks=tasks)
    return Change(joined, {"into": into.number})


def gained(item: Item, other: Item) -> Change:
    """What the leading item's history says of one merged into it."""
    return Change(item, {"from": other.number}, notices=_told(item, "merged_in", other=other.number))


def repointed(item: Item, into: Item) -> Change:
    """An item merged into one that is itself merged now: it follows to the new leading item."""
    return Change(replace(item, merged_into=into.number), {"into": into.number, "through": item.merged_into})


def unmerge(item: Item, account: Account, args: Args, world: World) -> Change:
    """The item stands for itself again, as it stood before (``earlier``, an Earlier): status, handlers, tasks; its
    clocks run towards the deadlines that the rules give. An item that was suspended is back in work."""
    earlier = args.get("earlier")
    if not isinstance(earlier, Earlier):
        raise BadArguments("earlier", "How the item stood before it was merged is read from its history.")
    status = "accepted" if earlier.status == "suspended" else earlier.status
    tasks = tuple(replace(t, state=earlier.tasks.get(t.n, t.state)) if t.state == "void" else t for t in item.tasks)
    # no clock climbed meanwhile: each is looked at again
    again = tuple(replace(clock, step_at=clock.step_at or clock.near_at) for clock in item.clocks)
    back = replace(item, status=status, merged_into=None, tasks=tasks, clocks=again)
    if not earlier.was_dispatched:
        left = tuple(clock for clock in back.clocks if clock.stage != "dispatch")
        back = replace(back, dispatched_at=None, clocks=left)
    running = wind(back, world)
    placed = moved(running, world) or running
    return Change(placed, {"from": item.merged_into})


def lost(item: Item, other: Item) -> Change:
    """What the item that led says of one that stands for itself again."""
    return Change(item, {"item": other.number}, notices=_told(item, "merged_out", other=other.number))


def followed(item: Item, action: str, account: Account, args: Args, world: World) -> Change:
    """What becomes of a merged item when ``action``, one of ENDINGS, ended the leading item's work."""
    return ENDINGS[action](item, account, args, world)


def earlier(bodies: Iterable[str]) -> Earlier:
    """How the item stood before it was last merged, by its events (oldest first). ValueError where it never was."""
    found: Earlier | None = None
    for body in bodies:
        changed = json.loads(body).get("changed", {})
        before, after = changed.get("status", (None, None))
        if after == "merged" and before != "merged":
            states = (line.split("/") for line in changed.get("tasks", ([],))[0])
            tasks = {int(parts[0]): parts[-1] for parts in states if parts[-1] in OPEN_TASK}
            found = Earlier(before, "dispatched_at" not in changed, tasks)
    if found is None:
        raise ValueError("the item was never merged")
    return found


def progress_of(item: Item, leading: Item | None) -> str | None:
    """What the citizen of a merged item may know of ``leading``, which leads it: its status, and never its words or
    number. None for an item that is not merged."""
    return leading.status if item.status == "merged" and leading is not None else None


def _told(item: Item, kind: str, **facts: str | None) -> tuple[Notice, ...]:
    """For the units that work on the item."""
    units = dict.fromkeys((item.lead.code, *(h.unit for h in item.handlers if h.state != "returned")))
    return tuple(Notice(f"unit:{unit}", kind, facts) for unit in units if unit != "centre")
