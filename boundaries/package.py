"""An Edition written as one GeoPackage that QGIS opens in colour, with all that a folder of files holds."""

import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from shapely import Geometry, MultiPolygon, Polygon

from boundaries.district import District
from boundaries.errors import BoundaryFileError
from boundaries.export import Sheet, demand_free, sheets
from boundaries.qgis_styles import styles_of

GEOMETRY = "geom"
VERSION = "1.2"
"""Of the GeoPackage standard: what QGIS of ten years reads without a warning."""
_PLACE = ("name", "kind", "accuracy_m", "address", "source")

STYLES = """CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256),
f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT,
styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME)"""
"""The table in which QGIS keeps and looks for the styles of a GeoPackage's layers."""


def write_package(district: District, path: Path, at: datetime) -> None:
    """Write the district as one GeoPackage: layers ``townships``, ``grids``, ``outline`` (multipolygons), ``gazetteer``
    (points), the table ``district``, and QGIS's ``layer_styles``, dated ``at``.

    It is there whole or not at all. Raises BoundaryFileError where something stands there already, or it cannot be
    written.
    """
    if path.is_dir():
        raise BoundaryFileError(f"{path} is a folder: name a file for a GeoPackage.")
    demand_free(path)
    if path.suffix.lower() != ".gpkg":
        raise BoundaryFileError(f"{path.name}: a GeoPackage is called something.gpkg.")
    try:
        with tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.absolute().parent) as folder:
            draft = Path(folder) / "district.gpkg"
            _write(district, draft)
            _add_styles(district, draft, at)
            draft.chmod(0o644)
            _put(draft, path)
    except FileExistsError as error:
        raise BoundaryFileError(f"{path} is there already: name another place, or move it away first.") from error
    except OSError as error:
        raise BoundaryFileError(f"{path} cannot be written: {error.strerror or error}.") from error


def _put(draft: Path, path: Path) -> None:
    """Move a file to where nothing stands yet. Raises FileExistsError."""
    path.touch(exist_ok=False)
    try:
        draft.replace(path)
    except OSError:
        path.unlink()
        raise


def _write(district: District, draft: Path) -> None:
    for name, sheet in sheets(district).items():
        _layer(draft, name, sheet)
    rows = district.gazetteer
    if rows:
        fields = {name: [getattr(row, name) for row in rows] for name in _PLACE}
        _table(draft, "gazetteer", fields, shapely.points([(row.lon, row.lat) for row in rows]).tolist(), "Point")
    said = {"code": district.code, "name": district.name, "provenance": district.provenance}
    expected = {"townships": district.expected.townships, "grids": district.expected.grids}
    known = {name: [value] for name, value in {**said, **expected}.items() if value is not None}
    if known:
        _table(draft, "district", known, None, None)


def _layer(draft: Path, name: str, sheet: Sheet) -> None:
    names = sheet[0][0]
    fields = {field: [row.get(field) for row, _ in sheet] for field in names}
    _table(draft, name, fields, [_many(shape) for _, shape in sheet], "MultiPolygon")


def _many(shape: Geometry | None) -> Geometry | None:
    """One kind for the whole layer: so a cell may get a second piece in QGIS."""
    return MultiPolygon([shape]) if isinstance(shape, Polygon) else shape


def _table(draft: Path, name: str, fields: dict[str, list[Any]], shapes: list[Any] | None, kind: str | None) -> None:
    new = not draft.exists()
    columns = [np.array(values, dtype=_type_of(values)) for values in fields.values()]
    wkb = None if shapes is None else np.array([shape and shape.wkb for shape in shapes], dtype=object)
    pyogrio.raw.write(
        draft,
        wkb,
        columns,
        list(fields),
        layer=name,
        driver="GPKG",
        geometry_type=kind,
        crs="EPSG:4326" if kind else None,
        append=not new,
        dataset_options={"VERSION": VERSION} if new else None,
        layer_options={"GEOMETRY_NAME": GEOMETRY} if kind else None,
    )


def _type_of(values: list[Any]) -> Any:
    kinds = {type(value) for value in values}
    return np.int64 if kinds == {int} else np.float64 if kinds == {float} else object


def _add_styles(district: District, draft: Path, at: datetime) -> None:
    stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    with closing(sqlite3.connect(draft)) as package, package:
        package.execute(STYLES)
        package.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change, srs_id) "
            "VALUES ('layer_styles', 'attributes', 'layer_styles', ?, 0)",
            (stamp,),
        )
        for layer, qml in styles_of(district).items():
            package.execute(
                "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, "
                "styleName, styleQML, styleSLD, useAsDefault, description, owner, update_time) "
                "VALUES ('', '', ?, ?, 'Firstline', ?, '', 1, '', '', ?)",
                (layer, GEOMETRY, qml, stamp),
            )
