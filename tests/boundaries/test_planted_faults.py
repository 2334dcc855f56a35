"""Each kind of fault planted into a sound district made from a seed: exactly it is found, with its codes and place."""

from dataclasses import replace

import numpy as np
import pytest
import shapely

from boundaries.check import KINDS, Fault, check
from boundaries.district import Problem
from boundaries.tolerances import Tolerances
from gis.datum import from_wgs84
from tests.boundaries.any_district import any_district
from tests.boundaries.planting import (
    METRE,
    Ground,
    in_datum,
    instead,
    with_area_moved,
    with_corner_added,
    with_corner_moved,
    with_sliver,
    with_thorn,
    with_township,
)
from tests.boundaries.sheets import with_cell

SEEDS = (1, 2, 5)
PLANTED: set[str] = set()


@pytest.fixture(scope="module", params=SEEDS)
def ground(request: pytest.FixtureRequest) -> Ground:
    return Ground(any_district(request.param, cells=36, townships=4))


def the_fault(faults: list[Fault], kind: str, *beside: str) -> Fault:
    """The one fault of ``kind``; there is none else but one each of what must come with it."""
    assert sorted(fault.kind for fault in faults) == sorted([kind, *beside]), faults
    PLANTED.update((kind, *beside))
    fault = next(fault for fault in faults if fault.kind == kind)
    assert fault.advice and fault.detail
    return fault


@pytest.mark.parametrize(("metres", "severity", "sliver"), [(12.0, "error", False), (0.006, "warning", True)])
def test_an_overlap(ground: Ground, metres: float, severity: str, sliver: bool) -> None:
    spot = ground.inside()
    fault = the_fault(check(with_corner_moved(ground, spot, metres)), "overlap")
    assert (set(fault.codes), fault.severity) == (set(spot.codes), severity)
    assert fault.lon is not None and shapely.Point(fault.lon, fault.lat).distance(shapely.Point(spot.at)) < 1e-3
    base = np.hypot(*np.subtract(spot.after, spot.before)) / METRE
    assert fault.size_m2 is not None and 0.2 * base * metres < fault.size_m2 < base * metres
    assert (fault.size_m is not None) == sliver
    assert fault.shape is not None and fault.shape["type"] in ("Polygon", "MultiPolygon")


@pytest.mark.parametrize("metres", [12.0, 0.006])
def test_a_gap(ground: Ground, metres: float) -> None:
    spot = ground.inside()
    fault = the_fault(check(with_corner_moved(ground, spot, -metres)), "gap")
    assert (set(spot.codes) <= set(fault.codes), fault.severity) == (True, "warning")
    assert (fault.size_m is not None) == (metres < 1)


@pytest.mark.parametrize("off_m", [0.0, 0.004, -0.004])
def test_a_t_junction_is_told_from_a_gap_and_an_overlap(ground: Ground, off_m: float) -> None:
    spot = ground.inside()
    fault = the_fault(check(with_corner_added(ground, spot, off_m)), "t-junction")
    assert (fault.codes, fault.severity) == (spot.codes, "warning")
    assert fault.size_m == (pytest.approx(abs(off_m), rel=0.3) if off_m else None)


@pytest.mark.parametrize(("off_m", "kind"), [(0.05, "overlap"), (-0.05, "gap")])
def test_what_is_farther_off_is_no_t_junction(ground: Ground, off_m: float, kind: str) -> None:
    assert the_fault(check(with_corner_added(ground, ground.inside(), off_m)), kind).size_m is not None


def test_tolerances_move_the_line_between_errors_and_warnings(ground: Ground) -> None:
    spot = ground.inside()
    moved = with_corner_moved(ground, spot, 0.3)
    assert the_fault(check(moved), "overlap").severity == "error"
    assert the_fault(check(moved, tolerances=Tolerances(narrow_m=0.5)), "overlap").severity == "warning"
    assert the_fault(check(moved, tolerances=Tolerances(sliver_m=0.02)), "overlap").size_m is None


def test_a_cell_across_townships(ground: Ground) -> None:
    spot = ground.between()
    fault = the_fault(check(with_corner_moved(ground, spot, 12.0)), "across-townships", "overlap")
    assert fault.codes == (spot.codes[0], ground.township[spot.codes[0]], ground.township[spot.codes[1]])
    assert fault.severity == "error"


def test_a_cell_outside_its_township(ground: Ground) -> None:
    spot = ground.rim()
    fault = the_fault(check(with_corner_moved(ground, spot, 12.0)), "outside-township")
    assert (fault.codes, fault.severity) == ((spot.codes[0], ground.township[spot.codes[0]]), "error")


def test_a_township_outside_the_outline(ground: Ground) -> None:
    spot = ground.rim()
    fault = the_fault(check(with_area_moved(ground, spot, 12.0)), "outside-outline")
    assert (fault.codes, fault.severity) == ((ground.township[spot.codes[0]],), "error")


def test_a_ring_that_is_none(ground: Ground) -> None:
    spot = ground.inside()
    fault = the_fault(check(with_thorn(ground, spot)), "invalid-ring")
    assert (fault.codes, fault.severity) == (spot.codes[:1], "error") and fault.lon is not None


