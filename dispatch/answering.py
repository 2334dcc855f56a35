"""What a called unit does with a summons: acknowledge, check in, be excused, do its task. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dispatch.account import Account
from dispatch.checkin import attendee, late_by_s, proven, state_of
from dispatch.errors import BadArguments, Forbidden, UnknownItem, WrongState
from dispatch.item import Item
from dispatch.summoning import LONGEST, needed
from dispatch.summons import (
    COME,
    ROLES_OF_UNITS,
    WAITED_FOR,
    Call,
    Outcome,
    Summons,
    demand_called,
    demand_lead,
    demand_open,
    known_unit,
    leads,
)
from dispatch.world import World


def acknowledge(summons: Summons, account: Account, world: World) -> Outcome:
    """The unit says that it will come. Raises Forbidden, WrongState."""
    call = demand_called(summons, account)
    demand_open(summons)
    if call.state != "sent":
        raise WrongState(f"The call is {call.state} already.", allowed=acts_of(summons, call))
    told = summons.with_call(replace(call, state="acknowledged", acknowledged_at=world.now))
    facts = {
        "summons": summons.id,
        "department": call.department,
        "state": "acknowledged",
        "in_time": world.now <= summons.acknowledge_by,
    }
    return Outcome(replace(told, updated_at=world.now), "summons_acknowledged", facts)


def check_in(summons: Summons, account: Account, args: Mapping[str, Any], world: World, secret: bytes) -> Outcome:
    """The unit is there. Who comes without having acknowledged does so by coming.

    The first check-in counts: one more changes nothing (``action`` None), so that a repeat after a lost answer is safe.
    A unit that was excused may come all the same. Raises Forbidden, WrongState and what ``proven`` raises.
    """
    call = demand_called(summons, account)
    if call.state in COME:
        return Outcome(summons, None, {})
    demand_open(summons)
    if call.state == "substituted":
        raise WrongState(f"{call.substitute} comes in this unit's place.", allowed=[])
    who = attendee(args)
    proof = proven(summons, args, world.now, world.rules.thresholds, secret, world.edition.index.box)
    late = late_by_s(world.now, summons.meet_at)
    there = replace(
        call,
        state=state_of(late, world.rules.thresholds),
        acknowledged_at=call.acknowledged_at or world.now,
        checked_in_at=world.now,
        proof=proof.kind,
        distance_m=proof.distance_m,
        accuracy_m=proof.accuracy_m,
        late_by_s=late,
        attendee=who,
    )
    facts = {
        "summons": summons.id,
        "department": call.department,
        "state": there.state,
        "proof": proof.kind,
        "distance_m": proof.distance_m,
        "accuracy_m": proof.accuracy_m,
        "late_by_s": late,
    }
    return Outcome(replace(summons.with_call(there), updated_at=world.now), "checked_in", facts)


def excuse(summons: Summons, item: Item, account: Account, args: Mapping[str, Any], world: World) -> Outcome:
    """A unit need not come, or another (``substitute``) comes in its place and is called. Needs ``reason``.

    The officer excuses any unit (``department``), a unit itself alone, and no longer once the meeting has begun: who
    did not come by then is for the officer to judge. Raises Forbidden, WrongState, BadArguments.
    """
    call = _excused(summons, item, account, args, world)
    reason = needed(args, "reason", LONGEST)
    substitute = args.get("substitute") or None
    if substitute is not None:
        known_unit(substitute, "substitute", world.units)
        if summons.call_of(substitute) is not None or substitute == item.lead.code:
            raise BadArguments("substitute", "This unit is called already, or is the township that calls.")
    state = "substituted" if substitute else "excused"
    done = summons.with_call(replace(call, state=state, reason=reason, substitute=substitute))
    if substitute:
        done = replace(done, calls=(*done.calls, Call(substitute)))
    facts = {"summons": summons.id, "department": call.department, "state": state, "substitute": substitute}
    return Outcome(replace(done, updated_at=world.now), "summons_excused", facts, reason)


def _excused(summons: Summons, item: Item, account: Account, args: Mapping[str, Any], world: World) -> Call:
    """The call that may be excused by this account now."""
    own = account.role in ROLES_OF_UNITS and summons.call_of(account.unit) is not None
    if own and args.get("department") in (None, account.unit):
        call = demand_called(summons, account)
        demand_open(summons)
        if world.now >= summons.meet_at:
            raise WrongState(
                "The meeting has begun: the officer who called may still excuse you.", allowed=["check-in"]
            )
    else:
        demand_lead(item, account)
        demand_open(summons)
        code = args.get("department")
        found = summons.call_of(code) if isinstance(code, str) else None
        if found is None:
            raise BadArguments("department", "department is one of the units that are called.")
        call = found
    if call.state not in WAITED_FOR:
        raise WrongState(f"The call is {call.state} already.", allowed=acts_of(summons, call))
    return call


def task_done(summons: Summons, item: Item, account: Account, n: int, world: World) -> Outcome:
    """A task of the joint plan is done: by its unit, or told by the officer of the lead.

    A repeat changes nothing. Raises UnknownItem, Forbidden.
    """
    task = next((one for one in summons.tasks if one.n == n), None)
    if task is None:
        raise UnknownItem(f"The plan has no task {n}.")
    if not leads(item, account) and not (account.role in ROLES_OF_UNITS and account.unit == task.department):
        raise Forbidden("The task is another unit's.")
    if task.done_at is not None:
        return Outcome(summons, None, {})
    tasks = tuple(replace(one, done_at=world.now) if one.n == n else one for one in summons.tasks)
    facts = {"summons": summons.id, "task": n, "department": task.department, "in_time": world.now <= task.due_at}
    return Outcome(replace(summons, tasks=tasks, updated_at=world.now), "summons_task_done", facts)


def acts_of(summons: Summons, call: Call | None) -> list[str]:
    """What the unit of ``call`` may do now."""
    if call is None or summons.state != "open":
        return []
    return {
        "sent": ["acknowledge", "check-in", "excuse"],
        "acknowledged": ["check-in", "excuse"],
        "excused": ["check-in"],
    }.get(call.state, [])


def allowed(summons: Summons, item: Item, account: Account) -> list[str]:
    """What the account may do with the summons as it stands."""
    may = acts_of(summons, summons.call_of(account.unit)) if account.role in ROLES_OF_UNITS else []
    if leads(item, account) and summons.state == "open":
        come = any(call.state in COME for call in summons.calls)
        may = ["code", "conclude", *([] if come else ["reschedule"]), "cancel", "excuse", *may]
    return may
