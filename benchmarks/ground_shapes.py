"""Districts of any size and points to try them with, made from a seed."""

import numpy as np
import shapely

Points = tuple[np.ndarray, np.ndarray]
_CENTRE = np.array([119.28, 26.08])
_SPAN = 0.2


def lattice(side: int, bends: int = 24, seed: int = 1) -> np.ndarray:
    """``side`` x ``side`` cells without gap or overlap, of about a hundred vertices each, with crooked shared borders.

    Cells in the middle are smaller than those at the rim: a sixteenth of their area. All are valid.
    """
    dice = np.random.default_rng(seed)
    even = np.linspace(0.0, 1.0, side + 1)
    uneven = even + 0.6 * np.sin(2.0 * np.pi * even) / (2.0 * np.pi)
    corners = np.stack(np.meshgrid(uneven, uneven), axis=-1)
    corners = corners + dice.uniform(-0.1, 0.1, corners.shape) / side
    along = np.linspace(0.0, 1.0, bends + 2)[:, None]
    reach = np.minimum(0.25 * np.minimum(along, 1.0 - along), 0.06)

    def bent(start: np.ndarray, end: np.ndarray) -> np.ndarray:
        run = end - start
        across = np.stack([-run[..., 1], run[..., 0]], axis=-1)
        push = dice.uniform(-1.0, 1.0, (*start.shape[:-1], bends + 2, 1)) * reach
        return start[..., None, :] + along * run[..., None, :] + push * across[..., None, :]

    east, north = bent(corners[:, :-1], corners[:, 1:]), bent(corners[:-1], corners[1:])
    back, down = east[1:, :, ::-1], north[:, :-1, ::-1]
    sides = [east[:-1, :, :-1], north[:, 1:, :-1], back[:, :, :-1], down[:, :, :-1]]
    rings = np.concatenate(sides, axis=2).reshape(side * side, -1, 2)
    rings = np.concatenate([rings, rings[:, :1]], axis=1)
    return np.asarray(shapely.polygons(shapely.linearrings(rings * _SPAN + (_CENTRE - _SPAN / 2.0))))


def uniform(shapes: np.ndarray, count: int, seed: int = 3) -> Points:
    """Anywhere in the box grown by 7 % on each side: about a quarter lies in no cell."""
    dice = np.random.default_rng(seed)
    west, south, east, north = shapely.total_bounds(shapes)
    wide, high = (east - west) * 0.07, (north - south) * 0.07
    return dice.uniform(west - wide, east + wide, count), dice.uniform(south - high, north + high, count)


def clustered(shapes: np.ndarray, count: int, seed: int = 4) -> Points:
    """About fifty spots, as complaints are."""
    dice = np.random.default_rng(seed)
    west, south, east, north = shapely.total_bounds(shapes)
    spots = dice.uniform((west, south), (east, north), (50, 2))[dice.integers(50, size=count)]
    points = spots + dice.normal(0.0, (east - west) / 200.0, (count, 2))
    return points[:, 0].copy(), points[:, 1].copy()


def on_borders(shapes: np.ndarray, count: int, seed: int = 5) -> Points:
    """Every one on a border or within rounding of it, half of them at a vertex."""
    dice = np.random.default_rng(seed)
    corners = shapely.get_coordinates(shapes)
    first = dice.integers(len(corners) - 1, size=count)
    points = corners[first] + dice.random((count, 1)) * (corners[first + 1] - corners[first])
    at_vertex = dice.random(count) < 0.5
    points[at_vertex] = corners[first][at_vertex]
    return points[:, 0].copy(), points[:, 1].copy()