def test_a_sliver_and_a_repeated_point(ground: Ground) -> None:
    spot = ground.inside()
    sliver = the_fault(check(with_sliver(ground, spot)), "sliver")
    assert (sliver.codes, sliver.severity) == ((spot.codes[1],), "warning")
    assert sliver.size_m == pytest.approx(0.4 * np.cos(np.radians(spot.at[1])), rel=0.1)
    twice = instead(ground.shape(spot.codes[0]), spot.at, [spot.at, spot.at])
    repeated = the_fault(check(with_cell(ground.district, spot.codes[0], geometry=twice)), "repeated-point")
    assert (repeated.lon, repeated.lat) == spot.at and repeated.severity == "warning"


def test_codes(ground: Ground) -> None:
    district = ground.district
    one, other = district.cells[0], district.cells[1]
    assert the_fault(check(with_cell(district, one.code, code="")), "missing-code").codes == ("grid #1",)
    assert the_fault(check(with_cell(district, one.code, code=other.code)), "duplicate-code").codes == (other.code,)
    assert the_fault(check(with_cell(district, one.code, township="")), "missing-township").codes == (one.code,)
    unknown = the_fault(check(with_cell(district, one.code, township="?")), "unknown-township")
    assert unknown.codes == (one.code, "?")
    assert the_fault(check(with_township(district)), "township-without-cells").severity == "warning"
    fewer = replace(district, expected=replace(district.expected, grids=35))
    assert the_fault(check(fewer), "wrong-count").facts == {"layer": "grids", "have": 36, "expected": 35}


def test_a_layer_without_the_field_of_the_township_is_one_fault(ground: Ground) -> None:
    cells = tuple(replace(cell, township="") for cell in ground.district.cells)
    faults = check(replace(ground.district, cells=cells))
    assert [fault.detail for fault in faults if fault.severity == "error"] == [
        "None of the 36 grids names a township: the layer has no field for it."
    ]


def test_a_retired_code_that_returns_for_another_place(ground: Ground) -> None:
    one, other = ground.district.cells[0], ground.district.cells[-1]
    assert check(ground.district, {one.code: one.geometry, "gone": other.geometry}) == []
    fault = the_fault(check(ground.district, {one.code: other.geometry}), "retired-code")
    assert (fault.codes, fault.severity) == ((one.code,), "error")


def test_what_the_reader_could_not_use(ground: Ground) -> None:
    hurt = with_cell(ground.district, ground.inside().codes[0], geometry=shapely.Polygon())
    for kind in ("missing-geometry", "not-an-area"):
        told = replace(hurt, problems=(Problem(kind, "x", "why"),))
        assert the_fault(check(told), kind, "gap").codes == ("x",)


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_a_datum(seed: int, datum: str) -> None:
    district = any_district(seed, cells=36, townships=4)
    wrong = [fault for fault in check(in_datum(district, datum)) if fault.kind == "wrong-datum"]
    assert {(fault.facts["layer"], fault.facts["datum"]) for fault in wrong} == {
        ("townships", datum), ("cells", datum),
    }  # fmt: skip
    PLANTED.add("wrong-datum")


def test_a_datum_as_against_the_live_edition() -> None:
    district = any_district(1, cells=36, townships=4)
    alone = replace(in_datum(district, "gcj02"), outline=None)
    assert not [fault for fault in check(alone) if fault.kind == "wrong-datum"]
    live = shapely.union_all([cell.geometry for cell in district.cells])
    told = [fault.facts["layer"] for fault in check(alone, live=live) if fault.kind == "wrong-datum"]
    assert sorted(told) == ["cells", "townships"]
    assert check(district, live=live) == []


def test_cells_that_are_not_drawn_yet_are_no_wrong_datum() -> None:
    district = any_district(1, cells=36, townships=4)
    drawn = tuple(cell for cell in district.cells if cell.township != district.townships[0].code)
    faults = check(replace(district, cells=drawn))
    assert {fault.kind for fault in faults} == {"wrong-count", "township-without-cells", "gap"}


@pytest.mark.parametrize(("part", "proposed"), [(0.6, False), (0.9, True)])
def test_a_datum_is_proposed_only_where_it_settles_most_of_it(part: float, proposed: bool) -> None:
    district = any_district(1, cells=36, townships=4, holes=False)
    moved = []
    for cell in district.cells:
        gcj02 = shapely.transform(cell.geometry, lambda x, y: from_wgs84(x, y, "gcj02"), interleaved=False)
        off = part * np.subtract(gcj02.centroid.coords[0], cell.geometry.centroid.coords[0])
        moved.append(replace(cell, geometry=shapely.transform(cell.geometry, lambda p, off=off: p + off)))
    faults = check(replace(district, cells=tuple(moved)))
    assert any(fault.kind == "wrong-datum" for fault in faults) == proposed


def test_swapped_axes() -> None:
    district = any_district(4, cells=36, townships=4)  # where both readings are degrees
    turned = [shapely.transform(cell.geometry, lambda p: p[:, ::-1]) for cell in district.cells]
    cells = tuple(replace(cell, geometry=shape) for cell, shape in zip(district.cells, turned, strict=True))
    swapped = replace(district, cells=cells)
    told = {fault.facts["layer"]: fault.facts["datum"] for fault in check(swapped) if fault.kind == "wrong-datum"}
    assert told == {"cells": "swapped"}


def test_every_kind_was_planted() -> None:
    """Last in the file: what no test above plants would be a kind that nobody saw found."""
    assert set(KINDS) == PLANTED
