"""The cursor of every connection: rows are plain dictionaries, made with as few steps as can be."""

from collections.abc import Iterator
from operator import attrgetter
from typing import Any

from psycopg2.extensions import cursor

_name = attrgetter("name")

Row = dict[str, Any]


class RowCursor(cursor):
    """Gives each row as a dictionary by its columns' names. psycopg2's own does so a column at a time, in Python."""

    def _dictionary(self, row: tuple[Any, ...]) -> Row:
        return dict(zip(map(_name, self.description or ()), row, strict=True))

    def fetchone(self) -> Any:
        row = super().fetchone()
        return None if row is None else self._dictionary(row)

    def fetchmany(self, size: int | None = None) -> Any:
        return self._dictionaries(super().fetchmany(self.arraysize if size is None else size))

    def fetchall(self) -> Any:
        return self._dictionaries(super().fetchall())

    def __iter__(self) -> Iterator[Any]:
        while (row := self.fetchone()) is not None:
            yield row

    def _dictionaries(self, rows: list[tuple[Any, ...]]) -> list[Row]:
        names = [column.name for column in self.description or ()]
        return [dict(zip(names, row, strict=True)) for row in rows]
