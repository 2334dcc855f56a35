"""Mutual rating (互评): after a summons the township and each unit it called rate each other, blind. Plain facts.

One called unit and the township make a pair. Neither sees the other's rating before both of the pair are given, or the
time to rate is over. Coming and punctuality are computed from the calls and never rated (assessment.py). Who is excused
or replaced, and who is only invited (units of the city, firms), neither rates nor is rated; who was absent does both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dispatch.account import Account
from dispatch.item import Item
from dispatch.rulebook import Rules
from dispatch.scope import OVERSEE
from dispatch.summons import ROLES_OF_UNITS, Call, Summons
from dispatch.units import SCORED, Unit

SEES_RATINGS = OVERSEE
"""Of the others only the two sides and their leaders do."""

OF_UNITS = frozenset({"officer", "department", "leader"})
NOT_JUDGED = frozenset({"excused", "substituted"})


@dataclass(frozen=True, slots=True)
class Objection:
    """The rated unit's objection, and the supervisor's ruling: ``granted`` None until there is one."""

    id: int
    reason: str
    filed_at: datetime
    granted: bool | None = None
    ruling: str = ""
    ruled_at: datetime | None = None

    @property
    def state(self) -> str:
        """``open``, ``granted`` or ``refused``."""
        return "open" if self.granted is None else "granted" if self.granted else "refused"


OBJECTION_STATES = ("open", "granted", "refused")


@dataclass(frozen=True, slots=True)
class MutualRating:
    """What unit ``by`` holds of unit ``about``; ``side`` is the rater's. Levels are 5 (best) to 1, by criterion.

    ``visible_by``: from then on it is seen, whether or not the other side has rated; it holds as it was when the rating
    was given. ``reason`` is the rater's words: never in an event.
    """

    about: str
    by: str
    side: str
    criteria: Mapping[str, int]
    reason: str
    at: datetime
    visible_by: datetime
    objection: Objection | None = None

    @property
    def unit(self) -> str:
        """The called unit of the pair."""
        return self.about if self.side == "township" else self.by

    @property
    def counts(self) -> bool:
        """False once an objection was granted: the rating is kept, and set aside."""
        return self.objection is None or not self.objection.granted


Given = Sequence[MutualRating]
"""All ratings of one summons."""


def pair(given: Given, unit: str) -> list[MutualRating]:
    """The ratings of the pair of that called unit and the township: none, one or both."""
    return [one for one in given if one.unit == unit]


def opened_at(given: Given, unit: str) -> datetime | None:
    """When the pair's ratings are or were seen by the other side: with the second, or at the end of the time. None
    where nobody has rated."""
    own = pair(given, unit)
    if len(own) > 1:
        return max(one.at for one in own)
    return own[0].visible_by if own else None


def is_visible(given: Given, unit: str, now: datetime) -> bool:
    """Whether the pair's ratings are seen by both sides at ``now``."""
    own = pair(given, unit)
    return len(own) > 1 or any(now >= one.visible_by for one in own)


def seen(summons: Summons, given: Given, reader: Account, now: datetime) -> list[MutualRating]:
    """What of the ratings ``reader`` may see at ``now``: one's own always, others once they are visible and concern
    the reader's unit, or the reader oversees all."""
    return [
        one for one in given if _sees(summons, one, reader) and (is_visible(given, one.unit, now) or _own(one, reader))
    ]


def _own(one: MutualRating, reader: Account) -> bool:
    return reader.role in OF_UNITS and reader.unit == one.by


def _sees(summons: Summons, one: MutualRating, reader: Account) -> bool:
    if reader.role in SEES_RATINGS:
        return True
    return reader.role in OF_UNITS and reader.unit in (summons.township, one.unit)


def side_of(summons: Summons, account: Account) -> str | None:
    """Which side of the summons the account acts for: ``township`` or ``department``, None for neither."""
    if account.role == "officer" and account.unit == summons.township:
        return "township"
    called = account.role in ROLES_OF_UNITS and summons.call_of(account.unit) is not None
    return "department" if called else None


def is_judged(call: Call, units: Mapping[str, Unit]) -> bool:
    """Whether the called unit rates and is rated."""
    unit = units.get(call.department)
    return unit is not None and unit.kind in SCORED and call.state not in NOT_JUDGED


def rate_until(summons: Summons, rules: Rules) -> datetime | None:
    """Until when a concluded summons is rated; None for any other."""
    if summons.state != "concluded" or summons.closed_at is None:
        return None
    return rules.calendar.add(summons.closed_at, rules.thresholds.mutual_rate)


def object_until(given: Given, one: MutualRating, rules: Rules) -> datetime:
    """Until when the rated unit may object to that rating."""
    start = opened_at(given, one.unit)
    assert start is not None
    return rules.calendar.add(start, rules.thresholds.mutual_object)


def to_rate(
    summons: Summons, item: Item, given: Given, reader: Account, rules: Rules, units: Mapping[str, Unit], now: datetime
) -> list[str]:
    """The units that the account may rate now. Says nothing of what the other side gave."""
    side, until = side_of(summons, reader), rate_until(summons, rules)
    if side is None or until is None or now >= until or item.lead.code != summons.township:
        return []
    judged = [call.department for call in summons.calls if is_judged(call, units)]
    pairs = judged if side == "township" else [unit for unit in judged if unit == reader.unit]
    free = [unit for unit in pairs if not is_visible(given, unit, now) and not rated(given, unit, side)]
    return free if side == "township" else [summons.township for _ in free]


def rated(given: Given, unit: str, side: str) -> bool:
    """Whether that side of the pair has rated."""
    return any(one.side == side for one in pair(given, unit))


def to_object(
    summons: Summons, given: Given, reader: Account, rules: Rules, now: datetime
) -> list[tuple[MutualRating, datetime]]:
    """The ratings that the account may object to now, each with the end of its time."""
    if side_of(summons, reader) is None:
        return []
    about = [one for one in given if one.about == reader.unit and is_visible(given, one.unit, now)]
    open_ones = [(one, object_until(given, one, rules)) for one in about if one.objection is None]
    return [(one, until) for one, until in open_ones if now < until]
