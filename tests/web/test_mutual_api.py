"""Mutual rating over HTTP: who may, who sees what when, objections and rulings, and the assessment."""

import pytest

from store.database import Database
from tests.factories import PEOPLE, RunningService, a_service
from tests.mutual_rating import DEPARTMENT, LOW, TOWNSHIP, concluded, notices, rate, seen_by
from tests.summoning import actions, code, summon

BY_T1, BY_HOUSING = ("T1", "housing-bureau"), ("housing-bureau", "T1")
OVER = "UPDATE mutual_ratings SET visible_by = at, told_at = NULL RETURNING 1"


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


def test_both_sides_rate_and_then_see(service: RunningService) -> None:
    id = concluded(service)
    officer, housing = service["officer"], service["other-department"]
    asked = officer.get(f"/summonses/{id}").get_json()
    assert asked["to_rate"] == ["city-management", "housing-bureau"] and asked["rate_until"]
    assert asked["ratings"] == [] and housing.get(f"/summonses/{id}").get_json()["to_rate"] == ["T1"]
    assert notices(service, "rate_summons") == ["unit:city-management", "unit:housing-bureau"]

    after = rate(service, id, "officer", LOW)
    assert [(one["by"], one["criteria"], one["reason"]) for one in after["ratings"]] == [
        ("T1", LOW["criteria"], LOW["reason"])
    ]
    assert after["to_rate"] == ["city-management"]
    hidden = housing.get(f"/summonses/{id}").get_json()
    assert (hidden["ratings"], hidden["to_rate"], hidden["to_object"]) == ([], ["T1"], [])

    both = rate(service, id, "other-department", DEPARTMENT)
    assert {(one["by"], one["about"]) for one in both["ratings"]} == {BY_T1, BY_HOUSING}
    assert [one["by"] for one in both["to_object"]] == ["T1"] and both["to_rate"] == []
    assert seen_by(service, id, "officer") == {BY_T1, BY_HOUSING}
    assert notices(service, "rating_visible") == ["unit:T1"]
    assert actions(service, both["number"])[-2:] == ["summons_rated", "summons_rated"]


def test_nothing_of_a_rating_can_be_read_early_anywhere(service: RunningService) -> None:
    id = concluded(service)
    number = rate(service, id, "officer", LOW)["number"]
    for name in PEOPLE:
        caller = service[name]
        answers = [caller.get(f"/summonses/{id}"), caller.get("/summonses"), caller.get(f"/items/{number}"),
                   caller.get(f"/items/{number}/events")]  # fmt: skip
        own = name in ("officer", "leader-T1")
        for answer in answers[:2]:
            assert (str(LOW["reason"]) in answer.text) == own, name
        for answer in answers[2:]:
            assert str(LOW["reason"]) not in answer.text and "cooperative" not in answer.text
    outbox = service.row("SELECT string_agg(body::text, '') AS all FROM outbox")["all"]
    told = service.row("SELECT string_agg(facts::text, '') AS all FROM notices")["all"]
    assert str(LOW["reason"]) not in outbox + told and "cooperative" not in outbox + told


@pytest.mark.parametrize(
    ("name", "sees"),
    [("officer", True), ("leader-T1", True), ("other-department", True), ("dispatcher", True), ("supervisor", True),
     ("admin", True), ("department", False), ("leader", False), ("planner", False), ("channel", False)],
)  # fmt: skip
def test_who_sees_ratings_once_both_are_given(service: RunningService, name: str, sees: bool) -> None:
    id = concluded(service)
    rate(service, id, "officer", TOWNSHIP)
    rate(service, id, "other-department", DEPARTMENT)
    assert seen_by(service, id, name) == ({BY_T1, BY_HOUSING} if sees else set())


