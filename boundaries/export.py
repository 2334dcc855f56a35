"""An Edition written out as files that ``read_district`` reads again, to the last bit of every number."""

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import shapely
from shapely import Geometry

from boundaries.district import District
from boundaries.errors import BoundaryFileError
from boundaries.gazetteer_row import GazetteerRow

Fields = dict[str, str | None]
Sheet = list[tuple[Fields, Geometry | None]]
"""The features of a layer: fields, and the shape in WGS84."""

PLACE = ("name", "kind", "lon", "lat", "datum", "accuracy_m", "address", "source")


def sheets(district: District) -> dict[str, Sheet]:
    """The layers of a district by their names: ``townships``, ``grids`` and, where there is one, ``outline``.

    A field that no feature has is left out; what a feature does not have is None.
    """
    names = {community.code: community.name for community in district.communities}
    townships: Sheet = [
        ({"code": a.code, "name": a.name, "provenance": a.provenance}, a.geometry) for a in district.townships
    ]
    grids: Sheet = [
        (
            {
                "code": cell.code,
                "name": cell.name,
                "township": cell.township,
                "community": cell.community,
                "community_name": names.get(cell.community or ""),
                "provenance": district.cell_provenance.get(cell.code),
            },
            None if cell.geometry.is_empty else cell.geometry,
        )
        for cell in district.cells
    ]
    outline: Sheet = [({"code": district.code or "", "name": district.name}, district.outline)]
    every = {"townships": townships, "grids": grids, "outline": outline if district.outline is not None else []}
    return {name: _without_empty(sheet) for name, sheet in every.items() if sheet}


def write_folder(district: District, folder: Path) -> None:
    """Write the district as GeoJSON files, ``district.toml`` and ``gazetteer.csv`` into a new folder.

    It is there whole or not at all. Raises BoundaryFileError where something stands there already, or it cannot be
    written.
    """
    texts = {f"{name}.geojson": _geojson(sheet) for name, sheet in sheets(district).items()}
    texts["district.toml"] = "".join(_settings(district))
    if district.gazetteer:
        texts["gazetteer.csv"] = _gazetteer(district.gazetteer)
    demand_free(folder)
    try:
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.absolute().parent))
        try:
            for name, text in texts.items():
                (draft / name).write_text(text, encoding="utf-8", newline="\n")
            draft.chmod(0o755)
            draft.replace(folder)
        finally:
            _remove(draft)
    except OSError as error:
        raise BoundaryFileError(f"{folder} cannot be written: {error.strerror or error}.") from error


def demand_free(path: Path) -> None:
    """Raise BoundaryFileError where something stands at ``path`` that writing there would harm."""
    if path.is_dir() and not any(path.iterdir()):
        return
    if path.exists() or path.is_symlink():
        raise BoundaryFileError(f"{path} is there already: name another place, or move it away first.")
    if not path.absolute().parent.is_dir():
        raise BoundaryFileError(f"{path.absolute().parent} is no folder.")


def _remove(draft: Path) -> None:
    if draft.is_dir():
        for file in draft.iterdir():
            file.unlink()
        draft.rmdir()


def _without_empty(sheet: Sheet) -> Sheet:
    used = {name for fields, _ in sheet for name, value in fields.items() if value} | {"code", "name"}
    return [({name: value for name, value in fields.items() if name in used}, shape) for fields, shape in sheet]


def _geojson(sheet: Sheet) -> str:
    """One feature a line, so that version control shows which changed."""
    lines = []
    for fields, shape in sheet:
        said = json.dumps({name: value for name, value in fields.items() if value is not None}, ensure_ascii=False)
        drawn = "null" if shape is None else shapely.to_geojson(shape)
        lines.append(f'{{"type":"Feature","properties":{said},"geometry":{drawn}}}')
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"


def _settings(district: District) -> Iterator[str]:
    """The lines of district.toml; JSON's texts are TOML's too."""
    yield "# What this folder should hold. Leave a number out and it is not checked.\n"
    texts = {"code": district.code, "name": district.name, "provenance": district.provenance}
    for name, value in texts.items():
        if value is not None:
            yield f"{name} = {json.dumps(value, ensure_ascii=False)}\n"
    for name, number in (("townships", district.expected.townships), ("grids", district.expected.grids)):
        if number is not None:
            yield f"{name} = {number}\n"


def _gazetteer(rows: Iterable[GazetteerRow]) -> str:
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(PLACE)
    for row in rows:
        place = (row.name, row.kind, repr(row.lon), repr(row.lat), "wgs84", repr(row.accuracy_m))
        table.writerow((*place, row.address or "", row.source))
    return out.getvalue()
