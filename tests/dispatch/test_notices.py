"""Who is told what when an item changes: the parties of the change, each once, and nobody else."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch import answering, summoning
from dispatch.account import CITIZEN, Account
from dispatch.change import ended
from dispatch.item import Handler, Hold, Item, Lead, Request
from dispatch.moving import moved
from dispatch.notice import Notice
from dispatch.notices import notices_of
from dispatch.scope import can_read, keys_of, readers_of
from dispatch.summons_notices import summons_notices
from dispatch.telling import PARTING, may_read, recipients_of, told
from dispatch.workflow import act
from tests.dispatch.calling import ITEM, OFFICER, UNITS, WORLD, at, call_units, check_in, department
from tests.factories import (
    IN_T2G1,
    NOON,
    OUTSIDE,
    PEOPLE,
    a_photo,
    a_redrawn_town,
    a_task,
    a_world,
    an_account,
    an_item,
)

LATE = "2026-12-30T17:30+08:00"
DEPARTMENT, TOWNSHIP = "unit:city-management", "unit:T1"


def do(item: Item, name: str, action: str, *, hours: float = 1, id: int = 7, **args: Any) -> tuple[Item, list[Any]]:
    """The item after an action, and what is told of it: (recipient, kind) each."""
    actor = an_account(name, id)
    change = act(item, actor, action, args, a_world(now=NOON + timedelta(hours=hours)))
    return change.item, [(n.to, n.kind) for n in notices_of(item, change.item, actor, action, change.notices)]


def accepted(**fields: Any) -> Item:
    return do(an_item(**fields), "department", "accept")[0]


def facts(before: Item, after: Item, to: str, action: str = "x") -> dict[str, Any]:
    found = notices_of(before, after, CITIZEN, action)
    return dict(next(one.facts for one in found if one.to == to))


def test_who_holds_which_keys() -> None:
    assert recipients_of(an_account("dispatcher")) == ("account:7", "role:dispatcher")
    assert recipients_of(an_account("officer")) == ("account:7", "role:officer", "unit:T1")
    assert recipients_of(an_account("department")) == ("account:7", "role:department", DEPARTMENT)
    assert recipients_of(an_account("leader")) == ("account:7", "leader:city-management", "role:leader")
    assert recipients_of(an_account("w-T1G1")) == ("account:7", "role:worker", "worker:w-T1G1")


def test_a_unit_that_becomes_handler_and_one_that_is_relieved() -> None:
    item, out = do(an_item(), "dispatcher", "assign", main="housing-bureau", assist=["water-company"])
    assert set(out) == {("unit:housing-bureau", "handler"), ("unit:water-company", "handler"), (DEPARTMENT, "released")}
    assert facts(an_item(), item, "unit:housing-bureau") == {"role": "main"}
    assert facts(an_item(), item, "unit:water-company") == {"role": "assist"}
    _, out = do(item, "dispatcher", "assign", main="water-company", assist=["housing-bureau"])
    assert set(out) == {("unit:water-company", "handler"), ("unit:housing-bureau", "handler")}


def test_a_worker_who_gets_a_task_and_one_who_loses_it() -> None:
    item = an_item()
    assert [task.worker for task in item.tasks] == ["w-T1G1"]
    after, out = do(item, "officer", "assign", worker="w-T1G2", task="settle")
    assert out == [("worker:w-T1G2", "task"), ("worker:w-T1G1", "task_void")]
    assert facts(item, after, "worker:w-T1G2") == {"task": "settle", "grid": "T1G1"}


def test_work_that_is_settled_is_told_to_its_verifier_and_verified_to_its_handler() -> None:
    item = replace(accepted(), photos=(a_photo(),))
    settled, out = do(item, "department", "settle", note="好了")
    assert ("worker:w-T1G1", "task") in out and (DEPARTMENT, "settled") not in out
    _, out = do(settled, "dispatcher", "verify", id=8, grant=True, note="属实")
    assert out == [(DEPARTMENT, "verified"), ("worker:w-T1G1", "task_void")]
    back, out = do(settled, "dispatcher", "verify", id=8, grant=False, note="没有")
    assert out == [(DEPARTMENT, "rework"), ("worker:w-T1G1", "task_void")]
    assert facts(settled, back, DEPARTMENT) == {"times": 1}


def test_a_new_place_tells_both_townships() -> None:
    lon, lat = IN_T2G1
    item, out = do(an_item(), "dispatcher", "locate", lon=lon, lat=lat)
    assert item.lead.code == "T2"
    assert ("unit:T2", "lead") in out and (TOWNSHIP, "lead_lost") in out
    assert ("worker:w-T2G1", "task") in out and ("worker:w-T1G1", "task_void") in out
    assert facts(an_item(), item, TOWNSHIP) == {"into": "T2"}


def test_what_a_new_edition_moves_is_told_alike() -> None:
    item, world = an_item(), a_world(a_redrawn_town(), edition=2)
    after = moved(item, world)
    assert after is not None
    out = [(n.to, n.kind) for n in notices_of(item, after, Account(0, "planner", "admin"), "moved")]
    assert ("unit:T2", "lead") in out and (TOWNSHIP, "lead_lost") in out


def test_the_first_place_of_an_item_tells_its_township() -> None:
    item = an_item(lon=OUTSIDE[0], lat=OUTSIDE[1])
    assert item.lead.code == "centre"
    _, out = do(item, "dispatcher", "locate", lon=IN_T2G1[0], lat=IN_T2G1[1])
    assert ("unit:T2", "lead") in out
    assert not [one for one in out if one[0] == "role:dispatcher"], "who did it is not told"


@pytest.mark.parametrize(("kind", "more", "to"), [
    ("return", {}, "role:dispatcher"),
    ("extension", {"until": LATE}, "role:dispatcher"),
    ("suspension", {"until": LATE}, "role:supervisor"),
])  # fmt: skip
def test_a_request_waits_for_whoever_decides_it(kind: str, more: dict[str, Any], to: str) -> None:
    item, out = do(accepted(), "department", f"request_{kind}", reason="理由", **more)
    assert out == [(to, "asked")]
    until = item.requests[0].until
    asked = {"request": kind, "unit": "city-management"} | ({"until": until.isoformat()} if until else {})
    assert facts(accepted(), item, to) == asked and ("until" in asked) == bool(more)
    after, out = do(item, "supervisor", f"decide_{kind}", id=9, grant=False, reason="不准")
    assert out == [(DEPARTMENT, "decided")]
    assert facts(item, after, DEPARTMENT)["decision"] == "refused"


def test_the_second_request_goes_to_the_supervisor() -> None:
    item, _ = do(accepted(), "department", "request_extension", reason="理由", until=LATE)
    item, _ = do(item, "dispatcher", "decide_extension", grant=False, reason="不准")
    _, out = do(item, "department", "request_extension", reason="理由", until=LATE)
    assert out == [("role:supervisor", "asked")]


def test_a_dispute_that_is_granted_tells_who_asked_and_who_takes_over() -> None:
    item, _ = do(an_item(), "department", "request_return", reason="非我", unit="housing-bureau")
    _, out = do(item, "dispatcher", "decide_return", grant=True, reason="有理")
    assert out == [(DEPARTMENT, "decided"), ("unit:housing-bureau", "handler")]
    _, out = do(item, "dispatcher", "decide_return", grant=False, reason="无理")
    assert out == [(DEPARTMENT, "decided")]


def test_a_suspension_and_its_end() -> None:
    item, _ = do(accepted(), "department", "request_suspension", reason="汛期", until=LATE)
    held, out = do(item, "supervisor", "decide_suspension", grant=True, reason="同意")
    assert out == [(DEPARTMENT, "decided"), (TOWNSHIP, "suspended")]
    _, out = do(held, "dispatcher", "resume", hours=2)
    assert out == [(DEPARTMENT, "resumed")]


def test_the_citizens_lines_and_reopening() -> None:
    item = accepted()
    for action, kind in (("urge", "urged"), ("supplement", "supplemented")):
        _, out = do(item, "dispatcher", action, text="快些")
        assert out == [(DEPARTMENT, kind), (TOWNSHIP, kind)]
    _, out = do(item, "dispatcher", "comment", text="快些")
    assert out == []
    _, out = do(replace(item, status="answered"), "supervisor", "reopen", reason="没好")
    assert out == [(DEPARTMENT, "reopened"), (TOWNSHIP, "reopened")]


def test_the_end_of_work_is_told_to_those_whose_work_it_was() -> None:
    item = replace(accepted(), handlers=(*accepted().handlers, Handler("water-company", "assist")))
    _, out = do(item, "dispatcher", "decline", ground="litigation")
    assert set(out) == {(key, "ended") for key in (DEPARTMENT, TOWNSHIP, "unit:water-company")} | {
        ("worker:w-T1G1", "task_void")
    }
    _, out = do(replace(item, status="verified"), "officer", "answer", text="好了")
    assert (DEPARTMENT, "ended") in out and ("unit:water-company", "ended") not in out, "assisting is over anyway"
    merged = replace(ended(item, "merged"), merged_into="261124-0000009")
    assert facts(item, merged, DEPARTMENT) == {"status": "merged", "into": "261124-0000009"}


def test_an_action_may_say_more_and_its_word_goes_first() -> None:
    item = accepted()
    said = (Notice(DEPARTMENT, "order"), Notice(DEPARTMENT, "order"), Notice("leader:T1", "order"))
    out = notices_of(item, replace(item, rework=1), an_account("dispatcher"), "x", said)
    assert [(n.to, n.kind) for n in out] == [(DEPARTMENT, "order"), ("leader:T1", "order")]


def test_nobody_is_told_of_what_they_may_not_read() -> None:
    item = an_item()
    some = [Notice(to, "order") for to in (
        "unit:housing-bureau", "leader:housing-bureau", "worker:w-T2G1", "role:officer", "role:channel", "account:2",
        "unit:centre", "unit:T2",
    )]  # fmt: skip
    assert told(item, item, CITIZEN, some) == ()
    seen = [Notice(to, "order") for to in (DEPARTMENT, "leader:T1", "worker:w-T1G1", "account:1", "role:admin")]
    assert told(item, item, CITIZEN, seen) == tuple(seen)


def test_the_actor_is_not_told() -> None:
    item = accepted()
    keys = [Notice(to, "order") for to in ("role:dispatcher", DEPARTMENT, "role:supervisor")]
    assert [n.to for n in told(item, item, an_account("department"), keys)] == ["role:dispatcher", "role:supervisor"]
    assert [n.to for n in told(item, item, an_account("dispatcher"), keys)] == [DEPARTMENT, "role:supervisor"]


KEYS = sorted({key for name in PEOPLE for key in recipients_of(an_account(name))} - {"account:7"})
STATES = st.builds(
    lambda lead, units, workers, maker: replace(
        an_item(maker=maker), lead=Lead(*lead),
        handlers=tuple(Handler(unit, "main" if not n else "assist", state) for n, (unit, state) in enumerate(units)),
        tasks=tuple(a_task(n=n, worker=worker, state=state) for n, (worker, state) in enumerate(workers, 1)),
    ),
    st.sampled_from([("township", "T1"), ("township", "T2"), ("centre", "centre")]),
    st.lists(st.tuples(st.sampled_from(["T1", "T2", "city-management", "housing-bureau"]),
                       st.sampled_from(["assigned", "returned"])), max_size=3, unique_by=lambda unit: unit[0]),
    st.lists(st.tuples(st.sampled_from(["w-T1G1", "w-T2G1"]), st.sampled_from(["offered", "void"])), max_size=3),
    st.integers(6, 7),
)  # fmt: skip


@given(STATES, STATES, st.sampled_from(sorted(PEOPLE)), st.lists(st.sampled_from(KEYS)))
def test_whatever_happens_only_readers_are_told_each_once_and_never_the_actor(
    before: Item, after: Item, actor: str, named: list[str]
) -> None:
    given = [Notice(key, "order") for key in named]
    out = notices_of(before, after, an_account(actor, 99), "urge", given)
    assert len({notice.to for notice in out}) == len(out)
    for name in PEOPLE:
        person = an_account(name)
        for notice in out:
            if notice.to in recipients_of(person):
                item = before if notice.kind in PARTING and not may_read(notice.to, after) else after
                assert can_read(keys_of(person), readers_of(item)), (name, notice)
    assert not {notice.to for notice in out} & set(recipients_of(an_account(actor, 99)))


def said(outcome: Any, actor: Account) -> list[tuple[str, str]]:
    readers = tuple(call.department for call in outcome.summons.calls)
    item = replace(ITEM, summoned=readers)
    return [(n.to, n.kind) for n in told(ITEM, item, actor, summons_notices(outcome, actor))]


def test_the_called_hear_of_the_townships_acts() -> None:
    args = {"departments": list(UNITS), "meet_at": (NOON + timedelta(hours=1)).isoformat()}
    called = [f"unit:{unit}" for unit in UNITS]
    outcome = summoning.summon(5, ITEM, OFFICER, args, WORLD)
    assert said(outcome, OFFICER) == [(unit, "summons_called") for unit in called]
    assert summons_notices(outcome, OFFICER)[0].facts == {
        "summons": 5, "meet_at": outcome.summons.meet_at.isoformat(),
    }  # fmt: skip
    moved_to = {"meet_at": (NOON + timedelta(hours=3)).isoformat()}
    later = summoning.reschedule(outcome.summons, ITEM, OFFICER, moved_to, at(5))
    assert said(later, OFFICER) == [(unit, "summons_rescheduled") for unit in called]
    off = summoning.cancel(outcome.summons, ITEM, OFFICER, {"reason": "好了"}, at(5))
    assert said(off, OFFICER) == [(unit, "summons_cancelled") for unit in called]


def test_the_township_hears_of_the_calleds_answers() -> None:
    summons, unit = call_units(), department("city-management")
    assert said(answering.acknowledge(summons, unit, at(1)), unit) == [(TOWNSHIP, "summons_acknowledged")]
    away = answering.excuse(summons, ITEM, unit, {"reason": "无人", "substitute": "municipal-works"}, at(1))
    assert said(away, unit) == [(TOWNSHIP, "summons_excused"), ("unit:municipal-works", "summons_called")]
    let_off = answering.excuse(summons, ITEM, OFFICER, {"reason": "无人", "department": "city-management"}, at(1))
    assert said(let_off, OFFICER) == [(DEPARTMENT, "summons_excused")]


def test_the_plan_is_told_to_those_it_gives_tasks() -> None:
    summons = check_in(call_units(), "city-management", 50)
    tasks = [{"department": "city-management", "text": "清", "due_at": LATE}] * 2
    outcome = summoning.conclude(summons, ITEM, OFFICER, {"plan": "清淤", "tasks": tasks}, at(70))
    out = dict(said(outcome, OFFICER))
    assert out[DEPARTMENT] == "summons_task" and set(out) == {f"unit:{unit}" for unit in UNITS}
    notice = next(n for n in summons_notices(outcome, OFFICER) if n.to == DEPARTMENT)
    assert notice.facts["tasks"] == 2
    unit = department("city-management")
    done = answering.task_done(outcome.summons, ITEM, unit, 1, at(80))
    assert said(done, unit) == [(TOWNSHIP, "summons_task_done")]


def test_nothing_personal_stands_in_a_notice() -> None:
    item = replace(accepted(), hold=Hold("pause", NOON, NOON))
    asked = Request(1, "return", "department", "city-management", "张三 13800000000", NOON)
    out = notices_of(item, replace(item, requests=(asked,)), CITIZEN, "request_return")
    assert "13800000000" not in str(out) and out
