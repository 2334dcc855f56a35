"""The quick search for overlaps, which follows edges without a partner, against the plain one: every two cells."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
import shapely

from boundaries.checks.measure import misfit
from boundaries.checks.overlaps import cell_overlaps
from boundaries.checks.survey import Survey
from boundaries.district import District
from boundaries.tolerances import USUAL
from tests.boundaries.any_district import any_district


def plainly(district: District) -> set[tuple[int, int]]:
    shapes = list(district.sound_cells)
    return {
        (i, j)
        for i, j in combinations(range(len(shapes)), 2)
        if shapes[i].intersects(shapes[j]) and misfit(shapely.intersection(shapes[i], shapes[j]), USUAL) is not None
    }


def quickly(district: District) -> set[tuple[int, int]]:
    return {overlap.pair for overlap in cell_overlaps(Survey(district, USUAL)).found}


@pytest.mark.parametrize("seed", range(12))
def test_the_same_pairs_are_found(seed: int) -> None:
    dice = np.random.default_rng(seed)
    district = any_district(seed, cells=24, townships=3, vertices=12)
    share, reach = dice.choice([0.05, 0.4, 1.0]), dice.choice([1e-7, 1e-5, 3e-3])
    cells = [
        replace(cell, geometry=shapely.transform(cell.geometry, lambda p: p + dice.normal(0, reach, 2)))
        if dice.random() < share
        else cell
        for cell in district.cells
    ]
    moved = replace(district, cells=tuple(cells))
    assert quickly(moved) == plainly(moved)


@pytest.mark.parametrize("away", [0, 1.3e-2])
def test_a_patch_that_fits_in_itself_is_found_wherever_it_lies_on_others(away: float) -> None:
    """All of it twice, or moved by several cells: inside the patch every edge has its partner."""
    district = any_district(3, cells=40, townships=3, vertices=12, holes=False)
    again = tuple(
        replace(cell, code=f"{cell.code}+", geometry=shapely.transform(cell.geometry, lambda p: p + away))
        for cell in district.cells
    )
    both = replace(district, cells=(*district.cells, *again))
    assert quickly(both) == plainly(both) != set()


def test_one_cell_drawn_twice_far_from_all_others_is_found() -> None:
    """Each of its edges is there twice, but from one side."""
    alone = any_district(3, cells=4, townships=1, holes=False, exclaves=False).cells[0]
    twice = District(None, None, (), (alone, replace(alone, code="again")))
    assert quickly(twice) == {(0, 1)}
