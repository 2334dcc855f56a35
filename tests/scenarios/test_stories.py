"""Stories of a hotline, told to real servers: who calls, who comes, who answers, and what the citizen holds of it."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from store import embedded
from store.audit import verify
from tests.conftest import new_home
from tests.pictures import a_picture
from tests.scenarios.hotline import Hotline, a_hotline
from tests.scenarios.killing import Killing, an_escalator

HONGSHAN = (119.267, 26.083)
"""In 洪山镇, where it floods; in the cell 350102100G013."""
XIHONG_ROAD = (119.273131, 26.085701)
"""西洪路, in the cell 350102100G010."""
DRAIN, ROADWORKS, COMMUNITY_SERVICE = "4.03", "5.04", "12.05"
FAR = (119.2735, 26.0857)
CALLED = ["350102100004", "construction-bureau", "construction-investment"]


@pytest.fixture(scope="module")
def hotline() -> Iterator[Hotline]:
    home = new_home()
    try:
        with a_hotline(home) as running:
            yield running
    finally:
        embedded.stop(home)
        shutil.rmtree(home)


def position(place: tuple[float, float], **more: Any) -> dict[str, Any]:
    return {"lon": place[0], "lat": place[1], "datum": "wgs84", "accuracy_m": 15, **more}


def whole(hotline: Hotline) -> None:
    """The history holds, and the counters say what the items say."""
    assert verify(hotline.town.service.pool, "Asia/Shanghai").fault is None


def a_blocked_drain(hotline: Hotline) -> str:
    """A rainy afternoon in 洪山镇, the meeting next working morning, and what came of it; the item's number."""
    hotline.at("2026-12-01 15:00")
    report = {"channel": "miniprogram", "category": DRAIN, "description": "雨水口堵了,路上全是水", "address": "洪山镇"}
    item = hotline.post("mini-program", "/items", {**report, **position(HONGSHAN)})
    number, hotline.code = item["number"], item["track_code"]
    assert (item["lead"]["code"], item["status"]) == ("350102100", "dispatched")
    assert item["handlers"][0]["unit"] == "construction-bureau"
    hotline.photo("mini-program", number, "before", a_picture(color="navy"))
    hotline.act("construction", number, "accept")

    hotline.at("2026-12-01 15:20")
    call = {"departments": CALLED, "meet_at": "2026-12-02T09:30+08:00", "place": "积水处", "note": "请带管网图"}
    summons = hotline.post("hongshan", f"/items/{number}/summonses", call)["id"]
    for who in ("community", "construction", "investment"):
        hotline.post(who, f"/summonses/{summons}/acknowledge")

    hotline.at("2026-12-02 09:20")
    here, far = f"/summonses/{summons}/check-ins", position(FAR)
    assert hotline.post("community", here, position(HONGSHAN))["state"] == "present"
    assert hotline.refused("investment", here, far) == (422, "too-far")
    assert hotline.post("investment", here, position(HONGSHAN))["state"] == "present"
    hotline.at("2026-12-02 09:41")
    late = hotline.post("construction", here, position(HONGSHAN, attendee={"name": "甲某", "post": "科员"}))
    assert late["state"] == "late" and 660 <= late["late_by_s"] <= 780
    task = {"department": "construction-bureau", "text": "清掏雨水口,疏通支管", "due_at": "2026-12-03T17:30+08:00"}
    over = hotline.post("hongshan", f"/summonses/{summons}/conclude", {"plan": "先清掏,再查支管", "tasks": [task]})
    assert over["figures"] == over["figures"] | {"called": 3, "in_time": 3, "present": 2, "late": 1, "absent": 0}

    hotline.at("2026-12-02 14:40")
    hotline.post("construction", f"/summonses/{summons}/tasks/1/done")
    hotline.photo("construction", number, "after", a_picture(color="gray"))
    hotline.act("construction", number, "settle", note="已清掏疏通,路面无积水")
    hotline.act("w-350102100G013", number, "verify", grant=True, note="现场属实")
    answered = hotline.act("construction", number, "answer", text="雨水口已清掏,支管已疏通")
    assert {line["state"] for line in answered["deadlines"]} == {"met"}
    for photo in hotline.get("dispatcher", f"/items/{number}")["photos"]:
        hotline.post("dispatcher", f"/photos/{photo['id']}/release", {"reason": "请来电人看"})

    hotline.at("2026-12-03 08:30")
    assert len(hotline.get("citizen", f"/track/{number}")["photos"]) == 2
    hotline.post("citizen", f"/track/{number}/rating", {"code": hotline.code, "level": 4, "resolved": True})
    given = {"about": "construction-bureau", "criteria": {"solved": 5, "cooperative": 4}, "reason": "到得晚,办得好"}
    hotline.post("hongshan", f"/summonses/{summons}/ratings", given)
    said = {"right_department": 5, "right_information": 5, "necessary": 4}
    given = {"about": "350102100", "criteria": said, "reason": "叫得准"}
    hotline.post("construction", f"/summonses/{summons}/ratings", given)
    return str(number)


DRAIN_HISTORY = [
    "received", "photo", "accept", "summon", "summons_acknowledged", "summons_acknowledged", "summons_acknowledged",
    "checked_in", "checked_in", "checked_in", "summons_concluded", "summons_task_done", "photo", "settle", "verify",
    "answer", "release", "release", "rate",
]  # fmt: skip


