"""Doubt for columns of points, against each circle drawn and cut by shapely."""

import numpy as np
import pytest

from gis.cells import CellIndex
from gis.doubts import Doubts, tolerance
from gis.engine import numba_is_there
from tests.gis.districts import random_district, random_points, square

SHARES = (0.2, 0.05, 0.5, 1.0, 0.0)


def drawn(index: CellIndex, number: int, lon: float, lat: float, radius: float) -> float:
    """The largest share of any other township, by drawing."""
    held: dict[str, float] = {}
    for one in index.touching(lon, lat, radius):
        held[one.township] = held.get(one.township, 0.0) + one.share
    held.pop(index.cells[number].township, None)
    return max(held.values(), default=0.0)


@pytest.mark.skipif(not numba_is_there(), reason="nothing is reckoned without numba")
@pytest.mark.parametrize("seed", range(4))
def test_a_reckoned_share_is_the_drawn_one(seed: int) -> None:
    index = CellIndex(random_district(seed))
    lon, lat = random_points(seed, list(index.cells), 25)
    numbers = index.find_many(lon, lat)
    numbers, lon, lat = numbers[numbers >= 0], lon[numbers >= 0], lat[numbers >= 0]
    radius = np.random.default_rng(seed).choice([0.01, 20.0, 300.0, 1500.0, 5000.0], len(lon))
    doubts = Doubts(index)
    assert doubts._townships is not None
    share, _ = doubts._reckoned(numbers, lon, lat, radius, 0.2)
    truth = [drawn(index, *row) for row in zip(numbers.tolist(), lon, lat, radius.tolist(), strict=True)]
    assert np.all(np.abs(share - truth) <= tolerance(radius) / 10)


@pytest.mark.parametrize("doubt_share", SHARES)
@pytest.mark.parametrize("centre", [(119.28, 26.08), (-70.0, -59.95), (10.0, 70.0)])
def test_every_row_is_as_the_point_alone(centre: tuple[float, float], doubt_share: float) -> None:
    index = CellIndex(random_district(7, 12, centre=centre))
    lon, lat = random_points(7, list(index.cells), 20)
    dice = np.random.default_rng(1)
    accuracy = dice.choice([np.nan, -1.0, 0.0, 1e-9, 30.0, 300.0, 4999.0, 5001.0, np.inf], len(lon))
    numbers, border_m, _ = index.resolve_many(lon, lat)
    found = Doubts(index).doubtful(numbers, border_m, lon, lat, accuracy, doubt_share)
    for row in range(len(lon)):
        alone = index.resolve((lon[row], lat[row]), float(accuracy[row]), doubt_share)
        assert found[row] == alone.doubtful, (lon[row], lat[row], accuracy[row])


def test_cells_that_overlap_are_drawn() -> None:
    index = CellIndex([square("A", 0.0, 50.0, 0.01, township="T1"), square("B", 0.004, 50.0, 0.01, township="T2")])
    doubts = Doubts(index)
    assert doubts._townships is None
    lon, lat = np.linspace(0.0001, 0.0139, 200), np.full(200, 50.005)
    numbers, border_m, _ = index.resolve_many(lon, lat)
    found = doubts.doubtful(numbers, border_m, lon, lat, np.full(200, 400.0), 0.2)
    assert found.tolist() == [index.resolve((x, 50.005), 400.0).doubtful for x in lon] and found.any()
