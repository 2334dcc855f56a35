"""The workflow as one table: which action, by whom, from which status, and what else must be so.

What an action does stands in actions.py, handling.py, rating.py, asking.py and holding.py.

Rights are asked before the state is: who may never do a thing is told so (Forbidden) whatever the item's status.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dispatch import actions, asking, handling, holding, merging, rating, splitting, supervision
from dispatch.account import Account
from dispatch.change import Act, Change
from dispatch.errors import Forbidden, UnknownAction, WrongState
from dispatch.item import OPEN, Item
from dispatch.rulebook import Rules
from dispatch.world import World

ANY = frozenset({*OPEN, "answered", "closed", "merged", "declined", "transferred"})
Ready = Callable[[Item, Account, Rules], bool]


@dataclass(frozen=True, slots=True)
class Move:
    """One line of the table. ``parties`` are standings towards the item (see ``parties_of``); ``ready`` is what else of
    the item must be so."""

    action: str
    parties: frozenset[str]
    statuses: frozenset[str]
    act: Act
    ready: Ready


def _move(action: str, parties: str, statuses: frozenset[str] | str, act: Act, ready: Ready | None = None) -> Move:
    named = frozenset(statuses.split()) if isinstance(statuses, str) else statuses
    return Move(action, frozenset(parties.split()), named, act, ready or (lambda item, account, rules: True))


def _has_task(*states: str) -> Ready:
    return lambda item, account, rules: handling.own_task(item, account, *states) is not None


def _can_accept(item: Item, account: Account, rules: Rules) -> bool:
    """Once; and again where an accepted item got another main handler."""
    return item.main is not None and item.main.state == "assigned"


def _can_arrive(item: Item, account: Account, rules: Rules) -> bool:
    task = handling.own_task(item, account, "taken")
    return task is not None and task.arrived_at is None


def _at_work(item: Item, account: Account, rules: Rules) -> bool:
    """Not while the citizen is waited for."""
    return item.hold is None


def _can_verify(item: Item, account: Account, rules: Rules) -> bool:
    own = account.id == item.settled_by or handling.did_the_work(item, account.name)
    return handling.verification_is_due(item, rules) and not own


def _can_answer(item: Item, account: Account, rules: Rules) -> bool:
    return item.status == "verified" or not handling.verification_is_due(item, rules)


def _can_close(item: Item, account: Account, rules: Rules) -> bool:
    """What the citizen contests is the supervisor's to end."""
    return account.role == "supervisor" if item.contested_at else item.status == "answered"


def _can_reopen(item: Item, account: Account, rules: Rules) -> bool:
    return item.contested_at is None or account.role == "supervisor"


def _can_rate(item: Item, account: Account, rules: Rules) -> bool:
    return rating.current(item) is None


def _uncontested(item: Item, account: Account, rules: Rules) -> bool:
    return item.contested_at is None


def _can_resume(item: Item, account: Account, rules: Rules) -> bool:
    """A main handler ends its own pause alone; a suspension is not its to end."""
    return item.hold is not None and (item.hold.kind == "pause" or account.role in ("dispatcher", "supervisor"))


def _can_ask(kind: str) -> Ready:
    return lambda item, account, rules: item.hold is None and asking.waiting(item, kind) is None


def _can_decide(kind: str) -> Ready:
    return lambda item, account, rules: (
        asking.waiting(item, kind) is not None and (account.role == "supervisor" or not asking.is_second(item, kind))
    )


