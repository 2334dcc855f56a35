"""How many people live where: a guess that only says which parts of the demonstration city are dense."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon

SPACING = 35.0
"""Metres between the sample points."""
CONTRAST = 5.0
"""The middle is this many times as dense, beyond the countryside's 1."""
REACH = 1_700.0
"""Metres from the middle at which the surplus has fallen to about a third."""


@dataclass(frozen=True)
class People:
    """Sample points in metres, each with the people it stands for (in no unit: only ratios are used)."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    weight: NDArray[np.float64]

    @classmethod
    def around(cls, area: Polygon, middle: tuple[float, float]) -> "People":
        """A regular lattice over ``area``, densest about ``middle``."""
        west, south, east, north = area.bounds
        x, y = (axis.ravel() for axis in np.meshgrid(np.arange(west, east, SPACING), np.arange(south, north, SPACING)))
        distance = np.hypot(x - middle[0], y - middle[1])
        everyone = cls(x, y, 1.0 + CONTRAST * np.exp(-((distance / REACH) ** 2)))
        return everyone.inside(area)

    def inside(self, piece: Polygon) -> "People":
        shapely.prepare(piece)
        here = shapely.contains_xy(piece, self.x, self.y)
        return People(self.x[here], self.y[here], self.weight[here])

    @property
    def total(self) -> float:
        return float(self.weight.sum())

    def offset_for(self, beside: NDArray[np.float64], share: float) -> float:
        """The sideways place of a street that leaves ``share`` of the people on its right; ``beside`` is each one's."""
        order = np.argsort(beside, kind="stable")
        running = np.cumsum(self.weight[order])
        at = int(np.searchsorted(running, share * running[-1]))
        at = min(max(at, 1), len(order) - 1)
        return float(beside[order[at - 1]] + beside[order[at]]) / 2
