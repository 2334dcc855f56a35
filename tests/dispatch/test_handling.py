"""From acceptance to the end: settling, verifying, answering, asking, waiting; and clocks derived again from it all."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.deadlines import Turns, stages
from dispatch.errors import BadArguments, Forbidden, WrongState
from dispatch.item import Item
from dispatch.merging import followed
from dispatch.workflow import act, allowed
from tests.factories import NOON, PEOPLE, RUBBISH, TOILET, a_photo, a_world, an_account, an_item, rules

LATE = "2026-12-30T17:30+08:00"


def do(item: Item, name: str, action: str, *, hours: float = 1, id: int = 7, **args: Any) -> Item:
    """The item after an action, ``hours`` after it came in."""
    world = a_world(now=NOON + timedelta(hours=hours))
    return act(item, an_account(name, id), action, args, world).item


def accepted(**fields: Any) -> Item:
    return do(an_item(**fields), "department", "accept")


def with_photo(item: Item) -> Item:
    return replace(item, photos=(a_photo(),))


def clock(item: Item, stage: str) -> Any:
    return next(one for one in item.clocks if one.stage == stage)


def main_of(item: Item) -> str:
    assert item.main is not None
    return item.main.unit


def test_the_whole_road() -> None:
    item = with_photo(accepted())
    settled = do(item, "department", "settle", hours=2, note="已清洗")
    assert (settled.status, settled.settled_by, clock(settled, "settle").state) == ("settled", 7, "met")
    assert [h.state for h in settled.handlers if h.role == "main"] == ["settled"]
    assert [(t.kind, t.state) for t in settled.tasks] == [("confirm", "offered"), ("verify", "offered")]
    verified = do(settled, "dispatcher", "verify", hours=3, id=8, grant=True, note="属实")
    assert (verified.status, clock(verified, "verify").state, verified.tasks[-1].state) == ("verified", "met", "done")
    answered = do(verified, "officer", "answer", hours=4, text="已办结")
    assert (answered.status, {c.state for c in answered.clocks}) == ("answered", {"met"})
    assert [t.state for t in answered.tasks] == ["void", "done"]
    assert do(answered, "dispatcher", "close", hours=5).status == "closed"


def test_nobody_verifies_the_own_task() -> None:
    """The grid worker who did the work as a task does not verify it, though somebody else settled the item."""
    item = do(an_item(category=RUBBISH), "officer", "accept")
    task = next(task for task in item.tasks if task.kind == "settle")
    item = do(with_photo(item), task.worker, "take", hours=1)
    item = do(item, task.worker, "done", hours=2, note="已清走")
    with pytest.raises(BadArguments, match="does not verify"):
        do(item, "officer", "assign", hours=2, worker=task.worker, task="verify")
    settled = do(item, "officer", "settle", hours=3, note="已清走")
    assert [t.kind for t in settled.tasks if t.state == "offered"] == []
    own = replace(task, n=9, kind="verify", state="taken")
    assert "verify" not in allowed(replace(settled, tasks=(*settled.tasks, own)), an_account(task.worker), rules())
    assert do(settled, "dispatcher", "verify", hours=4, id=8, grant=True, note="属实").status == "verified"


def test_a_photo_after_the_work_is_needed_where_the_rule_asks() -> None:
    with pytest.raises(BadArguments) as refused:
        do(accepted(), "department", "settle", note="已清洗")
    assert refused.value.members["errors"][0]["field"] == "photo"
    before = replace(accepted(), photos=(a_photo(stage="before"),))
    with pytest.raises(BadArguments):
        do(before, "department", "settle", note="已清洗")


def test_whoever_settled_does_not_verify() -> None:
    settled = replace(do(with_photo(accepted()), "department", "settle", note="好"), settled_by=42)
    assert "verify" not in allowed(settled, an_account("dispatcher", 42), rules())
    assert "verify" in allowed(settled, an_account("dispatcher", 8), rules())


def test_work_sent_back_is_counted_and_gets_no_more_time() -> None:
    settled = do(with_photo(accepted()), "department", "settle", hours=2, note="好")
    back = do(settled, "dispatcher", "verify", hours=3, id=8, grant=False, note="没有清")
    assert (back.status, back.rework, back.settled_by) == ("accepted", 1, None)
    assert clock(back, "settle").state == "running"
    assert clock(back, "settle").due_at == clock(settled, "settle").due_at
    assert [h.state for h in back.handlers if h.role == "main"] == ["accepted"]


def test_the_workers_task() -> None:
    taken = do(an_item(), "w-T1G1", "take")
    arrived = do(taken, "w-T1G1", "arrive", hours=2)
    assert clock(arrived, "contact").state == "met"
    assert "arrive" not in allowed(arrived, an_account("w-T1G1"), rules())
    done = do(arrived, "w-T1G1", "done", hours=3, note="属实")
    assert (done.tasks[0].state, done.tasks[0].arrived_at) == ("done", NOON + timedelta(hours=2))
    with pytest.raises(BadArguments):
        do(arrived, "w-T1G1", "done")


def test_a_worker_whose_task_it_is_settles_and_is_not_sent_to_verify() -> None:
    item = with_photo(do(an_item(category=RUBBISH), "officer", "accept"))
    settled = do(item, "w-T1G1", "settle", note="清走了")
    assert [(t.kind, t.state) for t in settled.tasks] == [("settle", "done")]
    assert "verify" not in allowed(settled, an_account("w-T1G1"), rules())


def test_a_dispute_stays_until_it_is_ruled_and_the_second_goes_to_the_supervisor() -> None:
    asked = do(an_item(), "department", "request_return", reason="不归我", unit="housing-bureau")
    assert main_of(asked) == "city-management"
    with pytest.raises(WrongState):
        do(asked, "department", "request_return", reason="再说一次")
    refused = do(asked, "dispatcher", "decide_return", grant=False, reason="目录如此")
    assert main_of(refused) == "city-management"
    again = do(refused, "department", "request_return", reason="真的不归我")
    assert "decide_return" not in allowed(again, an_account("dispatcher"), rules())
    ruled = do(again, "supervisor", "decide_return", grant=True, reason="改派")
    assert main_of(ruled) == ruled.lead.code == "T1"
    assert [(h.unit, h.state) for h in ruled.handlers if h.state == "returned"] == [("city-management", "returned")]
    named = do(asked, "dispatcher", "decide_return", grant=True, reason="改派", main="market-supervision")
    assert main_of(named) == "market-supervision"
    assert main_of(do(asked, "dispatcher", "decide_return", grant=True, reason="改派")) == "housing-bureau"


def test_an_extension_is_asked_before_it_is_due_and_moves_the_end() -> None:
    item = accepted()
    with pytest.raises(WrongState):
        do(item, "department", "request_extension", hours=24 * 30, until="2027-01-30T17:30+08:00", reason="备料")
    with pytest.raises(BadArguments):
        do(item, "department", "request_extension", until="2026-11-24T20:00+08:00", reason="比原来还早")
    asked = do(item, "department", "request_extension", until=LATE, reason="备料")
    assert clock(asked, "settle") == clock(item, "settle")
    granted = do(asked, "dispatcher", "decide_extension", grant=True, reason="同意")
    assert clock(granted, "settle").due_at == datetime(2026, 12, 30, 9, 30, tzinfo=UTC)
    second = do(granted, "department", "request_extension", until="2027-01-30T17:30+08:00", reason="又")
    assert "decide_extension" not in allowed(second, an_account("dispatcher"), rules())
    assert "decide_extension" in allowed(second, an_account("supervisor"), rules())


def test_a_suspension_stops_the_clocks_until_it_is_resumed() -> None:
    asked = do(accepted(), "department", "request_suspension", hours=2, until=LATE, reason="待拆迁")
    held = do(asked, "supervisor", "decide_suspension", hours=2, grant=True, reason="同意")
    assert (held.status, clock(held, "settle").state) == ("suspended", "stopped")
    with pytest.raises(Forbidden):
        do(held, "officer", "resume")
    assert "resume" not in allowed(held, an_account("department"), rules())
    back = do(held, "supervisor", "resume", hours=2 + 24 * 7)
    calendar = rules().calendar
    assert back.status == "accepted" and clock(back, "settle").state == "running"
    assert calendar.between(clock(asked, "settle").due_at, clock(back, "settle").due_at) == calendar.between(
        NOON + timedelta(hours=2), NOON + timedelta(hours=2 + 24 * 7)
    )


def test_a_pause_ends_with_what_the_citizen_adds() -> None:
    paused = do(accepted(), "department", "pause", hours=2, reason="请补充楼号")
    assert (paused.status, clock(paused, "settle").state) == ("accepted", "stopped")
    assert "settle" not in allowed(paused, an_account("department"), rules())
    back = do(paused, "dispatcher", "supplement", hours=5, text="三号楼")
    assert back.hold is None and clock(back, "settle").state == "running"


def test_pauses_together_last_no_longer_than_the_rule() -> None:
    calendar, limit = rules().calendar, rules().thresholds.pause
    paused = do(accepted(), "department", "pause", hours=2, reason="等")
    assert paused.hold is not None
    forgotten = do(paused, "department", "resume", hours=24 * 60)
    assert forgotten.waits[0].end == paused.hold.until
    whole = calendar.between(NOON + timedelta(hours=2), calendar.add(NOON + timedelta(hours=2), limit))
    assert calendar.between(forgotten.waits[0].start, forgotten.waits[0].end) == whole
    with pytest.raises(WrongState):
        do(forgotten, "department", "pause", hours=24 * 60, reason="再等")


def test_reopening_gives_clocks_of_their_own() -> None:
    settled = do(with_photo(accepted()), "department", "settle", hours=2, note="好")
    verified = do(settled, "dispatcher", "verify", hours=3, id=8, grant=True, note="属实")
    answered = do(verified, "officer", "answer", hours=4, text="已办结")
    again = do(answered, "supervisor", "reopen", hours=24 * 7, reason="不满意")
    assert (again.status, clock(again, "accept").state, clock(again, "settle").state) == ("accepted", "met", "running")
    assert clock(again, "settle").due_at > NOON + timedelta(days=7)


def test_who_never_took_an_item_on_does_so_when_it_is_opened_again() -> None:
    replied = do(an_item(), "dispatcher", "reply", hours=1, text="请拨打物业电话")
    again = do(replied, "dispatcher", "reopen", hours=24 * 7, reason="物业不管")
    assert again.main is not None and (again.status, again.main.state) == ("accepted", "assigned")
    assert clock(again, "accept").state == "running" and clock(again, "accept").due_at > NOON + timedelta(days=7)
    taken = do(again, "department", "accept", hours=24 * 7 + 1)
    assert clock(taken, "accept").state == "met" and "accept" not in allowed(taken, an_account("department"), rules())
    straight = do(with_photo(again), "department", "settle", hours=24 * 7 + 1, note="好")
    assert clock(straight, "accept").state == "met", "a clock that nobody can stop would be late for ever"


def test_a_merged_item_that_is_opened_again_is_not_late_at_once() -> None:
    """While it was merged nobody contacted its citizen: the clock for that begins anew with the others."""
    merged = do(an_item(), "dispatcher", "merge", into=replace(an_item(), id=99, number="261124-0000099"))
    answered = followed(merged, "answer", an_account("dispatcher"), {"text": "已办结"}, a_world(now=NOON)).item
    again = do(answered, "dispatcher", "reopen", hours=24 * 7, reason="未解决")
    running = [one for one in again.clocks if one.state == "running"]
    assert "contact" in {one.stage for one in running}
    assert min(one.due_at for one in running) > NOON + timedelta(days=7)


@pytest.mark.parametrize("args", [{}, {"ground": "because"}, {"ground": 1}])
def test_declining_needs_a_ground_of_the_rules(args: dict[str, Any]) -> None:
    with pytest.raises(BadArguments):
        do(an_item(), "dispatcher", "decline", **args)


def test_what_is_declined_or_transferred_stops() -> None:
    declined = do(an_item(), "dispatcher", "decline", ground=next(iter(rules().grounds)))
    gone = do(an_item(), "dispatcher", "transfer", to="119", external_ref={"system": "119", "number": "A1"})
    for item in (declined, gone):
        assert {c.state for c in item.clocks} == {"met", "stopped"}
        assert {t.state for t in item.tasks} == {"void"}
    assert gone.external_ref == {"system": "119", "number": "A1"}


NAMES = [name for name in PEOPLE if name not in ("worker", "channel", "other-channel")]
ARGS: dict[str, Any] = {
    "note": "做了", "text": "说了", "reason": "因为", "grant": True, "until": "2027-06-30T17:30+08:00",
    "category": TOILET, "lon": 119.315, "lat": 26.085, "main": "housing-bureau", "worker": "w-T1G2", "to": "110",
    "ground": "litigation",
}  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 40), st.booleans()), max_size=14), st.booleans())
def test_any_history_keeps_lead_handler_and_clocks_that_can_be_derived(
    steps: list[tuple[str, int, bool]], by_lead: bool
) -> None:
    item, now = with_photo(an_item(category=RUBBISH if by_lead else TOILET)), NOON
    for name, pick, grant in steps:
        now += timedelta(hours=pick % 30)
        account = an_account(name, id=NAMES.index(name) + 1)
        may = allowed(item, account, rules())
        if not may:
            continue
        action = may[pick % len(may)]
        try:
            item = act(item, account, action, ARGS | {"grant": grant}, a_world(now=now)).item
        except (BadArguments, WrongState):
            continue
        assert item.lead.code
        assert not item.is_open or item.main is not None
        assert (item.status == "suspended") == (item.hold is not None and item.hold.kind == "suspension")
        turns = Turns(item.sender_due_at, item.extended_until, item.waits, item.restarted_at, item.reassigned_at)
        category = rules().category(item.category)
        derived = stages(category, item.urgency, item.received_at, item.dispatched_at, turns, rules())
        due = {line.stage: line.due_at for line in derived}
        running = {one.stage: one.due_at for one in item.clocks if one.state == "running"}
        assert running == {stage: due[stage] for stage in running}
