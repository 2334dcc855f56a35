"""What the map is told: counts that add up, in scope, bounded however many items there are."""

import random
from typing import Any

import pytest

from boundaries.read import read_district
from store.database import Database
from store.relay import fold
from store.settings import ROOT
from tests.factories import IN_T2G1, OUTSIDE, PEOPLE, RUBBISH, RunningService, a_service
from web import map_api


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


def density(service: RunningService, name: str, **query: Any) -> dict[str, Any]:
    answer = service[name].get("/map/density", **query)
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json())


def counts(answer: dict[str, Any]) -> dict[str, int]:
    properties = [feature["properties"] for feature in answer["features"]]
    return {area["code"]: area["count"] for area in properties if area["count"]}


def some_items(service: RunningService) -> None:
    channel = service["channel"]
    for fields in (
        {},
        {},
        {"lon": IN_T2G1[0], "category": RUBBISH, "channel": "web"},
        {"lon": None},
        {"lon": OUTSIDE[0]},
    ):
        channel.report(**fields)
    service["dispatcher"].act(sorted(service["dispatcher"].numbers())[0], "reply", text="好")


def test_density_by_cell_and_by_township(service: RunningService) -> None:
    some_items(service)
    for folded in (False, True):
        if folded:
            fold(service.pool)
        by_cell, by_township = (density(service, "dispatcher", level=level) for level in ("grid", "township"))
        assert counts(by_cell) == {"T1G1": 1, "T2G1": 1} and counts(by_township) == {"T1": 1, "T2": 1}
        assert by_cell["total"] == by_township["total"] == 4 == len(service["dispatcher"].numbers(status="open"))
        assert by_cell["located"] == 2
    every = density(service, "dispatcher", status="open,answered")
    assert (every["total"], counts(every)) == (5, {"T1G1": 2, "T2G1": 1})
    area = by_cell["features"][0]["properties"]
    assert area["code"] == "T1G1" and area["per_km2"] == pytest.approx(0.9, abs=0.05)


def test_the_total_is_what_is_in_scope(service: RunningService) -> None:
    some_items(service)
    for name in PEOPLE:
        answer = density(service, name)
        assert answer["total"] == len(service[name].numbers(status="open")), name


@pytest.mark.parametrize(
    "query",
    [
        {"township": "T2"},
        {"grid": "T1G1"},
        {"category": RUBBISH},
        {"channel": "web"},
        {"kind": "complaint"},
        {"kind": "help"},
        {"queue": "unlocated"},
        {"queue": "late"},
        {"q": "公厕"},
        {"q": "nothing"},
        {"bbox": "119.3,26.08,119.31,26.1"},
        {"from_": "2001-01-01"},
        {"to": "2001-01-01"},
        {"status": "answered"},
        {"queue": "new", "township": "T1"},
    ],
)
def test_maps_count_under_the_filters_of_the_list(service: RunningService, query: dict[str, str]) -> None:
    some_items(service)
    for name in ("dispatcher", "department"):
        listed = service[name].get("/items", **({"status": "open"} | query)).get_json()["items"]
        assert density(service, name, **query)["total"] == len(listed)
        located = [item for item in listed if item["location"]["lon"] is not None]
        box = {"bbox": "100,0,130,50"} | query
        assert service[name].get("/map/items", **box).get_json()["total"] == len(located)


