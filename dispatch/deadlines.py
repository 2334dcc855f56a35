"""Due times of an item's stages, computed from the rules and the working calendar; nothing here knows the time."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from dispatch.categories import Category
from dispatch.item import Wait
from dispatch.limits import Limit
from dispatch.rulebook import Rules
from dispatch.working_time import WorkingCalendar, aware

END_STAGES = frozenset({"settle", "answer"})
"""The stages that a sender's own due time speaks of."""

STATES = ("running", "met", "late", "stopped")


@dataclass(frozen=True, slots=True)
class Deadline:
    """The deadline of one stage; instants in UTC.

    ``due_at`` counts: the earlier of ``ruled_at``, which the rule alone gives, and ``sender_due_at``, which a sender
    set (None where none did, and on stages it does not speak of). ``rule`` says in words
    where ``due_at`` comes from, both instants included. ``flagged``: ``ruled_at`` was counted over a year whose days
    off are not announced yet, so it may still move. ``state``: see ``state_of``.
    """

    stage: str
    due_at: datetime
    state: str
    rule: str
    ruled_at: datetime
    sender_due_at: datetime | None = None
    met_at: datetime | None = None
    flagged: bool = False

    def met(self, at: datetime) -> "Deadline":
        """This deadline with its stage done at ``at``: met, or late where that was after it was due."""
        return replace(self, met_at=at.astimezone(UTC), state=state_of(self.due_at, at, at))

    def judged(self, now: datetime) -> "Deadline":
        """This deadline as it stands at ``now``; a stopped one stays so."""
        return self if self.state == "stopped" else replace(self, state=state_of(self.due_at, self.met_at, now))

    def stopped(self) -> "Deadline":
        """This deadline of an item whose work ended otherwise (merged, declined, transferred); a done stage stays."""
        return self if self.met_at is not None else replace(self, state="stopped")


def state_of(due_at: datetime, met_at: datetime | None, now: datetime) -> str:
    """``met`` where the stage was done by ``due_at`` (that instant included), ``late`` where it was done or still
    waits after it, else ``running``."""
    if met_at is not None:
        return "met" if met_at <= due_at else "late"
    return "late" if now > due_at else "running"


@dataclass(frozen=True, slots=True)
class Turns:
    """What moved an item's clocks since it came: all that, beside the rules, its due times are derived from.

    ``extended_until``: a granted extension (延期) moves settlement and answer to that instant where it is later.
    ``waits``: those that have ended, in order; a limit in working time is put off by their working time, one in clock
    hours by all of it. ``restarted_at``: the item was reopened, and settlement and what follows count from then.
    ``reassigned_at``: another main handler got it, whose acceptance counts from then.
    """

    sender_due_at: datetime | None = None
    extended_until: datetime | None = None
    waits: tuple[Wait, ...] = ()
    restarted_at: datetime | None = None
    reassigned_at: datetime | None = None


RESTARTED = frozenset({"contact", "settle", "verify", "answer"})
"""The stages that begin anew when an item is reopened, each where it is not done with."""


def stages(
    category: Category | None,
    urgency: str,
    received_at: datetime,
    dispatched_at: datetime | None,
    turns: Turns,
    rules: Rules,
) -> tuple[Deadline, ...]:
    """The deadlines that run, in the order of the work.

    Dispatch runs from ``received_at``; every later stage from ``dispatched_at``, so that before it (None) there is the
    dispatch deadline alone. Verification has one only where the rule asks for it. ``category`` None is an unclassified
    item. Naive instants are a ValueError, an unknown urgency a KeyError.
    """
    limits = rules.limits(category, urgency)
    verify = category.verify if category else rules.thresholds.unclassified.verify
    first = _deadline("dispatch", limits["dispatch"], received_at, Turns(), rules)
    if dispatched_at is None:
        return (first,)
    later = [
        _deadline(stage, clocks, _start(stage, dispatched_at, turns), turns, rules)
        for stage, clocks in limits.items()
        if stage != "dispatch" and (stage != "verify" or verify)
    ]
    return (first.met(dispatched_at), *later)


def _start(stage: str, dispatched_at: datetime, turns: Turns) -> datetime:
    if stage == "accept":
        return turns.reassigned_at or dispatched_at
    return turns.restarted_at if turns.restarted_at and stage in RESTARTED else dispatched_at


def _deadline(stage: str, clocks: tuple[Limit, ...], start: datetime, turns: Turns, rules: Rules) -> Deadline:
    calendar = rules.calendar
    due = ((_due(start, limit, turns.waits, calendar), limit) for limit in clocks)
    ruled_at, limit = min(due, key=lambda pair: pair[0])
    words = " | ".join(str(limit) for limit in clocks)
    sender_due_at = aware(turns.sender_due_at) if turns.sender_due_at and stage in END_STAGES else None
    due_at = ruled_at
    if sender_due_at is not None:
        words = f"{words} = {_shown(ruled_at, rules)}; sender = {_shown(sender_due_at, rules)}"
        due_at = min(ruled_at, sender_due_at)
    if turns.extended_until and stage in END_STAGES and aware(turns.extended_until) > due_at:
        due_at = aware(turns.extended_until)
        words = f"{words}; extended = {_shown(due_at, rules)}"
    unsure = _unannounced(calendar, start, ruled_at) if limit.unit != "clock-hours" else None
    if unsure is not None:
        words = f"{words}; days off of {unsure} not announced"
    return Deadline(stage, due_at, "running", words, ruled_at, sender_due_at, flagged=unsure is not None)


def _due(start: datetime, limit: Limit, waits: tuple[Wait, ...], calendar: WorkingCalendar) -> datetime:
    """When ``limit`` begun at ``start`` is due, each wait that began before then having put it off."""
    due = calendar.add(start, limit)
    for wait in waits:
        begun = max(aware(wait.start), aware(start))
        if begun >= due or wait.end <= begun:
            continue
        if limit.unit == "clock-hours":
            due += aware(wait.end) - begun
        else:
            due = calendar.add_working(due, calendar.between(begun, wait.end))
    return due


def _shown(instant: datetime, rules: Rules) -> str:
    return instant.astimezone(rules.zone).isoformat(timespec="minutes")


def _unannounced(calendar: WorkingCalendar, start: datetime, due_at: datetime) -> int | None:
    """The first year between the two whose working days are a guess."""
    years = range(calendar.local_day(start).year, calendar.local_day(due_at).year + 1)
    return next((year for year in years if calendar.flagged(year)), None)


def near_at(start: datetime, due_at: datetime, rules: Rules) -> datetime:
    """When a deadline begun at ``start`` becomes near: once the rules' share of the working time between has passed,
    or of the plain time where there is no working time between."""
    start, share = aware(start), rules.thresholds.near_share
    if due_at <= start:
        return due_at
    span = rules.calendar.between(start, due_at)
    return rules.calendar.add_working(start, span * share) if span else start + (due_at - start) * share
