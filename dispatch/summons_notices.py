"""What people of the service are told when something happens to a summons. Pure.

The units hear of the township's acts, the township of theirs. What is told rests on the act's own facts, so that the
history and the notices say the same.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from dispatch.account import Account
from dispatch.notice import Notice
from dispatch.summons import Outcome, Summons
from dispatch.telling import to_unit

SPARED = frozenset({"excused", "substituted"})
"""States of calls whose unit need not be told how the meeting goes on."""
ANSWERS = frozenset({"summons_acknowledged", "checked_in", "summons_task_done"})
"""What a called unit does, and the township hears."""
SHOWN = ("state", "late_by_s", "task", "in_time")


def summons_notices(outcome: Outcome, actor: Account) -> tuple[Notice, ...]:
    """All that is told of one act: what it says itself, then what follows from it."""
    if outcome.action != "summons_concluded":
        return (*outcome.notices, *_derived(outcome, actor))
    plan, summons = _plan(outcome), outcome.summons
    ended = _to_all(summons, "summons_concluded", {"summons": summons.id})
    return (*plan, *outcome.notices, *ended)


def _derived(outcome: Outcome, actor: Account) -> Iterator[Notice]:
    summons, action, facts = outcome.summons, outcome.action, outcome.facts
    if action == "summon":
        yield from _to_all(summons, "summons_called", _meeting(summons))
    elif action == "summons_rescheduled":
        yield from _to_all(summons, "summons_rescheduled", _meeting(summons))
    elif action == "summons_cancelled":
        yield from _to_all(summons, "summons_cancelled", {"summons": summons.id})
    elif action == "summons_excused":
        yield from _excused(summons, facts, actor)
    elif action in ANSWERS:
        shown = {name: facts[name] for name in SHOWN if name in facts}
        about = {"summons": summons.id, "unit": facts["department"]} | shown
        by_township = facts["department"] != actor.unit
        yield Notice(to_unit(facts["department"] if by_township else summons.township), str(action), about)


def _meeting(summons: Summons) -> dict[str, Any]:
    return {"summons": summons.id, "meet_at": summons.meet_at.isoformat()}


def _to_all(summons: Summons, kind: str, facts: Mapping[str, Any]) -> Iterator[Notice]:
    waited = (call for call in summons.calls if call.state not in SPARED)
    yield from (Notice(to_unit(call.department), kind, facts) for call in waited)


def _plan(outcome: Outcome) -> Iterator[Notice]:
    """Each unit that got tasks of the joint plan hears how many, when the first is due, and until when it may rate."""
    summons = outcome.summons
    rate = {one.to: one.facts["until"] for one in outcome.notices if one.kind == "rate_summons"}
    for unit in dict.fromkeys(task.department for task in summons.tasks):
        due, to = [task.due_at for task in summons.tasks if task.department == unit], to_unit(unit)
        rated = {"rate_until": rate[to]} if to in rate else {}
        facts = {"summons": summons.id, "tasks": len(due), "due_at": min(due).isoformat()} | rated
        yield Notice(to, "summons_task", facts)


def _excused(summons: Summons, facts: Mapping[str, Any], actor: Account) -> Iterator[Notice]:
    unit, substitute = facts["department"], facts["substitute"]
    about = {"summons": summons.id, "unit": unit} | ({"substitute": substitute} if substitute else {})
    yield Notice(to_unit(unit if unit != actor.unit else summons.township), "summons_excused", about)
    if substitute:
        yield Notice(to_unit(substitute), "summons_called", _meeting(summons))
