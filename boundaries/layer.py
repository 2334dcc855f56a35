"""A layer of features as it stands in a file, before anything is made of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import shapely
from shapely import Geometry

MISSING_GEOMETRY = "missing-geometry"
NOT_AN_AREA = "not-an-area"
INVALID_RING = "invalid-ring"
MAX_BYTES = 200 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature: its place in the file (from 1), fields, and shape (2-D, in the layer's own coordinates).

    ``geometry`` is None where there is none to use; ``problem`` then says why: a kind of fault and a sentence.
    """

    position: int
    fields: Mapping[str, object]
    geometry: Geometry | None
    problem: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """All features of one layer. ``crs`` is what pyproj understands, None for WGS84 degrees or where none is said."""

    path: Path
    features: tuple[Feature, ...]
    crs: str | None

    @property
    def field_names(self) -> set[str]:
        return {name for feature in self.features for name in feature.fields}


def as_area(geometry: Geometry | None) -> tuple[Geometry | None, tuple[str, str] | None]:
    """``geometry`` flattened to two dimensions if it is an area, with None; else None with the problem."""
    if geometry is None or geometry.is_empty:
        return None, (MISSING_GEOMETRY, "the feature has no geometry")
    if geometry.geom_type not in ("Polygon", "MultiPolygon"):
        return None, (NOT_AN_AREA, f"the geometry is a {geometry.geom_type}, not a polygon")
    return shapely.force_2d(geometry), None


def text(value: object) -> str:
    """A field as text: trimmed; whole numbers without a decimal point; nothing, and not-a-number, as empty text."""
    if value is None or value != value:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
