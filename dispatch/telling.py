"""Who holds which recipient keys, and who of those that a notice names is really told. Pure."""

from collections.abc import Iterable

from dispatch.account import UNIT_ROLES, Account
from dispatch.item import CENTRE, Item
from dispatch.notice import Notice
from dispatch.scope import SEES_ALL, readers_of

PARTING = frozenset({"released", "lead_lost", "boundary_lost", "task_void", "decided", "order_closed"})
"""Kinds that may tell somebody that the item is theirs no more (a dispute was granted): who could read it before is
told of that one thing."""


def recipients_of(account: Account) -> tuple[str, ...]:
    """The keys under which the account is told something, sorted."""
    keys = {f"account:{account.id}", f"role:{account.role}"}
    if account.role == "worker":
        keys.add(f"worker:{account.name}")
    if account.role in UNIT_ROLES:
        keys.add(f"{'leader' if account.role == 'leader' else 'unit'}:{account.unit}")
    return tuple(sorted(keys))


def to_unit(code: str) -> str:
    """The recipient key of a unit; dispatchers act for the hotline centre."""
    return "role:dispatcher" if code == CENTRE else f"unit:{code}"


def told(before: Item, after: Item, actor: Account, notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Those of ``notices`` that really go out for one event, in their order.

    Nobody is told of the own act, nobody twice (the first notice for a recipient counts), and nobody whose keys do not
    let them read the item.
    """
    skipped = set(recipients_of(actor))
    chosen = []
    for notice in notices:
        may = may_read(notice.to, after) or (notice.kind in PARTING and may_read(notice.to, before))
        if notice.to not in skipped and may:
            skipped.add(notice.to)
            chosen.append(notice)
    return tuple(chosen)


def may_read(recipient: str, item: Item) -> bool:
    """Whether those whom the recipient key stands for may read the item."""
    kind, _, code = recipient.partition(":")
    if kind == "role":
        return code in SEES_ALL
    readers = readers_of(item)
    if kind in ("unit", "leader"):
        return f"unit:{code}" in readers or f"township:{code}" in readers
    return (f"maker:{code}" if kind == "account" else recipient) in readers
