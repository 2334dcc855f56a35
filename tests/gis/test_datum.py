"""Datum conversions against known answers and against two public implementations."""

import math
import warnings

import eviltransform
import numpy as np
import prcoords
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.datum import CHINA, DATUMS, UnknownDatum, datum_named, from_wgs84, to_wgs84

IN_CHINA = st.tuples(st.floats(73.0, 136.0), st.floats(3.0, 54.0))

# googollee/eviltransform, python/test.py: Shanghai, Shenzhen, Beijing; (lon, lat) in WGS84 and in GCJ-02.
KNOWN_GCJ02 = [
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
]


@pytest.mark.parametrize(("wgs", "gcj"), KNOWN_GCJ02)
def test_known_answers_hold_to_the_last_digits(wgs: tuple[float, float], gcj: tuple[float, float]) -> None:
    assert from_wgs84(*wgs, "gcj02") == pytest.approx(gcj, abs=1e-12)
    assert to_wgs84(*gcj, "gcj02") == pytest.approx(wgs, abs=1e-12)


@given(IN_CHINA)
def test_gcj02_agrees_with_prcoords(point: tuple[float, float]) -> None:
    # The same formula on the same ellipsoid: only rounding differs.
    lon, lat = point
    theirs = prcoords.wgs_gcj((lat, lon))
    assert from_wgs84(lon, lat, "gcj02") == pytest.approx((theirs.lon, theirs.lat), abs=1e-12)


@given(IN_CHINA)
def test_bd09_agrees_with_prcoords(point: tuple[float, float]) -> None:
    lon, lat = point
    theirs = prcoords.wgs_bd((lat, lon))
    assert from_wgs84(lon, lat, "bd09") == pytest.approx((theirs.lon, theirs.lat), abs=1e-12)


@given(IN_CHINA)
def test_both_agree_with_eviltransform(point: tuple[float, float]) -> None:
    # eviltransform 0.1.1 turns metres into degrees with a radius of 6378137 m where the others take Krasovsky's
    # 6378245 m: 1.7e-5 of a shift of at most 0.02 degrees, that is 3.4e-7.
    lon, lat = point
    for datum, theirs in (("gcj02", eviltransform.wgs2gcj(lat, lon)), ("bd09", eviltransform.wgs2bd(lat, lon))):
        assert from_wgs84(lon, lat, datum) == pytest.approx((theirs[1], theirs[0]), abs=4e-7)


@given(IN_CHINA)
def test_the_inverse_agrees_with_prcoords(point: tuple[float, float]) -> None:
    # Theirs stops iterating when a round moves less than 1e-5 degrees; what is left then is below 1e-6.
    lon, lat = point
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gcj, bd = prcoords.gcj_wgs_bored((lat, lon)), prcoords.bd_wgs_bored((lat, lon))
    assert to_wgs84(lon, lat, "gcj02") == pytest.approx((gcj[1], gcj[0]), abs=1e-6)
    assert to_wgs84(lon, lat, "bd09") == pytest.approx((bd[1], bd[0]), abs=1e-6)


@given(st.tuples(st.floats(CHINA[0], CHINA[2]), st.floats(CHINA[1], CHINA[3])), st.sampled_from(DATUMS))
def test_there_and_back_is_the_same_point_everywhere_in_china(point: tuple[float, float], datum: str) -> None:
    there = from_wgs84(*point, datum)
    assert to_wgs84(*there, datum) == pytest.approx(point, abs=1e-10)


@given(st.tuples(st.floats(73.5, 135.0), st.floats(3.5, 53.5)), st.sampled_from(DATUMS))
def test_back_and_there_is_the_same_point(point: tuple[float, float], datum: str) -> None:
    assert from_wgs84(*to_wgs84(*point, datum), datum) == pytest.approx(point, abs=1e-10)


OUTSIDE = [
    (139.767, 35.681),
    (-0.1276, 51.5072),
    (0.0, 0.0),
    (71.9, 35.0),
    (180.0, 90.0),
    (-180.0, -90.0),
    (116.0, 0.5),
]


@pytest.mark.parametrize("point", OUTSIDE)
@pytest.mark.parametrize("datum", DATUMS)
def test_outside_china_nothing_moves(point: tuple[float, float], datum: str) -> None:
    assert from_wgs84(*point, datum) == point
    assert to_wgs84(*point, datum) == point


