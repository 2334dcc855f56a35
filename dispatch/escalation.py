"""Reading ``escalation.csv``: the ladder that a deadline climbs when nobody acts (预警, 催办, 督办)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from dispatch.faults import Fault
from dispatch.kinds import URGENCIES
from dispatch.limits import Limit, parse_limit
from dispatch.tables import Row, missing, table
from dispatch.working_time import WorkingCalendar

RUNGS = ("warning", "reminder", "order")
"""What a rung is, mildest first: told before the deadline, told after it, a supervision order."""

RECIPIENTS = ("handler", "leader_in_charge", "responsible_leader", "supervisor")

NEAR, DUE = "near", "due"
CALL, TASK = "call", "task"
LADDERS = (*URGENCIES, CALL, TASK)
"""One for the items of each urgency, one for calls that nobody acknowledges, one for tasks of a joint plan."""

SAMPLE = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""An ordinary Monday morning, from which limits on different clocks are compared."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung. ``after`` is NEAR, DUE, or a limit that is counted from the due time. ``limit`` is an order's own."""

    kind: str
    after: str | Limit
    to: str
    limit: Limit | None = None

    def at(self, near_at: datetime, due_at: datetime, calendar: WorkingCalendar) -> datetime:
        """When a deadline with those two instants climbs it."""
        if isinstance(self.after, Limit):
            return calendar.add(due_at, self.after)
        return near_at if self.after == NEAR else due_at


Ladder = tuple[Rung, ...]


def read_escalation(
    text: str, file: str, faults: list[Fault], calendar: WorkingCalendar | None
) -> Mapping[str, Ladder]:
    """The ladders by name; all of LADDERS must stand there, each with its rungs in the order they are climbed."""
    found: dict[str, list[Rung]] = {}
    for row in table(text, file, faults, columns=("ladder", "rung", "after", "to", "limit")):
        name = row.one_of("ladder", LADDERS)
        before = len(faults)
        rung = Rung(row.one_of("rung", RUNGS), _after(row), row.one_of("to", RECIPIENTS), _limit(row))
        if len(faults) == before:
            _check(row, name, rung, found.get(name, ()), calendar)
        found.setdefault(name, []).append(rung)
    missing(LADDERS, found, file, faults)
    return {name: tuple(rungs) for name, rungs in found.items()}


def _after(row: Row) -> str | Limit:
    written = row.required("after")
    if written in (NEAR, DUE, ""):
        return written
    return _parsed(row, "after", written) or DUE


def _limit(row: Row) -> Limit | None:
    written = row.text("limit")
    if (row.text("rung") == "order") != bool(written):
        row.fault("an order alone has a limit, and needs one", "write for example 2 working-days, or leave it empty")
        return None
    return _parsed(row, "limit", written) if written else None


def _parsed(row: Row, column: str, written: str) -> Limit | None:
    try:
        return parse_limit(written)
    except ValueError as error:
        row.fault(f"{column}: {error}", "write for example 4 working-hours")
        return None


def _check(row: Row, name: str, rung: Rung, below: Sequence[Rung], calendar: WorkingCalendar | None) -> None:
    """Faults of a rung where it stands."""
    if (rung.kind == "warning") != (rung.after == NEAR):
        row.fault("a warning is given near the deadline, everything else after it", "give the warning after near")
    if name in (CALL, TASK) and rung.kind != "reminder":
        row.fault(f"the ladder {name} has reminders alone", "make it a reminder, or leave it out")
    if below and below[-1].kind == "order":
        row.fault("an order is the last rung", "put it after this line")
    if calendar and below and rung.at(SAMPLE, SAMPLE, calendar) < below[-1].at(SAMPLE, SAMPLE, calendar):
        row.fault("the rung would be climbed before the one above it in the file", "sort the rungs by their time")
    if below and rung.after == NEAR:
        row.fault("a warning is the first rung", "put it before the others")
