"""What is a place, and by which name anything else is refused."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.datum import to_wgs84
from gis.errors import Refusal
from gis.place import NoPlace, Place, place, places_many

BOX = (119.25, 26.05, 119.32, 26.12)


def refusal(
    lon: object, lat: object, datum: object = "wgs84", box: tuple[float, float, float, float] | None = BOX
) -> str:
    with pytest.raises(NoPlace) as refused:
        place(lon, lat, datum, box=box)
    assert isinstance(refused.value, Refusal)
    assert refused.value.detail.endswith(".")
    return refused.value.code


def test_a_place_keeps_what_was_given() -> None:
    here = place(119.3, 26.08, "火星坐标", box=BOX)
    assert (here.given_lon, here.given_lat, here.datum) == (119.3, 26.08, "gcj02")
    assert (here.lon, here.lat) == to_wgs84(119.3, 26.08, "gcj02")


READ = [119, 119.0, "119", " 119.0 ", "1.19e2", "+119", "１１９．０", "119.", Decimal("119"), Fraction(119),
        np.float64(119), np.float32(119), np.int16(119)]  # fmt: skip


@pytest.mark.parametrize("lon", READ, ids=repr)
def test_numbers_in_any_form_are_read(lon: object) -> None:
    assert place(lon, "26.08", "wgs84", box=None) == Place(119.0, 26.08, 119.0, 26.08, "wgs84")


NO_NUMBER = [True, False, math.nan, math.inf, -math.inf, "abc", "nan", "inf", "1_0", "119,3", "119.3E", "0x10", "119 3",
             [], [119.3], {}, {"lon": 1}, b"119", object(), 1j, Decimal("NaN"), Decimal("sNaN"),
             np.bool_(True), "٣" * 3]  # fmt: skip


@pytest.mark.parametrize("value", NO_NUMBER, ids=lambda value: repr(value)[:20])
def test_what_is_no_number(value: object) -> None:
    assert refusal(value, 26.08) == "not-a-number"
    assert refusal(119.3, value) == "not-a-number"


@pytest.mark.parametrize("value", [None, "", "  ", "\u3000"], ids=repr)
def test_what_is_missing(value: object) -> None:
    assert refusal(value, value) == "no-location"
    assert refusal(value, 26.08) == "no-location"
    assert refusal(119.3, value) == "no-location"
    assert refusal(value, "abc", "nonsense") == "no-location"


FAULTS = [
    (181, 26, "out-of-range"),
    (119, 91, "out-of-range"),
    (-180.1, 0.5, "out-of-range"),
    (10**400, 26, "out-of-range"),
    (119, -(10**400), "out-of-range"),
    ("1e400", 26, "out-of-range"),
    (Decimal("1e999"), 26, "out-of-range"),
    (Fraction(10**400), 26, "out-of-range"),
    (11_930_000, 2_608_000, "out-of-range"),
    (26.08, 119.3, "swapped-axes"),
    ("26.08", "119.3", "swapped-axes"),
    (25.1, 120.2, "swapped-axes"),
    (0, 0, "null-island"),
    (0.0, -0.0, "null-island"),
    (4.9e-324, 4.9e-324, "null-island"),
    (0.0009, -0.0009, "null-island"),
]


@pytest.mark.parametrize(("lon", "lat", "code"), FAULTS, ids=lambda value: repr(value)[:20])
def test_other_faults_by_name(lon: object, lat: object, code: str) -> None:
    assert refusal(lon, lat) == code


@pytest.mark.parametrize(("lon", "lat"), [(180, 90), (-180, -90), (0, 51.5), (0.002, 0), (26.08, 24.9), (119.3, 0)])
def test_far_away_is_still_a_place(lon: float, lat: float) -> None:
    assert place(lon, lat, "wgs84", box=BOX).lon == lon


def test_without_a_box_nothing_is_called_swapped() -> None:
    assert refusal(26.08, 119.3, box=None) == "out-of-range"
    assert place(26.08, 80.0, "wgs84", box=None).lon == 26.08


def test_where_the_box_holds_both_readings_nothing_is_swapped() -> None:
    box = (40.0, 40.0, 60.0, 60.0)
    assert place(45.0, 50.0, "wgs84", box=box).lon == 45.0


def test_a_district_at_zero_has_no_null_island() -> None:
    assert place(0, 0, "wgs84", box=(-1.0, -1.0, 1.0, 1.0)) == Place(0.0, 0.0, 0.0, 0.0, "wgs84")


@pytest.mark.parametrize("datum", [None, "", "bj54", 5, [], {"a": 1}, True])
def test_an_unknown_datum_has_its_name(datum: object) -> None:
    assert refusal(119.3, 26.08, datum) == "unknown-datum"
    assert refusal("abc", 26.08, datum) == "not-a-number"
    assert refusal(26.08, 119.3, datum) == "unknown-datum"


JSON = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.lists(st.integers(), max_size=2),
    st.floats(119.2, 119.4), st.floats(26.0, 26.2), st.sampled_from(["119.3", "26.08", 0, 0.0005, 10**400, -200, 95]),
)  # fmt: skip
NAMED = st.sampled_from(["wgs84", "GCJ-02", "百度", "CGCS2000", "nonsense", None, 4326, ""])


def one_by_one(lons: list[object], lats: list[object], datums: list[object]) -> list[tuple[float, float, str | None]]:
    rows: list[tuple[float, float, str | None]] = []
    for lon, lat, datum in zip(lons, lats, datums, strict=True):
        try:
            here = place(lon, lat, datum, box=BOX)
        except NoPlace as refused:
            rows.append((math.nan, math.nan, refused.code))
        else:
            rows.append((here.lon, here.lat, None))
    return rows


@given(st.lists(st.tuples(JSON, JSON, NAMED), max_size=8))
def test_columns_equal_single_places_whatever_they_hold(rows: list[tuple[object, object, object]]) -> None:
    lons, lats, datums = [list(column) for column in zip(*rows, strict=True)] if rows else ([], [], [])
    lon, lat, reason = places_many(lons, lats, datums, BOX)
    expected = one_by_one(lons, lats, datums)
    assert reason.tolist() == [row[2] for row in expected]
    np.testing.assert_allclose(lon, [row[0] for row in expected], rtol=0, atol=1e-12)
    np.testing.assert_allclose(lat, [row[1] for row in expected], rtol=0, atol=1e-12)


@given(st.lists(st.tuples(st.floats(), st.floats()), max_size=8), NAMED)
def test_columns_of_floats_equal_single_places(rows: list[tuple[float, float]], datum: object) -> None:
    columns = np.array(rows, dtype=np.float64).reshape(-1, 2)
    lon, lat, reason = places_many(columns[:, 0], columns[:, 1], datum, BOX)
    expected = one_by_one([row[0] for row in rows], [row[1] for row in rows], [datum] * len(rows))
    assert reason.tolist() == [row[2] for row in expected]
    np.testing.assert_allclose(
        np.array([lon, lat]).T, np.array([row[:2] for row in expected]).reshape(-1, 2), atol=1e-12
    )


def test_columns_of_different_length_are_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="same length"):
        places_many([1.0], [1.0, 2.0], "wgs84", BOX)
    with pytest.raises(ValueError, match="datum column"):
        places_many([1.0], [1.0], ["wgs84", "wgs84"], BOX)


def test_columns_of_booleans_are_no_numbers() -> None:
    assert places_many(np.array([True]), np.array([26.0]), "wgs84", BOX)[2].tolist() == ["not-a-number"]
