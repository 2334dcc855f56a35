"""Figures over HTTP: what is counted over what, the numbers behind it, and nobody else's."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest

from cli.service import clock
from store.database import Database
from tests.callers import Caller, code
from tests.factories import IN_T1G1, IN_T2G1, RunningService, a_service
from tests.summoning import summon

RATES = ("settled", "timely_dispatch", "timely_handling", "on_time_answer", "satisfaction", "rated")


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


def period(**more: Any) -> dict[str, Any]:
    """Yesterday to tomorrow."""
    return {"from_": (clock() - timedelta(days=1)).isoformat(), "to": (clock() + timedelta(days=1)).isoformat(), **more}


def kpi(caller: Caller, **more: Any) -> dict[str, Any]:
    answer = caller.get("/kpi", **period(**more))
    assert answer.status_code == 200, answer.text
    found = dict(answer.get_json())
    return found | {"by": {one["figure"]: one for one in found["figures"]}}


def parts(figure: dict[str, Any]) -> dict[str, int]:
    return {one["part"]: one["n"] for one in figure["parts"]}


def test_an_empty_period_has_no_rate_and_says_so_with_null(service: RunningService) -> None:
    found = kpi(service["supervisor"])
    assert {one["value"] for one in found["figures"] if one["kind"] == "rate"} == {None}
    assert {one["denominator"] for one in found["figures"] if one["kind"] == "rate"} == {0}
    assert (found["by"]["received"]["numerator"], found["by"]["received"]["denominator"]) == (0, None)


def test_each_figure_says_in_both_languages_what_is_counted_over_what(service: RunningService) -> None:
    for one in kpi(service["supervisor"])["figures"]:
        assert len(one["sentence"]["zh"]) > 15 and len(one["sentence"]["en"]) > 40, one
        assert one["name"]["zh"] and one["name"]["en"]
        assert all(part["name"]["zh"] and part["name"]["en"] for part in one["parts"])


def test_what_came_in_is_counted_and_its_numbers_stand_behind_it(service: RunningService) -> None:
    first, second = (service["channel"].report()["number"] for _ in range(2))
    service["department"].act(first, "accept")
    found = kpi(service["dispatcher"])
    assert found["by"]["received"]["value"] == 2
    assert found["by"]["received"]["parts"][0]["numbers"] == [first, second]
    timely = found["by"]["timely_dispatch"]
    assert (timely["numerator"], timely["denominator"], timely["value"]) == (2, 2, 1.0)
    settled = found["by"]["settled"]
    assert (settled["numerator"], settled["denominator"], settled["value"]) == (0, 2, 0.0)
    assert parts(found["by"]["timely_handling"]) == {"yes": 0, "no": 0, "pending": 2}
    assert found["by"]["timely_handling"]["value"] is None


def test_a_list_behind_a_part_goes_page_by_page(service: RunningService) -> None:
    made = [service["channel"].report()["number"] for _ in range(25)]
    received = kpi(service["supervisor"])["by"]["received"]["parts"][0]
    assert received["numbers"] == made[:20]
    path, _, query = received["more"].removeprefix("/api/v1").partition("?")
    whole = service["supervisor"].get(path, **dict(parse_qsl(query))).get_json()
    assert whole["items"] == [{"number": number} for number in made]
    seen, cursor = [], ""
    while cursor is not None:
        page = service["supervisor"].get("/kpi/settled/items", **period(part="no", limit=10, cursor=cursor)).get_json()
        seen += [one["number"] for one in page["items"]]
        cursor = page["next"]
    assert seen == made


def test_a_unit_gets_what_it_answers_for_and_no_more(service: RunningService) -> None:
    here = service["channel"].report(lon=IN_T1G1[0], lat=IN_T1G1[1])["number"]
    there = service["channel"].report(lon=IN_T2G1[0], lat=IN_T2G1[1])["number"]
    summon(service, number=here, departments=["housing-bureau"])
    names = ("officer", "officer-T2", "department", "other-department", "leader-T1")
    told = {name: kpi(service[name]) for name in names}
    received = {name: one["by"]["received"]["parts"][0]["numbers"] for name, one in told.items()}
    assert received["officer"] == received["leader-T1"] == [here]
    assert received["officer-T2"] == [there]
    assert received["department"] == [here, there]  # city-management is the main handler of both
    assert received["other-department"] == []  # it reads the item, but does not answer for it
    called = {name: one["by"]["called"]["value"] for name, one in told.items()}
    assert called == {"officer": 1, "officer-T2": 0, "department": 0, "other-department": 1, "leader-T1": 1}
    listed = service["officer-T2"].get("/kpi/received/items", **period()).get_json()
    assert [one["number"] for one in listed["items"]] == [there]
    assert service["officer-T2"].get("/kpi/called/items", **period()).get_json()["items"] == []


def test_filters_narrow_and_are_said_again(service: RunningService) -> None:
    here = service["channel"].report(lon=IN_T1G1[0], lat=IN_T1G1[1])["number"]
    service["channel"].report(lon=IN_T2G1[0], lat=IN_T2G1[1])
    service["channel"].report(lon=None, lat=None, channel="app")
    numbers = {}
    for name, value in {"township": "T1", "unit": "T1", "channel": "app", "category": "1.04"}.items():
        found = kpi(service["supervisor"], **{name: value})
        assert found["filters"] == {name: value}
        numbers[name] = found["by"]["received"]["value"]
        listed = service["supervisor"].get("/kpi/received/items", **period(**{name: value})).get_json()
        assert len(listed["items"]) == numbers[name]
    assert numbers == {"township": 1, "unit": 1, "channel": 1, "category": 3}
    assert kpi(service["supervisor"], township="T1")["by"]["received"]["parts"][0]["numbers"] == [here]
    assert kpi(service["supervisor"], township="none")["by"]["settled"]["value"] is None


def test_calls_are_counted_by_how_units_came(service: RunningService) -> None:
    one = summon(service, departments=["city-management", "housing-bureau", "civil-affairs"])
    service["department"].post(f"/summonses/{one['id']}/check-ins", {"lon": IN_T1G1[0], "lat": IN_T1G1[1]})
    service["officer"].post(f"/summonses/{one['id']}/excuse", {"department": "civil-affairs", "reason": "x"})
    found = kpi(service["supervisor"])["by"]
    assert [found[name]["value"] for name in ("summonses", "called", "excused", "present")] == [1, 3, 1, 1.0]
    assert parts(found["present"]) == {"yes": 1, "no": 0, "pending": 1, "excused": 1}
    service["officer"].post(f"/summonses/{one['id']}/conclude", {"plan": "x"})
    found = kpi(service["supervisor"])["by"]
    assert parts(found["absent"]) == {"yes": 1, "no": 1, "excused": 1}
    assert [found[name]["value"] for name in ("present", "late", "absent")] == [0.5, 0.0, 0.5]
    assert found["acknowledged_in_time"]["value"] == 0.5
    listed = service["supervisor"].get("/kpi/absent/items", **period()).get_json()
    assert listed["part"] == "yes"
    assert listed["items"] == [{"number": one["number"], "summons": one["id"], "unit": "housing-bureau"}]
    two = summon(service)
    service["officer"].post(f"/summonses/{two['id']}/cancel", {"reason": "x"})
    found = kpi(service["supervisor"])["by"]
    assert parts(found["summonses"]) == {"yes": 1, "cancelled": 1}
    assert parts(found["called"]) == {"yes": 3, "cancelled": 2}


@pytest.mark.parametrize(("query", "field"), [
    ({"to": "2026-12-01"}, "from"), ({"from": "2026-12-01"}, "to"), ({"from": "x", "to": "2026-12-01"}, "from"),
    ({"from": "2026-12-01", "to": "2026-12-01"}, "to"), ({"from": "2026-12-02", "to": "2026-12-01"}, "to"),
    ({"from": "2024-11-29", "to": "2026-12-01"}, "to"),
])  # fmt: skip
def test_a_period_that_is_none_is_refused_by_name(service: RunningService, query: dict[str, str], field: str) -> None:
    for path in ("/kpi", "/kpi/settled/items"):
        answer = service["supervisor"].get(path, **query)
        assert code(answer) == (422, "bad-filter")
        assert [one["field"] for one in answer.get_json()["errors"]] == [field]


def test_a_list_that_is_none_is_refused(service: RunningService) -> None:
    ask = service["supervisor"].get
    assert code(ask("/kpi/none/items", **period())) == (404, "not-found")
    assert code(ask("/kpi/settled/items", **period(part="x"))) == (422, "bad-filter")
    assert code(ask("/kpi/received/items", **period(part="no"))) == (422, "bad-filter")
    assert code(ask("/kpi/settled/items", **period(cursor="x"))) == (422, "bad-filter")
    assert ask("/kpi/settled/items", **period(cursor="9" * 18 + "." + "9" * 9)).get_json()["items"] == []


def test_who_has_no_figures_is_refused(service: RunningService) -> None:
    for name in ("worker", "channel"):
        assert code(service[name].get("/kpi", **period())) == (403, "forbidden")
        assert code(service[name].get("/kpi/settled/items", **period())) == (403, "forbidden")
    assert service.app.test_client().get("/api/v1/kpi").status_code == 401


def test_nothing_personal_is_in_an_answer(service: RunningService) -> None:
    service["channel"].report()
    for path in ("/kpi", "/kpi/received/items"):
        text = service["dispatcher"].get(path, **period()).text
        assert "13812345678" not in text and "林小明" not in text and "公厕" not in text
