"""What is known of where a point falls."""

from dataclasses import dataclass

OUTSIDE = "outside-district"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A cell that the accuracy circle touches, and the share (0 to 1) of the circle's area that it holds."""

    township: str
    grid: str
    share: float


@dataclass(frozen=True, slots=True)
class Nearest:
    """The cell nearest to a point in none, and the geodesic distance to it in metres."""

    township: str
    grid: str
    distance_m: float


@dataclass(frozen=True, slots=True)
class Resolution:
    """Where a point falls, and how sure that is.

    ``border_m`` is the geodesic distance in metres to the border of the own cell (0 on it), None outside every cell.
    ``on_border`` says that the point lies on that border; where cells share it the lowest code was taken.
    ``doubtful``: another township than the point's holds enough of the accuracy circle. ``candidates`` are empty
    without an accuracy. ``reason`` is None exactly where there is a cell.
    """

    township: str | None
    grid: str | None
    community: str | None
    border_m: float | None
    on_border: bool
    doubtful: bool
    candidates: tuple[Candidate, ...]
    nearest: Nearest | None
    reason: str | None


def nowhere(reason: str) -> Resolution:
    """The Resolution of what is no place at all; ``reason`` is the code of a NoPlace or of an address."""
    return Resolution(None, None, None, None, False, False, (), None, reason)
