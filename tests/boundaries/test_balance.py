"""A township's cells made even: the coverage stays exact, cells hang together, and what lies elsewhere stays."""

from collections import Counter
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest
import shapely

from boundaries.balance import CannotBalance, Proposal, propose
from boundaries.balance_borders import with_vertices
from boundaries.check import check
from boundaries.difference import difference
from boundaries.district import District, Expected
from boundaries.edition import digest_of
from boundaries.export import write_folder
from boundaries.read import read_district
from store.settings import ROOT
from tests.boundaries.any_district import any_district
from tests.boundaries.sheets import reshaped
from tests.factories import a_town

GUXI = "350102002"


@pytest.fixture(scope="module")
def gulou() -> District:
    return read_district(ROOT / "boundaries" / "gulou")


def items(district: District, township: str, seed: int, count: int = 900) -> tuple[Any, Any]:
    """Items as a city has them: half anywhere in the township, half crowded about its middle."""
    whole = shapely.union_all([cell.geometry for cell in district.cells if cell.township == township])
    west, south, east, north = whole.bounds
    rng = np.random.default_rng(seed)
    anywhere = rng.uniform((west, south), (east, north), (count // 2, 2))
    crowded = rng.normal(whole.centroid.coords[0], ((east - west) / 8, (north - south) / 8), (count // 2, 2))
    points = np.vstack([anywhere, crowded])
    points = points[shapely.contains_xy(whole, points)]
    return points[:, 0], points[:, 1]


def demand_sound(before: District, proposal: Proposal, township: str, cells: int) -> None:
    """The draft is one exact coverage of the same ground, and only the township's cells are drawn otherwise."""
    draft = proposal.district
    own = [cell for cell in draft.cells if cell.township == township]
    assert len(own) == cells == len(proposal.after)
    assert len({cell.code for cell in draft.cells}) == len(draft.cells)
    was = {c.code: c for c in before.cells}
    for cell in draft.cells:
        if cell.township != township:
            apart = shapely.hausdorff_distance(cell.geometry, was[cell.code].geometry)
            assert apart < 1e-8, "no more than a vertex where a border of the township ends"
    old = Counter((fault.severity, fault.kind) for fault in check(before))
    new = Counter((fault.severity, fault.kind) for fault in check(draft))
    assert not new - old, "the check finds nothing that it did not find before"
    ground = shapely.union_all([c.geometry for c in before.cells if c.township == township])
    assert shapely.union_all([c.geometry for c in own]).symmetric_difference(ground).area < 1e-12
    assert shapely.coverage_is_valid([cell.geometry for cell in draft.cells])


@pytest.mark.parametrize(("township", "cells"), [(GUXI, 13), (GUXI, 10), ("350102006", 8)])
def test_on_the_shipped_district_the_unevenness_falls_by_far_more_than_a_third(
    gulou: District, township: str, cells: int
) -> None:
    lon, lat = items(gulou, township, seed=3)
    proposal = propose(gulou, township, cells, lon=lon, lat=lat)
    demand_sound(gulou, proposal, township, cells)
    before, after = proposal.unevenness
    assert before > 0.5 and after < before / 3
    assert sum(one.load for one in proposal.after) == sum(one.load for one in proposal.before) == len(lon)
    assert all(len(shapely.get_parts(c.geometry)) == 1 for c in proposal.district.cells if c.township == township)
    assert np.mean([one.roundness for one in proposal.after]) > 0.45


def test_one_township_after_the_other_with_items_as_the_demonstration_places_them(gulou: District) -> None:
    """A cell at random, then anywhere in it: some 20 items for each cell."""
    dice = Random(144)
    lon, lat = zip(*(_anywhere_in(dice.choice(gulou.cells).geometry, dice) for _ in range(3000)), strict=True)
    district, before, after = gulou, [], []
    for township, cells in (("350102004", 8), ("350102006", 8), ("350102008", 10)):
        proposal = propose(district, township, cells, lon=lon, lat=lat)
        assert proposal.unevenness[1] < proposal.unevenness[0]
        before += [one.load for one in proposal.before]
        after += [one.load for one in proposal.after]
        district = proposal.district
    assert np.std(after) / np.mean(after) < np.std(before) / np.mean(before) * 2 / 3
    assert check(district) == check(gulou) and shapely.coverage_is_valid([cell.geometry for cell in district.cells])


def _anywhere_in(shape: Any, dice: Random) -> tuple[float, float]:
    west, south, east, north = shape.bounds
    while True:
        lon, lat = dice.uniform(west, east), dice.uniform(south, north)
        if shapely.contains_xy(shape, lon, lat):
            return lon, lat


@pytest.mark.parametrize("seed", [1, 2, 5])
def test_any_district_with_holes_and_exclaves_by_area(seed: int) -> None:
    district = any_district(seed, cells=24, townships=3)
    for township, count in Counter(cell.township for cell in district.cells).items():
        for cells in (count, count + 2):
            proposal = propose(district, township, cells, seed=seed)
            demand_sound(district, proposal, township, cells)
            assert proposal.unevenness[1] < 0.12


def test_the_same_seed_gives_the_same_draft_and_another_another(gulou: District) -> None:
    lon, lat = items(gulou, GUXI, seed=4)
    one, two, three = (propose(gulou, GUXI, 9, lon=lon, lat=lat, seed=seed) for seed in (7, 7, 8))
    assert digest_of(one.district) == digest_of(two.district) != digest_of(three.district)


def test_codes_go_with_the_ground_and_new_ones_are_new(gulou: District) -> None:
    lon, lat = items(gulou, GUXI, seed=3)
    known = {cell.code for cell in gulou.cells if cell.township == GUXI}
    fewer = propose(gulou, GUXI, 10, lon=lon, lat=lat)
    was = {cell.code: cell.geometry for cell in gulou.cells}
    kept = [cell for cell in fewer.district.cells if cell.township == GUXI and cell.code in known]
    assert len(kept) >= 7 and all(cell.geometry.intersection(was[cell.code]).area > 0 for cell in kept)
    more = propose(gulou, GUXI, 15, lon=lon, lat=lat, mark="e2")
    fresh = {one.code for one in more.after} - known
    assert fresh == {f"{GUXI}-e2-{n}" for n in range(1, len(fresh) + 1)} and len(fresh) >= 2
    assert more.district.expected == Expected(10, 146)
    marked = more.district.cell_provenance
    assert marked[f"{GUXI}-e2-1"] == "demonstration"
    own = {cell.code: cell for cell in more.district.cells}
    assert own[f"{GUXI}-e2-1"].community and own[f"{GUXI}-e2-1"].name


def test_the_draft_is_written_and_read_again(gulou: District, tmp_path: Any) -> None:
    lon, lat = items(gulou, GUXI, seed=3)
    draft = propose(gulou, GUXI, 14, lon=lon, lat=lat).district
    write_folder(draft, tmp_path / "draft")
    again = read_district(tmp_path / "draft")
    assert digest_of(again) == digest_of(draft)
    assert not [fault for fault in check(again) if fault.severity == "error"]
    moved = difference(gulou, again)
    assert {change.level for change in moved.changes} <= {"grid", "community"} and moved.changes


def test_borders_that_are_good_stay(gulou: District) -> None:
    """Cells that are even already are left as they are."""
    town = a_town()
    same = propose(town, "T1", 2)
    assert {c.code: c.geometry.normalize().wkb for c in same.district.cells} == {
        c.code: c.geometry.normalize().wkb for c in town.cells
    }


def test_what_cannot_be_done_gets_a_sentence(gulou: District) -> None:
    for township, cells, words in (("nowhere", 3, "no township"), (GUXI, 0, "1 to 200"), (GUXI, 201, "1 to 200")):
        with pytest.raises(CannotBalance, match=words):
            propose(gulou, township, cells)
    torn = reshaped(a_town(), "T1G1", lambda p: np.where(p == [0, 26.09], np.add(p, [0, 0.001]), p))
    with pytest.raises(CannotBalance, match="boundaries check"):
        propose(torn, "T1", 2)


def test_points_elsewhere_and_on_borders_count_once_or_not_at_all() -> None:
    town = a_town()
    lon, lat = [119.305, 119.305, 0.0, 119.305], [26.085, 26.095, 0.0, 26.09]  # the last lies between two cells
    proposal = propose(town, "T1", 2, lon=lon, lat=lat)
    assert sum(one.load for one in proposal.before) == sum(one.load for one in proposal.after) == 3


def test_one_cell_is_the_township(gulou: District) -> None:
    proposal = propose(replace(gulou, gazetteer=()), GUXI, 1)
    demand_sound(gulou, proposal, GUXI, 1)


def test_a_vertex_is_put_on_the_side_that_it_lies_on() -> None:
    square = shapely.box(0, 0, 1, 1).difference(shapely.box(0.4, 0.4, 0.6, 0.6))
    spots = np.array([[0.5, 0.0], [0.25, 1e-10], [0.5, 0.6], [0.0, 0.0], [0.5, 0.5], [2.0, 0.0]])
    made = with_vertices(square, spots)
    assert made.equals_exact(square, 1e-9) is False and made.area == pytest.approx(square.area)
    added = {tuple(spot) for spot in shapely.get_coordinates(made)} - {
        tuple(s) for s in shapely.get_coordinates(square)
    }
    assert added == {(0.5, 0.0), (0.25, 1e-10), (0.5, 0.6)}
