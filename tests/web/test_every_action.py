"""Every action of the table over HTTP: somebody may, somebody else may not, and in another state nobody may."""

from typing import Any

import pytest

from dispatch.tracking import track_code
from dispatch.workflow import MOVES
from store.database import Database
from tests.acts import LATE, begun
from tests.callers import code
from tests.factories import IN_T2G1, RunningService, a_service

DOGS = "2.06"
GRANT = {"grant": True, "reason": "同意"}
Line = tuple[str, str, dict[str, Any], str, str | None]
LINES: dict[str, Line] = {
    "locate": ("dispatched", "dispatcher", {"lon": IN_T2G1[0], "lat": IN_T2G1[1]}, "officer", "answered"),
    "classify": ("dispatched", "officer", {"category": DOGS}, "department", "answered"),
    "assign": ("dispatched", "dispatcher", {"main": "housing-bureau"}, "department", "settled"),
    "accept": ("dispatched", "department", {}, "dispatcher", "accepted"),
    "take": ("offered", "w-T1G1", {}, "officer", None),
    "arrive": ("taken", "w-T1G1", {}, "officer", None),
    "done": ("taken", "w-T1G1", {"note": "看过"}, "officer", None),
    "settle": ("accepted", "department", {"note": "好了"}, "dispatcher", "settled"),
    "verify": ("verifiable", "dispatcher", {"grant": True, "note": "属实"}, "department", "accepted"),
    "answer": ("settled", "department", {"text": "好了"}, "supervisor", "accepted"),
    "reply": ("dispatched", "dispatcher", {"text": "已告知"}, "department", "accepted"),
    "close": ("answered", "dispatcher", {}, "department", "settled"),
    "reopen": ("closed", "supervisor", {"reason": "没好"}, "department", "settled"),
    "follow_up": ("answered", "dispatcher", {"level": 5}, "department", "settled"),
    "request_return": ("accepted", "department", {"reason": "不归"}, "dispatcher", "settled"),
    "decide_return": ("disputed", "dispatcher", GRANT, "department", "accepted"),
    "request_extension": ("accepted", "department", {"reason": "备料", "until": LATE}, "dispatcher", "settled"),
    "decide_extension": ("extension", "dispatcher", GRANT, "department", "accepted"),
    "request_suspension": ("accepted", "department", {"reason": "诉讼", "until": LATE}, "dispatcher", "settled"),
    "decide_suspension": ("suspension", "supervisor", GRANT, "dispatcher", "accepted"),
    "pause": ("accepted", "department", {"reason": "等"}, "dispatcher", "settled"),
    "resume": ("paused", "department", {}, "officer", "accepted"),
    "decline": ("dispatched", "dispatcher", {"ground": "litigation"}, "department", "settled"),
    "transfer": ("dispatched", "dispatcher", {"to": "110"}, "department", "settled"),
    "merge": ("dispatched", "dispatcher", {"into": "another"}, "department", "answered"),
    "unmerge": ("merged", "dispatcher", {}, "department", "accepted"),
    "split": ("dispatched", "dispatcher", {"parts": [{"description": "另一件"}]}, "department", "answered"),
    "escalate": ("accepted", "supervisor", {"reason": "久拖", "until": LATE}, "dispatcher", "answered"),
    "urge": ("dispatched", "dispatcher", {"text": "快"}, "department", "answered"),
    "supplement": ("dispatched", "dispatcher", {"text": "补充"}, "department", "answered"),
    "comment": ("closed", "department", {"text": "知道了"}, "", None),
    "rate": ("answered", "citizen", {"level": 5}, "dispatcher", "settled"),
    "appeal": ("closed", "citizen", {"text": "没好"}, "dispatcher", "settled"),
}
"""Action -> from where, who may and what is said, who reads the item and may not ('': nobody), and what is too late."""
CITIZENS = {"rate": "rating", "appeal": "appeal"}
PHOTOGRAPHED = "1.01"


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


def an_item(service: RunningService, start: str) -> dict[str, Any]:
    """An item brought so far, as a dispatcher sees it."""
    dispatcher = service["dispatcher"]
    if start == "merged":
        item = an_item(service, "dispatched")
        dispatcher.act(item["number"], "merge", into=an_item(service, "dispatched")["number"])
    elif start == "verifiable":
        item = an_item(service, "settled")
        with service.pool.transaction() as cur:  # an item of a category that asks for verification
            cur.execute("UPDATE items SET category = %s WHERE number = %s", (PHOTOGRAPHED, item["number"]))
    else:
        item = {"number": begun(service, start).number}
    return dict(dispatcher.get(f"/items/{item['number']}").get_json())


def do(service: RunningService, who: str, item: dict[str, Any], action: str, args: dict[str, Any]) -> Any:
    if who == "citizen":
        secret = service.database.settings.secret
        path, told = f"/track/{item['number']}/{CITIZENS[action]}", {**args, "code": track_code(item["number"], secret)}
        return service["dispatcher"].client.post(f"/api/v1{path}", json=told)
    if args.get("into") == "another":
        args = {"into": an_item(service, "dispatched")["number"]}
    return service[who].post(f"/items/{item['number']}/actions", {"action": action, **args})


@pytest.mark.parametrize("action", sorted(MOVES))
def test_one_may_and_one_may_not_and_it_has_its_time(service: RunningService, action: str) -> None:
    start, who, args, other, wrong = LINES[action]
    item = an_item(service, start)
    if other:
        assert code(do(service, other, item, action, args)) == (403, "forbidden")
    answer = do(service, who, item, action, args)
    assert answer.status_code == 200, answer.text
    after = service["dispatcher"].get(f"/items/{item['number']}").get_json()
    assert after["version"] > item["version"]
    if wrong is not None:
        late = do(service, who, an_item(service, wrong), action, args)
        assert code(late) == (409, "wrong-state")
        if who != "citizen":
            assert action not in late.get_json()["allowed"] and "comment" in late.get_json()["allowed"]
