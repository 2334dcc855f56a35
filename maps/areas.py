"""The areas of an Edition as GeoJSON for drawing: WGS84, longitude first, six decimals (a decimetre)."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import shapely
from shapely.geometry.base import BaseGeometry

DRAWN_VERTICES = 12_000
"""More than this makes a page heavy and shows nothing more; borders are then thinned, shared ones alike."""

_THINNING_DEGREES = (2e-5, 5e-5, 1e-4, 2e-4, 5e-4)


class Drawn(Protocol):
    """What can be drawn: a township or a grid cell."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def geometry(self) -> BaseGeometry | None: ...


@dataclass(frozen=True, slots=True)
class Named:
    """An area that has no object of its own."""

    code: str
    name: str
    geometry: BaseGeometry | None


def feature_collection(areas: Iterable[Drawn]) -> dict[str, Any]:
    """One feature for each area that has a geometry, with ``code``, ``name``, ``township`` where there is one, and the
    place of its label. For drawing only: borders may be thinned, so nothing is to be decided by them."""
    drawn = [area for area in areas if area.geometry is not None and not area.geometry.is_empty]
    shapes = thinned([area.geometry for area in drawn if area.geometry is not None])
    features = [_feature(area, shape) for area, shape in zip(drawn, shapes, strict=True)]
    return {"type": "FeatureCollection", "features": features}


def thinned(shapes: Sequence[BaseGeometry], budget: int = DRAWN_VERTICES) -> Sequence[BaseGeometry]:
    """The same shapes with at most about ``budget`` vertices together; neighbours keep one common border."""
    for tolerance in _THINNING_DEGREES:
        if int(shapely.get_num_coordinates(shapes).sum()) <= budget:
            break
        shapes = list(shapely.coverage_simplify(shapes, tolerance))
    return shapes


def bounds(collection: dict[str, Any]) -> tuple[float, float, float, float] | None:
    """West, south, east, north of what is drawn; None where nothing is."""
    shapes = [shapely.geometry.shape(feature["geometry"]) for feature in collection["features"]]
    if not shapes:
        return None
    west, south, east, north = shapely.total_bounds(shapes)
    return float(west), float(south), float(east), float(north)


def _feature(area: Drawn, shape: BaseGeometry) -> dict[str, Any]:
    spot = shape.representative_point()
    properties = {"code": area.code, "name": area.name, "label": _rounded([spot.x, spot.y])}
    if township := getattr(area, "township", None):
        properties["township"] = township
    geometry = json.loads(shapely.to_geojson(shape))
    geometry["coordinates"] = _rounded(geometry["coordinates"])
    return {"type": "Feature", "id": area.code, "properties": properties, "geometry": geometry}


def _rounded(numbers: Any) -> Any:
    if isinstance(numbers, list):
        return [_rounded(number) for number in numbers]
    return round(numbers, 6)
