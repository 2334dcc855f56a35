"""GET and POST /resolve: where points fall, and what is said of those that fall nowhere."""

from typing import Any

import pytest

from cli.service import clock
from gis.datum import from_wgs84
from store.database import Database
from tests.factories import IN_T1G1, IN_T2G1, NEAR_T2, OUTSIDE, RunningService, a_redrawn_town, a_service


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


def test_a_resolution(service: RunningService) -> None:
    found = service["worker"].get("/resolve", lon=NEAR_T2[0], lat=NEAR_T2[1], datum="WGS-84", accuracy_m=50).get_json()
    assert (found["township"], found["grid"]["code"]) == ({"code": "T1", "name": "township T1"}, "T1G1")
    assert found["doubtful"] and found["border_m"] == pytest.approx(10, abs=0.1) and found["edition"] == 1
    assert found["neighbours"] == ["T1G2", "T2G1", "T2G2"]


def test_outside_is_an_answer(service: RunningService) -> None:
    answer = service["worker"].get("/resolve", lon=OUTSIDE[0], lat=OUTSIDE[1])
    found = answer.get_json()
    assert answer.status_code == 200
    assert (found["township"], found["grid"], found["reason"]) == (None, None, "outside-district")
    assert found["nearest"]["grid"] == "T2G1" and found["nearest"]["distance_m"] == pytest.approx(8004, abs=10)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "no-location"),
        ({"lon": 119.3}, "no-location"),
        ({"lon": "x", "lat": 26}, "not-a-number"),
        ({"lon": "nan", "lat": 26}, "not-a-number"),
        ({"lon": 500, "lat": 26}, "out-of-range"),
        ({"lon": 26.085, "lat": 119.305}, "swapped-axes"),
        ({"lon": 0, "lat": 0}, "null-island"),
        ({"lon": 119.3, "lat": 26, "datum": "atlantis"}, "unknown-datum"),
        ({"lon": 119.3, "lat": 26, "accuracy_m": "wide"}, "bad-filter"),
        ({"lon": 119.3, "lat": 26, "accuracy_m": -1}, "bad-filter"),
        ({"lon": 119.3, "lat": 26, "at": "x"}, "bad-filter"),
    ],
)
def test_what_is_no_place(service: RunningService, query: dict[str, Any], code: str) -> None:
    answer = service["worker"].get("/resolve", **query)
    assert (answer.status_code, answer.get_json()["code"]) == (422, code)


@pytest.mark.parametrize("accuracy", ["0", "1e300", "1e-300", "20000000"])
def test_any_accuracy_has_an_answer(service: RunningService, accuracy: str) -> None:
    assert service["worker"].get("/resolve", lon=119.305, lat=26.085, accuracy_m=accuracy).status_code == 200


def test_an_earlier_day_is_answered_by_its_edition(service: RunningService) -> None:
    before = clock()
    edition = service.publish(a_redrawn_town())
    asked = {"lon": IN_T1G1[0], "lat": IN_T1G1[1]}
    now = service["planner"].get("/resolve", **asked).get_json()
    then = service["planner"].get("/resolve", at=before.isoformat(), **asked).get_json()
    assert (now["edition"], now["township"]["code"]) == (edition, "T2")
    assert (then["edition"], then["township"]["code"]) == (1, "T1")
    none = service["planner"].get("/resolve", at="2001-01-01", **asked)
    assert (none.status_code, none.get_json()["code"]) == (422, "no-edition")


def test_columns(service: RunningService) -> None:
    points: list[Any] = [
        [*IN_T1G1], [*IN_T2G1, 31.7], [*OUTSIDE], [26.085, 119.305], [0, 0, 0], ["119.305", "26.085"], [None, None],
        ["x", 1], [1], [1, 2, 3, 4], "119,26", {"lon": 1}, [[1], [2]], [True, 1], [1e300, 1],
    ]  # fmt: skip
    answer = service["worker"].post("/resolve", {"points": points, "datum": "wgs84"})
    assert answer.status_code == 200
    columns = answer.get_json()
    assert columns["grid"] == ["T1G1", "T2G1", None, None, None, "T1G1", *[None] * 9]
    assert columns["township"][:2] == ["T1", "T2"]
    assert columns["reason"] == [
        None, None, "outside-district", "swapped-axes", "null-island", None, "no-location", "not-a-number",
        "no-location", "no-location", "no-location", "no-location", "not-a-number", "not-a-number", "out-of-range",
    ]  # fmt: skip
    assert [metres is None for metres in columns["border_m"]] == [reason is not None for reason in columns["reason"]]


def test_columns_in_another_datum(service: RunningService) -> None:
    lon, lat = from_wgs84(*NEAR_T2, "gcj02")
    for datum, township in (("gcj02", "T1"), ("wgs84", "T2"), (None, "T2")):
        answer = service["worker"].post("/resolve", {"points": [[lon, lat]], "datum": datum})
        assert answer.get_json()["township"] == [township]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"points": "x"},
        {"points": {"a": 1}},
        {"points": [[1, 2]] * 100_001},
        {"points": [[1, 2]], "datum": ["wgs84", "x"]},
        {"points": [[1, 2]], "datum": {"a": 1}},
    ],
)
def test_columns_that_cannot_be_read(service: RunningService, body: dict[str, Any]) -> None:
    answer = service["worker"].post("/resolve", body)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "bad-arguments")


def test_an_unknown_datum_is_a_reason_for_each_row(service: RunningService) -> None:
    for datum in ("atlantis", 7, True):
        answer = service["worker"].post("/resolve", {"points": [[*IN_T1G1]], "datum": datum})
        assert answer.get_json()["reason"] == ["unknown-datum"]
    assert service["worker"].post("/resolve", {"points": []}).get_json()["grid"] == []
