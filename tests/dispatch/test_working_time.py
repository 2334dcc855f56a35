"""The working clock: the documented examples, and what must hold for every instant and limit."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch import working_time
from dispatch.limits import Limit, parse_limit
from dispatch.rulebook import RULES, read_rules
from dispatch.workdays import Workdays, Year

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = read_rules(RULES).calendar

EXAMPLES = re.findall(
    r"^\| \w{3} (\d\d-\d\d \d\d:\d\d) \| ([^|]+) \| \w{3} (\d\d-\d\d \d\d:\d\d)",
    working_time.__doc__ or "",
    re.MULTILINE,
)
instants = st.integers(0, 6 * 365 * 86_400).map(lambda s: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=s))
hours = st.integers(0, 600).map(lambda quarters: quarters / 4)
limits = st.one_of(
    st.builds(Limit, hours, st.sampled_from(("working-hours", "clock-hours"))),
    st.builds(Limit, st.integers(0, 40).map(float), st.just("working-days")),
)


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 7


@pytest.mark.parametrize(("begins", "limit", "due"), EXAMPLES)
def test_documented_examples_hold(begins: str, limit: str, due: str) -> None:
    assert CALENDAR.add(local(begins), parse_limit(limit)) == local(due)


def test_the_answer_is_in_utc() -> None:
    for unit in ("working-hours", "working-days", "clock-hours"):
        assert CALENDAR.add(local("10-09 11:00"), Limit(1, unit)).tzinfo is UTC


def test_clock_hours_never_stop() -> None:
    assert CALENDAR.add(local("10-01 23:00"), Limit(30, "clock-hours")) == local("10-03 05:00")


@pytest.mark.parametrize("day", ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"])
def test_make_up_days_of_2026_are_worked(day: str) -> None:
    assert CALENDAR.is_workday(date.fromisoformat(f"2026-{day}"))


@pytest.mark.parametrize("day", ["2026-02-17", "2026-10-05", "2027-02-05", "2027-10-01", "2028-10-04", "2003-10-01"])
def test_holidays_are_off_announced_or_not(day: str) -> None:
    assert not CALENDAR.is_workday(date.fromisoformat(day))


def test_a_year_without_a_notice_is_flagged_and_counts_weekdays() -> None:
    assert [CALENDAR.flagged(year) for year in (2003, 2004, 2026, 2027, 2300)] == [True, False, False, True, True]
    assert CALENDAR.is_workday(date(2031, 3, 5))
    assert not CALENDAR.is_workday(date(2031, 3, 8))


def test_a_city_can_write_down_a_whole_year_or_single_days() -> None:
    own = Year("notice", True, frozenset({date(2031, 1, 2)}), frozenset({date(2031, 1, 5)}))
    part = Year("notice", False, frozenset({date(2026, 3, 13)}), frozenset({date(2026, 3, 14)}))
    days = Workdays(frozenset({(1, 1)}), {2031: own, 2026: part})
    assert not days.flagged(2031)
    worked = [days.is_workday(date(2031, 1, day)) for day in range(1, 6)]
    assert worked == [True, False, True, False, True]  # complete: not even New Year is guessed
    assert [days.is_workday(date(2026, 3, day)) for day in (12, 13, 14, 15)] == [True, False, True, False]
    assert days.is_workday(date(2026, 10, 10))  # the library's make-up day still holds


def test_naive_instants_are_refused() -> None:
    naive = datetime(2026, 10, 9, 9)  # noqa: DTZ001
    for limit in (Limit(1, "working-hours"), Limit(1, "working-days"), Limit(1, "clock-hours")):
        with pytest.raises(ValueError, match="zone"):
            CALENDAR.add(naive, limit)
    with pytest.raises(ValueError, match="zone"):
        CALENDAR.between(naive, local("10-09 10:00"))


@given(instants, instants, limits)
def test_a_later_start_is_never_due_earlier(one: datetime, other: datetime, limit: Limit) -> None:
    first, second = sorted((one, other))
    assert CALENDAR.add(first, limit) <= CALENDAR.add(second, limit)


@given(instants, limits, st.integers(0, 40))
def test_a_longer_limit_is_never_due_earlier(start: datetime, limit: Limit, more: int) -> None:
    longer = Limit(limit.amount + more, limit.unit)
    assert start <= CALENDAR.add(start, limit) <= CALENDAR.add(start, longer)


@given(instants)
def test_nothing_to_wait_for_is_due_at_the_next_opening(start: datetime) -> None:
    opening = CALENDAR.opening(start)
    assert CALENDAR.add(start, Limit(0, "working-hours")) == opening
    assert CALENDAR.add(start, Limit(0, "working-days")) == opening
    assert CALENDAR.between(start, opening) == timedelta(0)
    assert CALENDAR.add(start, Limit(0, "clock-hours")) == start


@given(instants, hours)
def test_between_undoes_add(start: datetime, amount: float) -> None:
    due = CALENDAR.add(start, Limit(amount, "working-hours"))
    assert CALENDAR.between(start, due) == timedelta(hours=amount)
    assert CALENDAR.between(due, start) == -timedelta(hours=amount)


@given(instants, instants, instants)
def test_working_time_adds_up(one: datetime, two: datetime, three: datetime) -> None:
    a, b, c = sorted((one, two, three))
    assert CALENDAR.between(a, b) + CALENDAR.between(b, c) == CALENDAR.between(a, c)


@given(instants, st.integers(1, 30))
def test_working_days_are_counted_one_by_one(start: datetime, days: int) -> None:
    due = CALENDAR.local_day(CALENDAR.add(start, Limit(days, "working-days")))
    begun = CALENDAR.local_day(CALENDAR.opening(start))
    passed = [begun + timedelta(days=n + 1) for n in range((due - begun).days)]
    assert sum(CALENDAR.is_workday(day) for day in passed) == days
    assert CALENDAR.is_workday(due)
