"""Small made-up districts for tests: squares of 0.01 degree about 119.3 E, 26.08 N, and files of them."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import shapely
from shapely import Polygon, box

from boundaries.district import Area, District
from gis.cells import Cell

WEST, SOUTH, STEP = 119.3, 26.08, 0.01


def square(column: int, row: int, width: float = 1.0) -> Polygon:
    """The square in a column from the west and a row from the south; ``width`` in squares."""
    x, y = WEST + column * STEP, SOUTH + row * STEP
    return box(round(x, 7), round(y, 7), round(x + width * STEP, 7), round(y + STEP, 7))


def a_district(**changes: Any) -> District:
    """Two townships beside each other, each of two cells one above the other: sound in every way."""
    townships = tuple(Area(code, f"township {code}", box_of(i)) for i, code in enumerate(("T1", "T2")))
    cells = tuple(
        Cell(f"T{column + 1}G{row + 1}", f"grid {row + 1}", f"T{column + 1}", None, square(column, row))
        for column in (0, 1)
        for row in (0, 1)
    )
    return replace(District(code="9", name="Squares", townships=townships, cells=cells), **changes)


def box_of(column: int) -> Polygon:
    """A township: two squares, with the corner in the middle of each side that its cells have."""
    return Polygon(shapely.coverage_union_all([square(column, 0), square(column, 1)]))


def with_cell(district: District, code: str, /, **changes: Any) -> District:
    """``district`` with something else about the cell ``code``."""
    return replace(district, cells=tuple(replace(c, **changes) if c.code == code else c for c in district.cells))


def reshaped(district: District, code: str, change: Callable[[Any], Any]) -> District:
    """``district`` with the coordinates (an n x 2 array, in degrees) of the cell ``code`` changed."""
    shape = next(cell.geometry for cell in district.cells if cell.code == code)
    return with_cell(district, code, geometry=shapely.transform(shape, change))


def write_geojson(path: Path, features: Iterable[tuple[dict[str, Any], Any]], **members: Any) -> Path:
    """A FeatureCollection of (properties, shape or ready GeoJSON geometry or None)."""
    listed = [
        {
            "type": "Feature",
            "properties": properties,
            "geometry": json.loads(shapely.to_geojson(shape)) if isinstance(shape, shapely.Geometry) else shape,
        }
        for properties, shape in features
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"type": "FeatureCollection", **members, "features": listed}, ensure_ascii=False))
    return path


def write_district(folder: Path, district: District, *, townships: bool = True) -> Path:
    """``district`` as townships.geojson and grids.geojson in ``folder``."""
    if townships:
        write_geojson(
            folder / "townships.geojson", (({"code": a.code, "name": a.name}, a.geometry) for a in district.townships)
        )
    write_geojson(
        folder / "grids.geojson",
        (({"code": c.code, "name": c.name, "township": c.township}, c.geometry) for c in district.cells),
    )
    return folder
