"""One line of a district's gazetteer."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GazetteerRow:
    """A known place: WGS84 degrees, longitude first; ``accuracy_m`` is how far, in metres, it may be from there.

    ``kind`` is the file's own word (``bike_station``, ``parking_lot``, ``community`` ...); ``address`` None for none.
    """

    name: str
    kind: str
    lon: float
    lat: float
    accuracy_m: float
    address: str | None
    source: str = ""