def test_when_the_time_is_over_one_rating_is_seen_alone(service: RunningService) -> None:
    id = concluded(service)
    rate(service, id, "officer", LOW)
    service.row(OVER)
    assert seen_by(service, id, "other-department") == {BY_T1}
    assert code(service["other-department"].post(f"/summonses/{id}/ratings", DEPARTMENT)) == (409, "wrong-state")
    made = service["other-department"].post(f"/summonses/{id}/objections", {"reason": "带了工具"})
    assert made.status_code == 201


def test_who_may_rate(service: RunningService) -> None:
    id = concluded(service)
    for name in ("dispatcher", "supervisor", "worker", "planner", "leader", "admin", "channel"):
        assert code(service[name].post(f"/summonses/{id}/ratings", TOWNSHIP)) == (403, "forbidden"), name
    assert code(service["officer-T2"].post(f"/summonses/{id}/ratings", TOWNSHIP)) == (404, "not-found")
    assert code(service["officer"].post("/summonses/999999/ratings", TOWNSHIP)) == (404, "not-found")
    assert service.app.test_client().post(f"/api/v1/summonses/{id}/ratings", json=TOWNSHIP).status_code == 401
    open_one = summon(service)["id"]
    assert code(service["officer"].post(f"/summonses/{open_one}/ratings", TOWNSHIP)) == (409, "wrong-state")
    for body in ({}, TOWNSHIP | {"about": "T2"}, TOWNSHIP | {"criteria": {"solved": 9, "cooperative": 1}}):
        assert code(service["officer"].post(f"/summonses/{id}/ratings", body)) == (422, "bad-arguments")
    assert code(service["officer"].post(f"/summonses/{id}/ratings", data="{"))[0] in (400, 415)
    rate(service, id, "officer", TOWNSHIP)
    assert code(service["officer"].post(f"/summonses/{id}/ratings", LOW)) == (409, "wrong-state")


def test_an_objection_from_filing_to_ruling(service: RunningService) -> None:
    id = concluded(service)
    rate(service, id, "officer", LOW)
    housing, supervisor = service["other-department"], service["supervisor"]
    assert code(housing.post(f"/summonses/{id}/objections", {"reason": "不实"})) == (409, "wrong-state")
    rate(service, id, "other-department", DEPARTMENT)
    for name in ("dispatcher", "supervisor", "worker", "leader"):
        assert code(service[name].post(f"/summonses/{id}/objections", {"reason": "x"})) == (403, "forbidden"), name
    assert code(housing.post(f"/summonses/{id}/objections", {})) == (422, "bad-arguments")
    filed = housing.post(f"/summonses/{id}/objections", {"about": "housing-bureau", "reason": "带了工具"})
    assert filed.status_code == 201
    made = filed.get_json()
    assert (made["state"], made["summons"], made["by"], made["criteria"]) == ("open", id, "T1", LOW["criteria"])
    assert notices(service, "objection_filed") == ["role:supervisor"]
    assert code(housing.post(f"/summonses/{id}/objections", {"reason": "x"})) == (409, "wrong-state")

    waiting = supervisor.get("/objections", state="open").get_json()["objections"]
    assert [(one["id"], one["reason"], one["call"]["state"]) for one in waiting] == [
        (made["id"], "带了工具", "present")
    ]
    path = f"/objections/{made['id']}/ruling"
    for name in ("officer", "dispatcher", "admin", "other-department"):
        assert code(service[name].post(path, {"grant": True, "reason": "x"})) == (403, "forbidden"), name
        assert code(service[name].get("/objections")) == (403, "forbidden"), name
    assert code(supervisor.post(path, {"grant": True})) == (422, "bad-arguments")
    assert code(supervisor.post("/objections/999/ruling", {"grant": True, "reason": "x"})) == (404, "not-found")
    assert code(supervisor.get("/objections", state="lost")) == (422, "bad-filter")
    assert supervisor.post(path, {"grant": True, "reason": "照片为证"}).get_json()["state"] == "granted"
    assert code(supervisor.post(path, {"grant": False, "reason": "x"})) == (409, "wrong-state")
    assert notices(service, "objection_ruled") == ["unit:housing-bureau", "unit:T1"]
    assert supervisor.get("/objections", state="open").get_json()["objections"] == []
    assert len(supervisor.get("/objections", state="granted").get_json()["objections"]) == 1

    shown = housing.get(f"/summonses/{id}").get_json()
    mine = next(one for one in shown["ratings"] if one["by"] == "T1")
    assert mine["counts"] is False and mine["objection"]["ruling"] == "照片为证" and mine["criteria"] == LOW["criteria"]
    assert actions(service, shown["number"])[-2:] == ["rating_objected", "objection_ruled"]


