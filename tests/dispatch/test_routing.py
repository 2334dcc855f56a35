"""Who leads, who handles, what the grid worker is asked to do."""

from dataclasses import replace

import pytest

from dispatch.item import CENTRE, Lead
from dispatch.routing import HandlerRole, handlers_of, lead_of
from dispatch.rulebook import RULES, read_rules
from dispatch.units import Unit
from gis.resolution import Resolution, nowhere

RULE_SET = read_rules(RULES)
HERE = Resolution("T1", "G1", "C1", 120.0, False, False, (), None, None)
NOWHERE = nowhere("no-location")
LIVE = {**RULE_SET.units, "C1": Unit("C1", "一社区", "community"), "T1": Unit("T1", "一街道", "township")}


def route(code: str | None, where: Resolution = HERE, kind: str | None = "complaint") -> tuple[list[str], str | None]:
    category = RULE_SET.categories[code] if code else None
    roles, task = handlers_of(category, kind, lead_of(where), where, RULE_SET, LIVE)
    assert [role.role for role in roles] == ["main", *["assist"] * (len(roles) - 1)]
    return [role.unit for role in roles], task


def test_the_township_of_the_place_leads_and_the_centre_where_there_is_none() -> None:
    assert lead_of(HERE) == Lead("township", "T1")
    assert lead_of(NOWHERE) == lead_of(nowhere("outside-district")) == Lead("centre", CENTRE)


def test_a_competent_department_handles_wherever_the_place_is() -> None:
    assert route("3.02") == (["construction-bureau", "T1", "municipal-works"], "settle")
    assert route("3.02", NOWHERE) == (["construction-bureau", "municipal-works"], None)


def test_where_no_department_is_named_the_lead_handles() -> None:
    assert route("1.01") == (["T1", "city-management"], "settle")
    assert route("1.01", NOWHERE) == (["centre", "city-management"], None)


def test_an_unclassified_item_is_the_leads_and_its_worker_goes_to_see() -> None:
    assert route(None) == (["T1"], "confirm")
    assert route(None, kind=None) == (["T1"], "confirm")
    assert route(None, NOWHERE) == (["centre"], None)


def test_a_category_without_a_line_is_the_leads() -> None:
    other = replace(RULE_SET.categories["1.01"], code="none")
    assert handlers_of(other, "complaint", Lead("township", "T1"), HERE, RULE_SET) == (
        (HandlerRole("T1", "main"),),
        None,
    )


def test_the_community_handles_where_it_is_known_and_lives() -> None:
    assert route("12.03") == (["C1", "civil-affairs"], "confirm")
    assert route("12.03", replace(HERE, community=None)) == (["T1", "civil-affairs"], "confirm")
    assert route("12.03", replace(HERE, community="C9"))[0] == ["T1", "civil-affairs"]


def test_a_unit_that_does_not_live_is_left_to_the_lead() -> None:
    category = RULE_SET.categories["3.02"]
    roles, _ = handlers_of(category, "complaint", lead_of(HERE), HERE, RULE_SET, {})
    assert roles == (HandlerRole("T1", "main"),)


def test_the_centre_answers_plain_questions_itself() -> None:
    assert route("22.01", NOWHERE, "consultation") == (["centre"], None)
    assert route("22.01", HERE, "consultation") == (["centre"], None)


@pytest.mark.parametrize(
    ("kind", "settles", "confirms"),
    [
        ("complaint", "settle", "confirm"),
        ("report", "settle", "confirm"),
        ("finding", "settle", None),
        ("consultation", None, None),
        ("praise", None, None),
        ("suggestion", None, None),
        (None, "settle", "confirm"),
    ],
)
def test_the_kind_decides_what_a_worker_may_be_sent_for(
    kind: str | None, settles: str | None, confirms: str | None
) -> None:
    assert route("1.01", kind=kind)[1] == settles
    assert route("1.04", kind=kind)[1] == confirms


def test_every_shipped_category_is_routed_with_and_without_a_place() -> None:
    for code in RULE_SET.categories:
        for where in (HERE, NOWHERE):
            units, task = route(code, where)
            assert len(set(units)) == len(units)
            assert "lead" not in units
            assert "community" not in units
            assert task is None or where is HERE
