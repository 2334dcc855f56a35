"""The citizen's rating (评价) of an answer, also as told on the telephone (回访), and the appeal (申诉). Pure.

A rating is given once for each answer. Satisfied or neither, it closes the item. Dissatisfied, it needs a reason: the
first opens the item again by itself, the next goes to the supervisor, who opens it again or closes it with a reason.
"""

from dataclasses import replace
from datetime import datetime

from dispatch.account import Account
from dispatch.arguments import LONGEST, Args, text
from dispatch.change import Change
from dispatch.errors import BadArguments, WrongState
from dispatch.handling import opened_again
from dispatch.item import Item, Rating
from dispatch.limits import Limit
from dispatch.notice import Notice
from dispatch.report import clean, says_something
from dispatch.world import World

CITIZEN_S, FOLLOW_UP = "citizen", "follow-up"
RATED = "This answer was rated already; a rating is given once for each answer."
OVER = "The time for that is over. Report the matter again, and name this item's number."


def rate(item: Item, account: Account, args: Args, world: World) -> Change:
    """The citizen's own rating. Needs ``level`` (1 to 5), takes ``resolved`` and ``comment`` (needed for 1 and 2)."""
    return _rated(item, rating_of(item, args, CITIZEN_S, world.now), world)


def follow_up(item: Item, account: Account, args: Args, world: World) -> Change:
    """What the citizen says of the answer on the telephone: the citizen's rating, marked as told so."""
    return _rated(item, rating_of(item, args, FOLLOW_UP, world.now), world)


def appeal(item: Item, account: Account, args: Args, world: World) -> Change:
    """The citizen does not accept how a closed item ended: the supervisor looks at it. Needs ``text``."""
    words = text(args, "text")
    demand_in_time(item, world.rules.thresholds.citizen.appeal_within, world)
    return Change(replace(item, contested_at=world.now), words=words, notices=(contested("appeal"),))


def rating_of(item: Item, args: Args, by: str, at: datetime) -> Rating:
    """The rating that was told. Raises BadArguments."""
    level, resolved, comment = args.get("level"), args.get("resolved"), args.get("comment")
    if isinstance(level, bool) or not isinstance(level, int) or not 1 <= level <= 5:
        raise BadArguments("level", "level is a whole number from 1 (very dissatisfied) to 5 (very satisfied).")
    if resolved is not None and not isinstance(resolved, bool):
        raise BadArguments("resolved", "resolved is true or false.")
    if comment is not None and (not isinstance(comment, str) or len(comment) > LONGEST):
        raise BadArguments("comment", f"comment is text of at most {LONGEST} characters.")
    words = str(clean(comment or "")).strip() if says_something(comment or "") else ""
    told = Rating(len(item.ratings) + 1, level, resolved, words, by, at)
    if told.is_dissatisfied and not words:
        raise BadArguments("comment", "Whoever is dissatisfied says why: a comment is needed.")
    return told


def current(item: Item) -> Rating | None:
    """The rating of the answer that stands; None where it has none. Reopening makes way for another answer."""
    last = item.ratings[-1] if item.ratings else None
    if last is None or (item.restarted_at is not None and last.at <= item.restarted_at):
        return None
    return last


def repeats(item: Item, told: Rating) -> bool:
    """Whether ``told`` is the last rating said once more: nothing is to be done then.

    The one that opened the item again is repeated as long as there is no other answer.
    """
    last = item.ratings[-1] if item.ratings else None
    if last is None or replace(told, n=last.n, at=last.at) != last:
        return False
    by_it = item.restarted_at is not None and last.at == item.restarted_at and item.is_open
    return by_it or current(item) == last


def demand_unrated(item: Item) -> None:
    """Raise WrongState, in a sentence for the citizen, where the answer that stands was rated already."""
    if current(item) is not None and not item.is_open:
        raise WrongState(RATED, allowed=[])


def demand_in_time(item: Item, limit: Limit, world: World) -> None:
    """Raise WrongState once ``limit`` has passed since the answered item closed, or would have, by itself. An item
    answered before such a time was kept has no limit."""
    if not in_time(item, limit, world):
        raise WrongState(OVER, allowed=[])


def in_time(item: Item, limit: Limit, world: World) -> bool:
    """Whether ``limit`` has not passed since the item's time limit."""
    return item.close_at is None or world.now <= world.rules.calendar.add(item.close_at, limit)


def contested(by: str) -> Notice:
    """What the supervisors are told of an item that only they can end: ``by`` a ``rating`` or an ``appeal``."""
    return Notice("role:supervisor", "contested", {"by": by})


def lead_key(item: Item) -> str:
    """The recipient of what the lead is told."""
    return f"unit:{item.lead.code}" if item.lead.is_township else "role:dispatcher"


def _rated(item: Item, told: Rating, world: World) -> Change:
    demand_in_time(item, world.rules.thresholds.citizen.rate_within, world)
    facts = {"level": told.level, "resolved": told.resolved, "by": told.by}
    rated = replace(item, ratings=(*item.ratings, told))
    words = told.comment or None
    if not told.is_dissatisfied:
        return Change(replace(rated, status="closed"), {**facts, "outcome": "closed"}, words)
    if item.reopened:
        left = replace(rated, contested_at=item.contested_at or world.now)
        return Change(left, {**facts, "outcome": "contested"}, words, (contested("rating"),))
    again = replace(opened_again(rated, world), reopened=item.reopened + 1)
    told_to = dict.fromkeys([f"unit:{item.main.unit}" if item.main else lead_key(item), lead_key(item)])
    notices = tuple(Notice(to, "reopened", {"level": told.level}) for to in told_to)
    return Change(again, {**facts, "outcome": "reopened"}, words, notices)