@pytest.mark.parametrize("datum", ["wgs84", "cgcs2000"])
def test_wgs84_and_cgcs2000_are_the_same(datum: str) -> None:
    assert to_wgs84(119.28, 26.08, datum) == from_wgs84(119.28, 26.08, datum) == (119.28, 26.08)


@given(st.lists(IN_CHINA, min_size=1, max_size=9), st.sampled_from(DATUMS))
def test_arrays_equal_scalars(points: list[tuple[float, float]], datum: str) -> None:
    lon, lat = np.array(points).T
    for convert in (to_wgs84, from_wgs84):
        x, y = convert(lon, lat, datum)
        single = np.array([convert(*point, datum) for point in points]).T
        np.testing.assert_allclose([x, y], single, rtol=0, atol=1e-12)


def test_arrays_keep_their_shape_and_are_not_written_to() -> None:
    lon, lat = np.full((2, 3), 119.28), np.full((2, 3), 26.08)
    x, y = to_wgs84(lon, lat, "bd09")
    assert x.shape == y.shape == (2, 3)
    assert (lon == 119.28).all() and (lat == 26.08).all()
    assert to_wgs84(np.array([]), np.array([]), "gcj02")[0].shape == (0,)
    assert to_wgs84([119.28], [26.08], "wgs84")[0].tolist() == [119.28]


def test_scalars_give_floats_and_whole_numbers_are_taken() -> None:
    lon, lat = to_wgs84(119, 26, "gcj02")
    assert type(lon) is float and type(lat) is float


@pytest.mark.parametrize("datum", DATUMS)
def test_what_is_not_finite_comes_back(datum: str) -> None:
    for value in (math.nan, math.inf, -math.inf):
        lon, lat = to_wgs84(value, 26.0, datum)
        assert repr(lon) == repr(value) and lat == 26.0
    x, _ = from_wgs84(np.array([math.nan, math.inf, 119.0]), np.array([26.0, 26.0, 26.0]), datum)
    assert math.isnan(x[0]) and math.isinf(x[1]) and math.isfinite(x[2])


def test_an_unknown_datum_is_refused_by_name() -> None:
    with pytest.raises(UnknownDatum) as refused:
        to_wgs84(119.0, 26.0, "bj54")
    assert refused.value.code == "unknown-datum"
    assert "bj54" in refused.value.detail


NAMES = {
    "wgs84": ["wgs84", "WGS84", "WGS 84", "wgs-84", "WGS_1984", "EPSG:4326", "4326", 4326, "GPS", "ＷＧＳ８４", "CRS84",
              "urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326", "WGS 84 (EPSG:4326)", "WGS84坐标系",
              "http://www.opengis.net/def/crs/OGC/1.3/CRS84", " wgs84\n", "世界大地坐标系", "GPS坐标"],
    "cgcs2000": ["CGCS2000", "cgcs 2000", "EPSG:4490", "4490", 4490, "国家2000", "2000国家大地坐标系", "CGCS2000坐标系",
                 "China Geodetic Coordinate System 2000", "大地2000"],
    "gcj02": ["GCJ-02", "gcj02", "GCJ02", "gcj_02", "火星坐标", "火星坐标系", "国测局坐标", "高德", "高德地图", "Amap",
              "腾讯地图坐标", "ＧＣＪ－０２", "GCJ-02坐标系", "火星坐标(GCJ-02)", "国测局坐标系（GCJ-02）", "mars"],
    "bd09": ["BD09", "bd-09", "BD-09", "bd09ll", "百度", "百度坐标", "百度坐标系", "百度地图", "Baidu", "ＢＤ０９",
             "百度经纬度"],
}  # fmt: skip


@pytest.mark.parametrize(("name", "written"), [(name, text) for name, texts in NAMES.items() for text in texts])
def test_usual_spellings_are_known(name: str, written: object) -> None:
    assert datum_named(written) == name


UNKNOWN = [None, "", " ", "bj54", "北京54", "西安80", "EPSG:3857", "bd09mc", "EPSG:4547", "坐标系", "datum",
           "wgs84 gcj02", "WGS84/GCJ02", True, False, 1.5, 10**400, -4326, ["wgs84"], {}, b"wgs84",
           "x" * 10_000]  # fmt: skip


@pytest.mark.parametrize("written", UNKNOWN, ids=lambda value: repr(value)[:20])
def test_other_names_are_not(written: object) -> None:
    assert datum_named(written) is None