def test_counts_that_became_nothing_are_forgotten(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    fold(service.pool)
    service["dispatcher"].act(number, "reply", text="好")
    fold(service.pool)
    assert service.row("SELECT count(*) AS n, min(n) AS least FROM item_counts") == {"n": 1, "least": 1}
    assert counts(density(service, "dispatcher", status="answered")) == {"T1G1": 1}
    assert density(service, "dispatcher")["total"] == 0


def test_too_many_shapes_are_left_out_unless_a_box_names_fewer(
    service: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, most in (("MOST_SHAPES", 3), ("MOST_CORNERS", 15)):
        with monkeypatch.context() as patch:
            patch.setattr(map_api, name, most)
            every = density(service, "dispatcher")["features"]
            assert [area["geometry"] for area in every] == [None] * 4
            box = ",".join(map(str, IN_T2G1 * 2))
            some = density(service, "dispatcher", bbox=box)["features"]
            assert [area["id"] for area in some if area["geometry"]] == ["T2G1"]


def test_late_items_are_counted(service: RunningService) -> None:
    service["channel"].report()
    with service.pool.transaction() as cur:
        cur.execute("UPDATE deadlines SET due_at = '2001-01-01' WHERE stage IN ('settle', 'answer')")
    for name in ("dispatcher", "officer"):
        area = density(service, name)["features"][0]["properties"]
        assert (area["code"], area["count"], area["late"]) == ("T1G1", 1, 1)
    assert density(service, "dispatcher", channel="web")["total"] == 0


def test_items_of_a_viewport_add_up(service: RunningService) -> None:
    dice = random.Random(5)
    for _ in range(60):
        service["channel"].report(lon=dice.uniform(119.3, 119.32), lat=dice.uniform(26.08, 26.1), category=RUBBISH)
    some_items(service)
    everything = service["dispatcher"].get("/items", limit=500, status="open").get_json()["items"]
    for box in ((119.3, 26.08, 119.32, 26.1), (119.304, 26.083, 119.3061, 26.0977), (100.0, 0.0, 130.0, 50.0)):
        bbox = ",".join(map(str, box))
        inside = [
            item for item in everything
            if item["location"]["lon"] is not None and box[0] <= item["location"]["lon"] <= box[2]
            and box[1] <= item["location"]["lat"] <= box[3]
        ]  # fmt: skip
        for zoom in ("", "5", "12", "19"):
            answer = service["dispatcher"].get("/map/items", bbox=bbox, zoom=zoom).get_json()
            found = [feature["properties"]["count"] for feature in answer["features"]]
            assert sum(found) == answer["total"] == len(inside), (box, zoom)
    answer = service["dispatcher"].get("/map/items", bbox="119.3,26.08,119.32,26.1").get_json()
    single = next(f for f in answer["features"] if f["properties"]["kind"] == "item")
    assert single["id"] in {item["number"] for item in everything}


def test_maps_are_scoped(service: RunningService) -> None:
    some_items(service)
    box = {"bbox": "100,0,130,50"}
    assert service["officer"].get("/map/items", **box).get_json()["total"] == 1
    assert service["worker"].get("/map/items", **box).get_json()["total"] == 0
    assert service["dispatcher"].get("/map/items", **box).get_json()["total"] == 3


@pytest.mark.parametrize("path", ["/map/density", "/map/items"])
@pytest.mark.parametrize("query", [{"level": "street"}, {"bbox": "x"}, {"status": "lost"}, {"zoom": "near"}])
def test_what_cannot_be_understood(service: RunningService, path: str, query: dict[str, str]) -> None:
    answer = service["dispatcher"].get(path, **query)
    ignored = (path, *query) in {("/map/density", "zoom"), ("/map/items", "level")}
    assert answer.status_code == (200 if ignored else 422)


def test_a_map_of_the_shipped_district_stays_small(database: Database) -> None:
    """Every square of the raster taken by an item of its own is the worst that can come."""
    service = a_service(database, read_district(ROOT / "boundaries" / "gulou"))
    assert len(service["dispatcher"].get("/map/density", level="grid").data) < 300_000
    assert len(service["dispatcher"].get("/map/density", level="grid", geometry="none").data) < 300_000
    number = service["channel"].report(lon=119.2905, lat=26.0985)["number"]
    with service.pool.transaction() as cur:
        cur.execute("SELECT * FROM items WHERE number = %s", (number,))
        names = [name for name in cur.fetchone() if name not in ("id", "number", "lon", "lat")]
        cur.execute(
            f"""INSERT INTO items (id, number, lon, lat, {", ".join(names)})
            SELECT 1000 + n, '261124-' || to_char(n, 'FM0000000'), 119.2 + (n %% 100) * 0.001003,
            26.0 + (n / 100) * 0.001003, {", ".join(names)}
            FROM items, generate_series(0, 9999) AS n WHERE number = %s""",
            (number,),
        )
    for zoom in ("", "17", "24"):
        answer = service["dispatcher"].get("/map/items", bbox="119.2,26.0,119.3,26.1", zoom=zoom)
        assert answer.get_json()["total"] == 10_001 and len(answer.data) < 300_000
        close = service["dispatcher"].get("/map/items", bbox="119.2,26.0,119.2285,26.0285", zoom=zoom)
        assert len(close.data) < 300_000