def test_a_blocked_drain_and_a_flooded_road(hotline: Hotline) -> None:
    number = a_blocked_drain(hotline)
    done = [action for action in hotline.events(number) if action in DRAIN_HISTORY]
    assert done == DRAIN_HISTORY
    assert hotline.get("dispatcher", f"/items/{number}")["status"] == "closed"
    whole(hotline)


def test_the_same_with_kill_nine_at_every_step(hotline: Hotline) -> None:
    """Each step is killed in its middle, by turns with nothing on disk and with all on disk and no answer; the client
    says the same again until it is answered. Every step happened once, in its order."""
    with an_escalator(hotline) as another_escalator:
        killing = Killing(hotline, another_escalator)
        hotline.say = killing  # type: ignore[method-assign]
        try:
            number = a_blocked_drain(hotline)
        finally:
            hotline.say = killing.plain  # type: ignore[method-assign]
    for server in hotline.town.servers:
        server.ready()
    done = [action for action in hotline.events(number) if action in DRAIN_HISTORY]
    assert done == DRAIN_HISTORY
    assert hotline.row("SELECT count(*) AS n FROM summonses WHERE item_id = (SELECT id FROM items WHERE number = %s)",
                       (number,))["n"] == 1  # fmt: skip
    assert {(point, victim) for _, point, victim in killing.told} >= {
        ("working", "server"), ("committed", "server"), ("committed", "database"), ("working", "database"),
    }  # fmt: skip
    assert hotline.get("dispatcher", f"/items/{number}")["status"] == "closed"
    whole(hotline)


def test_a_torn_up_road_goes_straight_to_two_departments(hotline: Hotline) -> None:
    hotline.at("2026-12-01 10:00")
    report = {"channel": "phone", "category": ROADWORKS, "description": "路挖开了没人管", "address": "西洪路"}
    item = hotline.post("mini-program", "/items", {**report, **position(XIHONG_ROAD)})
    number, hotline.code = item["number"], item["track_code"]
    assert [handler["unit"] for handler in item["handlers"]] == ["construction-bureau", "construction-investment"]
    assert item["lead"]["code"] == "350102100"
    hotline.act("construction", number, "accept")
    hotline.photo("investment", number, "before", a_picture(color="brown"))
    hotline.at("2026-12-01 15:30")
    for action, more in (("take", {}), ("arrive", {}), ("done", {"note": "属实,无围挡"})):
        hotline.act("w-350102100G010", number, action, **more)
    hotline.at("2026-12-03 16:00")
    hotline.photo("construction", number, "after", a_picture(color="black"))
    hotline.act("construction", number, "settle", note="路面已恢复通行")
    hotline.at("2026-12-04 09:10")
    hotline.act("w-350102100G010", number, "verify", grant=True, note="已恢复")
    answered = hotline.act("construction", number, "answer", text="西洪路路面已恢复")
    assert {line["state"] for line in answered["deadlines"]} == {"met"}
    hotline.at("2026-12-04 17:00")
    hotline.post("citizen", f"/track/{number}/rating", {"code": hotline.code, "level": 5, "resolved": True})
    assert hotline.get("dispatcher", f"/items/{number}")["status"] == "closed"
    assert "summon" not in hotline.events(number)
    whole(hotline)


def test_an_old_man_who_cannot_fetch_his_parcels_and_all_alike(hotline: Hotline) -> None:
    hotline.at("2026-12-01 08:40")

    def asked(place: tuple[float, float], words: str) -> str:
        report = {"channel": "phone", "kind": "help", "category": COMMUNITY_SERVICE, "description": words}
        item = hotline.post("mini-program", "/items", {**report, **position(place)})
        hotline.code = item["track_code"]
        return str(item["number"])

    alike = [asked(HONGSHAN, words) for words in ("腿脚不便,取不了快递", "住六楼没电梯,快递取不上来")]
    elsewhere = asked(XIHONG_ROAD, "老人取不了快递")
    number = asked(HONGSHAN, "独自住着,快递点太远,走不到")
    assert hotline.get("dispatcher", f"/items/{number}")["handlers"][0]["unit"] == "350102100004"
    hotline.act("community", number, "accept")
    hotline.at("2026-12-01 15:00")
    hotline.act("community", number, "settle", note="社区志愿者每天上门代取")
    hotline.act("community", number, "answer", text="今后由社区志愿者上门送件")

    sweep = hotline.post("hongshan", "/sweeps", {"from": number, "area": {"community": "350102100004"}})
    assert {member["number"] for member in sweep["members"]} == set(alike)
    done = hotline.post("hongshan", f"/sweeps/{sweep['id']}/settle", {"note": "一并纳入志愿者代取名单"})
    assert set(done["settled"]) == set(alike) and done["refused"] == []
    assert hotline.get("dispatcher", f"/items/{elsewhere}")["status"] == "dispatched"
    for one in alike:
        assert hotline.act("hongshan", one, "answer", text="已纳入代取名单")["status"] == "answered"
        assert hotline.events(one).count("settle") == 1

    hotline.at("2026-12-02 10:00")
    hotline.post("citizen", f"/track/{number}/rating", {"code": hotline.code, "level": 5, "resolved": True})
    assert hotline.get("dispatcher", f"/items/{number}")["status"] == "closed"
    whole(hotline)
