"""The named queries: every piece of SQL that the service runs has a name, a purpose and a file.

A file in ``store/sql`` is a row of blocks::

    -- name: item_by_number
    -- One item as its reader sees it.
    SELECT ... WHERE number = %(number)s

The first line names the block, the comment lines after it say what it is for, the rest is one statement with
``%(name)s`` parameters (and ``%%`` for a percent sign).
"""

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).with_name("sql")
NAME = re.compile(r"^-- name: *(\S+) *$", re.MULTILINE)


class QueryFault(Exception):
    """A file of queries is not well made, or a query is asked for that no file holds. Always a programmer's fault."""


@dataclass(frozen=True, slots=True)
class Query:
    """One named statement: where it stands, what it is for, its text."""

    name: str
    purpose: str
    sql: str
    file: str


class Queries:
    """All queries of a folder: ``queries.item_by_number`` and ``queries["item_by_number"]`` are the statement."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._all: dict[str, Query] = {}
        for file in sorted(folder.glob("*.sql")):
            for query in read_queries(file):
                if query.name in self._all:
                    raise QueryFault(f"{file.name}: {query.name} stands in {self._all[query.name].file} already")
                self._all[query.name] = query

    def __getitem__(self, name: str) -> str:
        try:
            return self._all[name].sql
        except KeyError:
            raise QueryFault(f"no query is named {name}") from None

    def __getattr__(self, name: str) -> str:
        if name.startswith("_"):
            raise AttributeError(name)
        return self[name]

    def all(self) -> tuple[Query, ...]:
        """Every query, by file and then as written."""
        return tuple(self._all.values())


def read_queries(file: Path) -> list[Query]:
    """Split one file into its queries; raise :class:`QueryFault` for a nameless, empty or purposeless block."""
    text = file.read_text(encoding="utf-8")
    head, *parts = NAME.split(text)
    if any(line.strip() and not line.lstrip().startswith("--") for line in head.splitlines()):
        raise QueryFault(f"{file.name}: a statement stands before the first name")
    return [_query(file, name, body) for name, body in zip(parts[::2], parts[1::2], strict=True)]


def _query(file: Path, name: str, body: str) -> Query:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise QueryFault(f"{file.name}: {name!r} is no name for a query (small letters, digits, _)")
    lines = body.strip().splitlines()
    purpose: list[str] = []
    while lines and lines[0].lstrip().startswith("--"):
        purpose.append(lines.pop(0).lstrip().lstrip("-").strip())
    sql = "\n".join(lines).strip().removesuffix(";").rstrip()
    if not purpose or not purpose[0]:
        raise QueryFault(f"{file.name}: {name} does not say what it is for")
    if not sql:
        raise QueryFault(f"{file.name}: {name} has no statement")
    return Query(name, " ".join(purpose), sql, file.name)


queries = Queries()
