"""``district.toml``: what a district is called, and how many areas it should have."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from boundaries.district import Expected
from boundaries.errors import BoundaryFileError
from boundaries.folder import plain_file

NAME = "district.toml"
_KEYS = {"code": (str, int), "name": (str,), "townships": (int,), "grids": (int,), "provenance": (str,)}


@dataclass(frozen=True, slots=True)
class Settings:
    """The content of ``district.toml``; all None where there is no such file."""

    code: str | None = None
    name: str | None = None
    expected: Expected = field(default_factory=Expected)
    provenance: str | None = None


def read_settings(folder: Path) -> Settings:
    """The settings of ``folder``. Raises BoundaryFileError for a faulty file or a word it does not know."""
    path = folder / NAME
    if not path.exists():
        return Settings()
    try:
        values = tomllib.loads(plain_file(path).read_bytes().decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BoundaryFileError(f"{NAME}: {error}.") from error
    for key, value in values.items():
        _must_be_known(key, value)
    code = values.get("code")
    return Settings(
        code=None if code is None else str(code),
        name=values.get("name"),
        expected=Expected(values.get("townships"), values.get("grids")),
        provenance=values.get("provenance"),
    )


def _must_be_known(key: str, value: Any) -> None:
    if key not in _KEYS:
        raise BoundaryFileError(f"{NAME}: {key!r} is not known here; known are {', '.join(_KEYS)}.")
    if not isinstance(value, _KEYS[key]) or isinstance(value, bool):
        raise BoundaryFileError(f"{NAME}: {key} = {value!r} should be {_spoken(key)}.")
    if isinstance(value, int) and value < 0:
        raise BoundaryFileError(f"{NAME}: {key} = {value} is less than nothing.")


def _spoken(key: str) -> str:
    return "a whole number" if _KEYS[key] == (int,) else "a text"
