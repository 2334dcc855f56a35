"""Reading GeoJSON (RFC 7946, and the older form with a named CRS) strictly enough that nothing is guessed."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from boundaries.errors import BoundaryFileError
from boundaries.layer import INVALID_RING, MISSING_GEOMETRY, NOT_AN_AREA, Feature, Layer


class _Repeated(ValueError):
    pass


def read_geojson(path: Path) -> Layer:
    """The features of ``path``. Raises BoundaryFileError where it is not a FeatureCollection, with the place."""
    try:
        words = path.read_bytes().decode("utf-8-sig")
        whole = json.loads(words, object_pairs_hook=_object, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise BoundaryFileError(f"{path.name}: byte {error.start + 1} is not UTF-8.") from error
    except json.JSONDecodeError as error:
        raise BoundaryFileError(
            f"{path.name}: not complete JSON at line {error.lineno}, column {error.colno}: {error.msg}."
        ) from error
    except RecursionError as error:
        raise BoundaryFileError(f"{path.name}: nested too deeply to be GeoJSON.") from error
    except ValueError as error:
        raise BoundaryFileError(f"{path.name}: {error}.") from error
    if not isinstance(whole, dict) or whole.get("type") != "FeatureCollection":
        raise BoundaryFileError(f"{path.name}: not a GeoJSON FeatureCollection.")
    features = whole.get("features")
    if not isinstance(features, list):
        raise BoundaryFileError(f'{path.name}: "features" is not a list.')
    return Layer(path, tuple(_feature(path, i, each) for i, each in enumerate(features, start=1)), _crs(path, whole))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a key that is given twice with two values would make the reading a guess."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found and found[key] != value:
            raise _Repeated(f'an object has the key "{key}" twice, with {found[key]!r:.60} and {value!r:.60}')
        found[key] = value
    return found


def _no_constant(word: str) -> float:
    raise ValueError(f"{word} is no JSON number")


def _crs(path: Path, whole: dict[str, Any]) -> str | None:
    crs = whole.get("crs")
    if crs is None:
        return None
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str):
        raise BoundaryFileError(f'{path.name}: "crs" names no coordinate system.')
    return name


def _feature(path: Path, position: int, feature: object) -> Feature:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise BoundaryFileError(f"{path.name}: entry {position} of features is not a Feature.")
    fields = feature.get("properties") or {}
    if not isinstance(fields, dict):
        raise BoundaryFileError(f"{path.name}: feature {position}: properties is not an object.")
    geometry = feature.get("geometry")
    if geometry is None:
        return Feature(position, fields, None, (MISSING_GEOMETRY, "the feature has no geometry"))
    try:
        return Feature(position, fields, _area(geometry))
    except _Unusable as error:
        return Feature(position, fields, None, (error.kind, str(error)))


class _Unusable(Exception):
    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind


def _area(geometry: object) -> Polygon | MultiPolygon:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(geometry, dict) or kind not in ("Polygon", "MultiPolygon"):
        raise _Unusable(NOT_AN_AREA, f"the geometry is {str(kind)[:40]}, not a polygon")
    coordinates = geometry.get("coordinates")
    parts = [coordinates] if kind == "Polygon" else coordinates
    if not isinstance(parts, list):
        raise _Unusable(INVALID_RING, "the coordinates are not a list")
    polygons = [_polygon(part) for part in parts if part != []]
    if not polygons:
        raise _Unusable(MISSING_GEOMETRY, "the geometry is empty")
    return polygons[0] if kind == "Polygon" else MultiPolygon(polygons)


def _polygon(rings: object) -> Polygon:
    if not isinstance(rings, list):
        raise _Unusable(INVALID_RING, "the coordinates are not nested as those of a polygon")
    shell, *holes = [_ring(ring) for ring in rings]
    return Polygon(shell, holes)


def _ring(ring: object) -> Any:
    if not isinstance(ring, list) or not all(_is_position(point) for point in ring):
        raise _Unusable(INVALID_RING, "a ring holds something that is no pair of finite numbers")
    if len(ring) < 4:
        raise _Unusable(INVALID_RING, f"a ring has {len(ring)} points; the least is 4, the last equal to the first")
    points = np.array([point[:2] for point in ring], dtype=np.float64)
    if (points[0] != points[-1]).any():
        raise _Unusable(INVALID_RING, f"a ring does not close: it ends at {ring[-1][:2]}, not at {ring[0][:2]}")
    return shapely.linearrings(points)


def _is_position(point: object) -> bool:
    return isinstance(point, list) and len(point) >= 2 and all(_is_finite(number) for number in point[:2])


def _is_finite(number: object) -> bool:
    if not isinstance(number, (int, float)) or isinstance(number, bool):
        return False
    return abs(number) < 1e12 if isinstance(number, int) else math.isfinite(number)
