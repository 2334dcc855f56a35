"""The citizen over HTTP: what is shown and what is not, rating, urging, adding, appealing; and who has no code."""

from datetime import timedelta
from typing import Any

import pytest

from cli.service import clock
from store.citizens import MOST_FROM_ONE, MOST_OF_NETWORK, MOST_OF_NUMBER
from store.closing import close_unrated
from store.database import Database
from tests.callers import code
from tests.factories import RunningService, a_service
from tests.pictures import a_picture
from tests.tracking import Citizen, a_citizen, an_answered, answer, work_on


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


def photographed(service: RunningService, number: str, stage: str, *, release: bool) -> int:
    from io import BytesIO

    data = {"photo": (BytesIO(a_picture()), "a.jpg"), "stage": stage}
    added = service["dispatcher"].post(f"/items/{number}/photos", data=data)
    assert added.status_code == 201, added.text
    if release:
        service["dispatcher"].post(f"/photos/{added.get_json()['id']}/release")
    return int(added.get_json()["id"])


def test_what_the_citizen_is_told_and_nothing_internal(service: RunningService) -> None:
    citizen = a_citizen(service)
    work_on(service, citizen.number)
    service["department"].act(citizen.number, "comment", text="来电人难缠")
    told = citizen.told()
    assert (told["status"], told["handlers"][0], told["lead"]) == ("accepted", "区城管局", "township T1")
    assert told["due_at"] and told["may_urge"] and told["may_supplement"] and not told["may_rate"]
    answer(service, citizen.number, "已劝导")
    service["department"].act(citizen.number, "comment", text="来电人难缠")
    after = citizen.get()
    assert after.headers["Cache-Control"] == "no-store"
    assert after.get_json()["answer"]["text"] == "已劝导" and after.get_json()["may_rate"]
    assert citizen.steps() == ["received", "dispatched", "accepted", "settled", "answered"]
    for inside in ("来电人难缠", "内部记录", "林小明", "138", "w-T1G1", "worker T1G1", "公厕脏污", citizen.code):
        assert inside not in after.text
        assert inside not in citizen.get().text


def test_a_wrong_code_an_unknown_number_and_no_code_get_the_same_answer(service: RunningService) -> None:
    citizen = a_citizen(service)
    stranger = Citizen(citizen.client, "261124-9999999", citizen.code)
    answers = [citizen.get(code="AAAAAAAA"), stranger.get(), citizen.get(code=""), citizen.get(code="é\u4e2d")]
    answers.append(citizen.client.get(f"/api/v1/track/{citizen.number}"))
    answers.append(citizen.client.post(f"/api/v1/track/{citizen.number}/rating", json={"code": 7, "level": 5}))
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1 and "No item has this number and code" in answers[0].text
    assert citizen.get(code=f" {citizen.code.lower()[:4]} {citizen.code.lower()[4:]}").status_code == 200


def test_an_account_sees_nothing_more_by_the_citizens_road(service: RunningService) -> None:
    citizen = a_citizen(service)
    assert code(service["supervisor"].get(f"/track/{citizen.number}")) == (404, "not-found")


def test_attempts_are_throttled_by_number_and_by_address(service: RunningService) -> None:
    citizen, other = a_citizen(service), a_citizen(service)
    for _ in range(MOST_FROM_ONE):
        assert citizen.get(code="AAAAAAAA").status_code == 404
    stopped = citizen.get()
    assert code(stopped) == (429, "throttled") and int(stopped.headers["Retry-After"]) > 60
    assert other.get().status_code == 200
    for n in range(MOST_OF_NETWORK - MOST_FROM_ONE - 1):
        Citizen(citizen.client, f"261124-{n}", "x").get()
    assert code(other.get()) == (429, "throttled")


def test_a_stranger_does_not_shut_the_citizen_out(service: RunningService) -> None:
    citizen = a_citizen(service)
    path = f"/api/v1/track/{citizen.number}"

    def tried(address: str, code: str) -> int:
        where = {"REMOTE_ADDR": address}
        return citizen.client.get(path, headers={"X-Track-Code": code}, environ_overrides=where).status_code

    assert {tried("203.0.113.7", "AAAAAAAA") for _ in range(MOST_FROM_ONE)} == {404}
    assert tried("203.0.113.7", citizen.code) == 429 and tried("198.51.100.1", citizen.code) == 200
    others = [f"192.0.2.{1 + n // (MOST_FROM_ONE - 1)}" for n in range(MOST_OF_NUMBER)]
    assert 429 in [tried(address, "AAAAAAAA") for address in others], "many networks are stopped as well"


