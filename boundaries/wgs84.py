"""A layer's coordinates brought to WGS84 degrees."""

from typing import Any

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError
from shapely import Geometry

from boundaries.errors import BoundaryFileError
from boundaries.layer import Layer
from gis.datum import to_wgs84

_SAME = ("EPSG:4326", "EPSG:4490", "OGC:CRS84")
"""WGS84, and CGCS2000, which agrees with it to centimetres and is taken as the same."""


def geometries_in_wgs84(layer: Layer, datum: str | None) -> list[Geometry | None]:
    """The shape of each feature in WGS84 degrees, longitude first; equal vertices stay equal.

    A file's own CRS is undone first; ``datum`` (gcj02, bd09, or one of WGS84's names) then says what its degrees are.
    Raises BoundaryFileError where the CRS is unknown or what comes out are no degrees.
    """
    shapes = [feature.geometry for feature in layer.features]
    moved = shapes if layer.crs is None else _from_crs(layer, shapes)
    _must_be_degrees(layer, moved)
    if datum in (None, "wgs84", "cgcs2000"):
        return moved
    return list(shapely.transform(moved, lambda x, y: to_wgs84(x, y, str(datum)), interleaved=False))


def _from_crs(layer: Layer, shapes: list[Geometry | None]) -> list[Geometry | None]:
    try:
        crs = CRS.from_user_input(layer.crs)
        if _is_wgs84(crs):
            return shapes
        step = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)

        def degrees(x: Any, y: Any) -> Any:
            return step.transform(x, y, errcheck=True)

        return list(shapely.transform(shapes, degrees, interleaved=False))
    except (CRSError, ProjError) as error:
        raise BoundaryFileError(f"{layer.path.name}: its coordinate system cannot be used: {error}.") from error


def _is_wgs84(crs: CRS) -> bool:
    return crs.is_geographic and any(crs.equals(CRS.from_user_input(same), ignore_axis_order=True) for same in _SAME)


def _must_be_degrees(layer: Layer, shapes: list[Geometry | None]) -> None:
    for feature, shape in zip(layer.features, shapes, strict=True):
        if shape is None:
            continue
        west, south, east, north = shape.bounds
        if not np.isfinite([west, south, east, north]).all() or west < -180 or south < -90 or east > 180 or north > 90:
            raise BoundaryFileError(
                f"{layer.path.name}: feature {feature.position} reaches ({west:.6g}, {south:.6g}, {east:.6g}, "
                f"{north:.6g}), which are no degrees. {_guess(west, south, east, north)}"
            )


def _guess(west: float, south: float, east: float, north: float) -> str:
    """What is probably wrong with such numbers."""
    if max(abs(west), abs(east)) <= 90 and max(abs(south), abs(north)) <= 180:
        return "Are longitude and latitude swapped?"
    return "Does the file lack its coordinate system?"
