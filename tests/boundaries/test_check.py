"""Each kind of fault planted into a sound district: it is found, named, placed and weighed; nothing else is."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from shapely import MultiPolygon, Point, Polygon, box

from boundaries.check import KINDS, Fault, check, has_errors
from boundaries.district import Area, District, Expected
from gis.datum import from_wgs84
from tests.boundaries.sheets import STEP, a_district, reshaped, square, with_cell

CM = 1e-7 / 1.1
"""Degrees of latitude in a centimetre, nearly."""


def only(faults: list[Fault], kind: str) -> Fault:
    """The one fault of ``kind``; fails where there is none or more."""
    assert [fault.kind for fault in faults if fault.kind == kind] == [kind], faults
    return next(fault for fault in faults if fault.kind == kind)


def kinds(faults: list[Fault]) -> set[str]:
    return {fault.kind for fault in faults}


def east_edge(points: np.ndarray, by: float) -> np.ndarray:
    """The points with the easternmost ones moved ``by`` degrees to the east."""
    moved = points.copy()
    moved[points[:, 0] > points[:, 0].max() - 1e-9, 0] += by
    return moved


def north_edge(points: np.ndarray, by: float) -> np.ndarray:
    return east_edge(points[:, ::-1], by)[:, ::-1]


def test_a_sound_district_has_no_fault() -> None:
    assert check(a_district()) == []
    assert check(a_district(townships=())) == []
    assert not has_errors([])


def test_two_cells_that_swap_codes_are_no_fault() -> None:
    whole = a_district()
    first, second, *rest = whole.cells
    swapped = replace(first, geometry=second.geometry), replace(second, geometry=first.geometry)
    assert check(replace(whole, cells=(*swapped, *rest))) == []


def test_an_overlap_is_named_with_both_cells_its_place_and_size() -> None:
    fault = only(check(reshaped(a_district(), "T1G1", lambda p: north_edge(p, STEP / 10))), "overlap")
    assert fault.severity == "error"
    assert fault.codes == ("T1G1", "T1G2")
    assert fault.lon is not None and fault.lat is not None and fault.size_m2 is not None
    assert square(0, 1).covers(Point(fault.lon, fault.lat)) and square(0, 0).disjoint(Point(fault.lon, fault.lat))
    # 0.01 degree of longitude by 0.001 of latitude at 26.09 N: 1000.5 m by 110.8 m by the radii of WGS84
    assert fault.size_m2 == pytest.approx(1000.5 * 110.79, rel=1e-3)


@pytest.mark.parametrize(("width_cm", "severity"), [(0.3, "warning"), (0.8, "warning"), (1.3, "error"), (30, "error")])
def test_one_centimetre_parts_warnings_from_errors(width_cm: float, severity: str) -> None:
    faults = check(reshaped(a_district(), "T1G1", lambda p: north_edge(p, width_cm * CM)))
    assert only(faults, "overlap").severity == severity
    assert has_errors(faults) == (severity == "error")


def test_the_width_of_a_sliver_is_told() -> None:
    fault = only(check(reshaped(a_district(), "T1G1", lambda p: north_edge(p, 0.5 * CM))), "overlap")
    assert fault.size_m == pytest.approx(0.005, rel=0.05)
    assert fault.size_m2 == pytest.approx(5.0, rel=0.05)


def test_a_township_that_overlaps_another_is_an_error() -> None:
    whole = a_district()
    wide = replace(whole.townships[0], geometry=box(119.3, 26.08, 119.311, 26.10))
    fault = only(check(replace(whole, townships=(wide, whole.townships[1]))), "overlap")
    assert (fault.codes, fault.severity) == (("T1", "T2"), "error")


def test_the_same_feature_twice_is_an_overlap_and_a_duplicate_code() -> None:
    whole = a_district()
    faults = check(replace(whole, cells=(*whole.cells, whole.cells[0])))
    assert only(faults, "duplicate-code").codes == ("T1G1",)
    assert "#1, #5" in only(faults, "duplicate-code").detail
    assert only(faults, "overlap").codes == ("T1G1", "T1G1")


def test_a_gap_inside_is_a_warning_with_its_neighbours() -> None:
    shrunk = reshaped(a_district(townships=()), "T1G1", lambda p: np.where(p > (119.305, 26.085), p - 0.001, p))
    closed = replace(shrunk, townships=(Area("T1", "", box(119.3, 26.08, 119.31, 26.1)), Area("T2", "", None)))
    faults = check(closed)
    fault = only(faults, "gap")
    assert fault.severity == "warning" and not has_errors(faults)
    assert {"T1G1", "T1G2", "T2G1"} <= set(fault.codes)
    assert fault.size_m2 == pytest.approx((0.01**2 - 0.009**2) * 100_050 * 110_790, rel=1e-3)


def test_a_hole_that_the_cells_enclose_is_a_gap_without_townships_or_outline() -> None:
    shape = square(0, 0)
    hole = shape.centroid.buffer(0.001)
    faults = check(with_cell(a_district(townships=()), "T1G1", geometry=Polygon(shape.exterior, [hole.exterior])))
    assert only(faults, "gap").codes == ("T1G1",)


def test_a_hole_of_the_outline_is_no_gap() -> None:
    shape = square(0, 0)
    hole = shape.centroid.buffer(0.001)
    holed = with_cell(a_district(townships=()), "T1G1", geometry=Polygon(shape.exterior, [hole.exterior]))
    ground = Polygon(box(119.3, 26.08, 119.32, 26.1).exterior, [hole.exterior])
    assert check(replace(holed, outline=ground)) == []


def test_ground_of_a_township_without_a_cell_is_a_gap() -> None:
    whole = a_district()
    faults = check(replace(whole, cells=whole.cells[:3]))
    assert only(faults, "gap").severity == "warning"


def test_a_narrow_gap_says_so() -> None:
    fault = only(check(reshaped(a_district(), "T1G1", lambda p: north_edge(p, -0.4 * CM))), "gap")
    assert fault.severity == "warning" and fault.size_m == pytest.approx(0.004, rel=0.05)
    assert "nowhere 1 cm wide" in fault.detail


def test_a_cell_across_two_townships_names_all_three() -> None:
    faults = check(reshaped(a_district(), "T1G1", lambda p: east_edge(p, STEP / 10)))
    fault = only(faults, "across-townships")
    assert fault.severity == "error" and fault.codes == ("T1G1", "T1", "T2")
    assert kinds(faults) == {"across-townships", "overlap", "t-junction"}


def test_a_cell_that_leaves_the_district_is_outside_its_township() -> None:
    fault = only(check(reshaped(a_district(), "T2G1", lambda p: east_edge(p, STEP / 10))), "outside-township")
    assert fault.severity == "error" and fault.codes == ("T2G1", "T2")
    assert fault.lon is not None and fault.lon > 119.32


def test_an_overhang_under_a_centimetre_is_a_warning() -> None:
    faults = check(reshaped(a_district(), "T2G1", lambda p: east_edge(p, 0.5 * CM)))
    assert only(faults, "outside-township").severity == "warning"
    assert not has_errors(faults)


def test_a_cell_in_another_township_than_it_names() -> None:
    faults = check(with_cell(a_district(), "T1G1", township="T2"))
    assert only(faults, "across-townships").codes == ("T1G1", "T2", "T1")


def test_townships_beyond_the_outline() -> None:
    faults = check(a_district(outline=box(119.3, 26.08, 119.315, 26.1)))
    assert only(faults, "outside-outline").codes == ("T2",)
    assert has_errors(faults)


def test_a_township_that_is_not_there_or_not_named() -> None:
    assert only(check(with_cell(a_district(), "T1G1", township="T9")), "unknown-township").codes == ("T1G1", "T9")
    assert only(check(with_cell(a_district(), "T1G1", township="")), "missing-township").codes == ("T1G1",)
    empty = a_district(townships=(*a_district().townships, Area("T3", "empty", None)))
    assert only(check(empty), "township-without-cells").severity == "warning"


def test_missing_and_duplicate_codes() -> None:
    missing = only(check(with_cell(a_district(), "T2G1", code="")), "missing-code")
    assert missing.codes == ("grid #3",) and missing.lon == pytest.approx(119.315)
    assert only(check(with_cell(a_district(), "T2G1", code="T1G1")), "duplicate-code").codes == ("T1G1",)
    first, second = a_district().townships
    assert only(check(a_district(townships=(replace(first, code=""), second))), "missing-code").codes == (
        "township #1",
    )


@pytest.mark.parametrize(
    ("expected", "said"),
    [(Expected(grids=5), "4 grids"), (Expected(townships=3), "2 townships"), (Expected(3, 4), "2 townships")],
)
def test_a_wrong_count_tells_both_numbers(expected: Expected, said: str) -> None:
    fault = only(check(a_district(expected=expected)), "wrong-count")
    assert fault.severity == "error" and said in fault.detail


def test_counts_that_are_not_expected_are_not_checked() -> None:
    assert check(a_district(expected=Expected(townships=2, grids=4))) == []
    assert check(a_district(expected=Expected(), townships=())) == []
    assert check(a_district(expected=Expected(townships=2), townships=())) == []


def test_a_district_without_cells_is_wrong() -> None:
    assert only(check(District(None, None, (), ())), "wrong-count").severity == "error"


BOWTIE = Polygon([(119.3, 26.08), (119.31, 26.09), (119.31, 26.08), (119.3, 26.09), (119.3, 26.08)])
SPIKE = Polygon(
    [*square(0, 0).exterior.coords[:3], (119.305, 26.09), (119.305, 26.095), (119.305, 26.09), (119.3, 26.08)]
)
HOLE_OUTSIDE = Polygon(square(0, 0).exterior, [square(3, 3).exterior])
TWICE = MultiPolygon([square(0, 0), square(0, 0)])


@pytest.mark.parametrize("shape", [BOWTIE, HOLE_OUTSIDE, TWICE])
def test_invalid_rings_are_errors_with_a_place(shape: Polygon) -> None:
    fault = only(check(with_cell(a_district(), "T1G1", geometry=shape)), "invalid-ring")
    assert fault.severity == "error" and fault.codes == ("T1G1",)
    assert fault.lon is not None and fault.lat is not None


def test_where_a_ring_crosses_itself_is_told() -> None:
    fault = only(check(with_cell(a_district(), "T1G1", geometry=BOWTIE)), "invalid-ring")
    assert (fault.lon, fault.lat) == pytest.approx((119.305, 26.085))


def test_a_spike_on_an_edge_is_an_invalid_ring() -> None:
    assert only(check(with_cell(a_district(), "T1G1", geometry=SPIKE)), "invalid-ring").codes == ("T1G1",)


def test_an_invalid_township_is_told_too() -> None:
    first, second = a_district().townships
    faults = check(a_district(townships=(replace(first, geometry=BOWTIE), second)))
    assert only(faults, "invalid-ring").codes == ("T1",)


def test_a_t_junction_is_a_warning_for_the_pair() -> None:
    corner = Polygon([(119.3, 26.08), (119.31, 26.08), (119.31, 26.09), (119.305, 26.09), (119.3, 26.09)])
    faults = check(with_cell(a_district(), "T1G1", geometry=corner))
    fault = only(faults, "t-junction")
    assert kinds(faults) == {"t-junction"} and not has_errors(faults)
    assert fault.codes == ("T1G1", "T1G2") and (fault.lon, fault.lat) == pytest.approx((119.305, 26.09))


def test_a_datum_that_looks_wrong() -> None:
    whole = a_district()
    moved = whole
    for cell in whole.cells:
        moved = reshaped(moved, cell.code, lambda p: np.column_stack(from_wgs84(p[:, 0], p[:, 1], "gcj02")))
    fault = only(check(moved), "wrong-datum")
    assert "gcj02" in fault.detail and "cells" in fault.detail and fault.severity == "error"


def test_a_retired_code_that_returns_elsewhere() -> None:
    whole = a_district()
    here = {cell.code: cell.geometry for cell in whole.cells}
    assert check(whole, here) == []
    fault = only(check(whole, {"T1G1": here["T2G2"]}), "retired-code")
    assert fault.severity == "error" and fault.codes == ("T1G1",)


def test_errors_come_first_and_every_kind_is_listed() -> None:
    faults = check(reshaped(a_district(), "T1G1", lambda p: p + np.array([0.001, 0.0])))
    assert [fault.severity for fault in faults] == sorted(fault.severity for fault in faults)
    assert kinds(faults) <= set(KINDS)


def test_unusable_shapes_do_not_stop_the_others() -> None:
    faults = check(with_cell(a_district(townships=()), "T1G1", geometry=shapely.Polygon()))
    assert not has_errors(faults)
