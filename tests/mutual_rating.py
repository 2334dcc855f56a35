"""A concluded summons and ratings of it, over HTTP."""

from typing import Any

from tests.factories import RunningService
from tests.summoning import here, summon

TOWNSHIP = {"about": "housing-bureau", "criteria": {"solved": 4, "cooperative": 5}}
LOW = {"about": "housing-bureau", "criteria": {"solved": 1, "cooperative": 2}, "reason": "无人带工具"}
DEPARTMENT = {"criteria": {"right_department": 5, "right_information": 5, "necessary": 3}}


def concluded(service: RunningService, **args: Any) -> int:
    """T1 called two departments; the housing bureau came, city management did not. The id of the summons."""
    id: int = summon(service, **args)["id"]
    service["other-department"].post(f"/summonses/{id}/check-ins", here())
    assert service["officer"].post(f"/summonses/{id}/conclude", {"plan": "先疏通"}).status_code == 200
    return id


def rate(service: RunningService, id: int, name: str, body: dict[str, Any]) -> dict[str, Any]:
    """A rating that is taken; the summons after it."""
    answer = service[name].post(f"/summonses/{id}/ratings", body)
    assert answer.status_code == 201, answer.text
    return dict(answer.get_json())


def seen_by(service: RunningService, id: int, name: str) -> set[tuple[str, str]]:
    """(by, about) of the ratings that an account is shown."""
    ratings = service[name].get(f"/summonses/{id}").get_json()["ratings"]
    return {(one["by"], one["about"]) for one in ratings}


def notices(service: RunningService, kind: str) -> list[str]:
    """Who was told something of that kind, in order."""
    query = "SELECT array_agg(recipient ORDER BY id) AS told FROM notices WHERE kind = %s"
    return service.row(query, [kind])["told"] or []
