"""A summons (呼叫): a township's call to units for a place and a time, and who has come. Plain frozen facts.

Coordinates are WGS84 degrees, longitude first; instants are aware and in UTC; units are known by their code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from dispatch.account import Account
from dispatch.errors import BadArguments, Forbidden, WrongState
from dispatch.item import Item
from dispatch.notice import Notice

STATES = ("open", "concluded", "cancelled")
"""States of a summons."""

CALL_STATES = ("sent", "acknowledged", "present", "late", "absent", "excused", "substituted")
"""States of one unit's call."""

COME = frozenset({"present", "late"})
WAITED_FOR = frozenset({"sent", "acknowledged"})
PROOFS = ("position", "code")
ROLES_OF_UNITS = frozenset({"department", "officer"})
"""Roles that act for their unit when it is called: a township may be called as well."""


@dataclass(frozen=True, slots=True)
class Attendee:
    """Who came: personal, so it stands in rows and never in an event."""

    name: str = ""
    post: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """One unit that is called, and what became of it.

    ``proof`` (``position`` or ``code``) and ``distance_m`` tell how it showed that it was there; ``late_by_s`` is 0 for
    who came in time. ``reason`` and ``substitute`` belong to an excuse.
    """

    department: str
    state: str = "sent"
    acknowledged_at: datetime | None = None
    checked_in_at: datetime | None = None
    proof: str | None = None
    distance_m: float | None = None
    accuracy_m: float | None = None
    late_by_s: int | None = None
    attendee: Attendee = Attendee()
    reason: str = ""
    substitute: str | None = None


@dataclass(frozen=True, slots=True)
class JointTask:
    """What one unit is to do by the joint plan, with its own deadline."""

    n: int
    department: str
    text: str
    due_at: datetime
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Summons:
    """One call to one place. ``township`` called; ``moves`` counts how often place or time were changed."""

    id: int
    item_id: int
    township: str
    state: str
    place: str
    lon: float
    lat: float
    original: Mapping[str, Any]
    meet_at: datetime
    acknowledge_by: datetime
    note: str
    calls: tuple[Call, ...]
    tasks: tuple[JointTask, ...]
    plan: str
    reason: str
    moves: int
    maker: int
    opened_at: datetime
    updated_at: datetime
    closed_at: datetime | None = None

    def call_of(self, unit: str | None) -> Call | None:
        """The call of that unit, None where it is not called."""
        return next((call for call in self.calls if call.department == unit), None)

    def with_call(self, call: Call) -> "Summons":
        """The summons with that unit's call replaced."""
        calls = tuple(call if one.department == call.department else one for one in self.calls)
        return replace(self, calls=calls)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an act makes of a summons. ``facts`` go into the item's event: nothing personal may stand in them;
    ``words`` are stored beside it, with a digest in the event. None for ``action``: nothing happened."""

    summons: Summons
    action: str | None
    facts: Mapping[str, Any]
    words: str | None = None
    notices: tuple[Notice, ...] = ()


def leads(item: Item, account: Account) -> bool:
    """True for the officer of the township that leads the item."""
    return account.role == "officer" and item.lead.is_township and account.unit == item.lead.code


def demand_lead(item: Item, account: Account) -> None:
    """Raises Forbidden for everyone but the officer of the township that leads the item."""
    if not leads(item, account):
        raise Forbidden("Only the officer of the township that leads the item may do this.")


def demand_called(summons: Summons, account: Account) -> Call:
    """The call of the account's own unit. Raises Forbidden where it is not called."""
    call = summons.call_of(account.unit) if account.role in ROLES_OF_UNITS else None
    if call is None:
        raise Forbidden("Only a unit that this summons calls may do this.")
    return call


def demand_open(summons: Summons) -> None:
    """Raises WrongState for a summons that is over."""
    if summons.state != "open":
        raise WrongState(f"The summons is {summons.state}.", allowed=[])


def known_unit(value: Any, name: str, units: Mapping[str, Any]) -> str:
    """``value`` as the code of a unit that there is. Raises BadArguments."""
    if not isinstance(value, str) or value not in units:
        raise BadArguments(name, f"No unit has the code {str(value)[:60]!r}.")
    return value


@dataclass(frozen=True, slots=True)
class Figures:
    """How a summons stands (一呼叫一考核). ``in_time``: acknowledged within the limit. An excused or substituted unit
    is called but not waited for."""

    called: int
    acknowledged: int
    in_time: int
    come: int
    present: int
    late: int
    absent: int
    excused: int


def figures(summons: Summons) -> Figures:
    """The figures of one summons; they add up: present, late, absent, excused and still waited for make ``called``."""
    states = [call.state for call in summons.calls]
    told = [call.acknowledged_at for call in summons.calls if call.acknowledged_at is not None]
    present, late = states.count("present"), states.count("late")
    return Figures(
        called=len(states),
        acknowledged=len(told),
        in_time=sum(at <= summons.acknowledge_by for at in told),
        come=present + late,
        present=present,
        late=late,
        absent=states.count("absent"),
        excused=states.count("excused") + states.count("substituted"),
    )


def in_time(summons: Summons, call: Call, now: datetime) -> bool | None:
    """Whether the call was acknowledged within the limit; None while there is time left, or where an excuse came."""
    if call.acknowledged_at is not None:
        return call.acknowledged_at <= summons.acknowledge_by
    if call.state in ("excused", "substituted") or (summons.state == "open" and now <= summons.acknowledge_by):
        return None
    return None if summons.state == "cancelled" else False
