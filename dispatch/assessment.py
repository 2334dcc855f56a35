"""Every summons is assessed (一呼叫一考核): what each called unit's part in it is worth. Computed here alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean

from dispatch.mutual import NOT_JUDGED, Given, pair
from dispatch.rulebook import Rules
from dispatch.summons import COME, Call, Summons, in_time
from dispatch.units import SCORED, Unit


@dataclass(frozen=True, slots=True)
class Assessment:
    """One called unit's part. ``scored``: False for who is only invited, excused or replaced.

    ``acknowledged_in_time``, ``came`` and ``punctuality`` are computed from the call and None where the question does
    not arise (yet); ``punctuality`` falls from 1 (in time) to 0 (``late_min`` of the rules too late, or absent).
    ``criteria`` and their mean ``level`` are the township's rating as far as it was given to this function and counts;
    ``objection`` is the state of the objection to it.
    """

    unit: str
    scored: bool
    state: str
    acknowledged_in_time: bool | None
    came: bool | None
    late_by_s: int | None
    punctuality: float | None
    criteria: Mapping[str, int] | None
    level: float | None
    objection: str | None


def assess(
    summons: Summons, ratings: Given, units: Mapping[str, Unit], rules: Rules, now: datetime
) -> tuple[Assessment, ...]:
    """The assessment of every called unit, in the order of the calls, by the ``ratings`` that may be used: all of them
    for scores, what a reader sees for that reader."""
    return tuple(_one(summons, call, ratings, units, rules, now) for call in summons.calls)


def _one(
    summons: Summons, call: Call, ratings: Given, units: Mapping[str, Unit], rules: Rules, now: datetime
) -> Assessment:
    rating = next((one for one in pair(ratings, call.department) if one.side == "township"), None)
    counting = rating if rating is not None and rating.counts else None
    invited = call.department not in units or units[call.department].kind not in SCORED
    return Assessment(
        unit=call.department,
        scored=not invited and call.state not in NOT_JUDGED and summons.state != "cancelled",
        state=call.state,
        acknowledged_in_time=in_time(summons, call, now),
        came=True if call.state in COME else False if call.state == "absent" else None,
        late_by_s=call.late_by_s,
        punctuality=punctuality(call, rules),
        criteria=dict(counting.criteria) if counting else None,
        level=fmean(counting.criteria.values()) if counting else None,
        objection=rating.objection.state if rating is not None and rating.objection is not None else None,
    )


def punctuality(call: Call, rules: Rules) -> float | None:
    """1 for who came in time, 0 for who was absent, in between for who was late; None for any other."""
    if call.state == "late":
        return max(0.0, round(1 - (call.late_by_s or 0) / (rules.thresholds.late_min * 60), 3))
    return {"present": 1.0, "absent": 0.0}.get(call.state)
