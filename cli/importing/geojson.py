"""A GeoJSON file as a source of items: each feature is one, whatever its geometry."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import shape

from cli.importing.rows import ImportFault, Row, Unreadable


class Features:
    """The features of a GeoJSON file, read whole.

    Longitude and latitude are those of a point, or of a point within any other geometry, whose type is kept. Their
    datum is what ``crs`` names, else WGS84, as GeoJSON has it.
    """

    encoding, separator = "utf-8", ","
    columns: Sequence[str] = ("feature",)

    def __init__(self, path: Path) -> None:
        """Raises ImportFault, OSError."""
        self.path, self.size, self.position = path, path.stat().st_size, 0
        whole = _parsed(path)
        kind = whole.get("type") if isinstance(whole, dict) else None
        features = whole.get("features") if kind == "FeatureCollection" else [whole] if kind == "Feature" else None
        if not isinstance(features, list):
            raise ImportFault(f"{path.name}: this is no GeoJSON FeatureCollection.")
        self._features, self._datum = features, _declared(whole)

    @property
    def names(self) -> Sequence[str]:
        named: dict[str, None] = {}
        for feature in self._features:
            properties = feature.get("properties") if isinstance(feature, dict) else None
            named.update(dict.fromkeys(properties) if isinstance(properties, dict) else {})
        return list(named)

    def rows(self) -> Iterator[Row | Unreadable]:
        for number, feature in enumerate(self._features, start=1):
            self.position = self.size * number // len(self._features)
            yield self._row(number, feature)

    def _row(self, number: int, feature: Any) -> Row | Unreadable:
        text = json.dumps(feature, ensure_ascii=False)
        cells = [text.encode("utf-8", "replace").decode()]
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            return Unreadable(number, cells, "this is no Feature")
        properties = feature.get("properties")
        if not isinstance(properties, dict | None):
            return Unreadable(number, cells, "properties is no object")
        values = {name: value for name, value in (properties or {}).items() if not is_blank(value)}
        if feature.get("id") is not None and "id" not in values:
            values["id"] = feature["id"]
        pin, also = _pin(feature.get("geometry"), self._datum)
        return Row(number, values, cells, len(text), pin, also)


def is_blank(value: Any) -> bool:
    """Whether a property says nothing."""
    return value is None or (isinstance(value, str) and not value.strip())


def _parsed(path: Path) -> Any:
    try:
        return json.loads(
            path.read_bytes().decode("utf-8-sig"), parse_constant=str, parse_float=_number, parse_int=_whole_number
        )
    except UnicodeDecodeError as error:
        raise ImportFault(f"{path.name}: byte {error.start + 1} is not UTF-8, which GeoJSON must be.") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ImportFault(f"{path.name}: not complete JSON at {where}: {error.msg}.") from error
    except RecursionError as error:
        raise ImportFault(f"{path.name}: nested too deeply to be GeoJSON.") from error


def _number(text: str) -> float | str:
    """What is too large for a number stays text: a database keeps no infinity in JSON."""
    number = float(text)
    return number if math.isfinite(number) else text


def _whole_number(text: str) -> int | str:
    return int(text) if len(text) < 300 else text


def _declared(whole: Mapping[str, Any]) -> str:
    crs = whole.get("crs")
    if crs is None:
        return "wgs84"
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    return name if isinstance(name, str) else json.dumps(crs)[:200]


def _pin(geometry: Any, datum: str) -> tuple[tuple[Any, Any, str] | None, dict[str, Any]]:
    """The place of a geometry and what is to be kept of it. One that cannot be read is kept itself, for a person."""
    if geometry is None:
        return None, {}
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind == "Point":
        lon, lat = _pair(geometry.get("coordinates"))
        return (lon, lat, datum), {}
    try:
        point = shapely.force_2d(shape(geometry)).representative_point()
        if not (point.is_empty or math.isnan(point.x) or math.isnan(point.y)):
            return (point.x, point.y, datum), {"geometry_type": kind}
    except (TypeError, ValueError, AttributeError, KeyError, IndexError, shapely.errors.ShapelyError):
        kind = None
    return None, {"geometry": geometry} if kind is None else {"geometry_type": kind}


def _pair(coordinates: Any) -> tuple[Any, Any]:
    """The first two of a point's coordinates, whatever they are; None for each that is not there."""
    given = coordinates if isinstance(coordinates, list) else [coordinates]
    return given[0] if given else None, given[1] if len(given) > 1 else None
