"""What a planner sends as a draft: a district's files, in one zip or one by one, made one tidy pack.

Nothing that a stranger packed is trusted: names lead nowhere, sizes are counted while unpacking and not believed, and
what is no boundary file is left out and named.
"""

import io
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from boundaries.district import District
from boundaries.errors import BoundaryFileError
from boundaries.export import write_folder
from boundaries.package import write_package

MOST_ENTRIES = 500
MOST_BYTES = 200 * 1024 * 1024
"""Of all files together, unpacked."""
LONGEST_NAME = 120
TAKEN = (".geojson", ".json", ".gpkg", ".shp", ".shx", ".dbf", ".prj", ".cpg", ".toml", ".csv")
"""Endings of what a district's folder may hold; the same as the reader knows."""
PACKAGE = "district.gpkg"
_LAYERS = ("grids.geojson", "grids.json", "grids.shp", "grids.gpkg", PACKAGE)
_PIECE = 1024 * 1024
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


@dataclass(frozen=True, slots=True)
class Pack:
    """The files of one district by their plain names, and the names of what was sent but is no boundary file."""

    files: Mapping[str, bytes]
    left_out: tuple[str, ...] = ()


def pack_of(sent: Sequence[tuple[str, bytes]]) -> Pack:
    """The pack in what was sent: ``(file name, bytes)`` of one zip, one GeoPackage, or the files of a folder.

    A folder inside a zip may lie at any depth. A single GeoPackage or GeoJSON may have any name. Raises
    BoundaryFileError for what holds no district, holds more than one, or is no honest zip.
    """
    if not sent:
        raise BoundaryFileError("No file was sent.")
    if len(sent) == 1 and _is_zip(*sent[0]):
        found = _one_folder(dict(_entries(*sent[0])))
    else:
        found = _apart((_plain(name), data) for name, data in sent)
    files = {name: data for name, data in found.items() if PurePosixPath(name).suffix.lower() in TAKEN}
    left = tuple(sorted(set(found) - set(files)))
    files = _by_layer(files)
    if not any(name in files for name in _LAYERS):
        known = ", ".join(sorted(files) or sorted(found)) or "nothing"
        raise BoundaryFileError(f"There are no cells in what was sent ({known}): name their file grids.geojson or "
                                f"grids.shp, or send a GeoPackage with a layer grids.")  # fmt: skip
    return Pack(files, left)


def packed(pack: Pack) -> bytes:
    """The files of a pack as one zip, the same for the same files."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in sorted(pack.files.items()):
            target.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return whole.getvalue()


def unpack(whole: bytes, folder: Path) -> None:
    """Write the files of ``packed`` into an empty folder."""
    with zipfile.ZipFile(io.BytesIO(whole)) as source:
        for entry in source.infolist():
            (folder / _plain(entry.filename)).write_bytes(source.read(entry))


def exported(district: District, format: str, at: datetime) -> bytes:
    """A district as one file: a GeoPackage (``gpkg``), or a zip of its folder (anything else)."""
    with tempfile.TemporaryDirectory(prefix="fl-export-") as place:
        if format == "gpkg":
            path = Path(place) / PACKAGE
            write_package(district, path, at)
            return path.read_bytes()
        folder = Path(place) / "district"
        write_folder(district, folder)
        return packed(Pack({file.name: file.read_bytes() for file in folder.iterdir()}))


def _is_zip(name: str, data: bytes) -> bool:
    return name.lower().endswith(".zip") or data.startswith(b"PK\x03\x04")


def _entries(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """(path, bytes) of every file in a zip. Directories and what systems add by themselves are not told."""
    label, left = _plain(name), MOST_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as source:
            if len(source.infolist()) > MOST_ENTRIES:
                raise BoundaryFileError(f"{label}: holds more than {MOST_ENTRIES} files; a district has a few.")
            for entry in source.infolist():
                path = _path_of(label, entry)
                if path is None:
                    continue
                content = _content(label, source, entry, left)
                left -= len(content)
                yield path, content
    except _BROKEN as error:
        raise BoundaryFileError(f"{label}: is no zip that can be read ({type(error).__name__}).") from error


def _path_of(label: str, entry: zipfile.ZipInfo) -> str | None:
    """Where an entry lies in its zip, None for what is no file of anybody's. Raises for a name that leads out."""
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in entry.filename:
        raise BoundaryFileError(f"{label}: the name {entry.filename[:LONGEST_NAME]!r} leads out of the folder.")
    if entry.external_attr >> 16 & 0o170000 == 0o120000:
        raise BoundaryFileError(f"{label}: {entry.filename[:LONGEST_NAME]!r} is a link; send the file itself.")
    if entry.flag_bits & 1:
        raise BoundaryFileError(f"{label}: is locked with a password; send it open.")
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in path.parts)
    return None if entry.is_dir() or hidden else str(path)


def _content(label: str, source: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> bytes:
    """What an entry unpacks to, at most ``left`` bytes, whatever its header says."""
    pieces = []
    with source.open(entry) as stream:
        while piece := stream.read(_PIECE):
            left -= len(piece)
            if left < 0:
                raise BoundaryFileError(f"{label}: unpacks to more than {MOST_BYTES // _PIECE} MiB, which is too much.")
            pieces.append(piece)
    return b"".join(pieces)


def _one_folder(found: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of the one folder of a zip that holds cells, by their own names."""
    folders: dict[str, list[tuple[str, bytes]]] = {}
    for path, data in found.items():
        folders.setdefault(str(PurePosixPath(path).parent), []).append((PurePosixPath(path).name, data))
    holding = [folder for folder, files in folders.items() if any(_may_hold_cells(name, files) for name, _ in files)]
    if len(holding) > 1:
        raise BoundaryFileError(f"The zip holds several districts, in {', '.join(sorted(holding)[:5])}: send one.")
    return _apart(folders[holding[0]] if holding else [])


def _may_hold_cells(name: str, beside: Sequence[tuple[str, bytes]]) -> bool:
    return name.lower() in _LAYERS or (name.lower().endswith(".gpkg") and len(beside) == 1)


def _apart(files: "Iterator[tuple[str, bytes]] | Sequence[tuple[str, bytes]]") -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    total = 0
    for name, data in files:
        total += len(data)
        if name.lower() in {known.lower() for known in found}:
            raise BoundaryFileError(f"{name}: was sent twice; send one.")
        if total > MOST_BYTES:
            raise BoundaryFileError(f"The files together have more than {MOST_BYTES // _PIECE} MiB, which is too much.")
        found[name] = data
    return found


def _by_layer(files: dict[str, bytes]) -> dict[str, bytes]:
    """File names as the reader looks for them: small letters, and a lone GeoPackage or GeoJSON under its own name."""
    files = {name.lower(): data for name, data in files.items()}
    if any(name in files for name in _LAYERS):
        return files
    packages = [name for name in files if name.endswith(".gpkg")]
    drawings = [name for name in files if name.endswith((".geojson", ".json"))]
    if len(packages) == 1:
        files[PACKAGE] = files.pop(packages[0])
    elif len(drawings) == 1 and not packages:
        files["grids.geojson"] = files.pop(drawings[0])
    return files


def _plain(name: str) -> str:
    """The last part of a name that a stranger gave, short and without control characters. Raises for none."""
    last = PurePosixPath(name.replace("\\", "/")).name
    plain = "".join(letter for letter in last if letter.isprintable())[-LONGEST_NAME:].strip()
    if not plain.strip("."):
        raise BoundaryFileError("A file was sent without a name.")
    return plain
