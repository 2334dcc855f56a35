"""The escalator on the real database: each step once under several processes, a kill, and clocks that jump."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from cli.service import clock
from dispatch.errors import Changed
from store.audit import verify
from store.database import Database
from store.escalator import Escalator, Steps
from store.settings import ROOT
from tests.factories import RunningService, a_service
from tests.scenarios.servers import until
from tests.summoning import soon, summon

MONTH = timedelta(days=40)


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


def steps(service: RunningService, at: datetime | None = None) -> Steps:
    return Steps(service.pool, service.service.pen, clock if at is None else lambda: at)


def lines(service: RunningService, number: str) -> list[dict[str, Any]]:
    events = service["supervisor"].get(f"/items/{number}/events").get_json()["events"]
    return [event for event in events if event["actor"]["role"] == "escalator"]


def climbed(service: RunningService, number: str) -> list[str]:
    return [rung for line in lines(service, number) for rung in line["data"].get("climbed", ())]


def notices(service: RunningService, number: str) -> list[tuple[str, str]]:
    with service.pool.transaction() as cur:
        cur.execute("SELECT recipient, kind FROM notices WHERE number = %s ORDER BY id", (number,))
        return [(row["recipient"], row["kind"]) for row in cur.fetchall()]


def clocks(service: RunningService, number: str) -> dict[str, dict[str, Any]]:
    with service.pool.transaction() as cur:
        cur.execute(
            "SELECT d.* FROM deadlines d JOIN items i ON i.id = d.item_id WHERE number = %s AND d.state = 'running'",
            (number,),
        )
        return {row["stage"]: dict(row) for row in cur.fetchall()}


def assert_each_once_and_in_order(service: RunningService, number: str) -> None:
    """Every rung of every clock that was climbed stands in the history once, in order."""
    by_stage: dict[str, list[int]] = {}
    for rung in climbed(service, number):
        stage, n, *_ = rung.split("/")
        by_stage.setdefault(stage, []).append(int(n))
    stored = {stage: row["step"] or 0 for stage, row in clocks(service, number).items()}
    assert by_stage == {stage: list(range(1, step + 1)) for stage, step in stored.items() if step}


def test_a_step_is_event_clock_notice_and_stream_in_one(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    before = service["supervisor"].get(f"/items/{number}").get_json()
    service.relay()
    due = clocks(service, number)["accept"]
    assert steps(service, due["near_at"] - timedelta(seconds=1)).tick() == 0
    assert steps(service, due["due_at"]).tick() == 1
    assert steps(service, due["due_at"]).tick() == 0
    (line,) = lines(service, number)
    assert line["action"] == "reminded"
    assert line["data"]["climbed"][:2] == ["accept/1/warning/handler", "accept/2/reminder/handler"]
    after = service["supervisor"].get(f"/items/{number}").get_json()
    assert after["version"] == before["version"] + 1
    told = notices(service, number)
    main = after["handlers"][0]["unit"]
    assert Counter(told)[(f"unit:{main}", "reminder")] == 1 and max(Counter(told).values()) == 1
    with service.pool.transaction() as cur:
        cur.execute("SELECT count(*) AS n FROM outbox WHERE topic = 'item' AND body ->> 'number' = %s", (number,))
        assert cur.fetchone()["n"] == 2
    assert_each_once_and_in_order(service, number)


def test_the_ladder_to_its_order_with_the_history_whole(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    start = clock()
    for hours in range(0, 24 * 40, 7):
        steps(service, start + timedelta(hours=hours)).tick()
    assert_each_once_and_in_order(service, number)
    item = service["supervisor"].get(f"/items/{number}").get_json()
    assert [(o["by"], o["state"]) for o in item["orders"]] == [("escalator", "open")] * len(item["orders"])
    assert {row["step_at"] for row in clocks(service, number).values()} == {None}
    assert verify(service.pool, "Asia/Shanghai").fault is None


def test_two_escalators_climb_each_rung_once(service: RunningService) -> None:
    numbers = [service["channel"].report()["number"] for _ in range(30)]
    start = clock()
    gate = threading.Barrier(4)

    def climb(n: int) -> int:
        gate.wait()
        return sum(steps(service, start + timedelta(hours=6 * k + n)).tick() for k in range(12))

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(climb, range(4))) > 0
    steps(service, start + timedelta(hours=6 * 11 + 3)).tick()
    for number in numbers:
        assert climbed(service, number)
        assert_each_once_and_in_order(service, number)


def test_a_clock_that_runs_back_climbs_nothing_again_and_forwards_it_goes_on(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    start = clock()
    steps(service, start + MONTH).tick()
    first = climbed(service, number)
    for back in (start, start - MONTH, start + MONTH):
        assert steps(service, back).tick() == 0
    assert climbed(service, number) == first and len(lines(service, number)) == 1


def test_what_somebody_works_on_is_left_to_the_next_round(service: RunningService) -> None:
    first, second = (service["channel"].report()["number"] for _ in range(2))
    holder = service.pool.dedicated()
    holder.autocommit = False
    try:
        with holder.cursor() as cur:
            cur.execute("SELECT id FROM items WHERE number = %s FOR UPDATE", (first,))
        later = clock() + MONTH
        assert steps(service, later).tick() == 1
        assert not lines(service, first) and lines(service, second)
        holder.rollback()
        assert steps(service, later).tick() == 1 and lines(service, first)
    finally:
        holder.close()


def test_a_reminder_does_not_stand_in_anybodys_way_and_an_order_does(service: RunningService) -> None:
    desk, dispatcher = service.service.desk, service["dispatcher"].account
    number = service["channel"].report()["number"]
    seen = desk.item(dispatcher, number).version
    near = clocks(service, number)["accept"]["near_at"]
    steps(service, near).tick()
    assert desk.item(dispatcher, number).version == seen + 1
    after = desk.act(dispatcher, number, "comment", {"text": "看过了"}, version=seen)
    assert after.version == seen + 2
    with pytest.raises(Changed):
        desk.act(dispatcher, number, "comment", {"text": "又看"}, version=seen)
    with pytest.raises(Changed):
        desk.act(dispatcher, number, "comment", {"text": "未来"}, version=seen + 9)
    steps(service, clock() + MONTH).tick()
    with pytest.raises(Changed):
        desk.act(dispatcher, number, "comment", {"text": "晚了"}, version=seen + 2)


def test_one_item_that_cannot_be_worked_out_does_not_stop_the_others(
    service: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    from store import escalator

    bad, good = (service["channel"].report()["number"] for _ in range(2))
    climb = escalator.climb

    def odd(item: Any, rules: Any, now: datetime) -> Any:
        if item.number == bad:
            raise KeyError("odd")
        return climb(item, rules, now)

    later = clock() + MONTH
    monkeypatch.setattr(escalator, "climb", odd)
    assert steps(service, later).tick() == 2
    assert lines(service, good) and not lines(service, bad)
    assert steps(service, later).tick() == 0
    monkeypatch.setattr(escalator, "climb", climb)
    assert steps(service, later + timedelta(hours=2)).tick() >= 1
    assert lines(service, bad)


def test_a_call_that_nobody_acknowledges_climbs_once(service: RunningService) -> None:
    made = summon(service, meet_at=soon(60 * 24 * 3))
    number, id = made["number"], made["id"]
    assert service["department"].post(f"/summonses/{id}/acknowledge").status_code == 200
    by = datetime.fromisoformat(made["acknowledge_by"])
    assert steps(service, by - timedelta(seconds=1)).climb_waiting(by - timedelta(seconds=1)) == 0
    now = by + timedelta(seconds=1)
    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(lambda _: steps(service).climb_waiting(now), range(3))) == 1
    (line,) = [line for line in lines(service, number) if line["action"] == "summons_unanswered"]
    assert line["data"]["department"] == "housing-bureau" and line["data"]["climbed"] == ["1/leader_in_charge"]
    assert ("leader:housing-bureau", "summons_unanswered") in notices(service, number)
    steps(service).climb_waiting(now + MONTH)
    steps(service).climb_waiting(now + MONTH)
    told = Counter(notices(service, number))
    assert told[("leader:housing-bureau", "summons_unanswered")] == 2
    assert told[("role:supervisor", "summons_unanswered")] == 1
    # another time is another limit, towards which it climbs anew
    assert service["officer"].post(f"/summonses/{id}/excuse", {"department": "city-management", "reason": "不涉及"})
    moved = service["officer"].post(f"/summonses/{id}/reschedule", {"meet_at": soon(30)}).get_json()
    again = datetime.fromisoformat(moved["acknowledge_by"]) + timedelta(seconds=1)
    assert steps(service).climb_waiting(again) == 1
    assert Counter(notices(service, number))[("leader:housing-bureau", "summons_unanswered")] == 3
    service["officer"].post(f"/summonses/{id}/cancel", {"reason": "不用了"})
    assert steps(service).climb_waiting(again + MONTH) == 0


def test_a_joint_task_that_is_late_climbs_until_it_is_done(service: RunningService) -> None:
    made = summon(service)
    number, id = made["number"], made["id"]
    tasks = [{"department": "city-management", "text": "清淤", "due_at": soon(60)}]
    assert service["officer"].post(f"/summonses/{id}/conclude", {"plan": "先清后修", "tasks": tasks}).status_code == 200
    now = clock() + timedelta(hours=2)
    assert steps(service).climb_waiting(now) == 1
    assert steps(service).climb_waiting(now) == 0
    assert ("unit:city-management", "summons_task_late") in notices(service, number)
    assert service["department"].post(f"/summonses/{id}/tasks/1/done").status_code == 200
    assert steps(service).climb_waiting(now + MONTH) == 0


def test_the_thread_climbs_and_stops_and_outlives_a_fault(
    service: RunningService, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from store import escalator

    monkeypatch.setattr(escalator, "TICK_S", 0.02)
    number = service["channel"].report()["number"]
    work = steps(service, clock() + MONTH)
    tick, turns = work.tick, iter([ValueError("odd")])

    def sometimes(halt: Any) -> int:
        for fault in turns:
            raise fault
        return tick(halt)

    monkeypatch.setattr(work, "tick", sometimes)
    thread = Escalator(work)
    thread.start()
    until(lambda: lines(service, number))
    thread.stop()
    thread.join(10)
    assert not thread.is_alive() and "tries again" in caplog.text


def begin(database: Database, *words: str) -> "subprocess.Popen[bytes]":
    settings = database.settings
    environ = {**os.environ, "DATABASE_URL": database.admin_dsn, "FIRSTLINE_HOME": str(settings.home),
               "FIRSTLINE_SECRET": settings.secret.decode()}  # fmt: skip
    command = [sys.executable, "app.py", "escalator", *words]
    return subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, start_new_session=True)


def make_due(service: RunningService, owner: Any, count: int) -> list[str]:
    """Items whose clocks have all been due for weeks."""
    numbers = [service["channel"].report()["number"] for _ in range(count)]
    with owner.cursor() as cur:
        cur.execute("UPDATE deadlines SET due_at = due_at - interval '60 days', near_at = near_at - interval '60 days',"
                    " step_at = step_at - interval '60 days' WHERE state = 'running'")  # fmt: skip
    return numbers


def test_processes_that_are_killed_climb_each_rung_once(service: RunningService, owner: Any) -> None:
    numbers = make_due(service, owner, 40)
    both = [begin(service.database) for _ in range(2)]
    try:
        until(lambda: any(lines(service, number) for number in numbers), 60)
        os.killpg(both[0].pid, signal.SIGKILL)
        until(lambda: all(lines(service, number) for number in numbers), 60)
    finally:
        os.killpg(both[1].pid, signal.SIGTERM)
        assert both[1].wait(30) == 0
        both[0].wait(10)
        for one in both:
            assert one.stdout is not None
            one.stdout.close()
    for number in numbers:
        assert_each_once_and_in_order(service, number)
        assert len(lines(service, number)) == 1


def test_once_climbs_what_is_due_and_leaves(service: RunningService, owner: Any) -> None:
    (number,) = make_due(service, owner, 1)
    first = begin(service.database, "--once")
    assert (first.communicate(timeout=60)[0], first.returncode) == (b"1\n", 0)
    second = begin(service.database, "--once")
    assert second.communicate(timeout=60)[0] == b"0\n"
    assert json.dumps(climbed(service, number)).count("accept/1/") == 1
