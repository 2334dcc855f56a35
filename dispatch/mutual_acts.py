"""What may be done with mutual ratings: rate, object, rule. Pure; rights are asked before the state."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dispatch.account import Account
from dispatch.arguments import flag, text
from dispatch.criteria import LEVELS
from dispatch.errors import BadArguments, Forbidden, WrongState
from dispatch.item import Item
from dispatch.mutual import (
    Given,
    MutualRating,
    Objection,
    is_judged,
    is_visible,
    object_until,
    rate_until,
    rated,
    side_of,
)
from dispatch.notice import Notice
from dispatch.summons import Summons
from dispatch.world import World

LONGEST = 4_000
DISSATISFIED = 2
"""A level so low needs a reason."""

Args = Mapping[str, Any]


def rate(summons: Summons, item: Item, given: Given, account: Account, args: Args, world: World) -> MutualRating:
    """Rate the other side. Needs ``about`` (a called unit; a called unit may leave it out), ``criteria`` (a level from
    1 to 5 for each criterion of the rules), and ``reason`` where a level is 1 or 2.

    Raises Forbidden, WrongState (not concluded, the time is over, rated already), BadArguments.
    """
    side = side_of(summons, account)
    if side is None or account.unit is None:
        raise Forbidden("Only the officer of the township that called, and the units that it called, rate a summons.")
    until = rate_until(summons, world.rules)
    if until is None:
        raise WrongState(f"The summons is {summons.state}: it is rated once it is concluded.", allowed=[])
    if item.lead.code != summons.township:
        raise WrongState("The item has moved to another township: this summons is rated no more.", allowed=[])
    unit = _unit(summons, account.unit, side, args, world)
    if rated(given, unit, side):
        raise WrongState("This is rated already; a rating is given once.", allowed=[])
    if world.now >= until or is_visible(given, unit, world.now):
        raise WrongState("The time to rate this summons is over.", allowed=[])
    criteria = _criteria(args.get("criteria"), tuple(world.rules.criteria[side]))
    low = min(criteria.values()) <= DISSATISFIED
    reason = text(args, "reason", LONGEST) if low or args.get("reason") not in (None, "") else ""
    about = unit if side == "township" else summons.township
    return MutualRating(about, account.unit, side, criteria, reason, world.now, until)


def _unit(summons: Summons, own: str, side: str, args: Args, world: World) -> str:
    """The called unit of the pair that is rated."""
    about = args.get("about")
    if side == "department":
        if about not in (None, summons.township):
            raise BadArguments("about", f"A called unit rates the township that called: {summons.township}.")
        call = summons.call_of(own)
        assert call is not None
        if not is_judged(call, world.units):
            raise WrongState("A unit that is excused, replaced or only invited neither rates nor is rated.", allowed=[])
        return own
    found = summons.call_of(about) if isinstance(about, str) else None
    if found is None:
        raise BadArguments("about", "about is one of the units that were called.")
    if not is_judged(found, world.units):
        raise BadArguments("about", "A unit that is excused, replaced or only invited neither rates nor is rated.")
    return found.department


def _criteria(given: Any, wanted: tuple[str, ...]) -> dict[str, int]:
    if not isinstance(given, dict) or set(given) != set(wanted):
        raise BadArguments("criteria", f"criteria is an object with a level for each of {', '.join(wanted)}.")
    for code in wanted:
        if isinstance(given[code], bool) or not isinstance(given[code], int) or given[code] not in LEVELS:
            raise BadArguments("criteria", f"{code} is a whole number from 1 to 5.")
    return {code: given[code] for code in wanted}


def object_to(summons: Summons, given: Given, account: Account, args: Args, world: World, id: int) -> MutualRating:
    """The rating with the rated unit's objection. Needs ``reason``; the township says with ``by`` whose it means.

    A rating that is not visible yet and one that there is not are refused alike. Raises Forbidden, WrongState,
    BadArguments.
    """
    side = side_of(summons, account)
    if side is None:
        raise Forbidden("Only a unit that was rated may object.")
    if args.get("about") not in (None, account.unit):
        raise BadArguments("about", "A unit objects to a rating of itself.")
    by = args.get("by") or (summons.township if side == "department" else None)
    if not isinstance(by, str):
        raise BadArguments("by", "by is the unit whose rating you object to.")
    found = next((one for one in given if (one.about, one.by) == (account.unit, by)), None)
    if found is None or not is_visible(given, found.unit, world.now):
        raise WrongState("There is no visible rating of your unit by this one.", allowed=[])
    if found.objection is not None:
        raise WrongState(f"Objection {found.objection.id} was filed already; one is allowed.", allowed=[])
    if world.now >= object_until(given, found, world.rules):
        raise WrongState("The time to object is over.", allowed=[])
    return replace(found, objection=Objection(id, text(args, "reason", LONGEST), world.now))


def rule(one: MutualRating, account: Account, args: Args, world: World) -> MutualRating:
    """The rating with the supervisor's ruling on its objection: ``grant`` (it does not count any more) and ``reason``.

    Raises Forbidden, WrongState (ruled already), BadArguments.
    """
    demand_supervisor(account)
    objection = one.objection
    assert objection is not None
    if objection.granted is not None:
        raise WrongState(f"The objection is {objection.state} already.", allowed=[])
    granted, why = flag(args, "grant"), text(args, "reason", LONGEST)
    return replace(one, objection=replace(objection, granted=granted, ruling=why, ruled_at=world.now))


def demand_supervisor(account: Account) -> None:
    """Raises Forbidden for everyone but the supervisor."""
    if account.role != "supervisor":
        raise Forbidden("Objections are for the supervisor to rule on.")


def told_to_rate(summons: Summons, world: World) -> tuple[Notice, ...]:
    """Who is asked to rate a summons that has just been concluded."""
    until = rate_until(summons, world.rules)
    judged = [call.department for call in summons.calls if is_judged(call, world.units)]
    if until is None or not judged:
        return ()
    facts = {"summons": summons.id, "until": until.isoformat()}
    return (
        Notice(f"unit:{summons.township}", "rate_summons", facts | {"about": judged}),
        *(Notice(f"unit:{unit}", "rate_summons", facts | {"about": [summons.township]}) for unit in judged),
    )


def told_of_ratings(summons: int, ratings: Given) -> tuple[Notice, ...]:
    """The rated units are told that they can read what was given of them."""
    return tuple(
        Notice(f"unit:{one.about}", "rating_visible", {"summons": summons, "about": one.about, "by": one.by})
        for one in ratings
    )


def told_of_objection(summons: int, one: MutualRating) -> tuple[Notice, ...]:
    """The supervisor is told of an objection; both sides of the ruling on it."""
    assert one.objection is not None
    facts = {"summons": summons, "objection": one.objection.id, "about": one.about, "by": one.by}
    if one.objection.granted is None:
        return (Notice("role:supervisor", "objection_filed", facts),)
    facts["granted"] = one.objection.granted
    return tuple(Notice(f"unit:{unit}", "objection_ruled", facts) for unit in (one.about, one.by))
