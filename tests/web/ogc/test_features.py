"""Features: who sees which, by place, time and property, a page at a time, and nothing personal in any."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from shapely.geometry import shape

from store import features as store_features
from tests.factories import IN_T1G1, IN_T2G1, PEOPLE
from tests.web.ogc.conftest import PRIVATE, Town
from web.ogc import stream
from web.ogc.catalogue import COLLECTIONS
from web.ogc.crs import CRS84, LATITUDE_FIRST


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_a_page_of_features(town: Town, collection: str) -> None:
    page = town.features("dispatcher", collection)
    assert page["numberMatched"] == page["numberReturned"] == len(page["features"]) > 0
    assert datetime.fromisoformat(page["timeStamp"])
    declared = [field.name for field in COLLECTIONS[collection].fields]
    for one in page["features"]:
        assert list(one["properties"]) == declared
    assert [one["rel"] for one in page["links"]] == ["self", "alternate"]


@pytest.mark.parametrize("name", PEOPLE)
def test_items_are_those_that_the_api_shows(town: Town, name: str) -> None:
    assert set(town.ids(name, "items")) == town.service[name].numbers()


def test_scopes_differ(town: Town) -> None:
    first, second, third, fourth, fifth = town.numbers
    assert set(town.ids("officer", "items")) == {second}  # the first was given to T2 by the new Edition
    assert set(town.ids("officer-T2", "items")) == {first, third}
    assert town.ids("worker", "items") == [] == town.ids("other-channel", "items")
    assert set(town.ids("channel", "items")) == {first, second, third, fourth, fifth}
    assert (town.ids("officer", "summonses"), town.ids("officer-T2", "summonses")) == (
        town.summonses[1:],
        town.summonses[:1],
    )
    assert set(town.ids("department", "summonses")) == set(town.summonses)
    assert town.ids("worker", "summonses") == []
    assert town.get("worker", f"/collections/items/items/{third}").status_code == 404
    assert town.get("worker", f"/collections/summonses/items/{town.summonses[0]}").status_code == 404


@pytest.mark.parametrize("name", ["dispatcher", "channel", "officer-T2", "department"])
def test_nothing_personal_is_in_any_of_it(town: Town, name: str) -> None:
    paths = [f"/collections/{one}/items" for one in COLLECTIONS]
    paths += [f"/collections/items/items/{number}" for number in town.ids(name, "items")]
    paths += [f"/collections/summonses/items/{id}" for id in town.ids(name, "summonses")]
    for path in paths:
        for form in ("json", "html"):
            answer = town.get(name, path, f=form)
            assert answer.status_code == 200
            assert not [word for word in PRIVATE if word in answer.text], path


def test_an_item_as_a_feature(town: Town) -> None:
    answer = town.get("dispatcher", f"/collections/items/items/{town.numbers[1]}")
    assert (answer.status_code, answer.content_type) == (200, "application/geo+json")
    assert answer.headers["Content-Crs"] == f"<{CRS84}>"
    one = answer.get_json()
    assert one["id"] == town.numbers[1] and one["geometry"]["type"] == "Point"
    said = one["properties"]
    assert (said["status"], said["open"], said["late"], said["grid"]) == ("dispatched", True, False, "T1G2")
    assert (said["grid_name"], said["lead_name"], said["handler"]) == ("grid 2", "township T1", "T1")
    assert said["provenance"] is None
    assert {link["rel"] for link in one["links"]} == {"self", "alternate", "collection"}
    unplaced = town.get("dispatcher", f"/collections/items/items/{town.numbers[3]}").get_json()
    assert unplaced["geometry"] is None and unplaced["properties"]["lead_name"] == "12345"


def test_a_summons_as_a_feature(town: Town) -> None:
    answer = town.get("officer-T2", f"/collections/summonses/items/{town.summonses[0]}")
    said = answer.get_json()["properties"]
    assert (said["number"], said["state"], said["called"], said["come"]) == (town.numbers[0], "open", 2, 0)
    assert said["departments"] == "city-management: sent, housing-bureau: sent"
    assert answer.get_json()["geometry"]["coordinates"] == list(IN_T1G1)


def test_property_filters(town: Town) -> None:
    def ids(**query: Any) -> list[Any]:
        page = town.features("dispatcher", "items", **query)
        assert page["numberMatched"] == len(page["features"])
        return [one["id"] for one in page["features"]]

    first, second, third, fourth, fifth = town.numbers
    assert ids(status="answered") == [fourth] == ids(open="false")
    assert ids(status="answered", open="true") == []
    assert ids(open="true") == [fifth, third, second, first]
    assert ids(channel="web") == [third] == ids(urgency="critical")
    assert ids(grid="T1G2") == [second] == ids(township="T1")
    assert ids(kind="report") == [fifth] and ids(number=third) == [third]
    assert ids(lead="nobody") == [] and ids(category="' OR 1=1 --") == []
    assert town.ids("dispatcher", "summonses", number=second) == [town.summonses[1]]
    assert town.ids("dispatcher", "summonses", state="concluded") == []
    assert town.ids("dispatcher", "grids", township="T2") == ["T1G1", "T2G1", "T2G2"]
    assert town.ids("dispatcher", "grids", township="T2", name="grid 2") == ["T2G2"]
    assert town.ids("dispatcher", "townships", code="T1") == ["T1"]


def test_bbox(town: Town) -> None:
    lon, lat = IN_T2G1
    box = (lon - 0.001, lat - 0.001, lon + 0.001, lat + 0.001)
    flat = ",".join(map(str, box))
    tall = ",".join(map(str, (*box[:2], 0, *box[2:], 99)))
    turned = ",".join(str(box[i]) for i in (1, 0, 3, 2))
    for query in ({"bbox": flat}, {"bbox": tall}, *({"bbox": turned, "bbox_crs": axes} for axes in LATITUDE_FIRST)):
        assert town.ids("dispatcher", "items", **query) == [town.numbers[2]], query
        assert town.ids("dispatcher", "grids", **query) == ["T2G1"], query
    assert town.ids("dispatcher", "summonses", bbox=flat) == []
    over = f"170,26,{lon + 0.001},26.2"  # from 170 E over the 180th meridian
    assert town.ids("dispatcher", "items", bbox=over, grid="T1G2") == town.ids("dispatcher", "items", grid="T1G2")
    assert town.ids("dispatcher", "items", bbox="170,26,-170,26.2") == []
    assert "T1G1" in town.ids("dispatcher", "grids", bbox=over)
    assert town.ids("dispatcher", "items", bbox="-1e3,-200,1e3,200", status="answered") == []  # it has no place


def test_a_border_of_the_bbox_is_in_it(town: Town) -> None:
    lon, lat = IN_T2G1
    assert town.ids("dispatcher", "items", bbox=f"{lon},{lat},{lon},{lat}") == [town.numbers[2]]


def test_datetime_of_items_and_summonses(town: Town) -> None:
    created = [datetime.fromisoformat(town.service["dispatcher"].get(f"/items/{one}").get_json()["created_at"])
               for one in town.numbers]  # fmt: skip

    def ids(when: str) -> list[Any]:
        return town.ids("dispatcher", "items", datetime=when)[::-1]

    first, *_, last = (at.isoformat() for at in created)
    assert ids(first) == town.numbers[:1]
    assert ids(f"{first}/{last}") == town.numbers == ids(f"{first}/..") == ids(f"../{last}") == ids(f"/{last}")
    assert ids(f"{created[1].isoformat()}/{created[3].isoformat()}") == town.numbers[1:4]
    assert ids((created[0] - timedelta(microseconds=1)).isoformat()) == []
    day = created[0].astimezone(town.service.service.rules.zone).date().isoformat()
    assert town.numbers[0] in ids(day) and town.numbers[0] in ids(f"{day}/{day}") and ids("1999-12-31") == []
    meets = town.features("dispatcher", "summonses")["features"][0]["properties"]["meet_at"]
    assert town.ids("dispatcher", "summonses", datetime=meets) == [town.summonses[1]]
    assert town.ids("dispatcher", "summonses", datetime="../2020-01-01T00:00:00Z") == []


def test_pages_follow_each_other(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_features, "PIECE", 2)
    for collection, size in (("items", 5), ("grids", 4), ("summonses", 2), ("townships", 2)):
        walked, address, pages = [], f"/collections/{collection}/items?limit=1", 0
        whole = town.ids("dispatcher", collection)
        while address:
            answer = town.get("dispatcher", address)
            page = answer.get_json()
            assert (page["numberMatched"], page["numberReturned"]) == (size, 1)
            walked += [one["id"] for one in page["features"]]
            following = [one["href"] for one in page["links"] if one["rel"] == "next"]
            address = following[0].partition("/ogc")[2] if following else ""
            pages += 1
        assert walked == whole and pages == size


def test_limit_is_bounded_and_answers_are_sent_in_pieces(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(town.ids("dispatcher", "items", limit=99999999)) == 5
    asked: list[int] = []
    piece = store_features.FeatureDesk._piece

    def noted(desk: Any, kind: str, values: Any) -> Any:
        asked.append(values["limit"])
        return piece(desk, kind, values)

    monkeypatch.setattr(store_features.FeatureDesk, "_piece", noted)
    monkeypatch.setattr(store_features, "PIECE", 2)
    monkeypatch.setattr(stream, "CHUNK", 0)
    answer = town.get("dispatcher", "/collections/items/items?limit=10000")
    assert answer.is_streamed and len(asked) == 1, "only the first piece is read before anything is sent"
    assert len(json.loads(answer.text)["features"]) == 5 and asked == [2, 2, 2]


def test_an_edition_by_datetime(town: Town) -> None:
    old, new = town.editions
    now = town.features("planner", "grids")["features"]
    assert {one["properties"]["edition"] for one in now} == {new}
    since = now[0]["properties"]["valid_from"]
    before = (datetime.fromisoformat(since) - timedelta(microseconds=1)).isoformat()

    def owner(**query: Any) -> Any:
        found = town.features("planner", "grids", code="T1G1", **query)["features"]
        return [(one["properties"]["township"], one["properties"]["edition"]) for one in found]

    assert owner() == [("T2", new)] == owner(datetime=since) == owner(datetime=f"{before}/{since}")
    assert owner(datetime=before) == [("T1", old)] == owner(datetime=f"../{before}")
    assert owner(datetime=f"{since}/..") == [("T2", new)] == owner(datetime="../..")
    assert owner(datetime="2199-01-01T00:00:00Z") == [("T2", new)]
    assert owner(datetime="1999-01-01") == []
    assert town.features("planner", "grids", datetime="1999-01-01")["numberMatched"] == 0
    past = town.features("planner", "grids", datetime=before)["features"][0]["properties"]
    assert past["valid_to"] == since and now[0]["properties"]["valid_to"] is None
    single = town.get("planner", "/collections/grids/items/T1G1", datetime=before).get_json()
    assert single["properties"]["township"] == "T1"
    assert town.get("planner", "/collections/grids/items/T1G1", datetime="1999-01-01").status_code == 404


def test_areas_are_of_one_kind_and_exact(town: Town) -> None:
    cells = {cell.code: cell.geometry for cell in town.service.service.shelf.live().district.cells}
    for one in town.features("planner", "grids")["features"]:
        drawn = shape(one["geometry"])
        assert drawn.geom_type == "MultiPolygon" and drawn.equals(cells[one["id"]])
        assert all(part.exterior.is_ccw for part in drawn.geoms)


def test_the_axis_order_that_is_asked_for(town: Town) -> None:
    for collection in ("items", "grids", "townships", "summonses"):
        plain = town.features("dispatcher", collection)["features"]
        for axes in LATITUDE_FIRST:
            answer = town.get("dispatcher", f"/collections/{collection}/items", crs=axes)
            assert answer.headers["Content-Crs"] == f"<{axes}>"
            for one, other in zip(plain, answer.get_json()["features"], strict=True):
                assert other["geometry"] == _turned(one["geometry"])
            one = plain[-1]
            single = town.get("dispatcher", f"/collections/{collection}/items/{one['id']}", crs=axes)
            assert single.get_json()["geometry"] == _turned(one["geometry"])


def _turned(geometry: Any) -> Any:
    def turn(value: Any) -> Any:
        return [turn(each) for each in value] if isinstance(value[0], list) else value[::-1]

    return geometry and {"type": geometry["type"], "coordinates": turn(geometry["coordinates"])}


def test_demonstration_is_said_in_every_feature(town: Town) -> None:
    from dataclasses import replace

    from tests.factories import a_town

    town.service.publish(replace(a_town(), provenance="demonstration"))
    with town.service.pool.transaction() as cur:
        cur.execute("UPDATE items SET demonstration = true WHERE number = %s", (town.numbers[0],))
    for collection in ("townships", "grids"):
        said = town.features("channel", collection)["features"]
        assert {one["properties"]["provenance"] for one in said} == {"demonstration"}
    said = town.features("channel", "items", number=town.numbers[0])["features"]
    assert said[0]["properties"]["provenance"] == "demonstration"
    assert "示意边界,非法定界线" in town.get("channel", "/collections/grids").get_json()["attribution"]
    assert "示意边界,非法定界线" in town.get("channel", "/collections/grids/items", f="html").text
