"""Which open items are proposed as the same matter, and that no more is read for it than the index gives."""

from typing import Any

import pytest
from psycopg2.extensions import connection

from cli.service import clock
from dispatch.likeness import Sought
from dispatch.report import read_report
from store.database import Database
from store.likes import sought
from store.queries import queries
from tests.factories import IN_T1G1, IN_T1G2, IN_T2G1, RunningService, a_report, a_service, rules

DOGS = "2.06"


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


def new(service: RunningService, **fields: Any) -> str:
    report = read_report(a_report(**{"category": DOGS, **fields}), now=clock(), zone=rules().zone)
    return service.service.desk.take_in(service["dispatcher"].account, report)[0].number


def likes(service: RunningService, number: str, name: str = "dispatcher") -> list[str]:
    return [one.number for one in service.service.likes.of_item(service[name].account, number)]


def test_near_and_alike_the_likest_first(service: RunningService) -> None:
    words = "三楼邻居养的狗整夜叫,影响休息"
    lon, lat = IN_T1G1
    here = new(service, description=words)
    twin = new(service, description=words + "!", lon=lon + 0.0002, lat=lat)
    other = new(service, description="小区门口有人遛狗不牵绳", lon=lon + 0.001, lat=lat)
    new(service, description=words, category="4.01")
    new(service, description=words, lon=IN_T2G1[0], lat=IN_T2G1[1])
    old = new(service, description=words, received_at="2026-09-01T09:00+08:00")
    done = new(service, description=words)
    service.service.desk.act(service["dispatcher"].account, done, "reply", {"text": "已答复"})
    found = service.service.likes.of_item(service["dispatcher"].account, here)
    assert [one.number for one in found] == [twin, other] and old not in [one.number for one in found]
    first = found[0].likeness
    assert first.distance_m == pytest.approx(20, abs=1) and first.words is not None and first.words > 0.7
    assert 1 > first.score > found[1].likeness.score >= rules().thresholds.likeness.least


def test_without_a_place_by_words(service: RunningService) -> None:
    nowhere = {"lon": None, "lat": None}
    here = new(service, description="西洪路路面塌陷积水严重", category=None, address="", **nowhere)
    twin = new(service, description="西洪路路面塌陷,积水很深", category=None, address="", **nowhere)
    new(service, description="公交车太少", category=None, address="", **nowhere)
    assert likes(service, here) == [twin]


def test_in_scope_alone(service: RunningService) -> None:
    here, twin = new(service), new(service)
    assert likes(service, here, "officer") == [twin]
    service.service.desk.act(service["dispatcher"].account, here, "assign", {"main": "housing-bureau"})
    assert likes(service, here, "other-department") == []


def test_a_report_that_says_nothing_has_no_likes(service: RunningService) -> None:
    new(service)
    nothing = Sought(None, None, DOGS, "", "", clock())
    assert service.service.likes.of_report(service["dispatcher"].account, nothing) == []
    by_place = Sought(*IN_T1G1, DOGS, "", "", clock())
    assert len(service.service.likes.of_report(service["dispatcher"].account, by_place)) == 1


def test_the_indexes_are_used(service: RunningService, owner: connection) -> None:
    """Of many items those nearby are read, and a search for words reads those with the words."""
    new(service)
    with owner.cursor() as cur:
        cur.execute(
            """INSERT INTO items SELECT (jsonb_populate_record(i, jsonb_build_object('id', 1000 + g,
               'number', '200101-' || g, 'lon', 119.2 + (g % 997) / 5000.0, 'lat', 26.0 + (g % 991) / 5000.0,
               'description', md5(g::text)))).* FROM items i, generate_series(1, 20000) g LIMIT 20000"""
        )
        cur.execute("ANALYZE items")
        box = {"lon": 119.3, "lat": 26.08, "west": 119.297, "east": 119.303, "south": 26.077, "north": 26.083}
        asked = {"description": "狗叫", "address": "", "id": 0, "since": "2020-01-01", "until": "2030-01-01"}
        asked |= {"keys": None, "categories": None, "limit": 200}
        cur.execute("EXPLAIN " + queries.likes_near, asked | box)
        assert "items_open_place" in plan(cur)
        cur.execute("EXPLAIN " + queries.likes_by_words, asked | {"description": "三楼邻居养的狗整夜叫"})
        assert "items_words" in plan(cur)
        empty = dict.fromkeys(
            "status township grid category channel kind from to west south east north queue keys before".split()
        )
        cur.execute(
            "EXPLAIN " + queries.items_page, empty | {"q": "整夜叫", "q_like": "整夜叫", "limit": 50, "now": clock()}
        )
        assert "items_words" in plan(cur)


def plan(cur: Any) -> str:
    return "\n".join(row[0] for row in cur.fetchall())


def test_what_an_item_is_looked_for_by(service: RunningService) -> None:
    number = new(service, lon=IN_T1G2[0], lat=IN_T1G2[1])
    wanted = sought(service.service.desk.item(service["dispatcher"].account, number))
    assert (wanted.lon, wanted.lat, wanted.category) == (*IN_T1G2, DOGS) and wanted.id > 0
