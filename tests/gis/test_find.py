"""The quick index equals the plain predicate on every point."""

import pickle
import threading

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from gis.cells import Cell, CellIndex
from gis.finder import PlainFinder
from gis.raster import FIRST_EDGE, _touched
from gis.sound import sound
from tests.gis.districts import covered_by, random_district, random_points, square


def cell(code: str, geometry: object) -> Cell:
    return Cell(code, code, "T", None, geometry)  # type: ignore[arg-type]


def agree(index: CellIndex, lon: np.ndarray, lat: np.ndarray) -> None:
    """``find``, ``find_many`` by both roads, ``find_plain`` and the bare predicate give one cell for every point."""
    many = index.find_many(lon, lat)
    plain = PlainFinder(index.geometries, index.box or (0.0, 0.0, 0.0, 0.0))
    np.testing.assert_array_equal(plain.find_many(lon, lat), many)
    points = shapely.points(lon, lat)
    expected = np.full(len(lon), -1)
    for number in reversed(range(len(index.cells))):
        expected[shapely.covers(sound(index.cells[number].geometry), points)] = number
    np.testing.assert_array_equal(many, expected)
    for x, y, number in zip(lon.tolist(), lat.tolist(), expected.tolist(), strict=True):
        assert index.find(x, y) == number
        assert index.find_plain(x, y) == number


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 40), st.sampled_from([1e-5, 1e-3, 0.06, 5.0]))
def test_the_index_equals_the_predicate_on_random_districts(seed: int, cells: int, span: float) -> None:
    district = random_district(seed, cells, span=span)
    agree(CellIndex(district), *random_points(seed, district, 60))


def test_a_district_of_144_cells() -> None:
    district = random_district(7, 200, bends=8)
    agree(CellIndex(district), *random_points(7, district, 300))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 12))
def test_overlapping_and_unsound_cells_too(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    shapes = [Polygon(rng.integers(0, 9, (5, 2)) + rng.choice([0.0, 0.1], (5, 1))) for _ in range(count)]
    shapes += [MultiPolygon([shapes[0], shapes[1]])]
    index = CellIndex([cell(f"{k:02d}", shape) for k, shape in enumerate(shapes)])
    agree(index, *random_points(seed, list(index.cells), 30))


GRID = [square(f"{x}{y}", x, y) for x in range(3) for y in range(3)]


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [
        (0.5, 0.5, "00"),
        (1.0, 0.5, "00"),
        (1.0, 1.0, "00"),
        (2.0, 2.0, "11"),
        (3.0, 3.0, "22"),
        (0.0, 0.0, "00"),
        (3.0, 0.0, "20"),
        (2.0, 3.0, "12"),
        (np.nextafter(1.0, 2.0), 0.5, "10"),
        (np.nextafter(3.0, 4.0), 0.5, None),
        (np.nextafter(0.0, -1.0), 0.5, None),
        (3.0 + 1e-9, 3.0, None),
    ],
)
def test_on_a_shared_border_the_lowest_code_wins(lon: float, lat: float, code: str | None) -> None:
    index = CellIndex(list(reversed(GRID)))
    number = index.find(lon, lat)
    assert (index.cells[number].code if number >= 0 else None) == code
    assert index.find_many([lon], [lat])[0] == index.find_plain(lon, lat) == number
    assert (covered_by(GRID, lon, lat) or [None])[0] == code


def test_borders_that_run_along_pixel_lines() -> None:
    lon, lat = (column.ravel() for column in np.meshgrid(np.arange(-0.5, 3.6, 0.05), np.arange(-0.5, 3.6, 0.05)))
    agree(CellIndex(GRID), lon, lat)


def test_cells_come_sorted_by_code() -> None:
    index = CellIndex(random_district(3, 20))
    assert [each.code for each in index.cells] == sorted(each.code for each in index.cells)


WEST, EAST = box(0, 0, 2, 2), box(2, 0, 4, 2)
HOLED = Polygon(WEST.exterior, [box(0.5, 0.5, 1.5, 1.5).exterior])


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [
        (0.25, 1.0, "A"),
        (1.0, 1.0, "B"),
        (0.5, 1.0, "A"),
        (1.5, 1.5, "A"),
        (3.0, 1.0, "B"),
        (2.0, 1.0, "A"),
        (5, 5, None),
    ],
)
def test_an_enclave_and_its_owner(lon: float, lat: float, code: str | None) -> None:
    index = CellIndex([cell("A", HOLED), cell("B", MultiPolygon([EAST, box(0.5, 0.5, 1.5, 1.5)]))])
    number = index.find(lon, lat)
    assert (index.cells[number].code if number >= 0 else None) == code


BOW_TIE = Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
TWICE = MultiPolygon([box(0, 0, 2, 2), box(1, 1, 3, 3)])
STRAY_HOLE = Polygon(box(0, 0, 2, 2).exterior, [box(1, 1, 3, 3).exterior])
SPIKE = Polygon([(0, 0), (2, 0), (2, 2), (4, 2), (2, 2), (0, 2)])


