"""What a tangled ring encloses: by the definition, point by point, and soon."""

from itertools import pairwise
from time import process_time

import numpy as np
import pytest
import shapely
from shapely import LinearRing, Polygon

from gis.even_odd import even_odd
from gis.sound import sound


def odd(ring: np.ndarray, x: float, y: float) -> bool:
    """Crossings of a ray to the east, counted one by one."""
    crossings = 0
    for (x0, y0), (x1, y1) in pairwise(ring):
        crossings += bool((y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))
    return crossings % 2 == 1


@pytest.mark.parametrize("seed", range(40))
def test_every_point_is_inside_where_a_ray_crosses_an_odd_number_of_times(seed: int) -> None:
    dice = np.random.default_rng(seed)
    count = int(dice.integers(3, 30))
    # Whole numbers give edges that lie on each other, and corners on edges.
    points = dice.integers(0, 6, (count, 2)).astype(float) if seed % 2 else dice.uniform(0, 6, (count, 2))
    ring = np.vstack([points, points[:1]])
    if len(np.unique(points, axis=0)) < 3:
        return
    area = even_odd(LinearRing(ring))
    assert area.is_valid
    for x, y in dice.uniform(0, 6, (200, 2)):
        if shapely.LineString(ring).distance(shapely.Point(x, y)) > 1e-9:
            assert area.covers(shapely.Point(x, y)) == odd(ring, x, y)


def test_a_line_there_and_back_encloses_nothing() -> None:
    assert even_odd(LinearRing([(0, 0), (1, 1), (2, 0), (1, 1), (0, 0)])).is_empty


def test_a_ring_that_crosses_itself_without_end_encloses_nothing_at_once() -> None:
    points = np.random.default_rng(2).random((20_000, 2))
    began = process_time()
    assert sound(Polygon(points)).is_empty
    assert process_time() - began < 5


def test_a_long_ring_with_one_crossing_is_mended() -> None:
    turn = np.linspace(0, 2 * np.pi, 50_000, endpoint=False)
    points = np.column_stack([np.cos(turn), np.sin(turn)])
    points[[100, 101]] = points[[101, 100]]
    assert sound(Polygon(points)).area == pytest.approx(np.pi, rel=1e-6)


def test_a_ring_of_hundreds_of_corners_in_any_order_is_mended_in_seconds() -> None:
    points = np.random.default_rng(1).random((300, 2))
    began = process_time()
    mended = sound(Polygon(points))
    assert mended.is_valid and mended.area > 0.3
    assert process_time() - began < 5
