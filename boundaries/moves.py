"""What a repair did to one area, and how far."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from gis.area import area_m2
from gis.sound import sound


@dataclass(frozen=True, slots=True)
class Move:
    """``level`` is grid, township or outline; ``label`` its code (``grid #7`` where it has none).

    ``gained_m2`` and ``lost_m2`` are the ground it has more and less than it was taken to hold; ``moved_m`` is the
    greatest distance of the new border from the old or of the old from the new; ``corners`` how many more (or fewer)
    corners it has. ``mended`` says that its rings were unsound.
    """

    level: str
    label: str
    gained_m2: float
    lost_m2: float
    moved_m: float
    corners: int
    mended: bool

    @property
    def sentence(self) -> str:
        """The same for people."""
        what = f"{self.level} {self.label}".strip() if not self.label.startswith(self.level) else self.label
        mended = ", rings mended" if self.mended else ""
        return (
            f"{what}: border moved by up to {self.moved_m:.3f} m, {self.gained_m2:.2f} m2 gained, "
            f"{self.lost_m2:.2f} m2 lost, {self.corners:+d} corners{mended}"
        )


def move_of(level: str, label: str, given: Any, was: Any, now: Any, scale: tuple[float, float]) -> Move:
    """The Move of an area: ``given`` as the file has it, ``was`` as it was understood, ``now`` as it is; WGS84.

    ``scale`` is metres of a degree of longitude and latitude there.
    """
    old, new = sound(was), sound(now)
    gained, lost = shapely.difference(new, old), shapely.difference(old, new)
    return Move(
        level=level,
        label=label,
        gained_m2=_m2(gained),
        lost_m2=_m2(lost),
        moved_m=_apart(old, new, scale),
        corners=int(shapely.get_num_coordinates(now)) - int(shapely.get_num_coordinates(given)),
        mended=not given.is_valid,
    )


def _m2(shape: Any) -> float:
    return float(sum(area_m2(part) for part in shapely.get_parts(shape) if part.geom_type == "Polygon"))


def _apart(old: Any, new: Any, scale: tuple[float, float]) -> float:
    """Metres by which one border is farthest from the other (Hausdorff distance of their corners to the lines)."""
    if old.is_empty or new.is_empty:
        return 0.0
    lines = [shapely.transform(shape.boundary, lambda xy: xy * np.array(scale)) for shape in (old, new)]
    points = [shapely.points(shapely.get_coordinates(line)) for line in lines]
    return float(max(shapely.distance(points[0], lines[1]).max(), shapely.distance(points[1], lines[0]).max()))
