"""A district's folder or GeoPackage as a District."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import shapely
from shapely import Geometry, MultiPolygon, Polygon

from boundaries.district import NOTHING, Area, Community, District, Problem
from boundaries.errors import BoundaryFileError
from boundaries.folder import files_of
from boundaries.gazetteer_file import NAME as GAZETTEER
from boundaries.gazetteer_file import read_gazetteer
from boundaries.layer import Feature, Layer, text
from boundaries.packed import package_at, packed_gazetteer, packed_settings
from boundaries.settings import NAME as SETTINGS
from boundaries.settings import read_settings
from boundaries.wgs84 import geometries_in_wgs84
from gis.cells import Cell
from gis.datum import datum_named
from gis.sound import sound

__all__ = ["BoundaryFileError", "read_district"]


@dataclass(frozen=True, slots=True)
class _Words:
    """How the files call a feature's code and name, and the datum their degrees are in."""

    code: str
    name: str
    township: str
    datum: str | None


def read_district(
    path: Path | str,
    *,
    datum: str | None = None,
    code_field: str = "code",
    name_field: str = "name",
    township_field: str = "township",
) -> District:
    """The district in ``path`` with everything in WGS84, faults included: only what is no file at all is refused.

    ``datum`` says what the files' degrees are (any usual spelling; WGS84 unless told); it does not apply to the
    gazetteer, whose rows name their own. Files in another CRS are converted. Codes become text. Townships may be
    missing. Raises BoundaryFileError, with the file and the place in it.
    """
    canonical = datum_named(datum) if datum is not None else None
    if datum is not None and canonical is None:
        raise BoundaryFileError(f"The datum {datum!r} is not known.")
    place = Path(path)
    layer_called = files_of(place)
    folder = place if place.is_dir() else None
    words = _Words(code_field, name_field, township_field, canonical)
    grids = _layer(layer_called, "grids", words)
    if grids is None:
        raise BoundaryFileError(f"{place}: there is no grids.geojson, grids.shp, or layer grids in a district.gpkg.")
    package = package_at(place)
    settings = read_settings(folder) if folder and (folder / SETTINGS).exists() else packed_settings(package)
    townships, township_problems = _townships(_layer(layer_called, "townships", words), words)
    cells, cell_problems = _cells(grids, words)
    marked = _provenances(grids, cells)
    return District(
        code=settings.code,
        name=settings.name,
        townships=townships,
        cells=cells,
        outline=_outline(layer_called, words),
        gazetteer=read_gazetteer(folder) if folder and (folder / GAZETTEER).exists() else packed_gazetteer(package),
        provenance=settings.provenance or next(iter(marked.values()), None),
        expected=settings.expected,
        communities=_communities(grids, words),
        cell_provenance=marked,
        problems=township_problems + cell_problems,
    )


def _layer(layer_called: Callable[[str], Layer | None], name: str, words: _Words) -> Layer | None:
    layer = layer_called(name)
    if layer is not None and layer.features and words.code not in layer.field_names:
        fields = ", ".join(sorted(layer.field_names)) or "none"
        raise BoundaryFileError(
            f"{layer.path.name}: no feature of {name} has a field {words.code!r}; its fields are: {fields}."
        )
    return layer


_Read = tuple[Feature, str, Polygon | MultiPolygon | None, Problem | None]


def _features(layer: Layer, words: _Words, level: str) -> list[_Read]:
    """Each feature with its code, its shape in WGS84, and what is wrong with it."""
    read: list[_Read] = []
    for feature, shape in zip(layer.features, geometries_in_wgs84(layer, words.datum), strict=True):
        code = text(feature.fields.get(words.code))
        problem = None
        if feature.problem is not None:
            problem = Problem(feature.problem[0], label_of(level, feature.position, code), feature.problem[1])
        read.append((feature, code, _as_polygons(shape), problem))
    return read


def label_of(level: str, position: int, code: str) -> str:
    """What a feature is called in a fault: its code, or its place in the file where it has none."""
    return code or f"{level} #{position}"


def _cells(layer: Layer, words: _Words) -> tuple[tuple[Cell, ...], tuple[Problem, ...]]:
    read = _features(layer, words, "grid")
    cells = tuple(
        Cell(
            code=code,
            name=text(feature.fields.get(words.name)),
            township=text(feature.fields.get(words.township)),
            community=text(feature.fields.get("community")) or None,
            geometry=NOTHING if shape is None else shape,
        )
        for feature, code, shape, _ in read
    )
    return cells, tuple(problem for *_, problem in read if problem is not None)


def _provenances(layer: Layer, cells: tuple[Cell, ...]) -> dict[str, str]:
    said = {
        cell.code: text(feature.fields.get("provenance")) for cell, feature in zip(cells, layer.features, strict=True)
    }
    return {code: word for code, word in said.items() if word}


def _townships(layer: Layer | None, words: _Words) -> tuple[tuple[Area, ...], tuple[Problem, ...]]:
    """The townships; one without geometry is no problem, one whose geometry cannot be used is."""
    if layer is None:
        return (), ()
    read = _features(layer, words, "township")
    areas = tuple(
        Area(code, text(f.fields.get(words.name)), shape, text(f.fields.get("provenance")) or None)
        for f, code, shape, _ in read
    )
    problems = tuple(problem for *_, problem in read if problem is not None and problem.kind != "missing-geometry")
    return areas, problems


def _communities(layer: Layer, words: _Words) -> tuple[Community, ...]:
    """The communities that cells name, by code; the name is the field ``community_name``, else the code."""
    found: dict[str, Community] = {}
    for feature in layer.features:
        code = text(feature.fields.get("community"))
        name = text(feature.fields.get("community_name") or feature.fields.get("community_"))
        if code and (code not in found or not found[code].name):
            found[code] = Community(code, name, text(feature.fields.get(words.township)))
    return tuple(Community(c.code, c.name or c.code, c.township) for _, c in sorted(found.items()))


def _outline(layer_called: Callable[[str], Layer | None], words: _Words) -> Polygon | MultiPolygon | None:
    layer = layer_called("outline")
    if layer is None:
        return None
    shapes = [sound(_as_polygons(shape) or NOTHING) for shape in geometries_in_wgs84(layer, words.datum)]
    whole = _as_polygons(shapely.union_all(shapes)) if len(shapes) != 1 else shapes[0]
    return None if whole is None or whole.is_empty else whole


def _as_polygons(shape: Geometry | None) -> Polygon | MultiPolygon | None:
    return shape if isinstance(shape, (Polygon, MultiPolygon)) else None
