"""The workflow as one table: which action, by whom, from which status. What an action does stands in actions.py.

Rights are asked before the state is: who may never do a thing is told so (Forbidden) whatever the item's status.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dispatch import actions
from dispatch.account import Account
from dispatch.actions import Act, Change
from dispatch.errors import Forbidden, UnknownAction, WrongState
from dispatch.item import OPEN, Item
from dispatch.world import World

ANY = frozenset({*OPEN, "answered", "closed", "merged", "declined", "transferred"})
BEFORE_SETTLED = frozenset({"received", "dispatched", "accepted", "suspended"})


@dataclass(frozen=True, slots=True)
class Move:
    """One line of the table. ``parties`` are standings towards the item (see ``parties_of``)."""

    action: str
    parties: frozenset[str]
    statuses: frozenset[str]
    act: Act


def _move(action: str, parties: str, statuses: frozenset[str], act: Act) -> Move:
    return Move(action, frozenset(parties.split()), statuses, act)


MOVES: Mapping[str, Move] = {
    move.action: move
    for move in (
        _move("locate", "dispatcher", OPEN, actions.locate),
        _move("classify", "dispatcher lead-officer", OPEN, actions.classify),
        _move("assign", "dispatcher lead-officer", BEFORE_SETTLED, actions.assign),
        _move("accept", "main-handler lead-officer centre", frozenset({"dispatched"}), actions.accept),
        _move("take", "task-worker", OPEN, actions.take),
        _move("reply", "dispatcher", frozenset({"received", "dispatched"}), actions.reply),
        _move("urge", "dispatcher", OPEN, actions.say),
        _move("supplement", "dispatcher", OPEN, actions.say),
        _move("comment", "reader", ANY, actions.say),
    )
}

LATER = frozenset(
    (
        "arrive done settle verify answer close reopen request_return decide_return request_extension decide_extension "
        "request_suspension decide_suspension resume pause decline transfer merge unmerge split escalate"
    ).split()
)
"""Actions of the design that this release does not open in any state yet."""


def parties_of(item: Item, account: Account) -> frozenset[str]:
    """How the account stands to the item. Whoever is asked has it in scope, so ``reader`` is always among them."""
    parties = {"reader", account.role}
    if account.role == "dispatcher" and not item.lead.is_township:
        parties.add("centre")
    if account.role == "officer" and item.lead.is_township and account.unit == item.lead.code:
        parties.add("lead-officer")
    main = item.main
    if main is not None and account.role in ("department", "officer") and account.unit == main.unit:
        parties.add("main-handler")
    if account.role == "worker" and any(t.worker == account.name and t.state != "void" for t in item.tasks):
        parties.add("task-worker")
    return frozenset(parties)


def allowed(item: Item, account: Account) -> tuple[str, ...]:
    """What the account may do with the item as it stands, in the table's order."""
    parties = parties_of(item, account)
    return tuple(
        move.action
        for move in MOVES.values()
        if move.parties & parties and item.status in move.statuses and _ready(move, item, account)
    )


def _ready(move: Move, item: Item, account: Account) -> bool:
    """``take`` needs a task that is still offered; other actions need no more than party and status."""
    return move.action != "take" or actions.offered_to(item, account) is not None


def act(item: Item, account: Account, action: str, args: Mapping[str, Any], world: World) -> Change:
    """Do one action: the item as it becomes, and what its history will say.

    Raises UnknownAction, Forbidden, WrongState (with ``allowed``), BadArguments, NoPlace. Nothing is changed then.
    """
    move = MOVES.get(action)
    if move is None and action not in LATER:
        known = ", ".join(allowed(item, account)) or "nothing"
        raise UnknownAction(f"There is no action {action[:40]!r}; the item allows: {known}.")
    if move is not None and not move.parties & parties_of(item, account):
        raise Forbidden(f"Your account may not {action} this item.")
    if move is None or action not in allowed(item, account):
        now = allowed(item, account)
        raise WrongState(
            f"An item that is {item.status} does not allow {action}; it allows: {', '.join(now) or 'nothing'}.",
            allowed=list(now),
        )
    return move.act(item, account, args, world)
