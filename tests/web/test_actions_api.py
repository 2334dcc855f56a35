"""POST /items/{number}/actions: what is allowed, what is refused, and that the books stay right."""

import hashlib
import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.counters import differences
from store.database import Database
from tests.callers import code
from tests.factories import (
    IN_T1G1,
    IN_T2G1,
    OUTSIDE,
    PEOPLE,
    POLICY,
    RUBBISH,
    TOILET,
    RunningService,
    a_service,
    rules,
)
from tests.pictures import a_picture
from tests.web.photo_calls import a_form


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


ACTIONS: list[tuple[str, str, dict[str, Any], str]] = [
    ("locate", "dispatcher", {"lon": IN_T2G1[0], "lat": IN_T2G1[1]}, "officer"),
    ("classify", "officer", {"category": RUBBISH}, "department"),
    ("assign", "dispatcher", {"main": "housing-bureau"}, "w-T1G1"),
    ("assign", "officer", {"worker": "w-T1G2"}, "department"),
    ("accept", "department", {}, "dispatcher"),
    ("take", "w-T1G1", {}, "officer"),
    ("reply", "dispatcher", {"text": "已办"}, "officer"),
    ("urge", "dispatcher", {"text": "快"}, "supervisor"),
    ("supplement", "dispatcher", {"text": "补充"}, "planner"),
    ("comment", "leader", {"text": "知道了"}, ""),
]


@pytest.mark.parametrize(("action", "who", "args", "other"), ACTIONS)
def test_an_action_allowed_and_refused(
    service: RunningService, action: str, who: str, args: dict[str, Any], other: str
) -> None:
    number = service["channel"].report()["number"]
    if other:
        assert code(service[other].post(f"/items/{number}/actions", {"action": action, **args})) == (403, "forbidden")
        assert service["dispatcher"].get(f"/items/{number}").get_json()["version"] == 1
    after = service[who].act(number, action, **args)
    assert (after["number"], after["version"]) == (number, 2)
    events = service["dispatcher"].get(f"/items/{number}/events").get_json()["events"]
    assert [(e["seq"], e["action"]) for e in events] == [(1, "received"), (2, action)]
    assert (events[1]["actor"]["role"], events[1]["words"]) == (PEOPLE[who][0], args.get("text"))
    assert events[1]["prev_hash"] == events[0]["hash"]


def test_a_wrong_state_says_what_is_allowed(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    service["department"].act(number, "accept")
    again = service["department"].post(f"/items/{number}/actions", {"action": "accept"})
    assert code(again) == (409, "wrong-state")
    allowed = service["department"].get(f"/items/{number}").get_json()["allowed"]
    assert again.get_json()["allowed"] == allowed and "comment" in allowed and "accept" not in allowed


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ({"action": "dance"}, (422, "unknown-action")),
        ({}, (422, "bad-arguments")),
        ({"action": 7}, (422, "bad-arguments")),
        ({"action": ["x"]}, (422, "bad-arguments")),
        ({"action": "comment", "version": "1"}, (422, "bad-arguments")),
        ({"action": "comment", "version": True}, (422, "bad-arguments")),
        ({"action": "classify", "category": TOILET, "kind": ["help"]}, (422, "bad-arguments")),
        ({"action": "locate", "lon": {}, "lat": []}, (422, "not-a-number")),
    ],
)
def test_actions_that_make_no_sense(service: RunningService, body: dict[str, Any], wanted: tuple[int, str]) -> None:
    number = service["channel"].report()["number"]
    assert code(service["dispatcher"].post(f"/items/{number}/actions", body)) == wanted


def test_a_stale_version_is_told_what_changed(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    dispatcher = service["dispatcher"]
    dispatcher.act(number, "comment", text="一", version=1)
    dispatcher.act(number, "comment", text="二")
    stale = dispatcher.post(f"/items/{number}/actions", {"action": "accept", "version": 1})
    assert code(stale) == (409, "changed")
    told = stale.get_json()
    assert (told["version"], [event["seq"] for event in told["events"]]) == (3, [2, 3])
    assert dispatcher.get(f"/items/{number}").get_json()["version"] == 3


MORE_ACTIONS: list[tuple[str, str, dict[str, Any], str]] = [
    *ACTIONS,
    ("locate", "dispatcher", {"lon": OUTSIDE[0], "lat": OUTSIDE[1]}, ""),
    ("locate", "dispatcher", {"lon": IN_T1G1[0], "lat": IN_T1G1[1]}, ""),
    ("classify", "dispatcher", {"category": POLICY}, ""),
    ("classify", "dispatcher", {"category": TOILET, "urgency": "critical"}, ""),
    ("accept", "officer", {}, ""),
    ("accept", "dispatcher", {}, ""),
    ("assign", "dispatcher", {"main": "T2", "assist": ["city-management"]}, ""),
]
STEPS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(MORE_ACTIONS)), max_size=12)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_any_row_of_actions_leaves_the_books_right(service: RunningService, steps: list[Any]) -> None:
    channel = service["channel"]
    places: tuple[dict[str, Any], ...] = (
        {},
        {"lon": IN_T2G1[0], "category": RUBBISH},
        {"lon": None},
        {"lat": 0, "lon": 0},
    )
    numbers = [channel.report(**fields)["number"] for fields in places]
    for which, (action, who, args, _) in steps:
        answer = service[who].post(f"/items/{numbers[which]}/actions", {"action": action, **args})
        assert answer.status_code in (200, 403, 404, 409), answer.text
    with service.pool.transaction() as cur:
        assert differences(cur, str(rules().zone)) == {}
    for number in numbers:
        item = service["dispatcher"].get(f"/items/{number}").get_json()
        assert item["lead"]["code"] and [h["role"] for h in item["handlers"]].count("main") == 1
        running = {d["stage"] for d in item["deadlines"] if d["state"] == "running"}
        assert bool(running) == (item["status"] != "answered")
        events = service["dispatcher"].get(f"/items/{number}/events").get_json()["events"]
        assert [e["seq"] for e in events] == list(range(1, item["version"] + 1))
        for before, after in itertools.pairwise(events):
            assert after["prev_hash"] == before["hash"]


def test_an_act_tells_when_the_phone_says_it_was_done(service: RunningService) -> None:
    """The claim stands in the hashed event; due times and the item's own times go by the receipt."""
    number = service["channel"].report()["number"]
    claimed = "2026-11-24T09:00:00+08:00"
    worker = service["w-T1G1"]
    worker.act(number, "take", claimed_at=claimed)
    worker.act(number, "arrive", claimed_at="2999-01-01T00:00:00Z")
    data = a_form(a_picture())
    data["data"] = data["data"].replace(b'--x\r\nContent-Disposition: form-data; name="photo"', (
        b'--x\r\nContent-Disposition: form-data; name="claimed_at"\r\n\r\n' + claimed.encode() +
        b'\r\n--x\r\nContent-Disposition: form-data; name="photo"'))  # fmt: skip
    assert worker.post(f"/items/{number}/photos", **data).status_code == 201
    _received, take, arrive, photo = service["dispatcher"].get(f"/items/{number}/events").get_json()["events"]
    assert take["data"]["claimed_at"] == photo["data"]["claimed_at"] == "2026-11-24T01:00:00+00:00"
    assert "claimed_at" not in arrive["data"] and take["at"] != take["data"]["claimed_at"]
    assert take["hash"] == hashlib.sha256((take["prev_hash"] + take["body"]).encode()).hexdigest()
