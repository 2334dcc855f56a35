"""Who may read an item: one set of keys on the item, one on the account; they meet or they do not.

The same keys scope a query (``readers && keys``) and the live stream, so a page cannot show what a query would not.
"""

from collections.abc import Mapping
from typing import Any

from dispatch.account import UNIT_ROLES, Account
from dispatch.item import CENTRE, UNCLASSIFIED, Item

SEES_ALL = frozenset({"dispatcher", "supervisor", "planner", "admin", "escalator"})
"""Roles whose scope is every item."""

OVERSEE = frozenset({"dispatcher", "supervisor", "admin"})
"""Roles that read every mutual rating once it is visible."""
OF_TWO = frozenset({"rating_objected", "objection_ruled"})
"""Actions whose words are for the two sides of a mutual rating."""


def readers_of(item: Item) -> tuple[str, ...]:
    """The keys under which an item can be read, sorted.

    A worker whose task was made void no longer reads the item; one whose task is done still does. Likewise a unit that
    returned it. A unit that a summons calls reads the item from then on; one that is to answer a supervision order does
    until that is closed.
    """
    keys = {f"maker:{item.maker}"}
    if item.lead.is_township:
        keys.add(f"township:{item.lead.code}")
    if item.resolution.township is not None:  # another than the lead where boundaries changed while it was in work
        keys.add(f"township:{item.resolution.township}")
    keys.update(f"unit:{handler.unit}" for handler in item.handlers if handler.state != "returned")
    keys.update(f"unit:{unit}" for unit in item.summoned)
    keys.update(f"worker:{task.worker}" for task in item.tasks if task.state != "void")
    keys.update(f"unit:{order.unit}" for order in item.orders if order.closed_at is None and order.unit != CENTRE)
    return tuple(sorted(keys))


def keys_of(account: Account) -> tuple[str, ...] | None:
    """The keys an account holds; None means that it sees all items."""
    if account.role in SEES_ALL:
        return None
    by_role = {
        # a township may also handle what another one leads
        "officer": (f"township:{account.unit}", f"unit:{account.unit}"),
        "department": (f"unit:{account.unit}",),
        "leader": (f"unit:{account.unit}", f"township:{account.unit}"),
        "worker": (f"worker:{account.name}", f"maker:{account.id}"),  # what a patrol finds is followed by who found it
        "channel": (f"maker:{account.id}",),
        "citizen": (f"maker:{account.id}",),  # what came by the citizens' page; nobody signs in as that account
    }
    return by_role[account.role]


def can_read(keys: tuple[str, ...] | None, readers: tuple[str, ...] | list[str]) -> bool:
    """True where an account with ``keys`` may read an item with ``readers``."""
    return keys is None or not set(keys).isdisjoint(readers)


def sees_reporters(account: Account, item: Item) -> bool:
    """True where even the masked reporter may be shown.

    The reporter of a report (举报) or a confidential item is shown to dispatchers alone; a planner sees no reporter.
    """
    if account.role == "planner":
        return False
    return account.role == "dispatcher" or not has_secret_reporter(item)


def sees_words(account: Account, item: Item, action: str, facts: Mapping[str, Any] | None = None) -> bool:
    """True where the words of an event may be shown. Why a reporter was unmasked may speak of the reporter: it is for
    those who could have done it, the township's officers excepted. What is said of a mutual rating is for its two sides
    (``facts``, the event's) and those who oversee all, as the rating is."""
    if action in OF_TWO:
        sides = ((facts or {}).get("about"), (facts or {}).get("by"))
        return account.role in OVERSEE or (account.role in UNIT_ROLES and account.unit in sides)
    return action != "reveal" or (account.role in ("dispatcher", "supervisor") and sees_reporters(account, item))


def has_secret_reporter(item: Item) -> bool:
    """Whether the reporter is for dispatchers alone: of a report (举报), of a confidential item, and of one whose kind
    was given in a word that nobody here knows, until a dispatcher has said what it is."""
    unknown = item.kind == UNCLASSIFIED and "kind" in item.given
    return item.confidential or item.kind == "report" or unknown