def test_right_codes_never_wear_out(service: RunningService) -> None:
    citizen = a_citizen(service)
    assert {citizen.get().status_code for _ in range(MOST_OF_NETWORK + 5)} == {200}


def test_satisfied_closes_and_is_said_once(service: RunningService) -> None:
    citizen = an_answered(service)
    assert code(citizen.post("rating", level=0)) == (422, "bad-arguments")
    assert code(citizen.post("rating", level="5")) == (422, "bad-arguments")
    rated = citizen.post("rating", level=5, resolved=True, comment="很快").get_json()
    assert (rated["status"], rated["rating"]["level"], rated["rating"]["by"]) == ("closed", 5, "citizen")
    events = len(service["dispatcher"].get(f"/items/{citizen.number}/events").get_json()["events"])
    assert citizen.post("rating", level=5, resolved=True, comment="很快").status_code == 200
    assert code(citizen.post("rating", level=4)) == (409, "wrong-state")
    after = service["dispatcher"].get(f"/items/{citizen.number}/events").get_json()["events"]
    assert len(after) == events and after[-1]["actor"]["role"] == "citizen"
    assert "很快" not in after[-1]["body"] and after[-1]["data"]["outcome"] == "closed"


def test_dissatisfied_opens_again_and_the_second_time_goes_to_the_supervisor(service: RunningService) -> None:
    citizen, dispatcher, supervisor = an_answered(service), service["dispatcher"], service["supervisor"]
    assert code(citizen.post("rating", level=2)) == (422, "bad-arguments")
    first = {"level": 1, "resolved": False, "comment": "没有人来"}
    assert citizen.post("rating", **first).get_json()["status"] == "accepted"
    assert citizen.post("rating", **first).get_json()["status"] == "accepted"
    item = dispatcher.get(f"/items/{citizen.number}").get_json()
    assert (item["reopened"], len(item["ratings"]), item["close_at"]) == (1, 1, None)
    assert {d["state"] for d in item["deadlines"] if d["stage"] in ("settle", "answer")} == {"running"}
    assert code(citizen.post("rating", level=5)) == (409, "wrong-state")
    answer(service, citizen.number)
    assert citizen.told()["may_rate"]
    assert citizen.post("rating", **first).get_json()["contested"]
    assert citizen.told()["status"] == "answered"
    assert supervisor.numbers(queue="dissatisfied") == {citizen.number}
    assert dispatcher.get("/queues").get_json()["dissatisfied"] == 1
    assert code(dispatcher.post(f"/items/{citizen.number}/actions", {"action": "close"})) == (409, "wrong-state")
    assert close_unrated(service.service.desk, clock() + timedelta(days=90)) == 0
    closed = supervisor.post(f"/items/{citizen.number}/actions", {"action": "close"})
    assert code(closed) == (422, "bad-arguments")
    assert supervisor.act(citizen.number, "close", reason="已两次到场")["status"] == "closed"
    assert supervisor.numbers(queue="dissatisfied") == set()


def test_the_supervisor_may_open_it_again_instead(service: RunningService) -> None:
    citizen = an_answered(service)
    citizen.post("rating", level=1, comment="没有人来")
    answer(service, citizen.number)
    citizen.post("rating", level=2, comment="还是没有")
    after = service["supervisor"].act(citizen.number, "reopen", reason="重办")
    assert (after["status"], after["contested_at"]) == ("accepted", None)
    told = {n["kind"]: n["recipient"] for n in _notices(service)}
    assert told["contested"] == "role:supervisor" and told["reopened"] in ("unit:T1", "unit:city-management")


def _notices(service: RunningService) -> list[Any]:
    with service.pool.transaction() as cur:
        cur.execute("SELECT recipient, kind FROM notices WHERE kind IN ('contested', 'reopened') ORDER BY id")
        return list(cur.fetchall())


