"""Statements that PostgreSQL reads and plans once for each connection, not once for each request.

The large statements of an action take it longer to plan than to run. Parameters are named as ever; the plan is made for
any values of them. What is prepared outlives a rolled back transaction, and ends with its connection.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any

from psycopg2.extensions import connection, cursor

PARAMETER = re.compile(r"%\((\w+)\)s")


class Connection(connection):
    """A connection that knows what was prepared on it."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.prepared: set[str] = set()


def run(cur: cursor, statement: str, values: Mapping[str, Any], *, first: Sequence[str] = ()) -> None:
    """Execute a named query by its plan, which is made where this connection has none yet.

    ``first``: statements of the same values that are executed before it on the same way there and back; what they give
    is not read. Each sees what was committed before it.
    """
    cur.execute(";\n".join(_ready(cur, one) for one in (*first, statement)), values)


def run_all(cur: cursor, all_: Sequence[tuple[Sequence[str], Mapping[str, Any]]]) -> None:
    """Execute named queries, each group with values of its own, on one way there and back; nothing is read."""
    ready = ((";\n".join(_ready(cur, one) for one in group), values) for group, values in all_)
    cur.execute(b";\n".join(cur.mogrify(group, values) for group, values in ready))


def _ready(cur: cursor, statement: str) -> str:
    """What executes a statement: itself where it sets something, else its plan."""
    if statement.startswith("SET "):
        return statement
    name, prepare, execute = _forms(statement)
    prepared: set[str] = cur.connection.prepared
    if name not in prepared:
        cur.execute(prepare)
        prepared.add(name)
    return execute


@lru_cache(maxsize=256)
def _forms(statement: str) -> tuple[str, str, str]:
    """The name that a statement is prepared under, how it is prepared, and how it is executed then."""
    names = list(dict.fromkeys(PARAMETER.findall(statement)))
    numbered = PARAMETER.sub(lambda found: f"${names.index(found[1]) + 1}", statement.rstrip("; \n")).replace("%%", "%")
    name = "firstline_" + sha256(statement.encode()).hexdigest()[:16]
    values = f" ({', '.join(f'%({one})s' for one in names)})" if names else ""
    return name, f"PREPARE {name} AS {numbered}", f"EXECUTE {name}{values}"
