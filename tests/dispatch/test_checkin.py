"""What proves that somebody is at the meeting place: positions of any datum, codes of the minute, lateness."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.checkin import (
    STEP_S,
    TooEarly,
    TooFar,
    TooVague,
    WrongCode,
    attendee,
    code_at,
    code_ends,
    is_code,
    late_by_s,
    metres_between,
    proven,
    reach_m,
    state_of,
)
from dispatch.errors import BadArguments
from dispatch.summoning import summon
from dispatch.summons import Attendee, Summons
from gis.datum import DATUMS, from_wgs84
from gis.ellipsoid import GEOD
from gis.errors import Refusal
from gis.place import NoPlace
from tests.factories import IN_T1G1, NOON, a_world, an_account, an_item, rules

RULE = rules().thresholds
SECRET = b"a secret of the test"
WORLD = a_world()
BOX = WORLD.edition.index.box
MEET = NOON + timedelta(minutes=30)


def a_summons() -> Summons:
    """City management is called to the middle of T1G1, half an hour after noon."""
    args = {"departments": ["city-management"], "meet_at": MEET.isoformat()}
    return summon(9, an_item(WORLD), an_account("officer"), args, WORLD).summons


def away(metres: float, azimuth: float, datum: str = "wgs84") -> dict[str, Any]:
    """A position so far from the meeting place, given in a datum."""
    lon, lat, _ = GEOD.fwd(*IN_T1G1, azimuth, metres)
    given_lon, given_lat = from_wgs84(lon, lat, datum)
    return {"lon": given_lon, "lat": given_lat, "datum": datum}


def proof_of(args: dict[str, Any], at: Any = NOON) -> Any:
    return proven(a_summons(), args, at, RULE, SECRET, BOX)


def refusal_of(args: dict[str, Any], at: Any = NOON) -> Refusal:
    with pytest.raises(Refusal) as refused:
        proof_of(args, at)
    return refused.value


@settings(deadline=None)
@given(
    metres=st.floats(0, 1000),
    azimuth=st.floats(0, 360),
    datum=st.sampled_from(DATUMS),
    accuracy=st.one_of(st.none(), st.floats(1, 200)),
)
def test_a_position_counts_inside_the_radius_and_its_own_accuracy(
    metres: float, azimuth: float, datum: str, accuracy: float | None
) -> None:
    args = {**away(metres, azimuth, datum), "accuracy_m": accuracy}
    reach = RULE.checkin_radius_m + (accuracy or 0)
    if metres <= reach - 0.1:
        found = proof_of(args)
        assert (found.kind, found.accuracy_m) == ("position", accuracy)
        assert found.distance_m == pytest.approx(metres, abs=0.1)
    elif metres > reach + 0.1:
        refused = refusal_of(args)
        assert isinstance(refused, TooFar)
        assert refused.members["distance_m"] == pytest.approx(metres, abs=0.1)
        assert refused.members["radius_m"] == RULE.checkin_radius_m


@settings(deadline=None)
@given(accuracy=st.floats(0, 1e9))
def test_no_accuracy_reaches_farther_than_the_rule_takes(accuracy: float) -> None:
    assert reach_m(None, RULE) <= reach_m(accuracy, RULE) <= RULE.checkin_radius_m + RULE.checkin_accuracy_m


@settings(deadline=None)
@given(accuracy=st.floats(200.01, 1e7), metres=st.floats(0, 5000))
def test_a_vague_position_proves_nothing_however_near(accuracy: float, metres: float) -> None:
    refused = refusal_of({**away(metres, 10), "accuracy_m": accuracy})
    assert isinstance(refused, TooVague) and refused.members["limit_m"] == 200


@pytest.mark.parametrize("accuracy", [0, -1, None])
def test_an_unknown_accuracy_gets_the_radius_alone(accuracy: float | None) -> None:
    assert proof_of({**away(199.9, 0), "accuracy_m": accuracy}).accuracy_m is None
    assert isinstance(refusal_of({**away(201, 0), "accuracy_m": accuracy}), TooFar)


def test_the_same_pair_in_another_datum_is_another_place() -> None:
    pair = away(0, 0, "gcj02")
    assert proof_of(pair).distance_m == pytest.approx(0, abs=0.1)
    assert refusal_of(pair | {"datum": "wgs84"}).members["distance_m"] > 400


@settings(deadline=None)
@given(early=st.integers(1, 100_000))
def test_the_window_opens_an_hour_before(early: int) -> None:
    opens = MEET - timedelta(minutes=60)
    assert proof_of(away(0, 0), opens).kind == "position"
    refused = refusal_of(away(5, 0), opens - timedelta(seconds=early))
    assert isinstance(refused, TooEarly) and refused.members["opens_at"] == opens.isoformat()
    assert refused.members["distance_m"] == pytest.approx(5, abs=0.1)
    code = code_at(SECRET, 9, opens - timedelta(seconds=early))
    assert isinstance(refusal_of({"code": code}, opens - timedelta(seconds=early)), TooEarly)


@pytest.mark.parametrize(
    ("args", "refused"),
    [
        ({}, NoPlace),
        ({"lon": IN_T1G1[1], "lat": IN_T1G1[0]}, NoPlace),
        ({"lon": IN_T1G1[0]}, NoPlace),
        ({**away(0, 0), "datum": "atlantis"}, NoPlace),
        ({**away(0, 0), "accuracy_m": "good"}, BadArguments),
        ({**away(0, 0), "accuracy_m": True}, BadArguments),
        ({"code": ""}, WrongCode),
        ({"code": 123456}, WrongCode),
        ({"code": "１２３４５６"}, WrongCode),
    ],
)
def test_what_proves_nothing(args: dict[str, Any], refused: type[Refusal]) -> None:
    assert isinstance(refusal_of(args), refused)


@settings(deadline=None)
@given(seconds=st.integers(0, 10**6), later=st.integers(0, 300))
def test_a_code_holds_for_its_minute_and_the_next(seconds: int, later: int) -> None:
    shown = NOON + timedelta(seconds=seconds)
    code = code_at(SECRET, 9, shown)
    assert len(code) == 6 and code.isdigit()
    at = shown + timedelta(seconds=later)
    steps = int(at.timestamp()) // STEP_S - int(shown.timestamp()) // STEP_S
    if steps <= 1:
        assert is_code(f" {code[:3]} {code[3:]}", SECRET, 9, at)
    elif code not in (code_at(SECRET, 9, at), code_at(SECRET, 9, at - timedelta(seconds=STEP_S))):
        assert not is_code(code, SECRET, 9, at)
    assert shown < code_ends(shown) <= shown + timedelta(seconds=STEP_S)


def test_codes_belong_to_a_summons_and_a_secret() -> None:
    minutes = [NOON + timedelta(minutes=n) for n in range(200)]
    for other in ((SECRET, 10), (b"another secret", 9)):
        alike = sum(code_at(SECRET, 9, at) == code_at(*other, at) for at in minutes)
        assert alike <= 1
    assert len({code_at(SECRET, 9, at) for at in minutes}) > 190


def test_a_code_counts_where_the_position_would_not() -> None:
    found = proof_of({"code": code_at(SECRET, 9, NOON), **away(3000, 0), "accuracy_m": 4000})
    assert (found.kind, found.accuracy_m) == ("code", 4000)
    assert found.distance_m == pytest.approx(3000, abs=0.1)
    assert proof_of({"code": code_at(SECRET, 9, NOON)}).distance_m is None


@settings(deadline=None)
@given(seconds=st.integers(-100_000, 100_000))
def test_lateness_is_never_negative(seconds: int) -> None:
    late = late_by_s(MEET + timedelta(seconds=seconds), MEET)
    assert late == max(0, seconds)
    assert state_of(late, RULE) == ("late" if seconds > 0 else "present")


def test_who_came_is_two_texts() -> None:
    assert attendee({}) == Attendee()
    assert attendee({"attendee": {"name": " 甲 ", "post": None}}) == Attendee("甲", "")
    for wrong in ("甲", {"name": 1}, {"post": "x" * 61}):
        with pytest.raises(BadArguments):
            attendee({"attendee": wrong})


def test_distance_is_geodesic() -> None:
    assert metres_between(119.3, 26.0, 119.3, 27.0) == pytest.approx(110_775, rel=1e-3)
