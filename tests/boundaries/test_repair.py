"""Repairs: what they mend, how little they move, that the result passes the check, and that no place changes hands."""

from dataclasses import replace

import numpy as np
import pytest
import shapely

from boundaries.check import check, has_errors
from boundaries.district import District
from boundaries.edition import Edition
from boundaries.repair import repair
from boundaries.tolerances import Tolerances
from tests.boundaries.any_district import any_district
from tests.boundaries.planting import (
    METRE,
    Ground,
    instead,
    with_area_moved,
    with_corner_added,
    with_corner_moved,
    with_thorn,
)
from tests.boundaries.sheets import with_cell


@pytest.fixture(scope="module", params=[1, 5])
def ground(request: pytest.FixtureRequest) -> Ground:
    return Ground(any_district(request.param, cells=36, townships=4))


def changed(before: District, after: District) -> set[str]:
    return {a.code for a, b in zip(before.cells, after.cells, strict=True) if a.geometry is not b.geometry}


def test_a_sound_district_is_left_as_it_is(ground: Ground) -> None:
    done = repair(ground.district)
    assert done.moves == () and changed(ground.district, done.district) == set()
    assert done.district == ground.district


@pytest.mark.parametrize("metres", [12.0, 0.006, -0.4, -0.006])
def test_an_overlap_or_a_narrow_gap_moves_the_two_cells_alone(ground: Ground, metres: float) -> None:
    spot = ground.inside()
    hurt = with_corner_moved(ground, spot, metres)
    done = repair(hurt)
    assert check(done.district) == []
    assert changed(hurt, done.district) <= set(spot.codes)
    assert max(move.moved_m for move in done.moves) <= abs(metres) * 1.2
    assert all(move.sentence for move in done.moves)


def test_a_wide_gap_is_left_to_the_planner(ground: Ground) -> None:
    hurt = with_corner_moved(ground, ground.inside(), -12.0)
    done = repair(hurt)
    assert done.moves == () and [fault.kind for fault in check(done.district)] == ["gap"]
    assert check(repair(hurt, Tolerances(sliver_m=30)).district) == []


@pytest.mark.parametrize("off_m", [0.0, 0.004, -0.004])
def test_a_t_junction_gets_its_corner(ground: Ground, off_m: float) -> None:
    spot = ground.inside()
    hurt = with_corner_added(ground, spot, off_m)
    done = repair(hurt)
    assert check(done.district) == []
    assert changed(hurt, done.district) <= set(spot.codes)
    assert max(move.moved_m for move in done.moves) < 0.006


def test_a_border_of_townships_moves_with_its_cells(ground: Ground) -> None:
    spot = ground.between()
    done = repair(with_corner_moved(ground, spot, 12.0))
    assert check(done.district) == []
    # The lower code keeps the ground, as the index has it: where it is the other's, nothing but that one is put back.
    assert {move.level for move in done.moves} in ({"grid"}, {"grid", "township"})


@pytest.mark.parametrize("plant", [with_corner_moved, with_area_moved])
def test_the_outline_follows_a_cell_that_reaches_beyond(ground: Ground, plant: object) -> None:
    hurt = plant(ground, ground.rim(), 12.0)  # type: ignore[operator]
    done = repair(hurt)
    assert check(done.district) == [] and "outline" in {move.level for move in done.moves}


def test_torn_rings_and_repeated_points_are_mended(ground: Ground) -> None:
    spot = ground.inside()
    done = repair(with_thorn(ground, spot))
    assert check(done.district) == [] and [move.mended for move in done.moves if move.label == spot.codes[0]] == [True]
    twice = instead(ground.shape(spot.codes[0]), spot.at, [spot.at, spot.at])
    assert check(repair(with_cell(ground.district, spot.codes[0], geometry=twice)).district) == []


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_wrong_the_result_passes_and_places_stay_where_they_were_resolved(seed: int) -> None:
    dice = np.random.default_rng(seed)
    district = any_district(seed, cells=30, townships=3)
    cells = tuple(
        replace(cell, geometry=shapely.transform(cell.geometry, lambda p: p + dice.normal(0, 2 * METRE, 2)))
        if dice.random() < 0.3
        else cell
        for cell in district.cells
    )
    hurt = replace(district, cells=cells)
    assert has_errors(check(hurt))
    done = repair(hurt).district
    assert not has_errors(check(done))
    assert {fault.kind for fault in check(done)} <= {"gap", "t-junction", "sliver"}
    west, south, east, north = shapely.total_bounds([cell.geometry for cell in cells])
    x, y = dice.uniform(west, east, 20_000), dice.uniform(south, north, 20_000)
    before, after = Edition.of(hurt), Edition.of(done)
    was, now = before.index.find_many(x, y), after.index.find_many(x, y)
    codes = [np.array([*(cell.code for cell in edition.index.cells), ""]) for edition in (before, after)]
    held = was >= 0
    # A face that is narrower than a sliver may go to a neighbour; nothing else does.
    differ = codes[0][was[held]] != codes[1][now[held]]
    assert differ.mean() < 1e-3


def test_a_narrow_hole_that_the_outline_has_too_is_no_gap(ground: Ground) -> None:
    spot = ground.inside()
    code, middle = spot.codes[0], ground.shape(spot.codes[0]).representative_point()
    ditch = middle.buffer(0.3 * METRE, quad_segs=2)
    hurt = with_corner_moved(ground, spot, 12.0)
    own = next(cell.geometry for cell in hurt.cells if cell.code == code)
    towns = tuple(replace(area, geometry=shapely.difference(area.geometry, ditch)) for area in hurt.townships)
    hurt = replace(hurt, townships=towns, outline=shapely.difference(hurt.outline, ditch))
    done = repair(with_cell(hurt, code, geometry=own.difference(ditch))).district
    assert check(done) == []
    assert not any(cell.geometry.intersects(middle) for cell in done.cells)


def test_areas_without_shape_or_code_are_kept_as_they_are(ground: Ground) -> None:
    first, second = ground.district.cells[0].code, ground.district.cells[1].code
    hurt = with_cell(with_cell(ground.district, first, geometry=shapely.Polygon()), second, code="")
    done = repair(hurt).district
    assert done.cells[0].geometry.is_empty and done.cells[1].code == ""
