"""What is asked wrongly is said to be wrong: 400 with the parameter's name, never an answer to something else."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from werkzeug.datastructures import MultiDict

from tests.web.ogc.conftest import Town
from web.ogc.asking import MOST, Asked, BadQuery, Span, cursor_text, features_asked
from web.ogc.catalogue import COLLECTIONS
from web.ogc.crs import CRS84, LATITUDE_FIRST

ZONE = ZoneInfo("Asia/Shanghai")
EPSG = LATITUDE_FIRST[0]


def asked(collection: str = "items", **query: str) -> Asked:
    return features_asked(MultiDict({k.replace("_", "-"): v for k, v in query.items()}), COLLECTIONS[collection], ZONE)


def at(*when: int) -> datetime:
    return datetime(*when, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("2026-11-24T01:00:00Z", Span(at(2026, 11, 24, 1), at(2026, 11, 24, 1))),
        ("2026-11-24t01:00:00z", Span(at(2026, 11, 24, 1), at(2026, 11, 24, 1))),
        ("2026-11-24T09:00:00+08:00", Span(at(2026, 11, 24, 1), at(2026, 11, 24, 1))),
        ("2026-11-24T09:00:00 08:00", Span(at(2026, 11, 24, 1), at(2026, 11, 24, 1))),  # a + that was not quoted
        ("2026-11-24T09:00", Span(at(2026, 11, 24, 1), at(2026, 11, 24, 1))),
        ("2026-11-24", Span(at(2026, 11, 23, 16), at(2026, 11, 24, 16) - timedelta(microseconds=1))),
        ("2026-11-24/2026-11-25", Span(at(2026, 11, 23, 16), at(2026, 11, 25, 16) - timedelta(microseconds=1))),
        ("../2026-11-24T01:00:00Z", Span(None, at(2026, 11, 24, 1))),
        ("/2026-11-24T01:00:00Z", Span(None, at(2026, 11, 24, 1))),
        ("2026-11-24T01:00:00Z/..", Span(at(2026, 11, 24, 1), None)),
        ("2026-11-24T01:00:00Z/", Span(at(2026, 11, 24, 1), None)),
        ("../..", Span(None, None)),
    ],
)
def test_times(text: str, span: Span) -> None:
    assert asked(datetime=text).span == span


@pytest.mark.parametrize(
    ("query", "box"),
    [
        ({"bbox": "119,26,119.5,26.2"}, (119, 26, 119.5, 26.2)),
        ({"bbox": " 119, 26 ,119.5,26.2 "}, (119, 26, 119.5, 26.2)),
        ({"bbox": "119,26,-5,119.5,26.2,300"}, (119, 26, 119.5, 26.2)),
        ({"bbox": "26,119,26.2,119.5", "bbox_crs": EPSG}, (119, 26, 119.5, 26.2)),
        ({"bbox": "26,119,-5,26.2,119.5,300", "bbox_crs": LATITUDE_FIRST[1]}, (119, 26, 119.5, 26.2)),
        ({"bbox": "170,-10,-170,10"}, (170, -10, -170, 10)),
        ({"bbox": "-400,-100,400,100"}, (-400, -100, 400, 100)),
    ],
)
def test_boxes(query: dict[str, str], box: tuple[float, ...]) -> None:
    assert asked(**query).box == box


def test_limits_and_cursors() -> None:
    assert (asked().limit, asked(limit="7").limit, asked(limit="10001").limit) == (100, 7, MOST)
    assert asked(cursor=cursor_text(12, 40)).after == (12, 40)
    assert asked("grids", cursor=cursor_text("网/格", 40)).after == ("网/格", 40)


WRONG: list[tuple[str, dict[str, str]]] = [
    ("limit", {"limit": text}) for text in ("0", "-1", "1.5", "ten", "", "١", "1e3", "9" * 40)
]
WRONG += [("bbox", {"bbox": text}) for text in (
    "", "1,2,3", "1,2,3,4,5", "a,b,c,d", "nan,1,2,3", "1,1,inf,2", "119,27,120,26", "26,119,26.2,119.5", "300,0,310,1",
)]  # fmt: skip
WRONG += [("bbox", {"bbox": "119,26,119.5,26.2", "bbox_crs": EPSG})]
WRONG += [
    ("bbox-crs", {"bbox": "1,1,2,2", "bbox_crs": "EPSG:4326"}),
    ("crs", {"crs": "EPSG:3857"}),
    ("crs", {"crs": ""}),
]
WRONG += [("datetime", {"datetime": text}) for text in (
    "", "yesterday", "24/11/2026", "2026-13-01", "2026-11-24/2026-11-23", "2026-11-24T25:00:00Z", "a/b/c", "..",
    "2026-11-24/tomorrow", "0001-01-01",
)]  # fmt: skip
WRONG += [("cursor", {"cursor": text}) for text in (
    "", "x", "é", cursor_text("text", 1), cursor_text(-1, 1), cursor_text(True, 1), cursor_text(2**63, 1),
    cursor_text(1, -1), "e30", "MQ", "W10",
)]  # fmt: skip
WRONG += [("status", {"status": "lost"}), ("open", {"open": "maybe"}), ("urgency", {"urgency": ""})]
WRONG += [
    ("grid", {"grid": "g" * 201}),
    ("f", {"f": "xml"}),
    ("stauts", {"stauts": "closed"}),
    ("offset", {"offset": "1"}),
]


@pytest.mark.parametrize(("field", "query"), WRONG)
def test_wrong_values(field: str, query: dict[str, str]) -> None:
    with pytest.raises(BadQuery) as refused:
        asked(**query)
    assert refused.value.members["errors"][0]["field"] == field


def test_a_parameter_that_stands_there_twice() -> None:
    with pytest.raises(BadQuery, match="2 times"):
        features_asked(MultiDict([("limit", "1"), ("limit", "2")]), COLLECTIONS["items"], ZONE)


def test_a_filter_of_another_collection_is_not_known() -> None:
    assert asked("summonses", state="open").filters == {"state": "open"}
    with pytest.raises(BadQuery, match="There is no parameter 'state'"):
        asked("items", state="open")


CALLS = ("/", "/conformance", "/api", "/collections", "/collections/grids", "/collections/grids/queryables",
         "/collections/grids/items", "/collections/grids/items/T1G1")  # fmt: skip


@pytest.mark.parametrize("path", CALLS)
def test_over_http_it_is_a_problem(town: Town, path: str) -> None:
    for query in ({"nonsense": "1"}, {"f": "xml"}):
        answer: Any = town.get("planner", path, **query)
        assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
        told = answer.get_json()
        assert (told["code"], told["status"]) == ("bad-query", 400)
        assert told["errors"][0]["field"] in query


def test_what_is_not_there(town: Town) -> None:
    for path in ("/collections/streets", "/collections/streets/items", "/collections/grids/items/nowhere", "/nothing",
                 "/collections/items/items/%00", "/collections/summonses/items/999999999999999999999999",
                 "/collections/summonses/items/one", "/collections/items/items/é"):  # fmt: skip
        answer = town.get("planner", path)
        assert (answer.status_code, answer.content_type) == (404, "application/problem+json"), path
        assert answer.get_json()["code"] == "not-found"
    caller = town.service["planner"]
    answer = caller.client.post("/ogc/collections", headers={"Authorization": f"Bearer {caller.token}"})
    assert (answer.status_code, answer.get_json()["code"]) == (405, "method-not-allowed")


def test_strange_text_in_a_filter_matches_nothing(town: Town) -> None:
    for text in (
        "\0",
        "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
        "%",
        "_",
        "'; DROP TABLE items; --",
    ):
        assert town.ids("dispatcher", "items", grid=text) == []
    assert CRS84 in town.get("dispatcher", "/collections/items/items", limit=1).headers["Content-Crs"]
