"""Machine code and the road without it give one answer; threads and forked processes share the index."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely import MultiPolygon, Polygon

from gis import cores, datum, finder
from gis.cells import Cell, CellIndex
from gis.datum import from_wgs84, to_wgs84
from tests.gis.districts import random_district, random_points, square
from tests.gis.test_find import agree, cell
from tests.repository import ROOT

compiled = pytest.importorskip("gis.compiled")


@pytest.fixture
def without_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on numba is not there."""
    for module in (finder, datum):
        monkeypatch.setattr(module, "numba_is_there", lambda: False)


def test_the_quick_road_is_taken_where_numba_is() -> None:
    assert type(CellIndex([square("A", 0, 0)])._finder).__name__ == "Tree"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_both_roads_resolve_alike(seed: int, request: pytest.FixtureRequest) -> None:
    district = random_district(seed, 40, span=(0.06, 1.0, 3.0)[seed % 3])
    lon, lat = random_points(seed, district, 40)
    quick = CellIndex(district)
    found = quick.resolve_many(lon, lat)
    request.getfixturevalue("without_numba")
    plain = CellIndex(district)
    assert type(plain._finder).__name__ == "PlainFinder"
    for one, other in zip(found, plain.resolve_many(lon, lat), strict=True):
        np.testing.assert_array_equal(one, other)
    for point in zip(lon[:40].tolist(), lat[:40].tolist(), strict=True):
        one, other = quick.resolve(point, 20.0), plain.resolve(point, 20.0)
        assert (one.grid, one.on_border, one.candidates) == (other.grid, other.on_border, other.candidates)
        assert one.border_m == pytest.approx(other.border_m, abs=1e-9)


@pytest.mark.parametrize("name", ["gcj02", "bd09"])
def test_both_roads_convert_to_the_same_bits(name: str, request: pytest.FixtureRequest) -> None:
    dice = np.random.default_rng(5)
    lon, lat = dice.uniform(70.0, 140.0, 40_000), dice.uniform(0.0, 57.0, 40_000)
    quick = to_wgs84(lon, lat, name)
    request.getfixturevalue("without_numba")
    for one, other in zip(quick, to_wgs84(lon, lat, name), strict=True):
        np.testing.assert_array_equal(one, other)
    if name == "gcj02":
        single = [to_wgs84(x, y, name) for x, y in zip(lon[:500].tolist(), lat[:500].tolist(), strict=True)]
        np.testing.assert_array_equal(np.array(single).T, np.array(quick)[:, :500])
        there = [from_wgs84(x, y, name) for x, y in zip(lon[:500].tolist(), lat[:500].tolist(), strict=True)]
        np.testing.assert_array_equal(np.array(there).T, from_wgs84(lon[:500], lat[:500], name))


def test_eight_threads_ask_at_once() -> None:
    district = random_district(8, 60)
    index = CellIndex(district)
    lon, lat = (np.tile(column, 80) for column in random_points(8, district, 200))
    assert len(lon) > 65_536  # so that each call gives work to the cores
    expected = index.find_many(lon, lat)
    metres = index.resolve_many(lon[:20_000], lat[:20_000])[1]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: index.find_many(lon, lat), range(16)))
        measured = list(threads.map(lambda _: index.resolve_many(lon[:20_000], lat[:20_000])[1], range(8)))
    assert all(np.array_equal(one, expected) for one in found)
    assert all(np.array_equal(one, metres, equal_nan=True) for one in measured)


FORKS = """
import os, sys
import numpy as np
from gis.cells import CellIndex
from tests.gis.districts import random_district, random_points
district = random_district(3, 20)
index = CellIndex(district)
lon, lat = (np.tile(column, 80) for column in random_points(3, district, 200))
expected = index.find_many(lon, lat)
child = os.fork()
if child == 0:
    os._exit(0 if np.array_equal(index.find_many(lon, lat), expected) else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_process_makes_its_own_threads() -> None:
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", FORKS], cwd=ROOT, timeout=120, check=False)
    assert done.returncode == 0


def test_what_a_core_raises_is_raised() -> None:
    def work(part: slice) -> None:
        if part.start:
            raise KeyError(part.start)

    if cores.core_count() > 1:
        with pytest.raises(KeyError):
            cores.side_by_side(100, 10, work)


def test_more_cells_at_a_corner_than_a_record_names() -> None:
    turns = np.linspace(0.0, 2.0 * np.pi, 101)
    rim = np.column_stack([np.cos(turns), np.sin(turns)])
    fan = [cell(f"{k:03d}", Polygon([(0.0, 0.0), rim[k], rim[k + 1]])) for k in range(100)]
    heap = [cell(f"X{k:03d}", shapely.box(0.2, 0.2, 0.6 + k / 500, 0.7)) for k in range(70)]
    district = [*fan, *heap]
    dice = np.random.default_rng(1)
    lon = np.concatenate([dice.normal(0.0, 0.01, 150), dice.uniform(-1.0, 1.0, 150), [0.0, 0.0, 0.6, 0.2]])
    lat = np.concatenate([dice.normal(0.0, 0.01, 150), dice.uniform(-1.0, 1.0, 150), [0.0, 1e-300, 0.7, 0.2]])
    agree(CellIndex(district), lon, lat)


def test_cells_of_very_different_sizes() -> None:
    tiny = [square(f"t{x:02d}{y:02d}", 5.0 + x * 1e-5, 5.0 + y * 1e-5, 1e-5) for x in range(8) for y in range(8)]
    large = Cell(
        "z", "z", "T", None, shapely.box(0, 0, 10, 10).difference(shapely.union_all([t.geometry for t in tiny]))
    )
    district = [*tiny, large]
    dice = np.random.default_rng(2)
    near = dice.uniform(5.0 - 1e-5, 5.0 + 9e-5, (2, 400))
    corners = 5.0 + dice.integers(-1, 10, (2, 100)) * 1e-5
    agree(CellIndex(district), *np.concatenate([near, corners], axis=1))


@pytest.mark.parametrize("scale", [1e-150, 1e-9, 1.0, 1e6, 1e15])
def test_coordinates_of_any_size(scale: float) -> None:
    shapes = [Polygon(np.array([(0, 0), (3, 1), (2, 4)]) * scale), Polygon(np.array([(3, 1), (5, 5), (2, 4)]) * scale)]
    index = CellIndex([cell("A", shapes[0]), cell("B", MultiPolygon([shapes[1]]))])
    points = np.array([(1, 1), (2, 2), (3, 1), (2, 4), (3.3, 3), (2.5, 2.5), (0, 0), (9, 9), (1.5, 0.5)]) * scale
    for x, y in points.tolist():
        assert index.find(x, y) == index.find_plain(x, y)


def test_every_file_of_compiled_loops_is_in_the_name_of_their_folder() -> None:
    using = {path.stem for path in (ROOT / "gis").glob("*.py") if "from gis.compiled import" in path.read_text("utf-8")}
    assert using <= set(compiled._SOURCES)
    assert all((ROOT / "gis" / f"{name}.py").exists() for name in compiled._SOURCES)


def test_without_a_folder_to_write_to_nothing_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setattr(compiled, "_HERE", file)
    monkeypatch.setattr(compiled, "_digest", lambda: "0")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert compiled._folder() == str(tmp_path / ".cache" / "firstline-0")
    monkeypatch.setenv("HOME", str(file))
    assert compiled._folder() is None
    monkeypatch.delenv("HOME")
    assert compiled._folder() is None
