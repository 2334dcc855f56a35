"""Lists, counts and maps by the Edition of the day or by another: of both the counts add up."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dispatch.account import Account
from store.database import Database
from store.relay import fold
from store.settings import Settings
from tests.conftest import SECRET, drop
from tests.factories import (
    IN_T1G1,
    IN_T1G2,
    IN_T2G1,
    OUTSIDE,
    RunningService,
    a_redrawn_town,
    a_service,
    a_town,
    with_cell,
)

EVERY = "open,answered"
PLACES: tuple[Any, ...] = (IN_T1G1, IN_T1G1, IN_T1G2, IN_T2G1, OUTSIDE, None)


@pytest.fixture(scope="module")
def shared(
    tmp_path_factory: pytest.TempPathFactory, clone: Callable[..., str], template: str, cluster: str
) -> Iterator[RunningService]:
    """Six items that are over and six open ones; then T1G1 went to T2, and T1G2 became T1G9."""
    dsn = clone(template)
    settings = Settings(home=tmp_path_factory.mktemp("home"), database_url=dsn, given_secret=SECRET)
    with Database.open(settings) as opened:
        service = a_service(opened)
        _fill(service)
        yield service
    drop(cluster, dsn)


def _fill(service: RunningService) -> None:
    for place in (*PLACES, *PLACES):
        service["channel"].report(lon=place and place[0], lat=place and place[1])
    for number in sorted(service["dispatcher"].numbers())[:6]:
        service["dispatcher"].act(number, "reply", text="x")
    service.publish(with_cell(a_redrawn_town(), "T1G2", code="T1G9"))


@pytest.fixture(params=[False, True], ids=["deltas", "folded"])
def service(shared: RunningService, request: pytest.FixtureRequest) -> RunningService:
    if request.param:
        fold(shared.pool)
    return shared


def asked(service: RunningService, path: str, who: str = "dispatcher", **query: Any) -> dict[str, Any]:
    answer = service[who].get(path, **query)
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json())


def counts(answer: dict[str, Any]) -> dict[str, int]:
    properties = [feature["properties"] for feature in answer["features"]]
    return {area["code"]: area["count"] for area in properties if area["count"]}


DAY = {"grid": {"T1G1": 4, "T1G2": 1, "T1G9": 1, "T2G1": 2}, "township": {"T1": 4, "T2": 4}}
BY = {
    "today": {"grid": {"T1G1": 4, "T1G9": 2, "T2G1": 2}, "township": {"T1": 2, "T2": 6}},
    "1": {"grid": {"T1G1": 4, "T1G2": 2, "T2G1": 2}, "township": {"T1": 6, "T2": 2}},
}


@pytest.mark.parametrize("level", ["grid", "township"])
@pytest.mark.parametrize("edition", [None, "day", "today", "1", "2"])
def test_density_adds_up_by_whosever_boundaries(service: RunningService, level: str, edition: str | None) -> None:
    query = {"level": level, "status": EVERY} | ({"edition": edition} if edition else {})
    found = asked(service, "/map/density", **query)
    expected = {"2": BY["today"], **BY}.get(edition or "", DAY)
    assert counts(found) == expected[level]
    assert (found["total"], found["located"]) == (12, 8)
    assert found["edition"] == (1 if edition == "1" else 2)
    gone = [one for one in found["features"] if one["properties"].get("retired")]
    assert [one["id"] for one in gone] == (["T1G2"] if expected is DAY and level == "grid" else [])
    assert all(one["geometry"]["type"] == "Polygon" for one in gone)


@pytest.mark.parametrize("edition", ["day", "today", "1"])
def test_lists_add_up_to_the_density(service: RunningService, edition: str) -> None:
    for level in ("grid", "township"):
        by_area = counts(asked(service, "/map/density", level=level, status=EVERY, edition=edition))
        for code, count in by_area.items():
            query = {level: code, "status": EVERY, "edition": edition}
            assert len(service["dispatcher"].numbers(**query)) == count, (level, code)
            assert asked(service, "/map/items", **query)["total"] == count
    assert service["dispatcher"].numbers(grid="T9", edition=edition) == set()


def test_open_items_stand_in_the_live_edition_already(service: RunningService) -> None:
    by_day, by_today = (counts(asked(service, "/map/density", edition=word)) for word in ("day", "today"))
    assert by_day == by_today


def test_a_list_is_paged_and_says_where_each_would_lie(service: RunningService) -> None:
    seen: list[str] = []
    cursor: dict[str, Any] = {}
    while True:
        page = asked(service, "/items", status=EVERY, township="T2", edition="today", limit=2, **cursor)
        seen += [item["number"] for item in page["items"]]
        assert {item["by_edition"]["township"]["code"] for item in page["items"]} == {"T2"}
        if not page["next"]:
            break
        cursor = {"cursor": page["next"]}
    assert len(seen) == len(set(seen)) == 6 and seen == sorted(seen, reverse=True)
    first = asked(service, "/items", status="answered", township="T2", edition="today")["items"][-1]
    assert first["resolution"]["township"]["code"] == "T1" and first["by_edition"]["grid"]["code"] == "T1G1"
    outside = asked(service, "/items", status=EVERY, edition="today", bbox="119.9,26,120.2,26.3")["items"]
    assert all(item["by_edition"] == {"edition": 2, "township": None, "grid": None} for item in outside)
    assert "by_edition" not in asked(service, "/items")["items"][0]


def test_only_what_is_in_scope_is_counted(service: RunningService) -> None:
    mine = asked(service, "/map/density", who="officer", status=EVERY, edition="1", level="township")
    assert (
        mine["total"]
        == len(service["officer"].numbers(status=EVERY))
        == len(service["officer"].numbers(status=EVERY, edition="1"))
    )


def test_the_edition_of_an_instant(service: RunningService) -> None:
    flips = [row["live_from"][0] for row in service["planner"].get("/editions").get_json()["editions"]]
    second, first = (datetime.fromisoformat(at) for at in flips)
    for at, edition in ((first, 1), (second - timedelta(microseconds=1), 1), (second, 2), (datetime.now(UTC), 2)):
        query = {"lon": IN_T1G1[0], "lat": IN_T1G1[1], "at": at.isoformat()}
        found = asked(service, "/resolve", **query)
        assert (found["edition"], found["township"]["code"]) == (edition, f"T{edition}")
        assert asked(service, "/map/density", edition=at.isoformat())["edition"] == edition
    before = (first - timedelta(seconds=1)).isoformat()
    assert service["dispatcher"].get("/map/density", edition=before).get_json()["code"] == "no-edition"


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("yesterday", "bad-filter"),
        ("-1", "bad-filter"),
        ("1.5", "bad-filter"),
        ("0", "no-edition"),
        ("99", "no-edition"),
        ("9" * 30, "no-edition"),
    ],
)
@pytest.mark.parametrize("path", ["/items", "/map/density", "/map/items", "/map/heat"])
def test_an_edition_that_is_none(shared: RunningService, word: str, code: str, path: str) -> None:
    answer = shared["dispatcher"].get(path, edition=word)
    assert (answer.status_code, answer.get_json()["code"]) == (422, code)


def test_the_heat_is_of_the_area_as_it_was(shared: RunningService) -> None:
    found = {
        word: asked(shared, "/map/heat", status=EVERY, township="T1", edition=word) for word in ("day", "today", "1")
    }
    assert {word: heat["located"] for word, heat in found.items()} == {"day": 4, "today": 2, "1": 6}
    assert all(heat["total"] == heat["located"] for heat in found.values())


def test_a_planned_edition_answers_for_the_time_to_come(shared: RunningService) -> None:
    """Last here: it plans."""
    at = datetime.now(UTC) + timedelta(days=9)
    edition = shared.publish(a_town(), at=at, by=Account(0, "li", "planner"))
    shared.service.shelf.flip(2)
    for days, expected in ((-1, 2), (0, edition)):
        when = (at + timedelta(days=days)).isoformat()
        found = asked(shared, "/resolve", lon=IN_T1G1[0], lat=IN_T1G1[1], at=when)
        assert found["edition"] == expected
