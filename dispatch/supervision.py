"""Supervision orders (督办): opened by the supervisor or the ladder's last rung, answered by the unit, closed. Pure.

An order speaks of what a unit did or left undone, not of where the item stands: it stays open, and can be answered and
closed, when the item is settled, merged, declined or handled by another unit meanwhile.
"""

from dataclasses import replace
from datetime import datetime

from dispatch.account import Account
from dispatch.arguments import Args, later, text
from dispatch.change import Change
from dispatch.errors import Forbidden, UnknownItem, WrongState
from dispatch.item import CENTRE, Item, Order
from dispatch.notice import Notice
from dispatch.world import World

ESCALATED, SUPERVISED = "escalator", "supervisor"


def order_id(number: str, n: int) -> str:
    """What an order is called: the item's number and the order's own."""
    return f"{number}-{n}"


def parse_order_id(id: str) -> tuple[str, int]:
    """The item's number and the order's own. Raises UnknownItem for what is no order's id."""
    number, _, n = id.rpartition("-")
    if not number or not n.isascii() or not n.isdigit() or len(n) > 6:
        raise UnknownItem(f"There is no order {id[:40]!r} among those you may see.")
    return number, int(n)


def escalate(item: Item, account: Account, args: Args, world: World) -> Change:
    """The supervisor opens an order: ``reason``, and ``until`` when it is to be answered. It goes to the main handler;
    to the centre where that leads."""
    reason, until = text(args, "reason"), later(args, "until", world)
    unit = item.main.unit if item.lead.is_township and item.main else CENTRE
    after, order = opened(item, unit, SUPERVISED, reason, until, world.now)
    facts = {"order": order.n, "unit": unit, "until": until.isoformat()}
    return Change(after, facts, reason, order_told(after, order))


def answer_order(item: Item, account: Account, n: int, args: Args, world: World) -> Change:
    """The ordered unit answers in writing, once; late is late and is seen. Raises UnknownItem, Forbidden, WrongState,
    BadArguments."""
    order = _order(item, n)
    if not answers(order, account):
        raise Forbidden("Only the unit that the order names answers it.")
    if order.state != "open":
        raise WrongState(f"The order is {order.state} already.", allowed=[])
    words = text(args, "text")
    done = replace(order, answer=words, answered_at=world.now)
    facts = {"order": n, "unit": order.unit, "in_time": world.now <= order.until}
    told = Notice("role:supervisor", "order_answered", {**facts, "id": order_id(item.number, n)})
    return Change(_with(item, done), facts, words, (told,))


def close_order(item: Item, account: Account, n: int, args: Args, world: World) -> Change:
    """The supervisor closes an order, answered or not. Raises UnknownItem, Forbidden, WrongState, BadArguments."""
    order = _order(item, n)
    if account.role != "supervisor":
        raise Forbidden("Only the supervisor closes an order.")
    if order.state == "closed":
        raise WrongState("The order is closed already.", allowed=[])
    words = text(args, "text")
    done = replace(order, closing=words, closed_at=world.now)
    facts = {"order": n, "unit": order.unit, "answered": order.answered_at is not None}
    told = Notice(_unit_key(order), "order_closed", {**facts, "id": order_id(item.number, n)})
    return Change(_with(item, done), facts, words, (told,))


def answers(order: Order, account: Account) -> bool:
    """Whether the account speaks for the ordered unit; for the centre a dispatcher does."""
    if order.unit == CENTRE:
        return account.role == "dispatcher"
    return account.role in ("officer", "department") and account.unit == order.unit


def allowed_on(order: Order, account: Account) -> tuple[str, ...]:
    """What the account may do with the order now: ``answer``, ``close``."""
    may = ("answer",) if order.state == "open" and answers(order, account) else ()
    return (*may, "close") if order.state != "closed" and account.role == "supervisor" else may


def opened(item: Item, unit: str, by: str, reason: str, until: datetime, now: datetime) -> tuple[Item, Order]:
    """The item with one more order, and the order."""
    order = Order(len(item.orders) + 1, unit, by, reason, until, now)
    return replace(item, orders=(*item.orders, order)), order


def order_told(item: Item, order: Order) -> tuple[Notice, ...]:
    """Who hears of a new order: the unit and its leaders; the supervisor too where the ladder opened it."""
    facts = {
        "order": order.n, "id": order_id(item.number, order.n), "unit": order.unit, "by": order.by,
        "until": order.until.isoformat(),
    }  # fmt: skip
    to = [_unit_key(order)]
    if order.unit != CENTRE:
        to.append(f"leader:{order.unit}")
    if order.by == ESCALATED:
        to.append("role:supervisor")
    return tuple(Notice(key, "order", facts) for key in to)


def overdue_told(item: Item, n: int) -> tuple[Notice, ...]:
    """Who hears that an order was not answered in time: the unit, its leaders, the supervisors."""
    order = _order(item, n)
    facts = {
        "order": n, "id": order_id(item.number, n), "unit": order.unit, "until": order.until.isoformat(),
    }  # fmt: skip
    leaders = [] if order.unit == CENTRE else [f"leader:{order.unit}"]
    return tuple(Notice(key, "order_overdue", facts) for key in (_unit_key(order), *leaders, "role:supervisor"))


def _unit_key(order: Order) -> str:
    return "role:dispatcher" if order.unit == CENTRE else f"unit:{order.unit}"


def _order(item: Item, n: int) -> Order:
    found = next((order for order in item.orders if order.n == n), None)
    if found is None:
        raise UnknownItem(f"There is no order {order_id(item.number, n)!r} among those you may see.")
    return found


def _with(item: Item, order: Order) -> Item:
    return replace(item, orders=tuple(order if o.n == order.n else o for o in item.orders))
