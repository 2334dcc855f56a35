"""What anybody may ask: open items without words at rounded places, never a secret one, bounded and counted."""

import json
import math
from typing import Any

import pytest

from dispatch.public import STEP
from store import public
from store.database import Database
from tests.factories import IN_T1G1, POLICY, RUBBISH, TOILET, RunningService, a_service
from tests.pictures import a_picture, opened
from tests.web.photo_calls import added, code
from web.public_api import square_step

BOX = "119.300,26.080,119.310,26.090"
SAID = {"description": "林家门口的公厕脏污", "address": "东门街1号后门"}
UNSEEN = ("林", "门", "138", "公厕", 'lon": 119.305,', "26.0851")


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


def ask(service: RunningService, path: str, **query: Any) -> Any:
    answer = service.app.test_client().get(f"/api/v1/public/{path}", query_string=query)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def numbers(told: Any) -> set[str]:
    return {item["number"] for square in told["squares"] for item in square["items"]}


def test_an_open_item_stands_in_its_square_without_words(service: RunningService) -> None:
    item = service["dispatcher"].report(lon=119.30512, lat=26.08513, **SAID)
    told = ask(service, "items", bbox=BOX)
    (square,) = told["squares"]
    assert (square["lon"], square["lat"], square["count"], told["total"]) == (119.3055, 26.0855, 1, 1)
    assert square["items"] == [
        {"number": item["number"], "category": TOILET, "status": "dispatched", "since": square["items"][0]["since"]}
    ]
    text = json.dumps(told, ensure_ascii=False)
    assert not [word for word in UNSEEN if word in text] and "119.30512" not in text


@pytest.mark.parametrize(
    "fields",
    [{"kind": kind} for kind in ("consultation", "help", "report", "suggestion", "praise", "举报!", "投诉举报")]
    + [{"confidential": True}, {"anonymous": True}, {"category": "never heard of"}, {"category": "8.02"}]
    + [{"category": "12.03"}, {"category": "14.01"}, {"category": POLICY}, {"lon": None, "lat": None, "address": ""}],
    ids=str,
)  # fmt: skip
def test_nothing_secret_or_private_is_told(service: RunningService, fields: dict[str, Any]) -> None:
    service["dispatcher"].report(**SAID | fields)
    assert ask(service, "items", bbox=BOX)["total"] == 0
    near = {"lon": IN_T1G1[0], "lat": IN_T1G1[1]}
    assert ask(service, "duplicates", **near)["duplicates"] == []
    assert ask(service, "duplicates", **near, category=fields.get("category", TOILET))["duplicates"] == []


def test_what_has_ended_is_gone(service: RunningService) -> None:
    number = service["dispatcher"].report()["number"]
    service["dispatcher"].act(number, "decline", ground=next(iter(service.service.rules.grounds)))
    assert ask(service, "items", bbox=BOX)["total"] == 0


def test_likes_are_found_by_square_and_category_and_show_public_facts(service: RunningService) -> None:
    item = service["dispatcher"].report(lon=119.30512, lat=26.08513, **SAID)
    (like,) = ask(service, "duplicates", lon=119.3061, lat=26.0849, category="公厕保洁与维修")["duplicates"]
    assert set(like) == {"number", "category", "status", "since", "lon", "lat", "distance_m"}
    assert (like["number"], like["lon"], like["lat"]) == (item["number"], 119.3055, 26.0855)
    assert ask(service, "duplicates", lon=119.3061, lat=26.0849, category="路灯不亮")["duplicates"] == []
    assert ask(service, "duplicates", lon=119.33, lat=26.0849)["duplicates"] == []
    for query in ({}, {"lon": "x", "lat": "26"}, {"lon": "26", "lat": "119"}, {"lon": "nan", "lat": "1e999"}):
        assert ask(service, "duplicates", **query)["duplicates"] == []


def test_likes_tell_nothing_of_where_in_its_square_an_item_stands(service: RunningService) -> None:
    service["dispatcher"].report(lon=119.30501, lat=26.08501)
    one = ask(service, "duplicates", lon=119.30701, lat=26.08501, category=TOILET)
    assert one == ask(service, "duplicates", lon=119.30799, lat=26.08599, category=TOILET)
    service.row("UPDATE items SET lon = 119.30599, lat = 26.08599 RETURNING id")
    assert one == ask(service, "duplicates", lon=119.30701, lat=26.08501, category=TOILET)


def test_squares_nest_and_the_answer_stays_small(service: RunningService) -> None:
    for width in (0.001, 0.02, 0.03, 0.5, 40.0, 360.0):
        doubled = math.log2(square_step((0.0, 0.0, width, width / 2)) / STEP)
        assert doubled == round(doubled)
    longest = _longest() | {"before": 12_345_678, "after": 12_345_679}
    fullest = {"lon": 119.3055, "lat": 26.0855, "count": 1000, "items": [longest] * public.MOST_OF_SQUARE}
    assert 25 * 25 * len(json.dumps(fullest, separators=(",", ":"))) < 300_000
    for n in range(5):
        service["dispatcher"].report(lon=119.3051 + n / 100_000, category=RUBBISH)
    assert ask(service, "items")["total"] == 5
    (square,) = ask(service, "items", bbox=BOX)["squares"]
    assert square["count"] == 5 and len(square["items"]) == public.MOST_OF_SQUARE
    (square,) = ask(service, "items", bbox="119,26,120,27")["squares"]
    assert square["count"] == 5 and square["items"] == []


