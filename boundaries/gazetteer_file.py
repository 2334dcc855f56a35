"""``gazetteer.csv`` of a district's folder: name, kind, lon, lat, datum, accuracy_m, address, source."""

import csv
import io
from pathlib import Path

from boundaries.errors import BoundaryFileError
from boundaries.folder import plain_file
from boundaries.gazetteer_row import GazetteerRow
from gis.errors import Refusal
from gis.number import read_number
from gis.place import place

NAME = "gazetteer.csv"
_NEEDED = ("name", "lon", "lat")
_DEFAULT_ACCURACY_M = 500.0


def read_gazetteer(folder: Path) -> tuple[GazetteerRow, ...]:
    """The rows of ``folder``'s gazetteer in WGS84, none where there is no such file.

    ``datum`` is WGS84 where a row names none, ``accuracy_m`` 500 where none is given. Raises BoundaryFileError with
    the line of a row that is no place.
    """
    path = folder / NAME
    if not path.exists():
        return ()
    try:
        words = plain_file(path).read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BoundaryFileError(f"{NAME}: byte {error.start + 1} is not UTF-8.") from error
    try:
        table = csv.DictReader(io.StringIO(words, newline=""), strict=True)
        missing = [column for column in _NEEDED if column not in (table.fieldnames or ())]
        if missing:
            raise BoundaryFileError(f"{NAME}: the column {missing[0]} is missing.")
        return tuple(_row(row, table.line_num) for row in table)
    except csv.Error as error:
        raise BoundaryFileError(f"{NAME}: {error}.") from error


def _row(row: dict[str, str | None], line: int) -> GazetteerRow:
    name = (row["name"] or "").strip()
    if not name:
        raise BoundaryFileError(f"{NAME}: line {line} has no name.")
    try:
        where = place(row["lon"], row["lat"], row.get("datum") or "wgs84", box=None)
    except Refusal as error:
        raise BoundaryFileError(f"{NAME}: line {line} ({name}): {error.detail}") from error
    accuracy, reason = read_number(row.get("accuracy_m"))
    if reason == "not-a-number" or accuracy < 0:
        raise BoundaryFileError(f"{NAME}: line {line} ({name}): accuracy_m is no length in metres.")
    return GazetteerRow(
        name=name,
        kind=(row.get("kind") or "").strip(),
        lon=where.lon,
        lat=where.lat,
        accuracy_m=_DEFAULT_ACCURACY_M if reason else accuracy,
        address=(row.get("address") or "").strip() or None,
        source=(row.get("source") or "").strip(),
    )
