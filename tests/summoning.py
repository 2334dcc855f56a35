"""Calling units and coming, for tests over HTTP: ``summon(service)``, ``here()``, ``soon()``."""

from datetime import timedelta
from typing import Any

from cli.service import clock
from tests.callers import Caller
from tests.factories import IN_T1G1, RunningService

FAR = (119.3095, 26.0885)
"""Some 590 m from IN_T1G1, in the same cell."""
WHO = {"name": "甲某", "post": "二级主任科员"}


def code(answer: Any) -> tuple[int, str]:
    assert answer.content_type == "application/problem+json", answer.text
    return answer.status_code, answer.get_json()["code"]


def soon(minutes: float = 30) -> str:
    return (clock() + timedelta(minutes=minutes)).isoformat()


def summon(service: RunningService, **args: Any) -> dict[str, Any]:
    """The officer of T1 calls two departments to an item in half an hour."""
    number = args.pop("number", None) or service["channel"].report()["number"]
    told = {"departments": ["city-management", "housing-bureau"], "meet_at": soon(), "note": "带钥匙"} | args
    answer = service["officer"].post(f"/items/{number}/summonses", told)
    assert answer.status_code == 201, answer.text
    return dict(answer.get_json())


def here(place: tuple[float, float] = IN_T1G1, **more: Any) -> dict[str, Any]:
    return {"lon": place[0], "lat": place[1], "datum": "wgs84", "accuracy_m": 20, **more}


def state_of(caller: Caller, id: int) -> dict[str, str]:
    calls = caller.get(f"/summonses/{id}").get_json()["calls"]
    return {call["department"]: call["state"] for call in calls}


def actions(service: RunningService, number: str) -> list[str]:
    return [event["action"] for event in service["officer"].get(f"/items/{number}/events").get_json()["events"]]
