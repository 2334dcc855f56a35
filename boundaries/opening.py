"""One of the things that can be compared: a folder, a GeoPackage, or an Edition by its id."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from boundaries.district import District
from boundaries.read import read_district

LIVE = "live"
"""The word for the Edition that is live."""


@dataclass(frozen=True, slots=True)
class Named:
    """A district under the name by which it was asked for. ``edition``: it is an Edition, not a file."""

    name: str
    district: District
    edition: bool


def is_edition(word: str) -> bool:
    """Whether ``word`` names an Edition: digits, or LIVE. A folder called so is ``./12``."""
    return word == LIVE or (word.isascii() and word.isdecimal())


def open_named(
    word: str,
    edition: Callable[[int | None], District],
    *,
    datum: str | None = None,
    code_field: str = "code",
    name_field: str = "name",
    township_field: str = "township",
) -> Named:
    """The district that ``word`` names. ``edition`` gives that of an Edition by id, of the live one for None; the other
    options say how files are read (see ``read_district``). Raises BoundaryFileError, and what ``edition`` raises."""
    if is_edition(word):
        number = None if word == LIVE else int(word)
        return Named(word, edition(number), True)
    fields = {"code_field": code_field, "name_field": name_field, "township_field": township_field}
    district = read_district(Path(word), datum=datum, **fields)
    return Named(word, district, False)
