"""Doubt by columns: row for row what ``CellIndex.resolve`` says."""

import numpy as np
import pytest
import shapely

from gis import doubt
from gis.cells import Cell, CellIndex
from gis.doubt import Doubts
from tests.gis.districts import random_district, random_points, square

RADII = (np.nan, 0.0, -5.0, 1.0, 15.0, 50.0, 200.0, 900.0, 4_999.0, 5_000.0, 5_001.0, np.inf)


@pytest.fixture(autouse=True)
def charted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The chart is used for any number of points."""
    monkeypatch.setattr(doubt, "_FEW", 0)
    monkeypatch.setattr(doubt, "_SIDE", 40)


def disagreeing(cells: list[Cell], lon: np.ndarray, lat: np.ndarray, radius: np.ndarray, share: float) -> list[int]:
    """The rows in which the two roads differ."""
    index = CellIndex(cells)
    quick = Doubts(index, share).many(index.find_many(lon, lat), lon, lat, radius)
    plain = [index.resolve((x, y), r, share).doubtful for x, y, r in zip(lon, lat, radius, strict=True)]
    return np.nonzero(quick != np.array(plain))[0].tolist()


@pytest.mark.parametrize(
    ("seed", "centre"), [(1, (119.28, 26.08)), (2, (25.47, 65.01)), (3, (-70.9, -53.1)), (4, (0.0, 0.0))]
)
def test_any_district_anywhere(seed: int, centre: tuple[float, float]) -> None:
    cells = random_district(seed, cells=12, centre=centre)
    lon, lat = random_points(seed, cells, count=25)
    radius = np.random.default_rng(seed).choice(RADII, len(lon))
    assert disagreeing(cells, lon, lat, radius, 0.2) == []


@pytest.mark.parametrize("share", [0.0, 1e-9, 0.5, 1.0])
def test_any_share(share: float) -> None:
    cells = random_district(7, cells=12, span=0.02)
    lon, lat = random_points(7, cells, count=8)
    assert disagreeing(cells, lon, lat, np.full(len(lon), 120.0), share) == []


def test_a_share_at_the_threshold_is_asked_of_geometry() -> None:
    """A straight border through the circle: the share is the threshold itself, to the last digits."""
    cells = [square("A", 0.0, 0.0, township="T1"), square("B", 1.0, 0.0, township="T2")]
    index = CellIndex(cells)
    lon = 1.0 - np.linspace(0.0, 0.0005, 20)
    lat, radius = np.full(20, 0.5), np.full(20, 50.0)
    for x in lon[::5]:
        held = {c.township: c.share for c in index.resolve((x, 0.5), 50.0).candidates}.get("T2", 0.3)
        assert disagreeing(cells, lon, lat, radius, held) == []


def test_ground_that_two_cells_hold() -> None:
    cells = [square("A", 0.0, 0.0, township="T2"), square("B", 0.001, 0.001, township="T1")]
    cells += [Cell("C", "C", "T3", None, shapely.box(0.2, 0.2, 0.2004, 0.2004))]
    rng = np.random.default_rng(5)
    near = rng.uniform(0.1995, 0.201, (50, 2))
    edge = np.column_stack([rng.uniform(0.0, 1.0, 50), rng.normal(0.001, 0.0005, 50)])
    lon, lat = np.concatenate([near, edge]).T
    assert disagreeing(cells, lon.copy(), lat.copy(), np.full(100, 40.0), 0.2) == []


def test_one_township_and_none() -> None:
    assert (
        not Doubts(CellIndex([square("A", 0.0, 0.0)]), 0.2)
        .many(np.array([0], dtype=np.int32), np.array([0.0]), np.array([0.5]), np.array([50.0]))
        .any()
    )
    none = np.empty(0)
    assert len(Doubts(CellIndex([]), 0.2).many(none.astype(np.int32), none, none, none)) == 0
