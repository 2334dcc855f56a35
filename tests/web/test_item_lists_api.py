"""GET /items: pages, filters, GeoJSON."""

import pytest

from store.database import Database
from tests.callers import code
from tests.factories import (
    IN_T2G1,
    RUBBISH,
    RunningService,
    a_service,
)


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


def test_pages_of_items_and_their_filters(service: RunningService) -> None:
    channel, dispatcher = service["channel"], service["dispatcher"]
    one = channel.report(description="漏水 100%_x")["number"]
    two = channel.report(lon=IN_T2G1[0], category=RUBBISH, channel="web")["number"]
    three = channel.report(lon=None, lat=None, kind="help")["number"]
    pages, cursor = [], None
    while cursor is not None or not pages:
        page = dispatcher.get("/items", limit=1, **({"cursor": cursor} if cursor else {})).get_json()
        pages.append([item["number"] for item in page["items"]])
        cursor = page["next"]
    assert pages == [[three], [two], [one]]
    for query, found in [
        ({"township": "T1"}, {one}),
        ({"grid": "T2G1"}, {two}),
        ({"category": RUBBISH}, {two}),
        ({"kind": "help"}, {three}),
        ({"channel": "web"}, {two}),
        ({"status": "received"}, {three}),
        ({"status": "open"}, {one, two, three}),
        ({"bbox": "119.3,26.08,119.31,26.1"}, {one}),
        ({"q": "漏水"}, {one}),
        ({"q": "100%_"}, {one}),
        ({"q": "%"}, {one}),
        ({"q": "_"}, {one}),
        ({"q": two}, {two}),
        ({"queue": "new"}, {one, two}),
        ({"queue": "returns"}, set()),
        ({"from_": "2001-01-01", "to": "2002-01-01"}, set()),
        ({"from_": "2001-01-01"}, {one, two, three}),
    ]:
        assert dispatcher.numbers(**query) == found, query
    collection = dispatcher.get("/items", headers={"Accept": "application/geo+json"})
    assert collection.content_type == "application/geo+json"
    assert [f["geometry"] is None for f in collection.get_json()["features"]] == [True, False, False]


@pytest.mark.parametrize(
    "query",
    [
        {"status": "lost"},
        {"queue": "x"},
        {"bbox": "1,2,3"},
        {"bbox": "3,2,1,4"},
        {"limit": "0"},
        {"bbox": "nan,1,2,3"},
        {"from_": "soon"},
        {"cursor": "!!"},
        {"cursor": "ééé"},
        {"limit": "ten"},
    ],
)
def test_a_filter_that_cannot_be_understood(service: RunningService, query: dict[str, str]) -> None:
    assert code(service["dispatcher"].get("/items", **query)) == (422, "bad-filter")
