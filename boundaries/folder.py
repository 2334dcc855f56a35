"""Which file of a district's folder holds which layer."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from boundaries.errors import BoundaryFileError
from boundaries.geojson import read_geojson
from boundaries.layer import MAX_BYTES, Layer
from boundaries.ogr import layers_of, read_ogr

_PACKAGE = "district.gpkg"
_SINGLE: dict[str, Callable[[Path], Layer]] = {".geojson": read_geojson, ".json": read_geojson, ".shp": read_ogr}


@dataclass(frozen=True, slots=True)
class Found:
    """A layer that is there: how to read it, and the name to call it by."""

    label: str
    read: Callable[[], Layer]


def files_of(path: Path) -> Callable[[str], Layer | None]:
    """A function from a layer's name to its Layer, None where there is none.

    ``path`` is a folder (``grids.geojson``, ``grids.shp``, ``grids.gpkg`` or the layer in ``district.gpkg``), one
    GeoPackage, or one GeoJSON file or Shapefile, which then is the layer ``grids``. Raises
    BoundaryFileError where the path is no district, or a layer is there twice.
    """
    if str(path).startswith("/vsi"):
        raise BoundaryFileError(f"{path}: only plain files and folders are read.")
    if path.is_dir():
        return lambda name: _one(path, name, _in_folder(path, name))
    if not path.is_file():
        raise BoundaryFileError(f"{path}: there is no such folder or file.")
    if path.suffix.lower() == ".gpkg":
        return lambda name: _one(path, name, _in_package(path, name))
    reader = _SINGLE.get(path.suffix.lower())
    if reader is None:
        raise BoundaryFileError(f"{path}: give the district's folder, or one file: {', '.join(['.gpkg', *_SINGLE])}.")
    return lambda name: reader(plain_file(path)) if name == "grids" else None


def _one(path: Path, name: str, found: list[Found]) -> Layer | None:
    if len(found) > 1:
        both = " and ".join(each.label for each in found)
        raise BoundaryFileError(f"{path.name}: {name} is there twice, in {both}; keep one.")
    return found[0].read() if found else None


def _in_folder(folder: Path, name: str) -> list[Found]:
    found: list[Found] = []
    for suffix in (".geojson", ".json"):
        file = folder / f"{name}{suffix}"
        if file.exists():
            found.append(Found(file.name, lambda file=file: read_geojson(plain_file(file))))  # type: ignore[misc]
    shapefile, package = folder / f"{name}.shp", folder / f"{name}.gpkg"
    if shapefile.exists():
        found.append(Found(shapefile.name, lambda: read_ogr(plain_file(shapefile))))
    if package.exists():
        layers = layers_of(plain_file(package))
        layer = name if name in layers else layers[0] if len(layers) == 1 else name
        found.append(Found(package.name, lambda: read_ogr(package, layer)))
    if (folder / _PACKAGE).exists():
        found += _in_package(folder / _PACKAGE, name)
    return found


def _in_package(package: Path, name: str) -> list[Found]:
    if name not in layers_of(plain_file(package)):
        return []
    return [Found(f"{package.name} (layer {name})", lambda: read_ogr(package, name))]


def plain_file(path: Path) -> Path:
    """``path`` again, if it is a regular file of a size that can be a district's. Raises BoundaryFileError."""
    if not path.is_file():
        raise BoundaryFileError(f"{path.name}: not a regular file.")
    size = path.stat().st_size
    if size == 0:
        raise BoundaryFileError(f"{path.name}: the file is empty.")
    if size > MAX_BYTES:
        raise BoundaryFileError(f"{path.name}: {size / 1e6:.0f} MB is too large for a district's boundaries.")
    return path