def test_what_is_said_of_a_rating_is_for_its_two_sides(service: RunningService) -> None:
    id = concluded(service)
    number = rate(service, id, "officer", LOW)["number"]
    rate(service, id, "other-department", DEPARTMENT)
    made = service["other-department"].post(f"/summonses/{id}/objections", {"reason": "带了工具"}).get_json()
    service["supervisor"].post(f"/objections/{made['id']}/ruling", {"grant": True, "reason": "照片为证"})
    for name in PEOPLE:
        events = service[name].get(f"/items/{number}/events")
        own = name in ("officer", "other-department", "leader-T1", "dispatcher", "supervisor", "admin")
        for words in ("带了工具", "照片为证"):
            assert (words in events.text) == own, (name, events.text)


def test_the_township_objects_to_one_departments_rating(service: RunningService) -> None:
    id = concluded(service)
    rate(service, id, "officer", TOWNSHIP)
    rate(service, id, "other-department", DEPARTMENT)
    officer = service["officer"]
    assert code(officer.post(f"/summonses/{id}/objections", {"reason": "x"})) == (422, "bad-arguments")
    made = officer.post(f"/summonses/{id}/objections", {"by": "housing-bureau", "reason": "信息准确"})
    assert made.status_code == 201 and made.get_json()["about"] == "T1"
    refused = service["supervisor"].post(f"/objections/{made.get_json()['id']}/ruling", {"grant": False, "reason": "x"})
    assert refused.get_json()["state"] == "refused"
    assert all(one["counts"] for one in officer.get(f"/summonses/{id}").get_json()["ratings"])


def test_the_assessment_is_shown_as_far_as_it_may_be_seen(service: RunningService) -> None:
    id = concluded(service)
    rate(service, id, "officer", TOWNSHIP)

    def housing(name: str) -> dict[str, object]:
        told = service[name].get(f"/summonses/{id}").get_json()["assessment"]
        assert [one["unit"] for one in told] == ["city-management", "housing-bureau"]
        assert (told[0]["came"], told[0]["punctuality"], told[1]["came"], told[1]["punctuality"]) == (False, 0, True, 1)
        return dict(told[1])

    assert housing("officer")["level"] == 4.5 and housing("other-department")["level"] is None
    rate(service, id, "other-department", DEPARTMENT)
    assert housing("other-department")["criteria"] == TOWNSHIP["criteria"] and housing("planner")["criteria"] is None


def test_lists_show_ratings_too_and_rating_is_told_live(service: RunningService) -> None:
    id, other = concluded(service), concluded(service)
    before = service.row("SELECT count(*) AS n FROM outbox WHERE topic = 'summons'")["n"]
    rate(service, id, "officer", TOWNSHIP)
    assert service.row("SELECT count(*) AS n FROM outbox WHERE topic = 'summons'")["n"] == before + 1
    found = {one["id"]: one["ratings"] for one in service["officer"].get("/summonses").get_json()["summonses"]}
    assert len(found[id]) == 1 and found[other] == []


def test_a_summons_is_rated_after_its_item_was_closed(service: RunningService) -> None:
    id = concluded(service)
    number = service["officer"].get(f"/summonses/{id}").get_json()["number"]
    service["dispatcher"].act(number, "decline", ground="litigation")
    rate(service, id, "officer", TOWNSHIP)
