"""Working time of a city: the clock that limits run on.

Three clocks. *Clock hours* never stop. *Working hours* run inside the working periods alone. *Working days* end at the
same time of day, N working days later. What begins outside working time begins at the next opening. With the shipped
hours (08:00-12:00, 14:30-17:30; from June to September 15:00-18:00) and Friday 2026-10-09 as a working day before the
make-up Saturday 2026-10-10:

| begins | limit | due |
| --- | --- | --- |
| Fri 10-09 11:00 | 2 working-hours | Fri 10-09 15:30 |
| Fri 10-09 16:30 | 2 working-hours | Sat 10-10 09:00 (make-up day) |
| Sat 10-10 17:30 | 1 working-hours | Mon 10-12 09:00 |
| Fri 10-09 16:00 | 1 working-days | Sat 10-10 16:00 |
| Sun 10-11 13:00 | 1 working-days | Tue 10-13 08:00 (counted from Monday's opening) |
| Fri 05-29 14:40 | 1 working-days | Mon 06-01 15:00 (14:40 is no working time in June: next opening) |
| Wed 09-30 17:45 | 1 working-days | Thu 10-08 17:30 (begins in summer hours, due in winter's: the close) |
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dispatch.limits import Limit
from dispatch.workdays import Workdays

Period = tuple[datetime, datetime]

ONE_DAY = timedelta(days=1)
ZERO = timedelta(0)
REMEMBERED_DAYS = 20_000


@dataclass(frozen=True, slots=True)
class Season:
    """Daily working periods between two days of the year, both included, as (month, day); None in the default season.

    ``first`` after ``last`` runs over the new year.
    """

    name: str
    periods: tuple[tuple[time, time], ...]
    first: tuple[int, int] | None = None
    last: tuple[int, int] | None = None

    def holds(self, day: date) -> bool:
        """Whether ``day`` lies in the season; the default season holds every day."""
        if self.first is None or self.last is None:
            return True
        at = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= at <= self.last
        return at >= self.first or at <= self.last


class WorkingCalendar:
    """Adds limits to instants and measures working time between them.

    ``seasons`` are asked in their order, so that the default one stands last. Instants must be aware (ValueError for a
    naive one) and are answered in UTC. Working periods are half open: their opening belongs to them, their end does
    not, but a limit may be due exactly at an end.
    """

    def __init__(self, zone: ZoneInfo, seasons: Sequence[Season], workdays: Workdays) -> None:
        self.zone = zone
        self.workdays = workdays
        self._seasons = tuple(seasons)
        self._days: dict[date, tuple[Period, ...]] = {}

    def is_workday(self, day: date) -> bool:
        """Whether the city works on ``day``, a date in the city's zone; make-up days included."""
        return bool(self.periods(day))

    def flagged(self, year: int) -> bool:
        """Whether the working days of ``year`` are a guess: no State Council notice for it is known."""
        return self.workdays.flagged(year)

    def local_day(self, instant: datetime) -> date:
        """The date of an aware instant in the city's zone."""
        return aware(instant).astimezone(self.zone).date()

    def periods(self, day: date) -> tuple[Period, ...]:
        """The working periods of ``day`` as UTC instants, in order; empty on a day off."""
        known = self._days.get(day)
        if known is None:
            known = self._periods(day)
            if len(self._days) >= REMEMBERED_DAYS:
                self._days.clear()
            self._days[day] = known
        return known

    def _periods(self, day: date) -> tuple[Period, ...]:
        if not self.workdays.is_workday(day):
            return ()
        season = next(season for season in self._seasons if season.holds(day))
        return tuple((self._at(day, opens), self._at(day, closes)) for opens, closes in season.periods)

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone).astimezone(UTC)

    def opening(self, instant: datetime) -> datetime:
        """The first working instant at or after ``instant``."""
        instant = aware(instant)
        start, _ = next(self._from(instant))
        return max(start, instant)

    def add(self, instant: datetime, limit: Limit) -> datetime:
        """The due time of ``limit`` begun at ``instant``: never earlier than ``instant``, and never falling as either
        grows.

        A working-days limit is due at the time of day at which it began. Where that is no working time on the due day
        (another season's hours), the next opening of that day counts, after its last period the close.
        """
        if limit.unit == "clock-hours":
            return aware(instant) + timedelta(hours=limit.amount)
        if limit.unit == "working-hours":
            return self.add_working(instant, timedelta(hours=limit.amount))
        return self._add_days(instant, int(limit.amount))

    def add_working(self, instant: datetime, amount: timedelta) -> datetime:
        """The instant at which ``amount`` of working time has passed since ``instant``; for zero, the next opening."""
        instant = aware(instant)
        for opens, closes in self._from(instant):
            opens = max(opens, instant)
            if amount <= closes - opens:
                return opens + amount
            amount -= closes - opens
        raise AssertionError("working periods never end")

    def _add_days(self, instant: datetime, days: int) -> datetime:
        begins = self.opening(instant)
        local = begins.astimezone(self.zone)
        day = local.date()
        for _ in range(days):
            day += ONE_DAY
            while not self.periods(day):
                day += ONE_DAY
        return self._clip(self._at(day, local.time()), self.periods(day))

    @staticmethod
    def _clip(instant: datetime, periods: Sequence[Period]) -> datetime:
        ends = [closes for _, closes in periods]
        at = min(bisect_right(ends, instant), len(periods) - 1)
        opens, closes = periods[at]
        return min(max(instant, opens), closes)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from ``start`` to ``end``; negative where ``end`` is earlier."""
        start, end = aware(start), aware(end)
        if end < start:
            return -self.between(end, start)
        total = ZERO
        for opens, closes in self._from(start):
            if opens >= end:
                break
            total += min(closes, end) - max(opens, start)
        return total

    def _from(self, instant: datetime) -> Iterator[Period]:
        """Periods that end after ``instant``, without end."""
        day = instant.astimezone(self.zone).date()
        for period in self.periods(day):
            if period[1] > instant:
                yield period
        while True:
            day += ONE_DAY
            yield from self.periods(day)


def aware(instant: datetime) -> datetime:
    """The instant in UTC; ValueError where it has no zone."""
    if instant.tzinfo is UTC:
        return instant
    if instant.tzinfo is None:
        raise ValueError("an instant without a zone")
    return instant.astimezone(UTC)
