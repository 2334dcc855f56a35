"""What any account may say with any action of the workflow, right or wrong, and where the action may leave an item.

``MOVES`` of ``dispatch.workflow`` is taken as data: an action that stands in it and not in ``SPECS`` fails the test
that asks for one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from dispatch.item import Item
from tests.factories import IN_T1G1, IN_T1G2, IN_T2G1, IN_T2G2, NEAR_T2, OUTSIDE, POLICY, RUBBISH, TOILET, rules

Args = st.SearchStrategy[dict[str, Any]]

BORDER = (119.31, 26.085)
CORNER = (119.31, 26.09)
PLACES = (IN_T1G1, IN_T2G1, BORDER, IN_T1G2, IN_T2G2, CORNER, NEAR_T2, OUTSIDE)
DOGS, MANHOLE = "2.06", "3.02"
CATEGORIES = (DOGS, TOILET, RUBBISH, POLICY, MANHOLE)
UNITS = ("city-management", "housing-bureau", "T1", "T2", "T1C", "centre", "municipal-works")
WORDS = "只有来电人知道的话"
"""Stands in everything that is said: no event may hold it."""
PHONE = "13987654321"
RUBBISH_VALUES = st.sampled_from([None, "", " ", 7, True, [], {}, "x" * 20_000, "nobody", "2026-13-45"])


@dataclass(frozen=True)
class Ask:
    """An item that an action is asked of, when, and the numbers of all items there are."""

    item: Item
    now: datetime
    numbers: tuple[str, ...]


@dataclass(frozen=True)
class Spec:
    """``lands``: the statuses in which the action may leave an item; ``=`` stands for the one it had."""

    args: Callable[[Ask], Args]
    lands: str


def words(name: str) -> Callable[[Ask], Args]:
    return lambda ask: st.just({name: WORDS})


def nothing(ask: Ask) -> Args:
    return st.just({})


def a_place(ask: Ask) -> Args:
    return st.sampled_from(PLACES).map(lambda at: {"lon": at[0], "lat": at[1], "datum": "wgs84"})


def a_category(ask: Ask) -> Args:
    more = st.fixed_dictionaries({}, optional={"urgency": st.sampled_from(("normal", "urgent", "critical")),
                                               "kind": st.sampled_from(("complaint", "report", "help"))})  # fmt: skip
    return st.builds(lambda code, told: {"category": code, **told}, st.sampled_from(CATEGORIES), more)


def units_or_worker(ask: Ask) -> Args:
    units = st.lists(st.sampled_from(UNITS), min_size=1, max_size=3, unique=True)
    workers, tasks = st.sampled_from(("w-T1G1", "w-T2G1", "w-T1G2")), st.sampled_from(("settle", "verify", "confirm"))
    return st.one_of(
        units.map(lambda codes: {"main": codes[0], "assist": codes[1:]}),
        st.builds(lambda who, task: {"worker": who, "task": task}, workers, tasks),
    )  # fmt: skip


def a_decision(ask: Ask) -> Args:
    main = st.one_of(st.just({}), st.sampled_from(UNITS).map(lambda code: {"main": code}))
    return st.builds(lambda yes, more: {"grant": yes, "reason": WORDS, "note": WORDS, **more}, st.booleans(), main)


def a_return(ask: Ask) -> Args:
    unit = st.one_of(st.just({}), st.sampled_from(UNITS).map(lambda code: {"unit": code}))
    return unit.map(lambda more: {"reason": WORDS, **more})


def until(ask: Ask) -> Args:
    days = st.sampled_from((30, 1, 5, 90, -1))
    return days.map(lambda n: {"until": (ask.now + timedelta(days=n)).isoformat(), "reason": WORDS})


def a_ground(ask: Ask) -> Args:
    return st.sampled_from(sorted(rules().grounds)).map(lambda code: {"ground": code})


def elsewhere(ask: Ask) -> Args:
    ref = st.sampled_from(({}, {"external_ref": {"system": "110", "number": "A7"}}))
    return ref.map(lambda more: {"to": "110", **more})


def another(ask: Ask) -> Args:
    return st.sampled_from(ask.numbers).map(lambda number: {"into": number})


def matters(ask: Ask) -> Args:
    parts = st.sampled_from(({"description": WORDS}, {"category": DOGS}, {"category": TOILET, "lon": IN_T2G1[0],
                                                                            "lat": IN_T2G1[1]}))  # fmt: skip
    return st.lists(parts, min_size=1, max_size=2).map(lambda told: {"parts": told})


def a_rating(ask: Ask) -> Args:
    return st.integers(1, 5).map(lambda level: {"level": level, "resolved": level > 2, "comment": WORDS})


SPECS: Mapping[str, Spec] = {
    "locate": Spec(a_place, "= dispatched"),
    "classify": Spec(a_category, "= dispatched"),
    "assign": Spec(units_or_worker, "= dispatched"),
    "accept": Spec(nothing, "accepted"),
    "take": Spec(nothing, "="),
    "arrive": Spec(nothing, "="),
    "done": Spec(words("note"), "="),
    "settle": Spec(words("note"), "settled"),
    "verify": Spec(a_decision, "verified accepted"),
    "answer": Spec(words("text"), "answered"),
    "reply": Spec(words("text"), "answered"),
    "close": Spec(words("reason"), "closed"),
    "reopen": Spec(words("reason"), "accepted"),
    "request_return": Spec(a_return, "="),
    "decide_return": Spec(a_decision, "="),
    "request_extension": Spec(until, "="),
    "decide_extension": Spec(a_decision, "="),
    "request_suspension": Spec(until, "="),
    "decide_suspension": Spec(a_decision, "= suspended"),
    "pause": Spec(words("reason"), "="),
    "resume": Spec(nothing, "accepted"),
    "decline": Spec(a_ground, "declined"),
    "transfer": Spec(elsewhere, "transferred"),
    "urge": Spec(words("text"), "="),
    "supplement": Spec(words("text"), "="),
    "comment": Spec(words("text"), "="),
    "escalate": Spec(until, "="),
    "merge": Spec(another, "merged"),
    "unmerge": Spec(nothing, "received dispatched accepted settled verified"),
    "split": Spec(matters, "="),
    "rate": Spec(a_rating, "= closed accepted"),
    "follow_up": Spec(a_rating, "= closed accepted"),
    "appeal": Spec(words("text"), "="),
}


def arguments(action: str, ask: Ask) -> Args:
    """What may be said with an action, in good sense."""
    return SPECS[action].args(ask)


def any_arguments(action: str, ask: Ask) -> Args:
    """The same, and sometimes one value missing or spoilt."""
    sense = SPECS[action].args(ask)
    return st.one_of(sense, st.builds(_spoilt, sense, st.integers(0, 5), RUBBISH_VALUES))


def _spoilt(args: dict[str, Any], which: int, value: Any) -> dict[str, Any]:
    names = sorted(args)
    return args | {names[which % len(names)]: value} if names else {"text": value}


def reports() -> st.SearchStrategy[dict[str, Any]]:
    """Bodies of reports: with and without a place or a category that is known, on borders, in doubt, outside."""
    places = st.sampled_from((*PLACES, (None, None), ("x", 26.085), (0, 0)))
    more = st.fixed_dictionaries(
        {},
        optional={
            "accuracy_m": st.sampled_from((5, 400)),
            "kind": st.sampled_from(("complaint", "report", "?")),
            "channel": st.sampled_from(("phone", "wechat", "?")),
            "address": st.sampled_from(("东门街1号", "中心公园", "哪里也没有的地方")),
            "confidential": st.just(True),
            "due_in": st.sampled_from((1, 48)),
            "received_ago": st.sampled_from((1, 30)),
        },
    )
    return st.builds(
        lambda at, category, told: {"lon": at[0], "lat": at[1], "category": category, **told},
        places, st.sampled_from((*CATEGORIES, "?", None)), more,
    )  # fmt: skip
