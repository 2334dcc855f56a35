"""The shipped demonstration district: sound, as large as it should be, marked as invented, and made again alike."""

import csv
import json
from collections import Counter
from pathlib import Path
from time import perf_counter

import pytest
import shapely

from boundaries.check import check
from boundaries.demonstration.__main__ import main
from boundaries.demonstration.cells import apportion
from boundaries.demonstration.streets import compactness
from boundaries.district import District
from boundaries.plane import Plane
from boundaries.read import read_district

GULOU = Path(__file__).parents[2] / "boundaries" / "gulou"
MADE = ("district.toml", "townships.geojson", "grids.geojson", "outline.geojson", "gazetteer.csv")


@pytest.fixture(scope="module")
def gulou() -> District:
    return read_district(GULOU)


@pytest.fixture(scope="module")
def made_again(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    assert main(["-o", str(folder)]) == 0
    return folder


@pytest.mark.parametrize("name", MADE)
def test_the_files_are_what_the_command_makes_byte_for_byte(made_again: Path, name: str) -> None:
    assert (made_again / name).read_bytes() == (GULOU / name).read_bytes()


def test_another_seed_makes_another_sound_district(tmp_path: Path) -> None:
    assert main(["-o", str(tmp_path), "--seed", "5", "--cells", "90"]) == 0
    assert (tmp_path / "grids.geojson").read_bytes() != (GULOU / "grids.geojson").read_bytes()
    assert check(read_district(tmp_path)) == []


def test_it_has_no_fault_and_is_checked_within_a_second(gulou: District) -> None:
    began = perf_counter()
    assert check(gulou) == []
    assert perf_counter() - began < 1.0


def test_it_has_the_numbers_of_the_real_district(gulou: District) -> None:
    assert (gulou.code, gulou.name) == ("350102", "鼓楼区")
    assert (len(gulou.townships), len(gulou.cells), len(gulou.communities)) == (10, 144, 69)
    assert (gulou.expected.townships, gulou.expected.grids) == (10, 144)
    assert {cell.community for cell in gulou.cells} == {community.code for community in gulou.communities}


def test_cells_and_townships_are_coverages(gulou: District) -> None:
    assert shapely.coverage_is_valid([cell.geometry for cell in gulou.cells])
    assert shapely.coverage_is_valid([area.geometry for area in gulou.townships])


def test_townships_have_exactly_the_corners_of_their_cells(gulou: District) -> None:
    for area in gulou.townships:
        own = shapely.coverage_union_all([cell.geometry for cell in gulou.cells if cell.township == area.code])
        assert shapely.equals_exact(shapely.normalize(own), shapely.normalize(area.geometry), tolerance=0.0)


def test_cells_are_of_a_size_and_form_that_one_can_walk(gulou: District) -> None:
    plane = Plane.about([cell.geometry for cell in gulou.cells])
    flat = plane.metres([cell.geometry for cell in gulou.cells])
    assert all(shape.geom_type == "Polygon" and not shape.interiors for shape in flat)
    assert min(shape.area for shape in flat) > 40_000
    assert min(compactness(shape) for shape in flat) > 0.35
    assert sum(shape.area for shape in flat) == pytest.approx(35.9e6, rel=0.01)


def test_the_dense_middle_has_smaller_cells_than_the_edge(gulou: District) -> None:
    size = {cell.code: cell.geometry.area for cell in gulou.cells}
    middle = [area for code, area in size.items() if code.startswith("350102004")]
    edge = [area for code, area in size.items() if code.startswith("350102100")]
    assert sum(edge) / len(edge) > 2 * sum(middle) / len(middle)


def test_cells_are_shared_out_by_communities(gulou: District) -> None:
    communities = Counter(community.township for community in gulou.communities)
    cells = Counter(cell.township for cell in gulou.cells)
    assert [cells[code] for code in sorted(cells)] == apportion(144, [communities[code] for code in sorted(cells)])


@pytest.mark.parametrize(
    ("total", "sizes", "shares"), [(10, [1, 1, 1], [4, 3, 3]), (5, [100, 1, 1], [3, 1, 1]), (144, [69], [144])]
)
def test_apportionment(total: int, sizes: list[int], shares: list[int]) -> None:
    assert sum(apportion(total, sizes)) == total
    assert apportion(total, sizes) == shares


def test_codes_count_from_west_to_east_and_from_north_to_south(gulou: District) -> None:
    for area in gulou.townships:
        cells = [cell for cell in gulou.cells if cell.township == area.code]
        assert [cell.code for cell in cells] == [f"{area.code}G{i:03d}" for i in range(1, len(cells) + 1)]
        assert cells[0].geometry.centroid.y > cells[-1].geometry.centroid.y


def test_each_community_hangs_together(gulou: District) -> None:
    for community in gulou.communities:
        own = [cell.geometry for cell in gulou.cells if cell.community == community.code]
        assert shapely.union_all(own).geom_type == "Polygon", community


def test_each_township_holds_its_published_centre(gulou: District) -> None:
    areas = gulou.township_areas
    with (GULOU / "source" / "township-centres.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            centre = shapely.Point(float(row["lon_wgs84"]), float(row["lat_wgs84"]))
            # One derived centre lies on the outline itself, so that rounding may leave it a centimetre outside.
            assert areas[row["code"]].distance(centre) < 2e-7


def test_every_feature_says_that_it_is_invented_and_stands_on_one_line() -> None:
    for name, count in (("townships.geojson", 10), ("grids.geojson", 144), ("outline.geojson", 1)):
        text = (GULOU / name).read_text(encoding="utf-8")
        features = json.loads(text)["features"]
        assert [feature["properties"]["provenance"] for feature in features] == ["demonstration"] * count
        assert text.count("\n") == count + 2


def test_coordinates_have_seven_decimals(gulou: District) -> None:
    points = shapely.get_coordinates([cell.geometry for cell in gulou.cells])
    assert (points == points.round(7)).all()


def test_the_gazetteer_leaves_out_what_cannot_be_right(gulou: District) -> None:
    names = {row.name for row in gulou.gazetteer}
    assert {"西洪路站", "军门社区", "闽江饭店"} <= names
    assert not names & {"海峡会展中心", "人民医院", "长富世家", "福州市", "鼓楼区"}


def test_it_works_without_what_others_made(tmp_path: Path) -> None:
    for name in ("district.toml", "townships.geojson", "grids.geojson"):
        (tmp_path / name).write_bytes((GULOU / name).read_bytes())
    district = read_district(tmp_path)
    assert district.gazetteer == () and district.outline is None
    assert check(district) == []
