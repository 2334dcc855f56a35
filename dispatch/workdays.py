"""Which days are working days, by whose word.

A day's answer comes from the first that knows: the city's own line for the year in ``calendar.toml``; the
``chinese_calendar`` library, which follows the State Council's yearly notice, make-up days included; and for a year
that neither knows whole, plain weekdays without the statutory days, which is *flagged*, since make-up days and bridge
days are missing in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import chinese_calendar

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Year:
    """A city's own word on one year. ``complete`` says that ``off`` and ``working`` are the whole notice."""

    source: str
    complete: bool = False
    off: frozenset[date] = frozenset()
    working: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Workdays:
    """``statutory`` holds (month, day) pairs that are free in every year, used where no notice is known."""

    statutory: frozenset[tuple[int, int]] = frozenset()
    years: Mapping[int, Year] = field(default_factory=dict)

    def is_workday(self, day: date) -> bool:
        """Whether offices work on ``day``. Never raises: an unknown year falls back to weekdays."""
        year = self.years.get(day.year)
        if year is not None:
            if day in year.working:
                return True
            if day in year.off:
                return False
            if year.complete:
                return day.weekday() < SATURDAY
        if library_knows(day.year):
            return bool(chinese_calendar.is_workday(day))
        return day.weekday() < SATURDAY and (day.month, day.day) not in self.statutory

    def flagged(self, year: int) -> bool:
        """Whether the days of ``year`` are a guess, because no State Council notice for it is known here."""
        own = self.years.get(year)
        return not (own is not None and own.complete) and not library_knows(year)


@lru_cache(maxsize=256)
def library_knows(year: int) -> bool:
    """Whether ``chinese_calendar`` carries the State Council's notice for ``year``."""
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True
