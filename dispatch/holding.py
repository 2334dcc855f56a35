"""Clocks that stand still: a pause (等待) for the citizen, the end of it or of a suspension, and what ends an item.

No unit can stop its own clock but by a pause, and all pauses of an item together last no longer than the rule allows.
"""

from dataclasses import replace
from datetime import timedelta

from dispatch.account import Account
from dispatch.arguments import SHORT, Args, text
from dispatch.change import Change, ended
from dispatch.errors import BadArguments, WrongState
from dispatch.handling import say
from dispatch.item import Hold, Item, Wait
from dispatch.sending import met, wind
from dispatch.world import World

A_MOMENT = timedelta(minutes=1)


def pause(item: Item, account: Account, args: Args, world: World) -> Change:
    """Wait for the citizen, who alone can say what is missing. Needs a ``reason``; ends at the rule's limit."""
    reason = text(args, "reason")
    calendar = world.rules.calendar
    longest = calendar.between(world.now, calendar.add(world.now, world.rules.thresholds.pause))
    used = sum((calendar.between(w.start, w.end) for w in item.waits if w.kind == "pause"), timedelta())
    if longest - used < A_MOMENT:
        raise WrongState("This item has been paused for as long as the rule allows.", allowed=[])
    hold = Hold("pause", world.now, calendar.add_working(world.now, longest - used))
    contacted = replace(item, clocks=met(item.clocks, ("contact",), world.now))
    return Change(wind(replace(contacted, hold=hold), world), {"until": hold.until.isoformat()}, reason)


def resume(item: Item, account: Account, args: Args, world: World) -> Change:
    """Work goes on; the clocks are put off by the time they stood."""
    return Change(resumed(item, world))


def resumed(item: Item, world: World) -> Item:
    """The item with its hold ended. A pause that was forgotten counts no longer than its limit."""
    hold = item.hold
    if hold is None:
        return item
    end = min(world.now, hold.until) if hold.kind == "pause" else world.now
    waits = (*item.waits, Wait(hold.since, end, hold.kind))
    return wind(replace(item, status="accepted", hold=None, waits=waits), world)


def supplement(item: Item, account: Account, args: Args, world: World) -> Change:
    """What the citizen adds (补充). It ends a pause, which waited for just that. Needs ``text``."""
    change = say(item, account, args, world)
    if item.hold is not None and item.hold.kind == "pause":
        return replace(change, item=resumed(item, world))
    return change


def decline(item: Item, account: Account, args: Args, world: World) -> Change:
    """Not taken on (不予受理), on a ``ground`` of the rules, which names the proper road for the citizen."""
    ground = world.rules.grounds.get(str(args.get("ground")))
    if ground is None:
        raise BadArguments("ground", f"ground is one of {', '.join(world.rules.grounds)}.")
    return Change(ended(item, "declined"), {"ground": ground.code})


def transfer(item: Item, account: Account, args: Args, world: World) -> Change:
    """Handed ``to`` another service (110, 119, the city), with its number there as ``external_ref``."""
    to = text(args, "to", SHORT)
    ref = args.get("external_ref")
    if ref is not None and not (isinstance(ref, dict) and isinstance(ref.get("number"), str) and ref["number"].strip()):
        raise BadArguments("external_ref", "external_ref is {system, number}.")
    known = {"system": str(ref.get("system") or to)[:SHORT], "number": ref["number"].strip()[:SHORT]} if ref else None
    return Change(replace(ended(item, "transferred"), external_ref=known or item.external_ref), {"to": to})
