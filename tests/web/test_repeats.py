"""What is sent again because its answer was lost is done once: actions and summonses under an Idempotency-Key."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from store.database import Database
from tests.callers import Caller, code
from tests.factories import RunningService, a_service
from tests.summoning import here, soon

CALL = {"departments": ["city-management"], "meet_at": soon()}


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


def post(who: Caller, number: str, action: str, key: str, **args: Any) -> Any:
    return who.post(f"/items/{number}/actions", {"action": action, **args}, {"Idempotency-Key": key})


def events(service: RunningService, number: str) -> list[str]:
    told = service["dispatcher"].get(f"/items/{number}/events").get_json()["events"]
    return [event["action"] for event in told]


def test_an_action_is_done_once(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    first = post(service["department"], number, "accept", "k1", version=1)
    again = post(service["department"], number, "accept", "k1", version=1)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.get_json()["version"] == first.get_json()["version"] == 2
    assert events(service, number) == ["received", "accept"]
    assert code(post(service["department"], number, "accept", "k2")) == (409, "wrong-state")


def test_a_key_is_the_accounts_and_the_actions(service: RunningService) -> None:
    number, other = (str(service["channel"].report()["number"]) for _ in range(2))
    said = [
        post(service["dispatcher"], number, "comment", "k", text="一"),
        post(service["department"], number, "comment", "k", text="二"),
        post(service["dispatcher"], number, "urge", "k", text="三"),
        post(service["dispatcher"], other, "comment", "k", text="四"),
    ]
    assert [answer.status_code for answer in said] == [200] * 4
    assert events(service, number) == ["received", "comment", "comment", "urge"]
    assert events(service, other) == ["received", "comment"]


def test_what_was_refused_takes_no_key(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    assert code(post(service["dispatcher"], number, "comment", "k", text="")) == (422, "bad-arguments")
    assert post(service["dispatcher"], number, "comment", "k", text="好").status_code == 200
    assert events(service, number) == ["received", "comment"]


def test_the_same_request_many_times_at_once(service: RunningService) -> None:
    number = service["channel"].report()["number"]

    def accept(_: int) -> int:
        return int(post(service["department"], number, "accept", "once", version=1).status_code)

    assert service["department"]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(accept, range(12))) == [200] * 12
    assert events(service, number) == ["received", "accept"]


def test_a_summons_is_made_once(service: RunningService) -> None:
    number = service["channel"].report()["number"]

    def call(key: str) -> Any:
        return service["officer"].post(f"/items/{number}/summonses", CALL, {"Idempotency-Key": key})

    assert service["officer"]
    with ThreadPoolExecutor(4) as pool:
        made = [answer.get_json()["id"] for answer in pool.map(call, ["a"] * 8)]
    assert len(set(made)) == 1 and events(service, number) == ["received", "summon"]
    assert call("b").get_json()["id"] != made[0]


def test_an_act_on_a_summons_is_done_once(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    id = service["officer"].post(f"/items/{number}/summonses", CALL).get_json()["id"]
    for path, who, body in (
        ("acknowledge", "department", {}),
        ("check-ins", "department", here()),
        ("conclude", "officer", {"plan": "疏通"}),
    ):
        answers = [service[who].post(f"/summonses/{id}/{path}", body, {"Idempotency-Key": path}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200], answers[1].text
    assert events(service, number)[2:] == ["summons_acknowledged", "checked_in", "summons_concluded"]
