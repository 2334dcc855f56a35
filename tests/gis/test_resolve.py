"""Border distances, accuracy circles, neighbours and the nearest cell, against slow independent reckonings."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer
from shapely import MultiPolygon, Polygon

from gis.cells import Cell, CellIndex
from gis.circle import circle
from gis.place import place
from gis.resolution import Nearest, nowhere
from tests.gis.districts import random_district, random_points, square

GEOD = Geod(ellps="WGS84")


def sampled_distance(geometry: Polygon | MultiPolygon, lon: float, lat: float) -> float:
    """Geodesic distance to the border by brute force: samples on every segment, then finer ones round the nearest."""
    best = math.inf
    for ring in shapely.get_rings(shapely.get_parts(geometry)):
        points = shapely.get_coordinates(ring)
        start, run = points[:-1, None, :], np.diff(points, axis=0)[:, None, :]
        low, high = np.zeros(len(run)), np.ones(len(run))
        for _ in range(4):
            along = low[:, None] + (high - low)[:, None] * np.linspace(0, 1, 101)
            at = start + along[:, :, None] * run
            here = np.broadcast_to([lon, lat], at.shape)
            metres = GEOD.inv(here[..., 0].ravel(), here[..., 1].ravel(), at[..., 0].ravel(), at[..., 1].ravel())[2]
            metres = np.reshape(metres, along.shape)
            nearest, step, rows = metres.argmin(axis=1), (high - low) / 100, np.arange(len(run))
            middle = along[rows, nearest]
            low, high = np.maximum(middle - step, 0), np.minimum(middle + step, 1)
            best = min(best, float(metres.min()))
    return best


def close(found: float, true: float) -> bool:
    return abs(found - true) <= 0.01 + 0.001 * true


@settings(max_examples=12, deadline=None)
@given(
    st.integers(0, 10**6),
    st.sampled_from([0.001, 0.06, 1.0, 4.0]),
    st.sampled_from([(119.28, 26.08), (81.0, 44.0), (122.0, 52.5), (110.0, 5.0)]),
)
def test_border_m_is_the_geodesic_distance(seed: int, span: float, centre: tuple[float, float]) -> None:
    district = random_district(seed, 6, span=span, centre=centre, bends=2)
    index = CellIndex(district)
    lon, lat = random_points(seed, district, 4)
    numbers, metres, _ = index.resolve_many(lon, lat)
    for x, y, number, found in zip(lon.tolist(), lat.tolist(), numbers.tolist(), metres.tolist(), strict=True):
        if number < 0:
            assert math.isnan(found)
        else:
            assert close(found, sampled_distance(index.geometries[number], x, y))


@pytest.mark.parametrize("lat", [0.0, 26.0, 45.0, 60.0, -33.0])
@pytest.mark.parametrize("side", [0.01, 0.5, 3.0])
def test_border_m_of_large_squares(lat: float, side: float) -> None:
    index = CellIndex([square("A", 100.0, lat, side)])
    for across, up in ((0.5, 0.5), (0.3, 0.7), (0.45, 0.55), (0.01, 0.99), (1e-6, 0.4)):
        point = (100.0 + across * side, lat + up * side)
        found = index.resolve(point).border_m
        assert found is not None and close(found, sampled_distance(index.geometries[0], *point))


@pytest.mark.parametrize("lat", [60.0, -60.0, 70.0])
@pytest.mark.parametrize("tall", [0.5, 1.0])
def test_border_m_of_a_large_slanted_cell(lat: float, tall: float) -> None:
    # Slanted borders a hundred kilometres off: the scale at the point's own latitude is not good enough for them.
    shape = Polygon([(97.0, lat), (100.0, lat - 3.0 * tall), (103.0, lat), (100.0, lat + 3.0 * tall)])
    index = CellIndex([Cell("A", "", "T", None, shape)])
    for point in ((100.0, lat), (100.2, lat + 0.1), (99.0, lat - 0.2)):
        found = index.resolve(point).border_m
        assert found is not None and close(found, sampled_distance(shape, *point))


def test_known_distances_from_a_border() -> None:
    # One second of latitude at the equator is 30.715 m, of longitude 30.922 m (WGS84; NGA TR8350.2).
    index = CellIndex([square("A", 0.0, 0.0, 1.0)])
    north = index.resolve((0.5, 1 / 3600)).border_m
    east = index.resolve((1 / 3600, 0.5)).border_m
    assert north == pytest.approx(30.715, abs=2e-3)
    assert east == pytest.approx(30.922, abs=3e-3)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6))
def test_columns_equal_single_resolutions(seed: int) -> None:
    district = random_district(seed, 10)
    index = CellIndex(district)
    lon, lat = random_points(seed, district, 15)
    numbers, metres, on_border = index.resolve_many(lon, lat)
    accuracy = [None, 5.0, 80.0, 400.0] * len(lon)
    doubtful = index.doubtful_many(numbers, metres, lon, lat, accuracy[: len(lon)])
    for row, (x, y) in enumerate(zip(lon.tolist(), lat.tolist(), strict=True)):
        single = index.resolve((x, y), accuracy[row])
        if numbers[row] < 0:
            assert single.grid is None and single.border_m is None and math.isnan(metres[row])
        else:
            assert single.grid == index.cells[numbers[row]].code
            assert single.border_m == pytest.approx(metres[row], abs=1e-9)
        assert (single.on_border, single.doubtful) == (on_border[row], doubtful[row])


def test_a_vertex_and_a_point_of_a_line_are_on_the_border() -> None:
    district = random_district(4, 20)
    index = CellIndex(district)
    coords = shapely.get_coordinates([index.geometries[3]])
    for x, y in [*coords[:6].tolist(), *((coords[:5] + coords[1:6]) / 2).tolist()]:
        found = index.resolve((x, y))
        if found.grid is not None:
            assert found.on_border and found.border_m == 0.0


def test_a_millimetre_off_is_not_on_the_border() -> None:
    index = CellIndex([square("A", 0, 0), square("B", 1, 0)])
    assert index.resolve((1.0, 0.5)).on_border
    assert not index.resolve((1.0 - 1e-8, 0.5)).on_border
    assert index.resolve((1.0 + 1e-8, 0.5)).grid == "B"


def test_a_resolution_in_full() -> None:
    cells = [Cell("A1", "one", "TA", "CA", shapely.box(119.0, 26.0, 119.01, 26.01)), square("B1", 119.01, 26.0, 0.01)]
    index = CellIndex(cells)
    found = index.resolve(place(119.005, 26.005, "wgs84", box=index.box))
    assert (found.township, found.grid, found.community, found.reason) == ("TA", "A1", "CA", None)
    assert found.border_m == pytest.approx(500.3, abs=0.5)
    assert not found.doubtful and found.candidates == () and found.nearest is None


def test_a_point_in_no_cell_is_told_the_nearest() -> None:
    index = CellIndex([square("A", 119.0, 26.0, 0.01, township="TA"), square("B", 119.01, 26.0, 0.01, township="TB")])
    found = index.resolve((119.03, 26.005), 2_000.0)
    assert (found.township, found.grid, found.border_m, found.reason) == (None, None, None, "outside-district")
    assert found.nearest is not None
    assert (found.nearest.township, found.nearest.grid) == ("TB", "B")
    assert found.nearest.distance_m == pytest.approx(GEOD.inv(119.03, 26.005, 119.02, 26.005)[2], rel=1e-4)
    assert found.candidates[0].grid == "B" and not found.doubtful and not found.on_border


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0.06, 2.0]))
def test_the_nearest_cell_is_the_nearest(seed: int, span: float) -> None:
    district = random_district(seed, 9, span=span, bends=1)
    index = CellIndex(district)
    west, south, east, north = index.box or (0, 0, 0, 0)
    rng = np.random.default_rng(seed)
    for x, y in rng.uniform((west - span, south - span), (east + span, north + span), (6, 2)).tolist():
        found = index.nearest(x, y)
        assert found is not None
        if index.find(x, y) >= 0:
            assert found == Nearest(index.cells[index.find(x, y)].township, index.cells[index.find(x, y)].code, 0.0)
            continue
        true = min(sampled_distance(geometry, x, y) for geometry in index.geometries)
        own = sampled_distance(index.geometries[index.positions[found.grid]], x, y)
        assert close(found.distance_m, true) and close(own, true)


def test_the_nearest_cell_from_the_other_side_of_the_world() -> None:
    index = CellIndex(random_district(2, 9))
    found = index.nearest(-60.0, -26.0)
    assert found is not None and 19_000_000 < found.distance_m < 20_040_000
    assert index.nearest(200.0, 26.0) is None


@pytest.mark.parametrize("radius", [1.0, 30.0, 1_000.0, 20_000.0])
@pytest.mark.parametrize("lat", [0.0, 26.08, 53.0])
def test_the_circle_has_the_area_of_a_circle(radius: float, lat: float) -> None:
    area, _ = GEOD.geometry_area_perimeter(circle(119.28, lat, radius))
    assert abs(area) == pytest.approx(math.pi * radius**2, rel=1e-4)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([15.0, 150.0, 1_500.0]))
def test_shares_equal_areas_on_an_equal_area_map(seed: int, radius: float) -> None:
    district = random_district(seed, 12)
    index = CellIndex(district)
    for x, y in zip(*(column[:4].tolist() for column in random_points(seed, district, 4)), strict=True):
        plane = f"+proj=laea +lat_0={y} +lon_0={x} +ellps=WGS84"
        to_plane = Transformer.from_crs("EPSG:4326", plane, always_xy=True).transform
        disc = shapely.Point(0, 0).buffer(radius, quad_segs=90)
        shares = {found.grid: found.share for found in index.touching(x, y, radius)}
        assert sum(shares.values()) <= 1.0 + 1e-12
        for cell in index.cells:
            flat = shapely.transform(cell.geometry, to_plane, interleaved=False)
            assert shares.get(cell.code, 0.0) == pytest.approx(flat.intersection(disc).area / disc.area, abs=2e-3)


def test_candidates_come_by_share_and_overlaps_count_once() -> None:
    index = CellIndex([square("A", 0, 0), square("B", 0.5, 0), square("C", 1.5, 0)])
    found = index.touching(0.9, 0.5, 20_000.0)
    assert [each.grid for each in found] == ["A", "B"]
    assert sum(each.share for each in found) == pytest.approx(1.0)
    assert index.touching(0.2, 0.5, 10.0)[0].share == pytest.approx(1.0)


@pytest.mark.parametrize("accuracy", [None, 0, 0.0, -1, -math.inf, math.nan, "30", True, [], {}])
def test_an_accuracy_that_says_nothing(accuracy: object) -> None:
    index = CellIndex([square("A", 0, 0)])
    found = index.resolve((0.5, 0.5), accuracy)
    assert found.grid == "A" and found.candidates == () and not found.doubtful


@pytest.mark.parametrize("accuracy", [5000.01, 1e6, 1e300, math.inf, 10**400])
def test_an_absurd_accuracy_draws_no_circle(accuracy: float) -> None:
    index = CellIndex([square("A", 0, 0, 0.1)])
    assert index.resolve((0.05, 0.05), 5000.0).candidates == index.touching(0.05, 0.05, 5000.0) != ()
    found = index.resolve((0.05, 0.05), accuracy)
    assert found.candidates == () and not found.doubtful


def test_the_twenty_largest_shares_are_named() -> None:
    index = CellIndex([square(f"C{x}{y}", x / 100, y / 100, 0.01) for x in range(7) for y in range(7)])
    for where in ((0.035, 0.035), (-0.001, 0.035)):
        every = index.touching(*where, 5000.0)
        assert len(every) > 20
        assert index.resolve(where, 5000.0).candidates == every[:20]


@pytest.mark.parametrize(
    ("lon", "accuracy", "share", "doubtful"),
    [
        (1.0 - 1e-5, 100.0, 0.2, True),  # nearly half of the circle lies in the other township
        (1.0 - 1e-5, 100.0, 0.6, False),
        (1.0 - 8e-4, 100.0, 0.2, False),  # 89 m off: 2 % lie over there
        (1.0 - 8e-4, 100.0, 0.01, True),
        (1.0 - 2e-3, 100.0, 0.2, False),  # the circle does not reach it
        (0.00001, 100.0, 0.2, False),  # the other half lies in no cell
        (0.5, 100.0, 0.2, False),  # the neighbour belongs to the same township
    ],
)
def test_doubtful_is_what_another_township_may_hold(lon: float, accuracy: float, share: float, doubtful: bool) -> None:
    cells = [square("A", 0, 0, 0.5, township="TA"), square("A2", 0.5, 0, 0.5, township="TA")]
    index = CellIndex([*cells, square("B", 1.0, 0, 0.5, township="TB")])
    assert index.resolve((lon, 0.25), accuracy, share).doubtful is doubtful


def test_cells_of_one_township_add_up_to_doubt() -> None:
    own = square("A", 0, 0, township="TA")
    strips = [shapely.box(1.0, k * 1e-4, 1.01, (k + 1) * 1e-4) for k in range(100)]
    others = [Cell(f"B{k:02d}", "", "TB", None, strip) for k, strip in enumerate(strips)]
    found = CellIndex([own, *others]).resolve((1.0 - 2e-4, 0.005), 100.0)
    assert max(each.share for each in found.candidates if each.township == "TB") < 0.2 and found.doubtful


GRID = [square(f"{x}{y}", x, y) for x in range(3) for y in range(3)]


def test_neighbours_share_a_side_or_a_corner() -> None:
    index = CellIndex([*GRID, square("far", 7, 7)])
    assert index.neighbours("11") == ("00", "01", "02", "10", "12", "20", "21", "22")
    assert index.neighbours("00") == ("01", "10", "11")
    assert index.neighbours("far") == ()
    with pytest.raises(KeyError):
        index.neighbours("nowhere")


def test_a_hair_s_breadth_between_cells_is_no_gap() -> None:
    index = CellIndex([square("A", 0, 0), square("B", 1 + 5e-8, 0), square("C", -1 - 1e-6, 0)])
    assert index.neighbours("A") == ("B",)


def test_townships_are_their_cells_together() -> None:
    district = random_district(8, 25)
    index = CellIndex(district)
    assert sorted(index.townships) == sorted({cell.township for cell in district})
    total = sum(area.area for area in index.townships.values())
    assert total == pytest.approx(sum(cell.geometry.area for cell in district), rel=1e-9)


def test_nowhere_says_why() -> None:
    assert nowhere("null-island").reason == "null-island" and nowhere("null-island").grid is None
