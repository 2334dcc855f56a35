"""What a GeoPackage of ours holds beside its areas: the district's name and numbers, and its gazetteer."""

from pathlib import Path

from shapely import Geometry, Point

from boundaries.district import Expected
from boundaries.errors import BoundaryFileError
from boundaries.gazetteer_row import GazetteerRow
from boundaries.layer import Feature, text
from boundaries.ogr import layers_of, read_rows
from boundaries.settings import Settings
from boundaries.wgs84 import geometries_in_wgs84
from gis.number import read_number

PACKAGE = "district.gpkg"


def package_at(place: Path) -> Path | None:
    """The GeoPackage at ``place``: itself, or ``district.gpkg`` in a folder; None where there is none."""
    found = place / PACKAGE if place.is_dir() else place
    return found if found.is_file() and found.suffix.lower() == ".gpkg" else None


def packed_settings(package: Path | None) -> Settings:
    """What its table ``district`` says; all None where it has none. Raises BoundaryFileError."""
    if package is None or "district" not in layers_of(package):
        return Settings()
    rows = read_rows(package, "district").features
    if len(rows) != 1:
        raise BoundaryFileError(f"{package.name}: the table district has {len(rows)} rows; one is meant.")
    said = rows[0].fields
    numbers = [_number(package, said.get(name)) for name in ("townships", "grids")]
    code, name, provenance = (text(said.get(field)) or None for field in ("code", "name", "provenance"))
    return Settings(code, name, Expected(*numbers), provenance)


def packed_gazetteer(package: Path | None) -> tuple[GazetteerRow, ...]:
    """The points of its layer ``gazetteer`` (WGS84 degrees). Raises BoundaryFileError for one that is no place."""
    if package is None or "gazetteer" not in layers_of(package):
        return ()
    layer = read_rows(package, "gazetteer")
    places = zip(layer.features, geometries_in_wgs84(layer, None), strict=True)
    return tuple(_place(package, feature, point) for feature, point in places)


def _place(package: Path, feature: Feature, point: Geometry | None) -> GazetteerRow:
    said = {field: text(feature.fields.get(field)) for field in ("name", "kind", "address", "source")}
    accuracy, reason = read_number(feature.fields.get("accuracy_m"))
    if not isinstance(point, Point) or point.is_empty or not said["name"]:
        raise BoundaryFileError(f"{package.name}: feature {feature.position} of gazetteer lacks a name or a point.")
    if reason or accuracy < 0:
        raise BoundaryFileError(f"{package.name}: {said['name']} of gazetteer: accuracy_m is no length in metres.")
    return GazetteerRow(
        name=said["name"],
        kind=said["kind"],
        lon=point.x,
        lat=point.y,
        accuracy_m=accuracy,
        address=said["address"] or None,
        source=said["source"],
    )


def _number(package: Path, value: object) -> int | None:
    said = text(value)
    if not said:
        return None
    if not said.isascii() or not said.isdigit():
        raise BoundaryFileError(f"{package.name}: the table district says {said[:20]!r} where a whole number is meant.")
    return int(said)
