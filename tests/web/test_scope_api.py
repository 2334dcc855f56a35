"""Who sees what: items, histories, reporters; and what revealing one leaves behind."""

import pytest

from store.database import Database
from tests.callers import code
from tests.factories import (
    IN_T2G1,
    PEOPLE,
    POLICY,
    RUBBISH,
    RunningService,
    a_service,
)


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


def test_the_track_code_is_told_to_the_maker_alone(service: RunningService) -> None:
    item = service["channel"].report()
    assert len(item["track_code"]) == 8
    for name in PEOPLE:
        answer = service[name].get(f"/items/{item['number']}")
        assert "track_code" not in (answer.get_json() or {})
    listed = service["channel"].get("/items").get_json()["items"]
    assert [one["number"] for one in listed] == [item["number"]] and "track_code" not in listed[0]


def test_everybody_sees_the_own_and_no_other(service: RunningService) -> None:
    """List, card, events and actions agree on what is in scope; out of scope is not there."""
    made = {
        "toilet in T1": service["channel"].report(),
        "rubbish in T2": service["channel"].report(category=RUBBISH, lon=IN_T2G1[0]),
        "no place": service["other-channel"].report(lon=None, lat=None, category="?"),
        "question": service["dispatcher"].report(category=POLICY, lon=None, lat=None),
    }
    mine = {
        "dispatcher": set(made),
        "supervisor": set(made),
        "planner": set(made),
        "admin": set(made),
        "officer": {"toilet in T1"},
        "leader-T1": {"toilet in T1"},
        "officer-T2": {"rubbish in T2"},
        "w-T1G1": {"toilet in T1"},
        "w-T2G1": {"rubbish in T2"},
        "worker": set(),
        "department": {"toilet in T1", "rubbish in T2"},
        "leader": {"toilet in T1", "rubbish in T2"},
        "other-department": set(),
        "channel": {"toilet in T1", "rubbish in T2"},
        "other-channel": {"no place"},
    }
    assert mine.keys() == PEOPLE.keys()
    for name, what in mine.items():
        caller = service[name]
        assert caller.numbers() == {made[one]["number"] for one in what}, name
        for one, item in made.items():
            path = f"/items/{item['number']}"
            wanted = 200 if one in what else 404
            assert caller.get(path).status_code == caller.get(f"{path}/events").status_code == wanted, (name, one)
            comment = caller.post(f"{path}/actions", {"action": "comment", "text": "看到"})
            assert comment.status_code == wanted, (name, one)


def test_out_of_scope_and_not_there_are_told_alike(service: RunningService) -> None:
    number = service["dispatcher"].report()["number"]
    hidden = service["other-department"].get(f"/items/{number}")
    absent = service["other-department"].get("/items/261124-9999999")
    assert code(hidden) == code(absent) == (404, "not-found")
    assert hidden.get_json()["detail"].replace(number, "N") == absent.get_json()["detail"].replace(
        "261124-9999999", "N"
    )
    for odd in ("%00", "x" * 500, "'; DROP TABLE items--", "%F0%9F%9A%A8"):
        assert service["dispatcher"].get(f"/items/{odd}").status_code == 404


def test_reporters_are_masked_and_some_are_hidden(service: RunningService) -> None:
    masked = {"name": "林**", "phone": "138****5678"}
    plain = service["channel"].report()["number"]
    told = service["channel"].report(kind="report")["number"]
    confidential = service["channel"].report(confidential=True)["number"]
    for name, (role, _) in PEOPLE.items():
        for number in service[name].numbers():
            shown = service[name].get(f"/items/{number}").get_json()
            hidden = role == "planner" or (number != plain and role != "dispatcher")
            assert shown["reporter"] == (None if hidden else masked), (name, number)
            for path in (f"/items/{number}", "/items", f"/items/{number}/events"):
                text = service[name].get(path).text
                assert "林小明" not in text and "13812345678" not in text
    assert {plain, told, confidential} == service["planner"].numbers()


def test_what_else_was_said_of_a_reporter_is_not_shown_either(service: RunningService) -> None:
    number = service["channel"].report(
        reporter={"name": "林", "phone": "1", "home": "东门街9号"}, contact="陈家", category="?"
    )["number"]
    for name in service_readers(service, number):
        text = service[name].get(f"/items/{number}").text
        assert "东门街9号" not in text and ("陈家" in text) is (name != "planner")
        assert service[name].get(f"/items/{number}").get_json()["given"]["category"] == "?"
    revealed = service["dispatcher"].post(f"/items/{number}/reveal", {"reason": "回访"}).get_json()
    assert revealed == {"name": "林", "phone": "1", "given": {"home": "东门街9号"}}
    listed = service["channel"].report(reporter=["林小明", "13812345678"])["number"]
    assert "13812345678" not in service["dispatcher"].get(f"/items/{listed}").text


def service_readers(service: RunningService, number: str) -> list[str]:
    return [name for name in PEOPLE if service[name].get(f"/items/{number}").status_code == 200]


def test_revealing_leaves_a_line_in_the_access_log(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    path = f"/items/{number}/reveal"
    assert code(service["dispatcher"].post(path, {"reason": " "})) == (422, "bad-arguments")
    assert code(service["dispatcher"].post(path, {})) == (422, "bad-arguments")
    assert service.row("SELECT count(*) AS n FROM access_log")["n"] == 0
    whole = {"name": "林小明", "phone": "13812345678"}
    for n, name in enumerate(("dispatcher", "supervisor", "officer"), 1):
        assert service[name].post(path, {"reason": "回访🙂"}).get_json() == whole
        row = service.row("SELECT * FROM access_log ORDER BY id DESC LIMIT 1")
        assert (row["id"], row["account"], row["item"], row["reason"]) == (
            n,
            service[name].account.id,
            number,
            "回访🙂",
        )
    for name in ("planner", "department", "w-T1G1", "leader", "admin", "channel"):
        assert code(service[name].post(path, {"reason": "x"})) == (403, "forbidden")
    assert code(service["officer-T2"].post(path, {"reason": "x"})) == (404, "not-found")
    secret = service["channel"].report(kind="report")["number"]
    for name in ("supervisor", "officer"):
        assert code(service[name].post(f"/items/{secret}/reveal", {"reason": "x"})) == (403, "forbidden")
    assert service["dispatcher"].post(f"/items/{secret}/reveal", {"reason": "x"}).get_json() == whole
    assert service.row("SELECT count(*) AS n FROM access_log")["n"] == 4
