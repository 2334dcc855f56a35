"""The citizen's page without scripts: the code is asked for once and is in no address; what was written is kept."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from cli.service import clock
from store.database import Database
from tests.factories import RunningService, a_service
from tests.tracking import Citizen, a_citizen, an_answered, answer, work_on
from web.track_pass import LASTS


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


def enter(citizen: Citizen, code: str | None = None) -> str:
    """Type number and code; where that leads."""
    form = {"number": citizen.number, "code": citizen.code if code is None else code}
    answer = citizen.client.post("/track", data=form)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def test_number_and_code_lead_to_the_page_and_the_code_is_in_no_address(service: RunningService) -> None:
    citizen = an_answered(service)
    assert "编号" in citizen.client.get("/track").text
    asked = citizen.client.get(f"/track/{citizen.number}")
    assert asked.status_code == 200 and citizen.number in asked.text and "已劝导养犬人" not in asked.text
    address = enter(citizen)
    assert address == f"/track/{citizen.number}"
    page = citizen.client.get(address)
    assert "已劝导养犬人" in page.text and "区城管局" in page.text and page.headers["Cache-Control"] == "no-store"
    for inside in (citizen.code, "内部记录", "林小明", "13812345678"):
        assert inside not in page.text
    assert "Answered" in citizen.client.get(f"{address}?lang=en").text


def test_the_cookie_holds_no_code_opens_one_item_and_runs_out(service: RunningService) -> None:
    citizen, other = an_answered(service), an_answered(service)
    enter(citizen)
    cookie = citizen.client.get_cookie("track")
    assert cookie is not None and cookie.http_only and cookie.same_site == "Strict"
    assert citizen.code not in cookie.value
    assert "已劝导养犬人" not in citizen.client.get(f"/track/{other.number}").text
    for forged in (cookie.value.replace(citizen.number, other.number), "x", "a.b.c", cookie.value[:-1] + "0g"):
        citizen.client.set_cookie("track", forged)
        assert "已劝导养犬人" not in citizen.client.get(f"/track/{other.number}").text
    citizen.client.set_cookie("track", cookie.value)
    services = service.app.extensions["firstline"]
    object.__setattr__(services, "clock", lambda: clock() + LASTS + timedelta(minutes=1))
    assert "已劝导养犬人" not in citizen.client.get(f"/track/{citizen.number}").text


def test_a_wrong_code_is_told_with_404_and_too_many_with_429(service: RunningService) -> None:
    citizen = a_citizen(service)
    form = {"number": citizen.number, "code": "AAAAAAAA"}
    wrong = citizen.client.post("/track", data=form)
    assert wrong.status_code == 404 and "没有与此编号和查询码相符的事项" in wrong.text
    codes = {citizen.client.post("/track", data=form).status_code for _ in range(12)}
    assert codes == {404, 429}


def test_rating_by_the_form(service: RunningService) -> None:
    citizen = an_answered(service)
    address = enter(citizen)
    missing = citizen.client.post(f"{address}/rating", data={"level": "1", "resolved": "no"})
    assert missing.status_code == 422 and "请说明不满意的原因" in missing.text
    assert re.search(r'value="1" required checked', missing.text)
    done = citizen.client.post(f"{address}/rating", data={"level": "5", "resolved": "yes", "comment": "很快"})
    assert done.headers["Location"] == f"{address}?done=rating"
    page = citizen.client.get(done.headers["Location"]).text
    assert "谢谢" in page and "非常满意" in page and 'name="level"' not in page
    assert citizen.told()["rating"]["resolved"] is True
    again = citizen.client.post(f"{address}/rating", data={"level": "4"})
    assert again.status_code == 409 and "现在不能这样操作" in again.text


def test_what_is_too_long_is_told_as_that(service: RunningService) -> None:
    citizen = an_answered(service)
    enter(citizen)
    long = {"level": "5", "comment": "好" * 10_001}
    answer = citizen.client.post(f"/track/{citizen.number}/rating", data=long)
    assert answer.status_code == 422 and "10000" in answer.text and citizen.told()["rating"] is None


def test_what_was_written_outlives_the_cookie(service: RunningService) -> None:
    citizen = an_answered(service)
    address = f"/track/{citizen.number}"
    kept = citizen.client.post(f"{address}/rating", data={"level": "4", "comment": '写了"很久"'})
    assert "写了&#34;很久&#34;" in kept.text and f'action="{address}/rating"' in kept.text
    told = {"number": citizen.number, "code": citizen.code, "level": "4", "comment": '写了"很久"'}
    assert citizen.client.post(f"{address}/rating", data=told).status_code == 303
    assert citizen.told()["rating"]["comment"] == '写了"很久"'


def test_urging_adding_and_leaving(service: RunningService) -> None:
    citizen = a_citizen(service)
    work_on(service, citizen.number)
    address = enter(citizen)
    first = citizen.client.post(f"{address}/urge", data={"text": "请尽快"}).headers["Location"]
    second = citizen.client.post(f"{address}/urge", data={"text": "请尽快"}).headers["Location"]
    assert (first, second) == (f"{address}?done=urge", f"{address}?done=urged")
    assert "每天最多记 1 次" in citizen.client.get(second).text
    assert citizen.client.post(f"{address}/supplement", data={"text": "3 号楼"}).status_code == 303
    assert citizen.client.post(f"{address}/supplement", data={"text": " "}).status_code == 422
    assert citizen.client.post("/track/leave").headers["Location"] == "/track"
    assert "办理经过" not in citizen.client.get(address).text


def test_another_site_cannot_rate_in_the_citizens_name(service: RunningService) -> None:
    citizen = an_answered(service)
    address = enter(citizen)
    foreign = {"Origin": "https://elsewhere.example"}
    assert citizen.client.post(f"{address}/rating", data={"level": "5"}, headers=foreign).status_code == 403
    assert citizen.told()["rating"] is None


def test_the_rule_says_how_many_urgings_count(service: RunningService) -> None:
    citizen = a_citizen(service)
    address = enter(citizen)
    rules = service.service.rules
    before = rules.thresholds
    object.__setattr__(rules, "thresholds", replace(before, citizen=replace(before.citizen, urges_a_day=3)))
    try:
        for wanted in ("urge", "urge", "urge", "urged"):
            answer = citizen.client.post(f"{address}/urge", data={"text": "请尽快"})
            assert answer.headers["Location"] == f"{address}?done={wanted}"
        assert "每天最多记 3 次" in citizen.client.get(f"{address}?done=urged").text
    finally:
        object.__setattr__(rules, "thresholds", before)


@pytest.mark.parametrize("blank", ["\u200b\u200d", "\u3164", "\u2060 \ufeff"])
def test_words_that_nobody_sees_are_none(service: RunningService, blank: str) -> None:
    citizen = a_citizen(service)
    address = enter(citizen)
    for what in ("urge", "supplement"):
        assert citizen.client.post(f"{address}/{what}", data={"text": blank}).status_code == 422
    work_on(service, citizen.number)
    answer(service, citizen.number)
    assert citizen.post("rating", level=1, comment=blank).status_code == 422
    assert citizen.post("rating", level=5, comment=blank).status_code == 200
    assert citizen.told()["rating"]["comment"] == ""