MOVES: Mapping[str, Move] = {
    move.action: move
    for move in (
        _move("locate", "dispatcher", OPEN, actions.locate),
        _move("classify", "dispatcher lead-officer", OPEN, actions.classify),
        _move("assign", "dispatcher lead-officer", "received dispatched accepted suspended", actions.assign),
        _move("accept", "main-handler lead-officer centre", "dispatched accepted", handling.accept, _can_accept),
        _move("take", "task-worker", OPEN, handling.take, _has_task("offered")),
        _move("arrive", "task-worker", OPEN, handling.arrive, _can_arrive),
        _move("done", "task-worker", OPEN, handling.done, _has_task("taken")),
        _move("settle", "main-handler lead-officer settler", "accepted", handling.settle, _at_work),
        _move("verify", "verifier dispatcher", "settled", handling.verify, _can_verify),
        _move("answer", "main-handler lead-officer dispatcher", "settled verified", handling.answer, _can_answer),
        _move("reply", "dispatcher", "received dispatched", handling.reply),
        _move("close", "dispatcher escalator judge", "answered closed", handling.close, _can_close),
        _move("reopen", "dispatcher supervisor", "answered closed", handling.reopen, _can_reopen),
        _move("rate", "citizen", "answered closed", rating.rate, _can_rate),
        _move("follow_up", "dispatcher", "answered closed", rating.follow_up, _can_rate),
        _move("appeal", "citizen", "closed", rating.appeal, _uncontested),
        _move("request_return", "handler", "dispatched accepted", asking.request_return, _can_ask("return")),
        _move(
            "decide_return", "dispatcher supervisor", "dispatched accepted", asking.decide_return, _can_decide("return")
        ),
        _move("request_extension", "main-handler", "accepted", asking.request_extension, _can_ask("extension")),
        _move(
            "decide_extension", "dispatcher supervisor", "accepted", asking.decide_extension, _can_decide("extension")
        ),
        _move("request_suspension", "main-handler", "accepted", asking.request_suspension, _can_ask("suspension")),
        _move("decide_suspension", "supervisor", "accepted", asking.decide_suspension, _can_decide("suspension")),
        _move("pause", "main-handler", "accepted", holding.pause, _at_work),
        _move(
            "resume", "dispatcher supervisor main-handler escalator", "accepted suspended", holding.resume, _can_resume
        ),
        _move("decline", "dispatcher", "received dispatched accepted", holding.decline),
        _move("transfer", "dispatcher", "received dispatched accepted", holding.transfer),
        _move("merge", "dispatcher", OPEN, merging.merge),
        _move("unmerge", "dispatcher", "merged", merging.unmerge),
        _move("split", "dispatcher", OPEN, splitting.split),
        _move("escalate", "supervisor", OPEN, supervision.escalate),
        _move("urge", "dispatcher citizen", OPEN, handling.say),
        _move("supplement", "dispatcher citizen", OPEN, holding.supplement),
        _move("comment", "reader", ANY, handling.comment),
    )
}


def parties_of(item: Item, account: Account) -> frozenset[str]:
    """How the account stands to the item. Whoever is asked has it in scope, so ``reader`` is always among them; but
    the citizen, whose words are a rating, an urging, a supplement or an appeal, is no reader of what units write."""
    parties = {account.role} if account.role == "citizen" else {"reader", account.role}
    if account.role == "dispatcher" and not item.lead.is_township:
        parties.add("centre")
    if account.role == "officer" and item.lead.is_township and account.unit == item.lead.code:
        parties.add("lead-officer")
    if account.role == "supervisor" and item.contested_at is not None:
        parties.add("judge")
    main = item.main
    if account.role in ("department", "officer"):
        if main is not None and account.unit == main.unit:
            parties.add("main-handler")
        if any(h.unit == account.unit and h.state != "returned" for h in item.handlers):
            parties.add("handler")
    if account.role == "worker":
        tasks = [task for task in item.tasks if task.worker == account.name and task.state != "void"]
        parties.update(TASK_PARTIES[task.kind] for task in tasks)
        parties.update("task-worker" for _ in tasks)
    return frozenset(parties)


TASK_PARTIES = {"settle": "settler", "confirm": "confirmer", "verify": "verifier"}
"""What a task of each kind makes of its worker."""


def allowed(item: Item, account: Account, rules: Rules) -> tuple[str, ...]:
    """What the account may do with the item as it stands, in the table's order."""
    parties = parties_of(item, account)
    return tuple(
        move.action
        for move in MOVES.values()
        if move.parties & parties and item.status in move.statuses and move.ready(item, account, rules)
    )


def act(item: Item, account: Account, action: str, args: Mapping[str, Any], world: World) -> Change:
    """Do one action: the item as it becomes, and what its history will say.

    Raises UnknownAction, Forbidden, WrongState (with ``allowed``), BadArguments, NoPlace. Nothing is changed then.
    """
    return demand(item, account, action, world.rules).act(item, account, args, world)


def demand(item: Item, account: Account, action: str, rules: Rules) -> Move:
    """The action's line of the table, where the account may do it with the item as it stands.

    Raises UnknownAction, Forbidden, WrongState.
    """
    move = MOVES.get(action)
    if move is None:
        known = ", ".join(allowed(item, account, rules)) or "nothing"
        raise UnknownAction(f"There is no action {action[:40]!r}; the item allows: {known}.")
    if not move.parties & parties_of(item, account):
        raise Forbidden(f"Your account may not {action} this item.")
    now = allowed(item, account, rules)
    if action not in now:
        raise WrongState(
            f"An item that is {item.status} does not allow {action}; it allows: {', '.join(now) or 'nothing'}.",
            allowed=list(now),
        )
    return move
