"""How exactly boundaries are held to account."""

from dataclasses import dataclass
from math import isfinite

from boundaries.errors import BoundaryFileError


@dataclass(frozen=True, slots=True)
class Tolerances:
    """``narrow_m``: an overlap, gap or overhang that is nowhere this wide (metres) is a warning, and a corner this near
    a neighbour's edge is meant to be on it. ``sliver_m``: what is nowhere this wide is called a sliver, and its width
    is told. ``retired_share``: so much of the smaller of two areas must be common for them to be the same place.

    Raises BoundaryFileError for what is no such length or share.
    """

    narrow_m: float = 0.01
    sliver_m: float = 1.0
    retired_share: float = 0.5

    def __post_init__(self) -> None:
        lengths = {"narrow": self.narrow_m, "sliver": self.sliver_m}
        for name, metres in lengths.items():
            if not isfinite(metres) or not 0 < metres <= 1000:
                raise BoundaryFileError(f"The tolerance {name} = {metres:g} is no length from over 0 to 1000 metres.")
        if not 0 <= self.retired_share <= 1:
            raise BoundaryFileError(f"The retired share {self.retired_share:g} is no number from 0 to 1.")


USUAL = Tolerances()
