"""The time limit closes what nobody rated: once under many processes, as unrated, and not what was contested."""

import json
import os
import threading
from datetime import timedelta

import pytest

from cli.service import clock
from store.closing import close_unrated
from store.database import Database
from tests.factories import RunningService, a_service
from tests.tracking import an_answered

LONG_AFTER = clock() + timedelta(days=60)


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


def test_what_nobody_rated_is_closed_as_unrated(service: RunningService) -> None:
    citizen, desk = an_answered(service), service.service.desk
    assert close_unrated(desk, clock()) == 0
    assert close_unrated(desk, LONG_AFTER) == 1
    assert close_unrated(desk, LONG_AFTER) == 0
    last = service["dispatcher"].get(f"/items/{citizen.number}/events").get_json()["events"][-1]
    body = json.loads(last["body"])
    assert (last["action"], last["actor"]["role"], body["rated"], body["by"]) == (
        "close", "escalator", False, "time-limit",
    )  # fmt: skip
    told = citizen.told()
    assert (told["status"], told["rating"], told["steps"][-1]["step"]) == ("closed", None, "unrated")
    assert told["may_rate"]


def test_many_processes_close_each_item_once(service: RunningService) -> None:
    numbers = [an_answered(service).number for _ in range(4)]
    service.service.worlds.now()
    children = []
    for _ in range(3):
        child = os.fork()
        if child == 0:
            closed_here = 99  # what no process may answer
            try:
                closed_here = close_unrated(service.service.desk, LONG_AFTER)
            finally:
                os._exit(closed_here)
        children.append(child)
    closed = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    assert sum(closed) == len(numbers)
    for number in numbers:
        events = service["dispatcher"].get(f"/items/{number}/events").get_json()["events"]
        assert [event["action"] for event in events].count("close") == 1


def test_a_rating_and_the_time_limit_at_once_leave_one_of_the_two(service: RunningService) -> None:
    citizen = an_answered(service)
    threads = [
        threading.Thread(target=close_unrated, args=(service.service.desk, LONG_AFTER)),
        threading.Thread(target=service.service.citizens.rate, args=(citizen.number, {"level": 5})),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    told = citizen.told()
    assert told["status"] == "closed" and told["rating"]["level"] == 5