def _longest() -> dict[str, str]:
    return {"number": "261124-0000161", "category": "22.06", "status": "dispatched", "since": "2026-11-24"}


def test_answers_are_kept_and_have_a_tag(service: RunningService) -> None:
    client = service.app.test_client()
    first = client.get("/api/v1/public/items", query_string={"bbox": BOX})
    service["dispatcher"].report()
    second = client.get("/api/v1/public/items", query_string={"bbox": BOX})
    assert first.text == second.text and "max-age" in second.headers["Cache-Control"]
    headers = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/api/v1/public/items", query_string={"bbox": BOX}, headers=headers).status_code == 304
    assert client.get("/api/v1/public/items", query_string={"bbox": "a,b"}).status_code == 422


def test_addresses_are_asked_in_the_body(service: RunningService) -> None:
    client = service.app.test_client()
    told = client.post("/api/v1/public/places", json={"q": "东门小学"}).get_json()
    assert told["places"][0]["name"] == "东门小学" and set(told["places"][0]) == {"name", "lon", "lat", "accuracy_m"}
    for body in ({}, {"q": 7}, {"q": "\x00" * 500}, {"q": ["x"]}):
        assert client.post("/api/v1/public/places", json=body).status_code == 200
    assert client.post("/api/v1/public/places", data=b"x" * 5000).status_code == 413
    assert client.post("/api/v1/public/places", data=b"x").status_code == 400


def test_questions_of_a_network_are_counted(service: RunningService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public, "MOST_READ", 3)
    client = service.app.test_client()
    for path in ("items", "duplicates", "items"):
        assert client.get(f"/api/v1/public/{path}").status_code == 200
    stopped = client.post("/api/v1/public/places", json={"q": "x"})
    assert stopped.status_code == 429 and stopped.get_json()["code"] == "throttled" and stopped.headers["Retry-After"]


def shown(service: RunningService) -> Any:
    """What is told of the one open item, asked of a process that has kept nothing."""
    service.app.extensions.pop("firstline.public", None)
    (square,) = ask(service, "items", bbox=BOX)["squares"]
    return square["items"][0]


def test_only_released_photographs_of_the_pair_are_shown_to_everybody(service: RunningService) -> None:
    number = service["dispatcher"].report(lon=119.30512, lat=26.08513, **SAID)["number"]
    stages = ("before", "before", "after", "scene")
    photos = [
        added(service["w-T1G1"], number, stage, sent=a_picture(color=(n * 40, 9, 9))) for n, stage in enumerate(stages)
    ]
    nobody = service.app.test_client()
    ids = [photo["id"] for photo in photos]
    assert not {"before", "after"} & set(shown(service))
    for id in (*ids, 0, "x", "9" * 40, "-1"):
        for path in (f"photos/{id}", f"photos/{id}/thumbnail"):
            assert code(nobody.get(f"/api/v1/public/{path}")) == (404, "not-found"), path
    for photo in (photos[0], photos[1], photos[3]):
        assert service["dispatcher"].post(f"/photos/{photo['id']}/release").status_code == 200
    told = shown(service)
    assert told["before"] == ids[1] and "after" not in told and "scene" not in told
    small = nobody.get(f"/api/v1/public/photos/{ids[1]}/thumbnail")
    assert opened(small.data).size == (320, 240) and small.headers["Cache-Control"] == "private, no-cache"
    assert nobody.get(f"/api/v1/public/photos/{ids[2]}").status_code == 404, "not released"
    assert nobody.get(f"/api/v1/public/photos/{ids[3]}").status_code == 404, "not of the pair"


@pytest.mark.parametrize(
    "change", ["confidential = true", "anonymous = true", "kind = 'report'", "lon = NULL, lat = NULL"]
)
def test_a_picture_goes_with_its_item(service: RunningService, change: str) -> None:
    number = service["dispatcher"].report(**SAID)["number"]
    id = added(service["w-T1G1"], number)["id"]
    service["dispatcher"].post(f"/photos/{id}/release")
    nobody = service.app.test_client()
    assert nobody.get(f"/api/v1/public/photos/{id}").status_code == 200
    service.row(f"UPDATE items SET {change} RETURNING id")
    assert code(nobody.get(f"/api/v1/public/photos/{id}")) == (404, "not-found")


def test_a_picture_of_an_item_that_ended_is_gone(service: RunningService) -> None:
    number = service["dispatcher"].report(**SAID)["number"]
    id = added(service["w-T1G1"], number)["id"]
    service["dispatcher"].post(f"/photos/{id}/release")
    service["dispatcher"].act(number, "decline", ground=next(iter(service.service.rules.grounds)))
    assert code(service.app.test_client().get(f"/api/v1/public/photos/{id}")) == (404, "not-found")


def test_pictures_are_counted_by_themselves(service: RunningService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public, "MOST_PICTURES", 2)
    client = service.app.test_client()
    answers = [client.get("/api/v1/public/photos/1").status_code for _ in range(3)]
    assert answers == [404, 404, 429] and client.get("/api/v1/public/items").status_code == 200
