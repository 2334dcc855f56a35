"""What a township's page asks: whom a summons may need, who has which cell today, and the day of a replay."""

from datetime import timedelta

import pytest

from cli.service import clock
from dispatch.staff import StaffRow
from store.database import Database
from store.world import import_people
from tests.factories import IN_T1G1, IN_T2G1, RunningService, a_service, staff
from tests.summoning import code, summon


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


def test_a_summons_is_proposed_with_its_time_place_and_units(service: RunningService) -> None:
    report = {"lon": IN_T1G1[0], "lat": IN_T1G1[1], "category": "1.01", "address": "东门口"}
    for _ in range(2):
        before = service["channel"].report(**report)["number"]
        summon(service, number=before, departments=["civil-affairs"])
    number = service["channel"].report(**report)["number"]
    found = service["officer"].get(f"/items/{number}/summonses/proposal").get_json()
    assert (found["lon"], found["lat"], found["place"]) == (*IN_T1G1, "东门口")
    assert found["meet_at"] > clock().isoformat() and found["meet_at"][14:16] in ("00", "30")
    units = {one["unit"]: one for one in found["units"]}
    assert units["civil-affairs"] == {
        "unit": "civil-affairs", "name": units["civil-affairs"]["name"], "why": ["history"], "times": 2, "chosen": True
    }  # fmt: skip
    assert "T1" not in units
    main = service["officer"].get(f"/items/{number}").get_json()["handlers"][0]["unit"]
    assert main == "T1" or units[main]["chosen"]
    told = {"departments": [one["unit"] for one in found["units"] if one["chosen"]], "meet_at": found["meet_at"]}
    assert service["officer"].post(f"/items/{number}/summonses", told).status_code == 201


def test_a_summons_called_off_is_no_history(service: RunningService) -> None:
    report = {"lon": IN_T1G1[0], "lat": IN_T1G1[1], "category": "1.01"}
    for _ in range(2):
        made = summon(service, number=service["channel"].report(**report)["number"], departments=["civil-affairs"])
        service["officer"].post(f"/summonses/{made['id']}/cancel", {"reason": "雨停了"})
    number = service["channel"].report(**report)["number"]
    found = service["officer"].get(f"/items/{number}/summonses/proposal").get_json()
    assert "civil-affairs" not in {one["unit"] for one in found["units"]}


def test_only_the_officer_in_scope_is_told(service: RunningService) -> None:
    number = service["channel"].report(lon=IN_T1G1[0], lat=IN_T1G1[1])["number"]
    assert code(service["officer-T2"].get(f"/items/{number}/summonses/proposal")) == (404, "not-found")
    assert code(service["department"].get(f"/items/{number}/summonses/proposal")) == (403, "forbidden")
    assert code(service["dispatcher"].get("/duty")) == (403, "forbidden")


def test_who_has_which_cell_today(service: RunningService) -> None:
    today = clock().astimezone(service.service.rules.zone).date()
    away = {"away_from": today, "away_to": today + timedelta(days=2)}
    rows = {row.grid: row for row in staff()}
    first, second = rows["T1G1"], rows["T1G2"]
    changed = StaffRow(first.grid, first.worker, "甲", "13800000000", second.worker, **away)
    import_people(service.pool, [], [changed, StaffRow(second.grid, second.worker, "乙"), rows["T2G1"]])
    service.service.worlds.forget_people()
    service["channel"].report(lon=IN_T1G1[0], lat=IN_T1G1[1])
    answer = service["officer"].get("/duty")
    cells = {cell["grid"]: cell for cell in answer.get_json()["cells"]}
    assert set(cells) == {"T1G1", "T1G2"} and answer.get_json()["day"] == today.isoformat()
    assert (cells["T1G1"]["on_duty"], cells["T1G1"]["on_duty_name"]) == (second.worker, "乙")
    assert cells["T1G1"]["away"] and cells["T1G1"]["away_to"] == (today + timedelta(days=2)).isoformat()
    assert (cells["T1G1"]["items"], cells["T1G2"]["items"]) == (1, 0)
    assert not cells["T1G2"]["away"] and cells["T1G2"]["deputy"] is None
    assert "13800000000" not in answer.text


def summed(service: RunningService, name: str, day: str, hour: int, **more: str) -> dict[str, tuple[int, int]]:
    answer = service[name].get("/map/replay", day=day, **more).get_json()
    found: dict[str, tuple[int, int]] = {}
    for at, received, count, late in answer["rows"]:
        if received <= hour and answer["codes"][at]:
            before = found.get(answer["codes"][at], (0, 0))
            found[answer["codes"][at]] = (before[0] + count, before[1] + late)
    return found


@pytest.mark.parametrize("level", ["grid", "township"])
@pytest.mark.parametrize("name", ["dispatcher", "officer"])
def test_the_days_answer_adds_up_to_what_each_hour_would_be_told(
    service: RunningService, name: str, level: str
) -> None:
    for spot in (IN_T1G1, IN_T1G1, IN_T2G1, (None, None)):
        service["channel"].report(lon=spot[0], lat=spot[1])
    now = clock().astimezone(service.service.rules.zone)
    moved = "UPDATE items SET created_at = created_at - interval '1 hour' WHERE id = (SELECT min(id) FROM items)"
    with service.pool.transaction() as cur:
        cur.execute(moved)
    day = f"{now:%Y-%m-%d}"
    for hour in range(24):
        until = f"{day}T{hour + 1:02}:00" if hour < 23 else f"{now.date() + timedelta(days=1)}T00:00"
        asked = {"level": level, "geometry": "none", "from": f"{day}T00:00", "to": until}
        told = service[name].get("/map/density", **asked).get_json()["features"]
        figures = {one["properties"]["code"]: (one["properties"]["count"], one["properties"]["late"]) for one in told}
        assert summed(service, name, day, hour, level=level) == {k: v for k, v in figures.items() if v[0]}, hour


def test_a_replay_wants_a_day_and_a_level(service: RunningService) -> None:
    for asked in (
        {},
        {"day": "soon"},
        {"day": "2026-02-30"},
        {"day": "9999-12-31"},
        {"day": "2026-11-25", "level": "x"},
    ):
        assert code(service["dispatcher"].get("/map/replay", **asked)) == (422, "bad-filter")


def test_a_day_of_too_many_is_asked_by_the_hour(service: RunningService, monkeypatch: pytest.MonkeyPatch) -> None:
    from web import replay_api

    day = f"{clock().astimezone(service.service.rules.zone):%Y-%m-%d}"
    service["channel"].report(lon=IN_T1G1[0], lat=IN_T1G1[1])
    service["channel"].report(lon=IN_T2G1[0], lat=IN_T2G1[1])
    assert len(service["dispatcher"].get("/map/replay", day=day).get_json()["rows"]) == 2
    monkeypatch.setattr(replay_api, "MOST_ROWS", 1)
    assert service["dispatcher"].get("/map/replay", day=day).get_json()["rows"] is None
