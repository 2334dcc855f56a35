"""What people of the service are told when an item changes, whatever changed it: derived from before and after. Pure.

Nothing is told at intake: lists and the live stream show what is new, and taking in must be quick.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from dispatch.account import Account
from dispatch.asking import is_second
from dispatch.item import OPEN_TASK, Handler, Item, Request, Task
from dispatch.notice import Notice
from dispatch.telling import to_unit, told

SAID = {"urge": "urged", "supplement": "supplemented"}
"""Action -> kind of the notice: lines that change nothing and still are to be heard."""


def notices_of(
    before: Item, after: Item, actor: Account, action: str, given: Sequence[Notice] = ()
) -> tuple[Notice, ...]:
    """All that is told of one event: what the action itself says (``given``), then what its change means.

    The order is one of weight: of what concerns one recipient the first is told, see ``dispatch.telling.told``.
    """
    return told(before, after, actor, (*given, *_derived(before, after, action)))


def review(item: Item) -> tuple[Notice, ...]:
    """What is told of a suspended item when its day of review has come."""
    facts = {"until": item.hold.until.isoformat()} if item.hold else {}
    return (Notice("role:supervisor", "review", facts), *_main(item, "review", **facts))


def _derived(before: Item, after: Item, action: str) -> Iterator[Notice]:
    yield from _requests(before, after)
    yield from _turns(before, after)
    yield from _handlers(before, after)
    yield from _lead(before, after)
    yield from _tasks(before, after)
    yield from _holds(before, after)
    if action in SAID:
        yield from _main_and_lead(after, SAID[action])


def _requests(before: Item, after: Item) -> Iterator[Notice]:
    """A request that waits, for whoever decides it; one that is decided, for the unit that asked."""
    known = {request.n: request for request in before.requests}
    for request in after.requests:
        old = known.get(request.n)
        if old is None and request.decision is None:
            supervisors = request.kind == "suspension" or is_second(before, request.kind)
            facts = _request(request) | {"unit": request.by_unit}
            yield Notice("role:supervisor" if supervisors else "role:dispatcher", "asked", facts)
        if old is not None and old.decision is None and request.decision is not None:
            yield Notice(to_unit(request.by_unit), "decided", _request(request) | {"decision": request.decision})


def _request(request: Request) -> dict[str, Any]:
    until = {"until": request.until.isoformat()} if request.until else {}
    return {"request": request.kind} | until


def _turns(before: Item, after: Item) -> Iterator[Notice]:
    """The turns of an item's way that somebody else took."""
    if after.rework > before.rework:
        yield from _main(after, "rework", times=after.rework)
    elif before.is_open and not after.is_open:
        yield from _ended(after)
    elif after.is_open and not before.is_open:
        yield from _main_and_lead(after, "reopened")
    elif after.status != before.status and after.status in ("settled", "verified"):
        yield from _main(after, after.status)


def _ended(after: Item) -> Iterator[Notice]:
    facts = {"status": after.status} | ({"into": after.merged_into} if after.merged_into else {})
    yield from _main_and_lead(after, "ended", **facts)
    if after.status != "answered":  # those who assist wait for work that will not come
        yield from (Notice(to_unit(handler.unit), "ended", facts) for handler in _at_work(after).values())


def _handlers(before: Item, after: Item) -> Iterator[Notice]:
    old, new = _at_work(before), _at_work(after)
    for unit, handler in new.items():
        if unit not in old or old[unit].role != handler.role:
            yield Notice(to_unit(unit), "handler", {"role": handler.role})
    gone = {handler.unit for handler in before.handlers} - set(new)
    yield from (Notice(to_unit(unit), "released") for unit in sorted(gone & set(old)))


def _at_work(item: Item) -> dict[str, Handler]:
    return {handler.unit: handler for handler in item.handlers if handler.state != "returned"}


def _lead(before: Item, after: Item) -> Iterator[Notice]:
    if before.lead != after.lead:
        yield Notice(to_unit(after.lead.code), "lead", {"from": before.lead.code})
        yield Notice(to_unit(before.lead.code), "lead_lost", {"into": after.lead.code})


def _tasks(before: Item, after: Item) -> Iterator[Notice]:
    """A task that is offered, and one that its worker need not do any more."""
    known = {task.n: task.state for task in before.tasks}
    yield from (_task("task", one) for one in after.tasks if one.n not in known and one.state == "offered")
    waited = (task for task in after.tasks if known.get(task.n) in OPEN_TASK)
    yield from (_task("task_void", one) for one in waited if one.state not in OPEN_TASK)


def _task(kind: str, task: Task) -> Notice:
    return Notice(f"worker:{task.worker}", kind, {"task": task.kind, "grid": task.grid})


def _holds(before: Item, after: Item) -> Iterator[Notice]:
    if before.hold is not None and after.hold is None and after.is_open:
        yield from _main(after, "resumed", hold=before.hold.kind)
    if after.hold is not None and after.hold != before.hold and after.hold.kind == "suspension":
        yield from _main_and_lead(after, "suspended", until=after.hold.until.isoformat())


def _main(item: Item, kind: str, **facts: Any) -> Iterator[Notice]:
    if item.main is not None:
        yield Notice(to_unit(item.main.unit), kind, facts)


def _main_and_lead(item: Item, kind: str, **facts: Any) -> Iterable[Notice]:
    return (*_main(item, kind, **facts), Notice(to_unit(item.lead.code), kind, facts))
