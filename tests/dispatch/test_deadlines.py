"""Deadlines: from receipt or from dispatch, by the category, the urgency or the sender, whichever counts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dispatch.deadlines import Turns, near_at, stages, state_of
from dispatch.item import Wait
from dispatch.limits import Limit
from dispatch.rulebook import RULES, read_rules

RULE_SET = read_rules(RULES)
RUBBISH = RULE_SET.categories["1.01"]
ZONE = ZoneInfo("Asia/Shanghai")
RECEIVED = datetime(2026, 10, 9, 9, 0, tzinfo=ZONE)
DISPATCHED = datetime(2026, 10, 9, 9, 30, tzinfo=ZONE)


def test_before_dispatch_only_dispatch_has_a_due_time() -> None:
    (only,) = stages(RUBBISH, "normal", RECEIVED, None, Turns(RECEIVED), RULE_SET)
    assert (only.stage, only.state, only.met_at) == ("dispatch", "running", None)
    assert only.due_at == datetime(2026, 10, 9, 11, 0, tzinfo=ZONE)


def test_later_stages_run_from_dispatch() -> None:
    due = {line.stage: line for line in stages(RUBBISH, "normal", RECEIVED, DISPATCHED, Turns(), RULE_SET)}
    assert list(due) == ["dispatch", "accept", "contact", "settle", "verify", "answer"]
    assert (due["dispatch"].state, due["dispatch"].met_at) == ("met", DISPATCHED)
    assert due["accept"].due_at == datetime(2026, 10, 9, 15, 0, tzinfo=ZONE) + timedelta(hours=1)
    assert due["settle"].due_at == datetime(2026, 10, 10, 9, 30, tzinfo=ZONE)  # a make-up Saturday
    assert {line.due_at.tzinfo for line in due.values()} == {UTC}
    assert due["settle"].rule == "1 working-days"


def test_a_dispatch_after_its_due_time_is_late() -> None:
    late = RECEIVED + timedelta(hours=3)
    assert stages(RUBBISH, "normal", RECEIVED, late, Turns(), RULE_SET)[0].state == "late"


def test_verification_has_a_deadline_only_where_the_rule_asks() -> None:
    category = replace(RUBBISH, verify=False)
    assert "verify" not in {line.stage for line in stages(category, "normal", RECEIVED, DISPATCHED, Turns(), RULE_SET)}
    assert "verify" not in {line.stage for line in stages(None, "normal", RECEIVED, DISPATCHED, Turns(), RULE_SET)}


def test_a_senders_earlier_due_time_counts_for_the_end_stages_and_both_are_shown() -> None:
    sender = datetime(2026, 10, 9, 17, 0, tzinfo=ZONE)
    with_sender = stages(RUBBISH, "normal", RECEIVED, DISPATCHED, Turns(sender), RULE_SET)
    for line, plain in zip(
        with_sender, stages(RUBBISH, "normal", RECEIVED, DISPATCHED, Turns(), RULE_SET), strict=True
    ):
        if line.stage in ("settle", "answer"):
            assert (line.due_at, line.sender_due_at, line.ruled_at) == (sender, sender, plain.due_at)
            assert "2026-10-09T17:00+08:00" in line.rule
            assert plain.due_at.astimezone(ZONE).isoformat(timespec="minutes") in line.rule
        else:
            assert line == plain


def test_a_senders_later_due_time_changes_nothing_but_is_shown() -> None:
    sender = datetime(2027, 1, 1, 17, 0, tzinfo=ZONE)
    lines = {line.stage: line for line in stages(RUBBISH, "normal", RECEIVED, DISPATCHED, Turns(sender), RULE_SET)}
    assert lines["settle"].due_at == lines["settle"].ruled_at == datetime(2026, 10, 10, 9, 30, tzinfo=ZONE)
    assert "2027-01-01" in lines["settle"].rule


def test_the_earlier_of_several_clocks_counts() -> None:
    clocks = (Limit(2, "working-days"), Limit(20, "clock-hours"))
    category = replace(RUBBISH, limits={**RUBBISH.limits, "settle": clocks})
    lines = {line.stage: line for line in stages(category, "normal", RECEIVED, DISPATCHED, Turns(), RULE_SET)}
    assert lines["settle"].due_at == DISPATCHED + timedelta(hours=20)
    assert lines["settle"].rule == "2 working-days | 20 clock-hours"


def test_a_more_pressing_item_has_the_urgencys_clocks_beside_the_categorys() -> None:
    def settle(urgency: str) -> datetime:
        lines = stages(RUBBISH, urgency, RECEIVED, DISPATCHED, Turns(), RULE_SET)
        return next(line.due_at for line in lines if line.stage == "settle")

    manhole = RULE_SET.categories["3.02"]
    assert settle("critical") == DISPATCHED + timedelta(hours=8)
    assert settle("urgent") == settle("normal")
    assert RULE_SET.limits(manhole, "normal")["settle"] == (Limit(4, "clock-hours"),)


def test_days_off_that_are_not_announced_are_told() -> None:
    start = datetime(2026, 12, 30, 9, 0, tzinfo=ZONE)
    lines = {line.stage: line for line in stages(RUBBISH, "normal", start, start, Turns(), RULE_SET)}
    assert not lines["accept"].flagged
    assert lines["answer"].flagged == (lines["answer"].due_at.astimezone(ZONE).year == 2027)
    late = stages(None, "normal", start, start, Turns(), RULE_SET)[-1]
    assert late.flagged
    assert "2027 not announced" in late.rule


def test_states() -> None:
    due = DISPATCHED
    second = timedelta(seconds=1)
    assert state_of(due, None, due) == "running"
    assert state_of(due, None, due + second) == "late"
    assert state_of(due, due, due + second) == "met"
    assert state_of(due, due + second, due + second) == "late"


def test_a_stopped_deadline_stays_stopped_and_a_met_one_met() -> None:
    line = stages(RUBBISH, "normal", RECEIVED, None, Turns(), RULE_SET)[0]
    far = RECEIVED + timedelta(days=30)
    assert line.judged(far).state == "late"
    assert line.stopped().judged(far).state == "stopped"
    assert line.met(RECEIVED).stopped().judged(far).state == "met"


def test_near_is_a_share_of_the_working_time() -> None:
    friday = datetime(2026, 10, 16, 16, 30, tzinfo=ZONE)
    monday = datetime(2026, 10, 19, 12, 0, tzinfo=ZONE)  # five working hours on
    assert near_at(friday, monday, RULE_SET) == datetime(2026, 10, 19, 11, 0, tzinfo=ZONE)
    assert near_at(monday, friday, RULE_SET) == friday
    night = datetime(2026, 10, 16, 20, 0, tzinfo=ZONE)
    assert near_at(night, night + timedelta(hours=5), RULE_SET) == night + timedelta(hours=4)


def test_naive_instants_are_refused() -> None:
    naive = datetime(2026, 10, 9, 9)  # noqa: DTZ001
    for received, dispatched, sender in ((naive, None, None), (RECEIVED, naive, None), (RECEIVED, DISPATCHED, naive)):
        with pytest.raises(ValueError, match="zone"):
            stages(RUBBISH, "normal", received, dispatched, Turns(sender), RULE_SET)


@pytest.mark.parametrize("hours", [0, 1, 5, 24, 24 * 9])
def test_a_wait_puts_working_clocks_off_by_its_working_time(hours: int) -> None:
    start = DISPATCHED + timedelta(hours=1)
    wait = Wait(start, start + timedelta(hours=hours))
    plain = {line.stage: line.due_at for line in stages(RUBBISH, "normal", RECEIVED, DISPATCHED, Turns(), RULE_SET)}
    moved = {
        line.stage: line.due_at
        for line in stages(RUBBISH, "normal", RECEIVED, DISPATCHED, Turns(waits=(wait,)), RULE_SET)
    }
    calendar = RULE_SET.calendar
    for stage in ("settle", "verify", "answer"):
        assert calendar.between(plain[stage], moved[stage]) == calendar.between(wait.start, wait.end)
    assert moved["dispatch"] == plain["dispatch"]


def test_a_wait_puts_clock_hours_off_by_all_of_it_and_only_from_where_it_began() -> None:
    category = replace(RUBBISH, limits={**RUBBISH.limits, "settle": (Limit(4, "clock-hours"),)})
    early = Wait(DISPATCHED - timedelta(hours=5), DISPATCHED + timedelta(hours=2))
    after = Wait(DISPATCHED + timedelta(hours=50), DISPATCHED + timedelta(hours=90))
    lines = stages(category, "normal", RECEIVED, DISPATCHED, Turns(waits=(early, after)), RULE_SET)
    settle = next(line for line in lines if line.stage == "settle")
    assert settle.due_at == DISPATCHED + timedelta(hours=6)


def test_an_extension_moves_the_end_stages_later_and_never_earlier() -> None:
    until = datetime(2026, 10, 20, 17, 0, tzinfo=ZONE)
    plain = {line.stage: line for line in stages(RUBBISH, "normal", RECEIVED, DISPATCHED, Turns(), RULE_SET)}
    moved = {
        line.stage: line
        for line in stages(RUBBISH, "normal", RECEIVED, DISPATCHED, Turns(extended_until=until), RULE_SET)
    }
    assert (moved["settle"].due_at, moved["answer"].due_at) == (until, until)
    assert "extended = 2026-10-20T17:00+08:00" in moved["settle"].rule
    assert moved["accept"] == plain["accept"]
    early = Turns(extended_until=DISPATCHED)
    assert stages(RUBBISH, "normal", RECEIVED, DISPATCHED, early, RULE_SET) == tuple(plain.values())


def test_a_reopened_item_is_settled_and_answered_by_clocks_of_its_own() -> None:
    again = datetime(2026, 11, 2, 9, 30, tzinfo=ZONE)
    lines = {
        line.stage: line
        for line in stages(RUBBISH, "normal", RECEIVED, DISPATCHED, Turns(restarted_at=again), RULE_SET)
    }
    assert lines["settle"].due_at == datetime(2026, 11, 3, 9, 30, tzinfo=ZONE)
    assert lines["accept"].due_at < again
