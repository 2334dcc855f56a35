"""Mutual rating: who rates whom, when and how; who sees what when; objections and rulings."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dispatch import summoning
from dispatch.account import ROLES, UNIT_ROLES, Account
from dispatch.errors import BadArguments, Forbidden, WrongState
from dispatch.item import Lead
from dispatch.mutual import MutualRating, object_until, opened_at, rate_until, seen, to_object, to_rate
from dispatch.mutual_acts import object_to, rate, rule
from dispatch.summons import Summons
from tests.dispatch.calling import ITEM, OFFICER, WORLD, at, call_units, department
from tests.dispatch.mutual_calls import (
    CITY,
    DAY,
    END,
    FIRM,
    GOOD,
    HOUSING,
    SUPERVISOR,
    concluded,
    rates,
)
from tests.factories import rules

OVER = concluded()
UNTIL = rate_until(OVER, rules())
Given = tuple[MutualRating, ...]


def may_rate(given: Given, account: Account, minutes: float = 200, summons: Summons = OVER) -> list[str]:
    return to_rate(summons, ITEM, given, account, WORLD.rules, WORLD.units, at(minutes).now)


def visible(given: Given, reader: Account, minutes: float = 200) -> set[tuple[str, str]]:
    return {(one.by, one.about) for one in seen(OVER, given, reader, at(minutes).now)}


def test_both_sides_rate_once_it_is_concluded() -> None:
    assert rules().calendar.add(END.now, rules().thresholds.mutual_rate) == UNTIL
    assert may_rate((), OFFICER) == ["city-management", "housing-bureau"]
    assert may_rate((), CITY) == ["T1"]
    given = rates(OVER, (), OFFICER)
    assert (given[0].side, given[0].by, given[0].about, given[0].criteria) == (
        "township", "T1", "city-management", GOOD["township"],
    )  # fmt: skip
    given = rates(OVER, given, CITY, about="T1")
    assert (given[1].side, given[1].by, given[1].about) == ("department", "city-management", "T1")
    assert may_rate(given, OFFICER) == ["housing-bureau"] and may_rate(given, CITY) == []


def test_who_was_absent_rates_and_is_rated() -> None:
    given = rates(OVER, (), OFFICER, about="housing-bureau", criteria={"solved": 1, "cooperative": 1}, reason="未到场")
    assert rates(OVER, given, HOUSING)[1].about == "T1"


@pytest.mark.parametrize("account", [SUPERVISOR, department("civil-affairs"), Account(3, "l", "leader", "T1"),
                                     Account(4, "d", "dispatcher"), Account(5, "o", "officer", "T2")])  # fmt: skip
def test_nobody_else_rates(account: Account) -> None:
    with pytest.raises(Forbidden):
        rate(OVER, ITEM, (), account, {"criteria": GOOD["department"]}, at(200))
    assert may_rate((), account) == []


def test_nobody_rates_before_the_end_or_what_was_called_off() -> None:
    open_one = call_units()
    off = summoning.cancel(open_one, ITEM, OFFICER, {"reason": "雨"}, at(10)).summons
    for summons in (open_one, off):
        with pytest.raises(WrongState):
            rates(summons, (), CITY, 20)
        assert may_rate((), CITY, 20, summons) == [] and rate_until(summons, rules()) is None


def test_excused_and_invited_units_neither_rate_nor_are_rated() -> None:
    summons = concluded(excused="housing-bureau")
    assert may_rate((), OFFICER, summons=summons) == ["city-management"]
    for unit in (HOUSING, FIRM):
        assert may_rate((), unit, summons=summons) == []
        with pytest.raises(WrongState, match="neither rates"):
            rates(summons, (), unit)
        with pytest.raises(BadArguments, match="neither rates"):
            rates(summons, (), OFFICER, about=unit.unit)


def test_the_time_to_rate_ends() -> None:
    assert UNTIL is not None
    last, after = replace(WORLD, now=UNTIL - timedelta(microseconds=1)), replace(WORLD, now=UNTIL)
    rate(OVER, ITEM, (), CITY, {"criteria": GOOD["department"]}, last)
    with pytest.raises(WrongState, match="time to rate"):
        rate(OVER, ITEM, (), CITY, {"criteria": GOOD["department"]}, after)
    assert to_rate(OVER, ITEM, (), OFFICER, WORLD.rules, WORLD.units, after.now) == []


def test_once_only() -> None:
    given = rates(OVER, rates(OVER, (), OFFICER), CITY)
    for account in (OFFICER, CITY):
        with pytest.raises(WrongState, match="once"):
            rates(OVER, given, account)


def test_nobody_rates_a_summons_whose_item_went_to_another_township() -> None:
    item = replace(ITEM, lead=Lead("township", "T2"))
    with pytest.raises(WrongState, match="another township"):
        rate(OVER, item, (), CITY, {"criteria": GOOD["department"]}, at(200))
    assert to_rate(OVER, item, (), CITY, WORLD.rules, WORLD.units, at(200).now) == []


@pytest.mark.parametrize(
    "criteria",
    [None, [], {}, {"solved": 5}, GOOD["township"] | {"polite": 5}, GOOD["department"], {"solved": 5, "cooperative": 6},
     {"solved": 0, "cooperative": 5}, {"solved": 4.5, "cooperative": 5}, {"solved": True, "cooperative": 5},
     {"solved": "5", "cooperative": 5}, {"solved": None, "cooperative": 5}, {"solved": 5.0, "cooperative": 5}],
)  # fmt: skip
def test_criteria_are_complete_and_whole(criteria: Any) -> None:
    with pytest.raises(BadArguments) as refused:
        rates(OVER, (), OFFICER, criteria=criteria)
    assert refused.value.members["errors"][0]["field"] == "criteria"


def test_a_low_level_needs_a_reason_and_others_may_have_one() -> None:
    low = {"solved": 2, "cooperative": 5}
    for reason in (None, "", "  ", 5):
        with pytest.raises(BadArguments, match="reason"):
            rates(OVER, (), OFFICER, criteria=low, reason=reason)
    assert rates(OVER, (), OFFICER, criteria=low, reason=" 未带工具 ")[0].reason == "未带工具"
    assert rates(OVER, (), OFFICER, criteria={"solved": 3, "cooperative": 3}, reason=None)[0].reason == ""
    assert rates(OVER, (), OFFICER, reason="很好")[0].reason == "很好"


@pytest.mark.parametrize("about", [None, "T1", "civil-affairs", 5, ["city-management"]])
def test_the_township_names_a_called_unit(about: Any) -> None:
    with pytest.raises(BadArguments, match="about"):
        rates(OVER, (), OFFICER, about=about)


def test_a_unit_rates_the_township_and_nobody_else() -> None:
    for about in ("housing-bureau", "T2", 5):
        with pytest.raises(BadArguments, match="rates the township"):
            rates(OVER, (), CITY, about=about)


# -- blindness ---------------------------------------------------------------------------------------------------------

READERS = [Account(i, role, role, "T1" if role in UNIT_ROLES else None) for i, role in enumerate(ROLES)]
READERS += [Account(50 + i, role, role, unit) for i, (role, unit) in enumerate([
    ("department", "city-management"), ("leader", "city-management"), ("department", "housing-bureau"),
    ("department", "civil-affairs"), ("leader", "housing-bureau"), ("officer", "T2"), ("leader", "T2"),
])]  # fmt: skip
OVERSEE = {"dispatcher", "supervisor", "admin"}
BY_T1, BY_CITY = ("T1", "city-management"), ("city-management", "T1")


@pytest.mark.parametrize("reader", READERS, ids=lambda one: f"{one.role}-{one.unit}")
def test_every_reader_sees_what_is_theirs_when_it_is_time(reader: Account) -> None:
    own = reader.unit if reader.role in UNIT_ROLES else None
    party = own in ("T1", "city-management")
    first = rates(OVER, (), OFFICER)
    assert visible(first, reader) == ({BY_T1} if own == "T1" else set())
    assert visible(rates(OVER, (), CITY), reader) == ({BY_CITY} if own == "city-management" else set())
    everything = party or reader.role in OVERSEE
    assert visible(rates(OVER, first, CITY), reader) == ({BY_T1, BY_CITY} if everything else set())
    assert visible(first, reader, 30 * DAY) == ({BY_T1} if everything else set())


def test_the_pair_of_one_unit_opens_alone() -> None:
    given = rates(OVER, rates(OVER, (), OFFICER), CITY)
    given = rates(OVER, given, OFFICER, about="housing-bureau")
    assert visible(given, HOUSING) == set() and len(visible(given, OFFICER)) == 3
    assert visible(given, SUPERVISOR) == {BY_T1, BY_CITY}


def test_a_rating_stays_visible_whatever_the_rules_become() -> None:
    given = rates(OVER, (), OFFICER)
    assert opened_at(given, "city-management") == given[0].visible_by == UNTIL
    opened = replace(given[0], visible_by=at(201).now)  # given under rules that allowed less time
    assert visible((opened,), CITY, 202) == {BY_T1}
    with pytest.raises(WrongState, match="time to rate"):  # who has seen it rates no more
        rates(OVER, (opened,), CITY, 202)
    assert may_rate((opened,), CITY, 202) == []


# -- objections --------------------------------------------------------------------------------------------------------


def both() -> Given:
    return rates(OVER, rates(OVER, (), OFFICER, 200), CITY, 220)


def objects(given: Given, account: Account, minutes: float = 230, **args: Any) -> Given:
    new = object_to(OVER, given, account, {"reason": "不实"} | args, at(minutes), 41)
    return tuple(new if (one.about, one.by) == (new.about, new.by) else one for one in given)


def test_a_rated_unit_objects_once_it_sees_the_rating() -> None:
    given = both()
    told = to_object(OVER, given, CITY, WORLD.rules, at(230).now)
    assert [(one.by, until) for one, until in told] == [("T1", object_until(given, given[0], WORLD.rules))]
    after = objects(given, CITY)
    assert after[0].objection is not None and (after[0].objection.id, after[0].objection.state) == (41, "open")
    assert after[0].counts and to_object(OVER, after, CITY, WORLD.rules, at(230).now) == []
    township = objects(after, OFFICER, by="city-management")
    assert township[1].objection is not None


def test_what_is_not_visible_cannot_be_objected_to_and_is_not_told_from_what_is_not_there() -> None:
    refused = []
    for given in ((), rates(OVER, (), OFFICER)):
        with pytest.raises(WrongState) as caught:
            objects(given, CITY)
        refused.append((str(caught.value), caught.value.members))
        assert to_object(OVER, given, CITY, WORLD.rules, at(230).now) == []
    assert refused[0] == refused[1]


def test_objecting_has_its_time_and_happens_once() -> None:
    given = both()
    with pytest.raises(WrongState, match="filed already"):
        objects(objects(given, CITY), CITY)
    with pytest.raises(WrongState, match="time to object"):
        objects(given, CITY, 30 * DAY)
    assert to_object(OVER, given, CITY, WORLD.rules, at(30 * DAY).now) == []


def test_objecting_is_the_rated_units_and_has_a_reason() -> None:
    given = both()
    for account in (SUPERVISOR, department("civil-affairs"), Account(3, "l", "leader", "T1")):
        with pytest.raises(Forbidden):
            objects(given, account)
    with pytest.raises(BadArguments, match="reason"):
        objects(given, CITY, reason=" ")
    with pytest.raises(BadArguments, match="by"):
        objects(given, OFFICER)
    with pytest.raises(BadArguments, match="itself"):
        objects(given, CITY, about="T1")
    with pytest.raises(WrongState):
        objects(given, OFFICER, by="housing-bureau")


@pytest.mark.parametrize("grant", [True, False])
def test_the_supervisor_rules_once_with_a_reason(grant: bool) -> None:
    given = objects(both(), CITY)
    ruled = rule(given[0], SUPERVISOR, {"grant": grant, "reason": "已核实"}, at(300))
    assert ruled.objection is not None and ruled.objection.ruled_at == at(300).now
    assert ruled.objection.state == ("granted" if grant else "refused") and ruled.counts is not grant
    assert ruled.criteria == given[0].criteria  # kept, whatever the ruling
    with pytest.raises(WrongState):
        rule(ruled, SUPERVISOR, {"grant": grant, "reason": "x"}, at(301))
    for args in ({"grant": grant}, {"reason": "x"}, {"grant": "yes", "reason": "x"}):
        with pytest.raises(BadArguments):
            rule(given[0], SUPERVISOR, args, at(300))
    for account in (OFFICER, CITY, Account(4, "d", "dispatcher"), Account(6, "a", "admin")):
        with pytest.raises(Forbidden):
            rule(given[0], account, {"grant": grant, "reason": "x"}, at(300))


def test_who_is_asked_to_rate() -> None:
    over = summoning.conclude(call_units(), ITEM, OFFICER, {"plan": "x"}, END)
    assert [(one.to, one.kind) for one in over.notices] == [
        ("unit:T1", "rate_summons"), ("unit:city-management", "rate_summons"), ("unit:housing-bureau", "rate_summons"),
    ]  # fmt: skip
    assert over.notices[0].facts["about"] == ["city-management", "housing-bureau"]
    alone = call_units(departments=["water-company"])
    assert summoning.conclude(alone, ITEM, OFFICER, {"plan": "x"}, END).notices == ()
