"""一呼叫一考核: what each called unit's part in a summons is worth."""

from dataclasses import replace

import pytest

from dispatch.assessment import assess, punctuality
from dispatch.mutual_acts import object_to, rule
from dispatch.summons import Call
from tests.dispatch.calling import OFFICER, WORLD, at, call_units, check_in
from tests.dispatch.mutual_calls import CITY, END, SUPERVISOR, concluded, rates
from tests.factories import rules


@pytest.mark.parametrize(
    ("state", "late_by_s", "figure"),
    [("present", 0, 1.0), ("late", 60, 0.983), ("late", 1800, 0.5), ("late", 3600, 0.0), ("late", 9000, 0.0),
     ("absent", None, 0.0), ("excused", None, None), ("substituted", None, None), ("sent", None, None),
     ("acknowledged", None, None)],
)  # fmt: skip
def test_punctuality_is_computed(state: str, late_by_s: int | None, figure: float | None) -> None:
    assert punctuality(Call("x", state, late_by_s=late_by_s), rules()) == figure


def test_every_called_unit_is_assessed() -> None:
    over = concluded()
    given = rates(over, (), OFFICER)
    city, housing, firm = assess(over, given, WORLD.units, WORLD.rules, END.now)
    assert (city.unit, city.scored, city.came, city.punctuality, city.acknowledged_in_time) == (
        "city-management", True, True, 1.0, True,
    )  # fmt: skip
    assert city.criteria == {"solved": 5, "cooperative": 4} and city.level == 4.5
    assert (housing.came, housing.punctuality, housing.criteria, housing.level) == (False, 0.0, None, None)
    assert housing.acknowledged_in_time is False
    assert not firm.scored and firm.came is False


def test_nothing_is_held_against_a_unit_that_is_still_waited_for_or_excused() -> None:
    waiting = assess(call_units(), (), WORLD.units, WORLD.rules, at(1).now)[0]
    assert (waiting.came, waiting.punctuality, waiting.acknowledged_in_time, waiting.scored) == (None, None, None, True)
    excused = assess(concluded(excused="housing-bureau"), (), WORLD.units, WORLD.rules, END.now)[1]
    assert (excused.came, excused.punctuality, excused.scored) == (None, None, False)


def test_who_came_late_is_less_punctual() -> None:
    late = check_in(call_units(), "city-management", 75)
    assert assess(late, (), WORLD.units, WORLD.rules, at(80).now)[0].punctuality == 0.75


def test_the_departments_own_rating_is_not_the_townships() -> None:
    over = concluded()
    assert assess(over, rates(over, (), CITY), WORLD.units, WORLD.rules, END.now)[0].criteria is None


def test_a_granted_objection_sets_the_rating_aside_and_nothing_else() -> None:
    over = concluded()
    both = rates(over, rates(over, (), OFFICER), CITY)
    objected = object_to(over, both, CITY, {"reason": "不实"}, at(230), 1)
    first = assess(over, (objected,), WORLD.units, WORLD.rules, END.now)[0]
    assert (first.level, first.objection) == (4.5, "open")
    for grant, level, state in ((True, None, "granted"), (False, 4.5, "refused")):
        ruled = rule(objected, SUPERVISOR, {"grant": grant, "reason": "x"}, at(240))
        told = assess(over, (ruled,), WORLD.units, WORLD.rules, END.now)[0]
        assert (told.level, told.objection, told.punctuality) == (level, state, 1.0)


def test_a_summons_that_was_called_off_scores_nobody() -> None:
    off = replace(call_units(), state="cancelled")
    assert not any(one.scored for one in assess(off, (), WORLD.units, WORLD.rules, END.now))