def test_a_follow_up_is_the_citizens_rating_and_marked(service: RunningService) -> None:
    citizen, dispatcher = an_answered(service), service["dispatcher"]
    path = f"/items/{citizen.number}/follow-up"
    assert code(service["department"].post(path, {"level": 5})) == (403, "forbidden")
    done = dispatcher.post(path, {"level": 4, "resolved": True, "comment": "电话回访"}).get_json()
    assert (done["status"], done["ratings"][0]["by"]) == ("closed", "follow-up")
    assert dispatcher.post(path, {"level": 4, "resolved": True, "comment": "电话回访"}).status_code == 200
    assert code(dispatcher.post(path, {"level": 5})) == (409, "wrong-state")
    assert citizen.told()["rating"]["by"] == "follow-up" and not citizen.told()["may_rate"]


def test_urging_counts_once_a_day_and_is_told_kindly_after(service: RunningService) -> None:
    citizen = a_citizen(service)
    assert code(citizen.post("urge")) == (422, "bad-arguments")
    assert citizen.post("urge", text="请尽快").get_json()["counted"]
    assert citizen.post("urge", text="请尽快").get_json()["counted"] is False
    assert citizen.steps().count("urged") == 1
    most = service.service.rules.thresholds.citizen.supplements_a_day
    assert {citizen.post("supplement", text=f"补充{n}").status_code for n in range(most)} == {200}
    assert code(citizen.post("supplement", text="再补充")) == (429, "throttled")


def test_a_supplement_ends_the_pause_that_waited_for_it(service: RunningService) -> None:
    citizen = a_citizen(service)
    work_on(service, citizen.number)
    service["department"].act(citizen.number, "pause", reason="请补充门牌")
    assert citizen.told()["hold"]["kind"] == "pause"
    assert citizen.post("supplement", text="3 号楼").get_json()["hold"] is None


def test_an_appeal_after_closing_goes_to_the_supervisor_once(service: RunningService) -> None:
    citizen = an_answered(service)
    assert code(citizen.post("appeal", text="不同意")) == (409, "wrong-state")
    citizen.post("rating", level=3)
    assert citizen.told()["may_appeal"]
    assert citizen.post("appeal", text="不同意").get_json()["contested"]
    assert code(citizen.post("appeal", text="不同意")) == (409, "wrong-state")
    assert service["supervisor"].numbers(queue="dissatisfied") == {citizen.number}
    service["supervisor"].act(citizen.number, "close", reason="维持")
    assert not citizen.told()["may_appeal"]
    assert code(citizen.post("appeal", text="再诉")) == (409, "wrong-state")


def test_declining_tells_the_proper_road_and_transferring_where_to(service: RunningService) -> None:
    first, second = a_citizen(service), a_citizen(service)
    service["dispatcher"].act(first.number, "decline", ground="litigation")
    service["dispatcher"].act(second.number, "transfer", to="110", external_ref={"system": "110", "number": "A7"})
    assert "复议机关" in first.told()["declined"]["road"]
    assert second.told()["transferred"] == {"to": "110", "number": "A7"}
    assert not first.told()["may_urge"]
    assert code(first.post("urge", text="x")) == (409, "wrong-state")


def test_only_released_pictures_of_the_pair_and_only_of_this_item(service: RunningService) -> None:
    citizen, other = a_citizen(service), a_citizen(service)
    shown = photographed(service, citizen.number, "before", release=True)
    kept = photographed(service, citizen.number, "after", release=False)
    scene = photographed(service, citizen.number, "scene", release=True)
    assert [photo["id"] for photo in citizen.told()["photos"]] == [shown]
    picture = citizen.get(f"/photos/{shown}")
    assert (picture.status_code, picture.content_type) == (200, "image/jpeg")
    assert citizen.get(f"/photos/{shown}/thumbnail").status_code == 200
    for id in (kept, scene, "x", 10**30):
        assert code(citizen.get(f"/photos/{id}")) == (404, "not-found")
    assert code(other.get(f"/photos/{shown}")) == (404, "not-found")
    assert code(citizen.client.get(f"/api/v1/track/{citizen.number}/photos/{shown}")) == (404, "not-found")


def test_a_refusal_offers_the_citizen_nothing_that_is_not_the_citizens(service: RunningService) -> None:
    citizen = a_citizen(service)
    early = citizen.post("rating", level=5)
    assert early.status_code == 409 and set(early.get_json()["allowed"]) == {"urge", "supplement"}
    assert "comment" not in early.text
