"""Reading GeoPackages and Shapefiles. Only these two drivers, told by the file's own first bytes."""

from pathlib import Path
from typing import Any

import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FieldError

from boundaries.errors import BoundaryFileError
from boundaries.layer import INVALID_RING, Feature, Layer, as_area

_FAILURES = (DataLayerError, DataSourceError, FieldError, UnicodeDecodeError, ValueError, RuntimeError, OSError)
_SHAPEFILE = bytes.fromhex("0000270a")
_DRIVERS = {".gpkg": "GPKG", ".shp": "ESRI Shapefile"}


def layers_of(path: Path) -> list[str]:
    """The names of the layers with geometry or without in a GeoPackage."""
    _must_be_what_it_says(path)
    try:
        return [str(name) for name, _ in pyogrio.list_layers(path)]
    except _FAILURES as error:
        raise _unreadable(path, error) from error


def read_ogr(path: Path, layer: str | None = None) -> Layer:
    """The features of one layer of a GeoPackage, or of a Shapefile. Raises BoundaryFileError."""
    _must_be_what_it_says(path)
    try:
        info = pyogrio.read_info(path, layer=layer)
        if info["driver"] != _DRIVERS[path.suffix.lower()]:
            raise BoundaryFileError(f"{path.name}: this is {info['driver']}, which is not read.")
        meta, columns, shapes = _read(path, layer)
    except _FAILURES as error:
        raise _unreadable(path, error) from error
    names = [str(name) for name in meta["fields"]]
    features = []
    for i, wkb in enumerate(shapes):
        fields = {name: _plain(column[i]) for name, column in zip(names, columns, strict=True)}
        features.append(_feature(i + 1, fields, wkb))
    return Layer(path, tuple(features), meta["crs"])


def read_rows(path: Path, layer: str) -> Layer:
    """The rows of a layer of a GeoPackage as they are: shapes of whatever kind, or none. Raises BoundaryFileError."""
    _must_be_what_it_says(path)
    try:
        meta, columns, shapes = _read(path, layer)
        drawn = [None if wkb is None else shapely.from_wkb(wkb) for wkb in shapes]
    except (*_FAILURES, shapely.errors.GEOSException) as error:
        raise _unreadable(path, error) from error
    names = [str(name) for name in meta["fields"]]
    rows = [{name: _plain(column[i]) for name, column in zip(names, columns, strict=True)} for i in range(len(drawn))]
    return Layer(path, tuple(Feature(i + 1, row, drawn[i]) for i, row in enumerate(rows)), meta["crs"])


def _read(path: Path, layer: str | None) -> tuple[dict[str, Any], list[Any], Any]:
    """As pyogrio reads it; a Shapefile that names no encoding is tried as UTF-8, then as GB18030."""
    encodings: tuple[str | None, ...] = (None,)
    if path.suffix.lower() == ".shp" and not _names_encoding(path):
        encodings = ("UTF-8", "GB18030")
    for encoding in encodings:
        try:
            meta, _, shapes, columns = pyogrio.raw.read(path, layer=layer, encoding=encoding)
        except UnicodeDecodeError:
            if encoding == encodings[-1]:
                raise
            continue
        count = len(columns[0]) if len(columns) else 0
        return meta, list(columns), shapes if shapes is not None else [None] * count
    raise AssertionError("no encoding was tried")


def _names_encoding(path: Path) -> bool:
    """Whether a .cpg file or the code page byte of the .dbf says how texts are written."""
    if any(path.with_suffix(suffix).exists() for suffix in (".cpg", ".CPG")):
        return True
    for suffix in (".dbf", ".DBF"):
        table = path.with_suffix(suffix)
        if table.exists():
            with table.open("rb") as data:
                return data.read(30)[29:30] not in (b"", b"\0", b"\x57")
    return False


def _feature(position: int, fields: dict[str, object], wkb: bytes | None) -> Feature:
    try:
        geometry, problem = as_area(None if wkb is None else shapely.from_wkb(wkb))
    except shapely.errors.GEOSException as error:
        return Feature(position, fields, None, (INVALID_RING, f"the geometry cannot be read: {error}"))
    return Feature(position, fields, geometry, problem)


def _plain(value: Any) -> object:
    return value.item() if hasattr(value, "item") else value


def _must_be_what_it_says(path: Path) -> None:
    with path.open("rb") as data:
        start = data.read(100)
    if path.suffix.lower() == ".gpkg":
        good = start.startswith(b"SQLite format 3\0") and start[68:72] in (b"GPKG", b"GP10", b"GP11")
    else:
        good = start.startswith(_SHAPEFILE)
    if not good:
        raise BoundaryFileError(f"{path.name}: the content is no {_DRIVERS[path.suffix.lower()]}.")


def _unreadable(path: Path, error: Exception) -> BoundaryFileError:
    said = str(error).replace(str(path), path.name).replace(str(path.parent), "")
    return BoundaryFileError(f"{path.name}: cannot be read: {said}")
