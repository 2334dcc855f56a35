"""What an action makes of an item, and the shape of every action."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dispatch.account import Account
from dispatch.item import OPEN_TASK, Item
from dispatch.notice import Notice
from dispatch.sending import stopped, void
from dispatch.world import World


@dataclass(frozen=True, slots=True)
class Change:
    """``facts`` go into the event as they are: nothing personal may stand in them; ``words`` are stored beside it, with
    a digest in the event. ``notices`` are told to people of the service in the same transaction."""

    item: Item
    facts: Mapping[str, Any] = field(default_factory=dict)
    words: str | None = None
    notices: tuple[Notice, ...] = ()


Act = Callable[[Item, Account, Mapping[str, Any], World], Change]
"""Pure: rights and status were asked before (workflow.py)."""


def ended(item: Item, status: str) -> Item:
    """The item with its work at an end: open tasks are taken back, clocks that still run stop."""
    tasks = tuple(void(task) if task.state in OPEN_TASK else task for task in item.tasks)
    return replace(item, status=status, tasks=tasks, clocks=stopped(item.clocks), hold=None)
