"""Merging, unmerging and splitting on the real database: one transaction each, and what adds up afterwards."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from cli.service import clock
from dispatch.derive import derived
from dispatch.errors import BadArguments, Changed, WrongState
from dispatch.item import Item
from dispatch.report import read_report
from store.counters import differences
from store.database import Database
from store.escalator import Steps
from tests.factories import IN_T1G1, IN_T2G1, RunningService, a_report, a_service, rules

DOGS = "2.06"
"""Dog nuisance: neither verified nor photographed."""


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


class Desk:
    """The desk as the dispatcher uses it, in short."""

    def __init__(self, service: RunningService) -> None:
        self.service, self.desk, self.account = service, service.service.desk, service["dispatcher"].account

    def new(self, **fields: Any) -> str:
        told = a_report(**{"category": DOGS, **fields})
        return self.desk.take_in(self.account, read_report(told, now=clock(), zone=rules().zone))[0].number

    def act(self, number: str, action: str, **args: Any) -> Item:
        return self.desk.act(self.account, number, action, args)

    def item(self, number: str) -> Item:
        return self.desk.item(self.account, number)

    def actions(self, number: str) -> list[str]:
        import json

        return [json.loads(row["body"])["action"] for row in self.desk.events(self.account, number)]

    def differences(self) -> dict[Any, Any]:
        with self.service.pool.transaction() as cur:
            return differences(cur, str(rules().zone))

    def running_as_derived(self, number: str) -> None:
        bodies = [row["body"] for row in self.desk.events(self.account, number)]
        due = {line.stage: line.due_at for line in derived(bodies, rules())}
        running = {c.stage: c.due_at for c in self.item(number).clocks if c.state == "running"}
        assert running == {stage: due[stage] for stage in running}


@pytest.fixture
def desk(service: RunningService) -> Desk:
    return Desk(service)


def clocks(item: Item) -> dict[str, str]:
    return {clock.stage: clock.state for clock in item.clocks}


def test_each_keeps_its_own_clock_and_answer(desk: Desk) -> None:
    led, leading = desk.new(), desk.new(received_at=(clock() - timedelta(days=60)).isoformat())
    merged = desk.act(led, "merge", into=leading)
    assert (merged.status, merged.merged_into) == ("merged", leading)
    assert clocks(merged)["answer"] == "running" and clocks(merged)["settle"] == "stopped"
    assert {task.state for task in merged.tasks} <= {"void", "done"}
    assert [kin.number for kin in desk.item(leading).merged] == [led]
    desk.running_as_derived(led)
    desk.act(leading, "assign", main="city-management")
    handler = desk.service["department"].account
    for action, args in (("accept", {}), ("settle", {"note": "好"}), ("answer", {"text": "已劝导"})):
        desk.desk.act(handler, leading, action, args)
    answered = desk.item(led)
    assert (answered.status, answered.merged_into, clocks(answered)["answer"]) == ("answered", leading, "met")
    assert answered.close_at == desk.item(leading).close_at is not None
    assert desk.differences() == {}
    opened = desk.act(led, "reopen", reason="还在叫")
    assert (opened.status, opened.merged_into) == ("accepted", None)
    assert desk.item(leading).status == "answered" and desk.item(leading).merged == ()


def test_a_clock_climbs_again_once_its_item_stands_for_itself(desk: Desk) -> None:
    led, leading = desk.new(), desk.new()
    desk.act(led, "merge", into=leading)
    late = Steps(desk.service.pool, desk.service.service.pen, lambda: clock() + timedelta(days=90))
    late.tick()
    assert "ordered" in desk.actions(leading) and "ordered" not in desk.actions(led)
    desk.act(led, "unmerge")
    late.tick()
    assert {c.stage: c.step for c in desk.item(led).clocks}["answer"] == len(rules().ladders["normal"])
    assert "ordered" in desk.actions(led)


def test_the_end_of_the_leading_one_is_that_of_all(desk: Desk) -> None:
    led, leading = desk.new(), desk.new()
    desk.act(led, "merge", into=leading)
    desk.act(leading, "decline", ground="litigation")
    assert (desk.item(led).status, desk.actions(led)) == ("declined", ["received", "merge", "decline"])
    assert desk.differences() == {}


@pytest.mark.parametrize("status", ["received", "dispatched", "accepted", "settled", "suspended", "paused"])
def test_unmerging_gives_back_how_it_stood(desk: Desk, status: str) -> None:
    number = desk.new(**({"lon": None, "lat": None} if status == "received" else {}))
    handler = desk.service["department"].account
    if status not in ("received", "dispatched"):
        desk.act(number, "assign", main="city-management")
        desk.desk.act(handler, number, "accept", {})
    if status == "settled":
        desk.desk.act(handler, number, "settle", {"note": "好"})
    if status == "paused":
        desk.desk.act(handler, number, "pause", {"reason": "请补充"})
    if status == "suspended":
        ask = {"until": "2027-06-30T17:30+08:00", "reason": "待诉讼"}
        desk.desk.act(handler, number, "request_suspension", ask)
        desk.desk.act(desk.service["supervisor"].account, number, "decide_suspension", {"grant": True, "reason": "是"})
    before, leading = desk.item(number), desk.new()
    desk.act(number, "merge", into=leading)
    after = desk.act(number, "unmerge")
    held = status in ("suspended", "paused")
    assert after.status == ("accepted" if held else before.status)
    assert after.handlers == before.handlers if not held else True
    assert (after.lead, after.tasks, after.dispatched_at) == (before.lead, before.tasks, before.dispatched_at)
    if not held:
        assert [(c.stage, c.due_at, c.state) for c in after.clocks] == [
            (c.stage, c.due_at, c.state) for c in before.clocks
        ]
    assert after.merged_into is None and desk.item(leading).merged == ()
    desk.running_as_derived(number)
    assert desk.actions(leading) == ["received", "merged_in", "merged_out"]
    assert desk.differences() == {}


def test_what_is_merged_follows_to_the_new_leading_one(desk: Desk) -> None:
    a, b, c = desk.new(), desk.new(), desk.new()
    desk.act(a, "merge", into=b)
    desk.act(b, "merge", into=c)
    assert [kin.number for kin in desk.item(c).merged] == [a, b]
    assert desk.item(a).merged_into == c
    assert desk.act(a, "unmerge").status == "dispatched"


def test_what_cannot_be_merged(desk: Desk) -> None:
    a, b = desk.new(), desk.new()
    for into in (a, "261124-9999999", None, 7, ["x"], {"status": "dispatched"}):
        with pytest.raises(BadArguments):
            desk.act(a, "merge", into=into)
    desk.act(b, "decline", ground="litigation")
    with pytest.raises(WrongState, match=b):
        desk.act(a, "merge", into=b)
    with pytest.raises(Changed):
        desk.desk.act(desk.account, a, "merge", {"into": desk.new()}, 7)
    assert desk.item(a).version == 1


def test_a_into_b_and_b_into_a_at_once(desk: Desk) -> None:
    for _ in range(8):
        pair = [desk.new(), desk.new()]

        def attempt(n: int, pair: list[str] = pair) -> str:
            try:
                return desk.act(pair[n], "merge", into=pair[1 - n]).status
            except WrongState:
                return "refused"

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(attempt, (0, 1))) == ["merged", "refused"]
        assert sorted(desk.item(number).status for number in pair) == ["dispatched", "merged"]
    assert desk.differences() == {}


def test_answering_and_unmerging_at_once(desk: Desk) -> None:
    for _ in range(6):
        led, leading = desk.new(), desk.new()
        desk.act(led, "merge", into=leading)

        def attempt(act: Any) -> str:
            try:
                return str(desk.act(*act[:2], **act[2]).status)
            except WrongState:
                return "refused"

        acts = [(led, "unmerge", {}), (leading, "reply", {"text": "已答复"})]
        with ThreadPoolExecutor(2) as pool:
            done = list(pool.map(attempt, acts))
        assert done[1] == "answered"
        assert desk.item(led).status == ("dispatched" if done[0] == "dispatched" else "answered")


def test_splitting_makes_items_of_their_own(desk: Desk) -> None:
    number = desk.new(reporter={"name": "某人", "phone": "13800000000"}, received_at="2026-11-20T09:00+08:00")
    lon, lat = IN_T2G1
    parts = [{"description": "路灯不亮", "category": "4.01"}, {"category": DOGS, "lon": lon, "lat": lat}]
    item = desk.desk.act(desk.account, number, "split", {"parts": parts}, key="k1")
    first, second = (desk.item(kin.number) for kin in item.split)
    assert first.split_from == second.split_from == number
    assert (first.description, first.lead, first.spot) == ("路灯不亮", item.lead, item.spot)
    assert (second.description, second.resolution.township) == (item.description, "T2")
    assert first.reporter == second.reporter == item.reporter and first.received_at == item.received_at
    assert first.maker == item.maker and clocks(first)["answer"] == "running"
    again = desk.desk.act(desk.account, number, "split", {"parts": parts}, key="k1")
    assert (again.split, again.version) == (item.split, item.version)
    assert desk.actions(number)[-1] == "split"
    assert desk.differences() == {}


def test_a_part_that_says_nothing_splits_nothing(desk: Desk) -> None:
    number = desk.new()
    for parts in ([], "x", [{}], [{"address": "x"}], [{"category": "none such"}], [{"description": 5}], [{"x": 1}]):
        with pytest.raises(BadArguments):
            desk.act(number, "split", parts=parts)
    with pytest.raises(BadArguments):
        desk.act(number, "split", parts=[{"description": "好"}, {}])
    assert desk.item(number).split == ()


class Joining(RuleBasedStateMachine):
    """Items merged, unmerged, split and answered in any order: no item is lost, none is led in a circle."""

    desk: Desk

    @initialize()
    def begin(self) -> None:
        self.numbers = [self.desk.new(), self.desk.new()]

    def one(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(self.numbers[-6:]))

    @rule()
    def report(self) -> None:
        self.numbers.append(self.desk.new(lon=IN_T1G1[0], lat=IN_T1G1[1]))

    @rule(data=st.data())
    def merge(self, data: st.DataObject) -> None:
        self.attempt(self.one(data), "merge", into=self.one(data))

    @rule(data=st.data())
    def unmerge(self, data: st.DataObject) -> None:
        self.attempt(self.one(data), "unmerge")

    @rule(data=st.data())
    def reply(self, data: st.DataObject) -> None:
        self.attempt(self.one(data), "reply", text="已答复")

    @rule(data=st.data())
    def reopen(self, data: st.DataObject) -> None:
        self.attempt(self.one(data), "reopen", reason="又来了")

    @precondition(lambda self: len(self.numbers) < 12)
    @rule(data=st.data())
    def split(self, data: st.DataObject) -> None:
        number = self.one(data)
        known = {kin.number for kin in self.desk.item(number).split}
        if self.attempt(number, "split", parts=[{"description": "另一件"}]):
            self.numbers += [kin.number for kin in self.desk.item(number).split if kin.number not in known]

    def attempt(self, number: str, action: str, **args: Any) -> bool:
        try:
            self.desk.act(number, action, **args)
        except (WrongState, BadArguments):
            return False
        return True

    def teardown(self) -> None:
        items = {number: self.desk.item(number) for number in getattr(self, "numbers", ())}
        for number, item in items.items():
            assert (item.status == "merged") <= (item.merged_into is not None)
            if item.status == "merged":
                assert items[str(item.merged_into)].status not in ("merged", "answered", "closed")
                assert item.main is not None and clocks(item)["answer"] == "running"
            self.desk.running_as_derived(number)
        assert self.desk.differences() == {}


def test_any_sequence_keeps_counts_equal_to_items(desk: Desk) -> None:
    bound = type("Bound", (Joining,), {"desk": desk})
    few = settings(max_examples=12, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(bound, settings=few)  # type: ignore[no-untyped-call]


def test_a_stopped_clock_is_never_met(desk: Desk) -> None:
    led, leading = desk.new(), desk.new()
    desk.act(led, "merge", into=leading)
    desk.act(leading, "reply", text="好")
    states = clocks(desk.item(led))
    assert states.pop("answer") == "met" and states.pop("dispatch") == "met"
    assert set(states.values()) == {"stopped"} and isinstance(desk.item(led).updated_at, datetime)
