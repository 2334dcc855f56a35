"""The generator of other districts: sound, as asked, and the same for the same seed; and a folder of it reads back."""

from pathlib import Path

import pytest
import shapely

from boundaries.check import check
from boundaries.read import read_district
from tests.boundaries.any_district import any_district, write_folder


@pytest.mark.parametrize("seed", range(6))
def test_whatever_the_seed_it_is_sound(seed: int) -> None:
    district = any_district(seed, cells=20 + 9 * seed, townships=2 + seed)
    shapes = [cell.geometry for cell in district.cells]
    assert (len(shapes), len(district.townships)) == (20 + 9 * seed, 2 + seed)
    assert len({cell.code for cell in district.cells}) == len(shapes)
    assert len({area.code for area in district.townships}) == 2 + seed
    assert shapely.coverage_is_valid(shapes)
    assert check(district) == []


def test_it_has_holes_and_exclaves_unless_told() -> None:
    district = any_district(3, cells=60)
    assert any(cell.geometry.geom_type == "MultiPolygon" for cell in district.cells)
    assert any(shapely.get_num_interior_rings(part) for part in shapely.get_parts(district.outline))
    plain = any_district(3, cells=60, holes=False, exclaves=False)
    assert {cell.geometry.geom_type for cell in plain.cells} == {"Polygon"}
    assert plain.outline is not None and plain.outline.geom_type == "Polygon" and not plain.outline.interiors


def test_the_same_seed_gives_the_same_and_another_does_not() -> None:
    assert any_district(7) == any_district(7)
    assert any_district(7) != any_district(8)


def test_cells_have_about_the_corners_that_are_asked_for() -> None:
    corners = shapely.get_num_coordinates([cell.geometry for cell in any_district(1, vertices=100).cells])
    assert 90 < corners.mean() < 125


def test_a_folder_of_it_reads_back_bit_by_bit(tmp_path: Path) -> None:
    district = any_district(5)
    assert read_district(write_folder(tmp_path, district)) == district
