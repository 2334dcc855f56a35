"""What commands ask of the running service's database."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from boundaries.district import District
from boundaries.edition import Edition
from cli.service import clock, opened
from dispatch.account import Account
from dispatch.staff import StaffRow
from dispatch.units import Unit
from store import publishing
from store.database import Database
from store.errors import NoEdition
from store.world import import_people

COMMAND_LINE = 0
"""The account id under which the command line itself acts."""


@contextmanager
def open_database() -> Iterator[Database]:
    """The database, its schema up to date."""
    with opened() as service:
        yield service.database


def live_edition() -> Edition:
    """The live Edition. Raises NoEdition."""
    with opened() as service:
        return service.shelf.live()


def publish_edition(district: District, *, reason: str, expect: int | None, by: str) -> int:
    """Publish; the new Edition's id."""
    with opened() as service:
        service.worlds.keep_rules()
        pool = service.database.pool
        who = operator(by)
        return publishing.publish(
            pool, service.worlds, service.pen, district, by=who, reason=reason, expect=expect, clock=clock
        )


def operator(name: str) -> Account:
    """The command line as an actor in histories."""
    return Account(COMMAND_LINE, name, "admin")


def editions() -> list[dict[str, Any]]:
    """All Editions, newest first."""
    with opened() as service:
        return publishing.listed(service.database.pool)


def grid_codes() -> frozenset[str] | None:
    """The live Edition's cells, None before the first publish."""
    with opened() as service:
        try:
            return frozenset(cell.code for cell in service.shelf.live().index.cells)
        except NoEdition:
            return None


def import_staff(rows: Sequence[StaffRow], *, commit: bool) -> str:
    """Replace the staff list; what was, or would be, done."""
    with opened() as service:
        if commit:
            import_people(service.database.pool, staff=list(rows))
    return f"staff: {len(rows)} rows " + ("are the list now" if commit else "would replace the list")


def import_units(rows: Sequence[Unit], *, commit: bool) -> str:
    """Put units; what was, or would be, done."""
    with opened() as service:
        if commit:
            import_people(service.database.pool, units=list(rows))
    return f"units: {len(rows)} " + ("would be put" if not commit else "put")
