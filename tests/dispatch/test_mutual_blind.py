"""Whatever both sides do, in whatever order and time: neither sees the other's rating early, nor learns of it."""

import contextlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch.account import Account
from dispatch.errors import BadArguments, Forbidden, WrongState
from dispatch.mutual import MutualRating, seen, to_object, to_rate
from dispatch.mutual_acts import object_to, rate, rule
from tests.dispatch.calling import ITEM, OFFICER, WORLD
from tests.dispatch.mutual_calls import CITY, END, GOOD, HOUSING, SUPERVISOR, concluded
from tests.factories import rules

OVER = concluded()
UNTIL = rules().calendar.add(END.now, rules().thresholds.mutual_rate)
UNITS = ("city-management", "housing-bureau")
ACTORS = {"T1": OFFICER, "city-management": CITY, "housing-bureau": HOUSING}
LEADERS = [Account(90, "l", "leader", "T1"), Account(91, "l", "leader", "city-management")]
READERS = [*ACTORS.values(), *LEADERS, SUPERVISOR, Account(92, "d", "dispatcher"), Account(93, "p", "planner")]

units = st.sampled_from([*UNITS, "T1"])
step = st.one_of(
    st.tuples(st.just("rate"), units, st.sampled_from(UNITS)),
    st.tuples(st.just("object"), units, units),
    st.tuples(st.just("rule"), st.booleans(), st.just("")),
    st.tuples(st.just("wait"), st.sampled_from([1, 60, 24 * 60, 3 * 24 * 60]), st.just("")),
)


class Case:
    """The ratings of one summons as they come to be; ``when`` both of a pair had rated."""

    def __init__(self) -> None:
        self.given: tuple[MutualRating, ...] = ()
        self.now = END.now + timedelta(minutes=1)
        self.ids = 0

    def do(self, kind: str, what: Any, whom: str) -> None:
        if kind == "wait":
            self.now += timedelta(minutes=what)
        elif kind == "rate":
            side = "township" if what == "T1" else "department"
            args = {"criteria": GOOD[side], "about": whom if side == "township" else None}
            self.given = (*self.given, rate(OVER, ITEM, self.given, ACTORS[what], args, self.world))
        elif kind == "object":
            self.ids += 1
            args = {"reason": "不实", "by": whom}
            self._put(object_to(OVER, self.given, ACTORS[what], args, self.world, self.ids))
        else:
            waiting = [one for one in self.given if one.objection is not None]
            if waiting:
                self._put(rule(waiting[-1], SUPERVISOR, {"grant": what, "reason": "核实"}, self.world))

    @property
    def world(self) -> Any:
        return replace(WORLD, now=self.now)

    def _put(self, new: MutualRating) -> None:
        self.given = tuple(new if (one.about, one.by) == (new.about, new.by) else one for one in self.given)

    def open(self, unit: str) -> bool:
        """Said anew, not by the code under test: both rated, or the time to rate is over."""
        rated = {one.side for one in self.given if unit in (one.about, one.by)}
        return len(rated) == 2 or (bool(rated) and self.now >= UNTIL)

    def shown(self, reader: Account, given: tuple[MutualRating, ...]) -> Any:
        """All that the reader can learn of ``given``."""
        return (
            seen(OVER, given, reader, self.now),
            to_rate(OVER, ITEM, given, reader, WORLD.rules, WORLD.units, self.now),
            to_object(OVER, given, reader, WORLD.rules, self.now),
        )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(step, max_size=14))
def test_nobody_learns_of_the_others_rating_early(steps: list[tuple[str, Any, str]]) -> None:
    case = Case()
    for one in steps:
        with contextlib.suppress(Forbidden, WrongState, BadArguments):
            case.do(*one)
        for reader in READERS:
            for rating in seen(OVER, case.given, reader, case.now):
                unit = rating.about if rating.side == "township" else rating.by
                assert case.open(unit) or reader.unit == rating.by
            # what is not open might as well not be there, for all but who gave it
            known = tuple(r for r in case.given if case.open(r.unit) or r.by == reader.unit)
            assert case.shown(reader, case.given) == case.shown(reader, known)
        for unit in UNITS:
            if case.open(unit):
                assert {(r.by, r.about) for r in case.given if r.unit == unit} <= {
                    (r.by, r.about) for r in seen(OVER, case.given, SUPERVISOR, case.now)
                }
    pairs = [(one.by, one.about) for one in case.given]
    assert len(set(pairs)) == len(pairs)
    assert all(one.objection is None or case.open(one.unit) for one in case.given)
