"""Summonses over HTTP: calling, who sees what, clashes, the end, the map and the stream."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from cli.service import clock
from store import audit
from store.counters import differences
from store.database import Database
from tests.callers import Caller
from tests.factories import IN_T1G1, IN_T1G2, IN_T2G1, RunningService, a_service, following
from tests.summoning import FAR, WHO, actions, code, here, soon, state_of, summon


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


def test_a_summons_from_call_to_plan(service: RunningService) -> None:
    made = summon(service)
    id, number = made["id"], made["number"]
    assert (made["state"], made["lon"], made["lat"]) == ("open", *IN_T1G1)
    assert [call["state"] for call in made["calls"]] == ["sent", "sent"]
    housing, city, officer = service["other-department"], service["department"], service["officer"]
    assert city.post(f"/summonses/{id}/acknowledge").get_json()["calls"][0]["in_time"] is True
    assert code(housing.post(f"/summonses/{id}/check-ins", here(FAR))) == (422, "too-far")
    came = housing.post(f"/summonses/{id}/check-ins", here(attendee=WHO)).get_json()
    assert (came["state"], came["proof"], came["late_by_s"]) == ("present", "position", 0)
    assert came["distance_m"] == pytest.approx(0, abs=0.1)
    task = {"department": "housing-bureau", "text": "疏通", "due_at": soon(60 * 24)}
    over = officer.post(f"/summonses/{id}/conclude", {"plan": "先疏通后修复", "tasks": [task]}).get_json()
    assert over["state"] == "concluded" and state_of(officer, id) == {
        "city-management": "absent",
        "housing-bureau": "present",
    }
    assert over["figures"] | {"in_time": 2, "absent": 1, "come": 1} == over["figures"]
    assert code(city.post(f"/summonses/{id}/check-ins", here())) == (409, "wrong-state")
    done = housing.post(f"/summonses/{id}/tasks/1/done").get_json()
    assert done["tasks"][0]["done_at"] is not None
    assert code(city.post(f"/summonses/{id}/tasks/1/done")) == (403, "forbidden")
    assert actions(service, number)[1:] == [
        "summon", "summons_acknowledged", "checked_in", "summons_concluded", "summons_task_done",
    ]  # fmt: skip
    service.relay()
    assert audit.verify(service.pool, str(service.service.rules.zone)).fault is None
    with service.pool.transaction() as cur:
        assert not differences(cur, str(service.service.rules.zone))


def test_who_came_stands_in_no_event_and_is_shown_to_whom_it_concerns(service: RunningService) -> None:
    made = summon(service)
    service["other-department"].post(f"/summonses/{made['id']}/check-ins", here(attendee=WHO))
    history = service["dispatcher"].get(f"/items/{made['number']}/events").text
    outbox = service.row("SELECT string_agg(body::text, '') AS all FROM outbox")["all"]
    assert WHO["name"] not in history + outbox and WHO["post"] not in history + outbox
    for name, sees in {"officer": True, "other-department": True, "dispatcher": True, "department": False,
                       "planner": False, "channel": False}.items():  # fmt: skip
        calls = service[name].get(f"/summonses/{made['id']}").get_json()["calls"]
        assert calls[1]["attendee"] == (WHO if sees else None), name


def test_called_units_see_the_item_and_nobody_else_does(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    housing = service["other-department"]
    assert housing.get(f"/items/{number}").status_code == 404
    made = summon(service, number=number)
    assert housing.get(f"/items/{number}").status_code == 200 and number in housing.numbers()
    assert [one["id"] for one in housing.get("/summonses", state="open").get_json()["summonses"]] == [made["id"]]
    stranger = service["officer-T2"]
    for path in (f"/summonses/{made['id']}", f"/summonses/{made['id']}/code"):
        assert code(stranger.get(path)) == (404, "not-found")
    for act in ("acknowledge", "check-ins", "excuse", "conclude", "reschedule", "cancel", "tasks/1/done"):
        assert code(stranger.post(f"/summonses/{made['id']}/{act}")) == (404, "not-found")
    assert stranger.get("/summonses").get_json()["summonses"] == []
    assert code(service["dispatcher"].get(f"/summonses/{2**63}")) == (404, "not-found")


def test_rights_are_asked_before_the_state(service: RunningService) -> None:
    made = summon(service)
    path = f"/summonses/{made['id']}"
    service["officer"].post(f"{path}/cancel", {"reason": "雨"})
    for name in ("dispatcher", "supervisor", "worker"):
        assert code(service[name].post(f"{path}/conclude", {"plan": "x"})) == (403, "forbidden")
    assert code(service["department"].get(f"{path}/code")) == (403, "forbidden")
    assert code(service["dispatcher"].post(f"/items/{made['number']}/summonses", {})) == (403, "forbidden")
    assert code(service["officer"].get(f"{path}/code")) == (409, "wrong-state")
    assert code(service["officer"].post(f"{path}/check-ins", here())) == (403, "forbidden")


def test_a_department_called_to_two_places(service: RunningService) -> None:
    first = summon(service)
    assert first["clashes"] == []
    other = service["channel"].report(lon=IN_T2G1[0], lat=IN_T2G1[1])["number"]
    ahead = service["officer-T2"].get("/summonses/clashes", departments="city-management", meet_at=soon(60)).get_json()
    assert [one["id"] for one in ahead["clashes"]] == [first["id"]]
    args = {"departments": ["city-management", "civil-affairs"], "meet_at": soon(60)}
    second = service["officer-T2"].post(f"/items/{other}/summonses", args).get_json()
    clash = second["clashes"]
    assert [(one["department"], one["id"]) for one in clash] == [("city-management", first["id"])]
    assert clash[0]["distance_m"] == pytest.approx(1000, abs=20) and "number" not in clash[0]
    later = service["officer-T2"].post(f"/summonses/{second['id']}/reschedule", {"meet_at": soon(60 * 6)}).get_json()
    assert later["clashes"] == [] and later["moves"] == 1
    assert service["officer"].get(f"/summonses/{first['id']}").get_json()["clashes"] == []


def test_a_substitute_may_read_and_come(service: RunningService) -> None:
    made = summon(service)
    reason = {"reason": "职责不在本局", "substitute": "civil-affairs"}
    answer = service["other-department"].post(f"/summonses/{made['id']}/excuse", reason).get_json()
    assert [call["state"] for call in answer["calls"]] == ["sent", "substituted", "sent"]
    account = service.service.accounts.add("affairs", "department", "civil-affairs", None, clock())
    token = service.service.accounts.issue_token("affairs", None, clock())
    came = Caller(service.app.test_client(), account, token).post(f"/summonses/{made['id']}/check-ins", here())
    assert came.get_json()["state"] == "present"


def test_two_officers_conclude_at_once(service: RunningService) -> None:
    made = summon(service)
    with ThreadPoolExecutor(2) as pool:
        path = f"/summonses/{made['id']}/conclude"
        answers = list(pool.map(lambda n: service["officer"].post(path, {"plan": f"方案{n}"}), range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert actions(service, made["number"]).count("summons_concluded") == 1


@pytest.mark.parametrize("query", [{"state": "lost"}, {"limit": "x"}])
def test_filters_that_cannot_be_understood(service: RunningService, query: dict[str, str]) -> None:
    assert code(service["dispatcher"].get("/summonses", **query)) == (422, "bad-filter")


def test_lists_are_filtered(service: RunningService) -> None:
    first, second = summon(service), summon(service, departments=["civil-affairs"], meet_at=soon(10))
    service["officer"].post(f"/summonses/{first['id']}/cancel", {"reason": "雨"})

    def ids(**query: str) -> list[int]:
        return [one["id"] for one in service["dispatcher"].get("/summonses", **query).get_json()["summonses"]]

    assert ids() == [second["id"], first["id"]]
    assert ids(state="open") == ids(unit="civil-affairs") == ids(number=second["number"]) == [second["id"]]
    assert ids(township="T1", state="cancelled") == [first["id"]] and ids(township="T2") == []


def test_the_map_shows_open_summonses_in_scope(service: RunningService) -> None:
    made = summon(service, place="东门口")
    service["department"].post(f"/summonses/{made['id']}/check-ins", here())
    found = service["dispatcher"].get("/map/summonses").get_json()
    assert found["total"] == 1
    feature = found["features"][0]
    assert feature["geometry"]["coordinates"] == list(IN_T1G1)
    told = feature["properties"]
    assert (told["called"], told["acknowledged"], told["come"], told["place"]) == (2, 1, 1, "东门口")
    assert datetime.fromisoformat(told["meet_at"]) > clock()
    assert service["officer-T2"].get("/map/summonses").get_json()["total"] == 0
    assert service["dispatcher"].get("/map/summonses", bbox="119.31,26.08,119.32,26.1").get_json()["total"] == 0
    service["officer"].post(f"/summonses/{made['id']}/conclude", {"plan": "x"})
    assert service["dispatcher"].get("/map/summonses").get_json()["total"] == 0


def test_the_stream_tells_of_each_change_in_scope(service: RunningService) -> None:
    with following(service):
        dispatcher, stranger = service["dispatcher"].follow(), service["officer-T2"].follow()
        made = summon(service)
        service["department"].post(f"/summonses/{made['id']}/acknowledge")
        service["officer-T2"].report(lon=IN_T2G1[0], lat=IN_T2G1[1])
        service.relay()
        told = [json.loads(data) for event, _, data in dispatcher.until("summons") if event == "summons"]
        told += [json.loads(data) for event, _, data in dispatcher.until("summons") if event == "summons"]
        assert [(one["id"], one["acknowledged"]) for one in told] == [(made["id"], 0), (made["id"], 1)]
        assert "readers" not in told[0] and "were" not in told[0]
        assert all(event != "summons" for event, _, _ in stranger.until("item"))
        dispatcher.close()
        stranger.close()


def test_an_item_moved_to_another_township_takes_its_summons_along(service: RunningService) -> None:
    made = summon(service)
    service["dispatcher"].act(made["number"], "locate", lon=IN_T2G1[0], lat=IN_T2G1[1])
    assert service["officer"].get(f"/summonses/{made['id']}").status_code == 404
    answer = service["officer-T2"].post(f"/summonses/{made['id']}/cancel", {"reason": "不在本街道"})
    assert answer.get_json()["state"] == "cancelled"
    assert service["department"].get(f"/items/{made['number']}").status_code == 200


def test_a_township_may_be_called_as_well(service: RunningService) -> None:
    made = summon(service, departments=["T2"], lon=IN_T1G2[0], lat=IN_T1G2[1])
    assert service["officer-T2"].get(f"/summonses/{made['id']}").get_json()["allowed"] == [
        "acknowledge", "check-in", "excuse",
    ]  # fmt: skip
    assert service["officer-T2"].post(f"/summonses/{made['id']}/acknowledge").status_code == 200
