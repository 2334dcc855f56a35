"""What a file gives: rows, and rows that cannot be read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from gis.errors import Refusal


class ImportFault(Refusal):
    """A file or an option with which nothing can be imported; nothing was."""

    code = "import"


@dataclass(frozen=True, slots=True)
class Row:
    """One row or feature that can be read.

    ``line`` is where it begins: a line of the file, or the number of a feature, from 1. ``values`` are by the file's
    own names, blank ones left out. ``pin`` is a place beside the named values: longitude, latitude (whatever was given
    for them) and the name of their datum or None. ``also`` is to be kept as it is. ``cells`` are what a table of
    rejected rows shows. ``size`` is about how many bytes it takes.
    """

    line: int
    values: Mapping[str, Any]
    cells: Sequence[str]
    size: int
    pin: tuple[Any, Any, str | None] | None = None
    also: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row that cannot be read, as far as it can be shown, and why."""

    line: int
    cells: Sequence[str]
    reason: str


class Source(Protocol):
    """An opened file of items."""

    @property
    def path(self) -> Path:
        """Where it is."""

    @property
    def size(self) -> int:
        """Bytes; what ``position`` reaches in the end."""

    @property
    def position(self) -> int:
        """Bytes read so far."""

    @property
    def columns(self) -> Sequence[str]:
        """Headings of ``cells``."""

    @property
    def names(self) -> Sequence[str]:
        """The names that values may have, as the file spells them."""

    @property
    def encoding(self) -> str:
        """How a table beside it is best written: utf-8, or utf-8-sig where spreadsheets are at work."""

    @property
    def separator(self) -> str:
        """What stands between the cells of a table beside it."""

    def rows(self) -> Iterator[Row | Unreadable]:
        """All rows in order, read as they are asked for."""
