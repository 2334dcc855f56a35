"""Climbing for what is no clock of an item: a call that nobody acknowledges, a task of a joint plan that is not done.
Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dispatch.escalation import CALL
from dispatch.ladder import SUPERVISOR, climbed, once_each
from dispatch.notice import Notice
from dispatch.rulebook import Rules

UNANSWERED, TASK_LATE = "summons_unanswered", "summons_task_late"
"""What the history calls them."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call (``kind`` CALL) or a joint task (TASK; ``n`` is its number) of a summons, whose unit was to act by
    ``due_at``; ``step`` rungs were climbed towards that. After a climb ``step_at`` is when the next one is."""

    kind: str
    summons: int
    unit: str
    n: int
    due_at: datetime
    step: int
    step_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """An event of the item's chain, and who is told."""

    action: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()


def climb_waiting(waiting: Waiting, rules: Rules, now: datetime) -> tuple[Waiting, Told | None]:
    """What was waited for after the step that is due at ``now``, and the event; None where no rung was reached.

    Rungs that were missed become one event, and each recipient is told once, of the highest.
    """
    ladder, due_at = rules.ladders[waiting.kind], waiting.due_at
    step, step_at = climbed(ladder, waiting.step, due_at, due_at, now, rules.calendar)
    after = Waiting(waiting.kind, waiting.summons, waiting.unit, waiting.n, due_at, step, step_at)
    if step == waiting.step:
        return after, None
    action = UNANSWERED if waiting.kind == CALL else TASK_LATE
    rungs = ladder[waiting.step : step]
    facts: dict[str, Any] = {"summons": waiting.summons, "department": waiting.unit, "due_at": due_at.isoformat()}
    if waiting.kind != CALL:
        facts["task"] = waiting.n
    told = [
        (n, Notice(_key(waiting.unit, rung.to), action, facts | {"unit": waiting.unit, "rung": rung.to, "n": n}))
        for n, rung in enumerate(rungs, waiting.step + 1)
    ]
    names = [f"{n}/{rung.to}" for n, rung in enumerate(rungs, waiting.step + 1)]
    return after, Told(action, facts | {"climbed": names}, once_each(told))


def _key(unit: str, to: str) -> str:
    if to == "supervisor":
        return SUPERVISOR
    return f"unit:{unit}" if to == "handler" else f"leader:{unit}"


QUIET: Sequence[str] = ("warned", "reminded", UNANSWERED, TASK_LATE)
"""Lines of the escalator that change nothing an action depends on: who read the item before them may still act."""