@pytest.mark.parametrize(
    ("shape", "inside", "outside"),
    [
        (BOW_TIE, [(0.2, 1.0), (1.8, 1.0), (1.0, 1.0)], [(1.0, 0.2), (1.0, 1.8)]),
        (TWICE, [(0.5, 0.5), (1.5, 1.5), (2.5, 2.5)], [(2.5, 0.5)]),
        (STRAY_HOLE, [(0.5, 0.5), (1.0, 1.0)], [(1.5, 1.5), (2.5, 2.5)]),
        (SPIKE, [(1.0, 1.0), (2.0, 2.0)], [(3.0, 2.0)]),
    ],
    ids=["bow tie", "parts that overlap", "hole that sticks out", "spike"],
)
def test_unsound_shapes_hold_what_the_rule_says(
    shape: Polygon, inside: list[tuple[float, float]], outside: list[tuple[float, float]]
) -> None:
    index = CellIndex([cell("A", shape)])
    assert index.unsound == ("A",)
    for point in inside:
        assert index.find(*point) == index.find_plain(*point) == 0
    for point in outside:
        assert index.find(*point) == index.find_plain(*point) == -1


NOTHING = [None, Polygon(), MultiPolygon(), shapely.Point(1, 1), shapely.LineString([(0, 0), (1, 1)]),
           Polygon([(0, 0), (1, 0), (2, 0)]), Polygon([(0, 0), (1, 0), (1, np.inf)])]  # fmt: skip


@pytest.mark.parametrize("shape", NOTHING, ids=lambda shape: getattr(shape, "geom_type", "None"))
def test_what_encloses_nothing_holds_nothing(shape: object) -> None:
    index = CellIndex([cell("A", shape), cell("B", box(0, 0, 1, 1))])
    assert index.find(0.5, 0.5) == 1
    assert index.unsound == ("A",)
    assert index.resolve((0.5, 0.5)).grid == "B"
    nearest = index.nearest(3.0, 3.0)
    assert nearest is not None and nearest.grid == "B"
    assert index.neighbours("A") == ()


def test_heights_are_dropped() -> None:
    high = shapely.force_3d(box(0, 0, 1, 1), 12.0)
    index = CellIndex([cell("A", high)])
    assert index.find(0.5, 0.5) == 0 and not index.geometries[0].has_z


def test_no_cells_at_all() -> None:
    index = CellIndex([])
    assert index.box is None and index.townships == {}
    assert index.find(0.0, 0.0) == index.find_plain(0.0, 0.0) == -1
    assert index.find_many([0.0, 119.0], [0.0, 26.0]).tolist() == [-1, -1]
    assert index.nearest(0.0, 0.0) is None and index.touching(0.0, 0.0, 10.0) == ()
    assert index.resolve((0.0, 0.0)).reason == "outside-district"
    assert index.resolve_many([1.0], [1.0])[0].tolist() == [-1]


BAD = [float("nan"), float("inf"), float("-inf"), 1e308, -1e308]


@pytest.mark.parametrize("value", BAD)
def test_what_is_not_finite_is_nowhere(value: float) -> None:
    index = CellIndex(GRID)
    for lon, lat in ((value, 0.5), (0.5, value), (value, value)):
        assert index.find(lon, lat) == index.find_plain(lon, lat) == -1
        assert index.find_many([lon], [lat]).tolist() == [-1]
        numbers, metres, on_border = index.resolve_many([lon], [lat])
        assert numbers[0] == -1 and np.isnan(metres[0]) and not on_border[0]
        assert index.touching(lon, lat, 10.0) == ()


def test_columns_may_be_empty_and_must_match() -> None:
    index = CellIndex(GRID)
    assert index.find_many([], []).shape == (0,)
    assert index.find_many([], []).dtype == np.int32
    with pytest.raises(ValueError, match="same length"):
        index.find_many([1.0], [])


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 25))
def test_no_border_enters_a_whole_pixel(seed: int, cells: int) -> None:
    district = random_district(seed, cells)
    index = CellIndex(district)
    raster = PlainFinder(index.geometries, index.box or (0.0, 0.0, 0.0, 0.0)).raster
    whole = np.nonzero(raster.pixels > FIRST_EDGE)[0]
    some = np.random.default_rng(seed).choice(whole, 300)
    west = raster.west + (some % raster.columns) / raster.per_lon
    south = raster.south + (some // raster.columns) / raster.per_lat
    pixels = shapely.box(west, south, west + 1 / raster.per_lon, south + 1 / raster.per_lat)
    borders = shapely.union_all([shapely.boundary(each.geometry) for each in district])
    assert not shapely.intersects(pixels, borders).any()


def test_a_border_along_a_pixel_line_marks_both_sides() -> None:
    u, v, owner = np.array([5.0]), np.array([2.25]), np.array([0])
    pixels, _ = _touched(u, v, u, v + 0.5, owner, 10, 10)
    assert sorted(pixels.tolist()) == [24, 25]
    pixels, _ = _touched(u, v - 0.25, u, v - 0.25, owner, 10, 10)
    assert sorted(pixels.tolist()) == [14, 15, 24, 25]


def test_an_index_can_be_sent_to_another_process() -> None:
    district = random_district(5, 12)
    index = CellIndex(district)
    again = pickle.loads(pickle.dumps(index))
    lon, lat = random_points(5, district, 20)
    np.testing.assert_array_equal(again.find_many(lon, lat), index.find_many(lon, lat))


def test_threads_share_an_index() -> None:
    district = random_district(11, 60)
    index = CellIndex(district)
    lon, lat = random_points(11, district, 100)
    expected = index.find_many(lon, lat).tolist()
    seen: list[list[int]] = []

    def ask() -> None:
        seen.append([index.find(x, y) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)])
        seen.append([index.find_plain(x, y) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)])

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [expected] * 8
