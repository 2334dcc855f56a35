"""Every due time derived again from the history alone: what the clocks show is what the events and the rules give."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from dispatch.deadlines import Deadline, Turns, stages
from dispatch.item import Wait
from dispatch.rulebook import Rules


def standing(bodies: Iterable[str]) -> dict[str, Any]:
    """What an item's events, oldest first, say of its standing: the first says all, each later one what it changed."""
    known: dict[str, Any] = {}
    for body in bodies:
        told = json.loads(body)
        known |= told if not known else {name: new for name, (_, new) in told.get("changed", {}).items()}
    return known


def derived(bodies: Iterable[str], rules: Rules) -> tuple[Deadline, ...]:
    """The deadlines of an item by its events, under ``rules`` (those that its last event names)."""
    known = standing(bodies)
    turns = Turns(
        sender_due_at=_instant(known, "sender_due_at"),
        extended_until=_instant(known, "extended_until"),
        restarted_at=_instant(known, "restarted_at"),
        reassigned_at=_instant(known, "reassigned_at"),
        waits=tuple(
            Wait(datetime.fromisoformat(start), datetime.fromisoformat(end), kind)
            for start, end, kind in known["waits"]
        ),
    )
    received_at = datetime.fromisoformat(known["received_at"])
    category = rules.category(known["category"])
    return stages(category, known["urgency"], received_at, _instant(known, "dispatched_at"), turns, rules)


def _instant(known: Mapping[str, Any], name: str) -> datetime | None:
    return datetime.fromisoformat(known[name]) if known.get(name) else None
