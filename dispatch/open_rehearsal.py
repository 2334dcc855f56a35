"""An open item before and after a publish that has not been: what ``dispatch.moving`` makes of it, put plainly."""

from collections import Counter
from collections.abc import Iterable, Sequence

from dispatch.item import OPEN_TASK, Item
from dispatch.moving import is_kept
from dispatch.past import WHAT
from dispatch.rehearsal import Counts, DueTime, OpenItem, OpenSummons, Side

ALL = ("township", "grid", "community", "lead", "handler", "worker", "doubtful")


def side_of(item: Item) -> Side:
    """Where an item stands. Its worker is who has its first open task."""
    place, main = item.resolution, item.main
    worker = next((task.worker for task in item.tasks if task.state in OPEN_TASK), None)
    return Side(
        place.township, place.grid, place.community, item.lead.code, main.unit if main else None, worker, place.doubtful
    )


def open_item(before: Item, after: Item, summonses: Sequence[OpenSummons] = ()) -> OpenItem | None:
    """What becomes of an item; None where nothing that is told here changes."""
    old, new = side_of(before), side_of(after)
    changes = tuple(what for what in ALL if getattr(old, what) != getattr(new, what))
    if not changes and before.status == after.status:
        return None
    return OpenItem(
        before.number, before.status, before.category, before.urgency, old, new, is_kept(after), changes,
        _deadlines(before, after), tuple(summonses),
    )  # fmt: skip


def _deadlines(before: Item, after: Item) -> tuple[DueTime, ...]:
    old, new = ({c.stage: c.due_at for c in item.clocks if c.state == "running"} for item in (before, after))
    return tuple(DueTime(stage, old.get(stage), new.get(stage)) for stage in {**old, **new})


def counted(items: Iterable[OpenItem], total: int, placed: int, doubtful: int) -> Counts:
    """How many open items change what. ``total`` are all open ones, ``placed`` those with a place, and ``doubtful``
    those in doubt before."""
    told = list(items)
    changed = Counter(what for item in told for what in item.changes)
    later = doubtful + sum(item.after.doubtful - item.before.doubtful for item in told)
    any_ = sum(not set(WHAT).isdisjoint(item.changes) for item in told)
    return Counts(total, placed, any_, {what: changed[what] for what in WHAT}, (doubtful, later))
