"""What commands ask of the running service's database."""

import getpass
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shapely import Geometry, union_all

from boundaries.district import District
from boundaries.edition import Edition
from cli.service import Service, clock, opened
from dispatch.account import Account
from dispatch.report import parse_instant
from dispatch.staff import StaffRow
from dispatch.units import Unit
from gis.errors import Refusal
from store import editions as editions_of
from store import foretelling, plans, publishing
from store.database import Database
from store.errors import NoEdition
from store.pool import Pool
from store.saving import Pen
from store.world import Worlds, import_people

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


def publish_edition(
    district: District, *, reason: str, expect: int | None, from_: str | None = None, move_in_work: bool = False
) -> int:
    """Publish, now or at the instant ``from_``; the new Edition's id. Raises what ``publishing.publish`` does."""
    with opened() as service:
        return publishing.publish(
            *_tools(service), district, by=who(), reason=reason, expect=expect, clock=clock,
            at=instant(service, from_), move_in_work=move_in_work,
        )  # fmt: skip


def rollback_edition(
    to: int, *, reason: str, expect: int | None, from_: str | None = None, move_in_work: bool = False
) -> int:
    """Publish the Edition ``to`` again, likewise."""
    with opened() as service:
        return publishing.rollback(
            *_tools(service), to, by=who(), reason=reason, expect=expect, clock=clock,
            at=instant(service, from_), move_in_work=move_in_work,
        )  # fmt: skip


def cancel_edition(edition: int, *, commit: bool) -> str:
    """Let a planned Edition not go live; what was, or would be, done. Raises NotPlanned."""
    with opened() as service:
        pool = service.database.pool
        waiting = next((plan for plan in publishing.planned(pool) if plan["edition"] == edition), None)
        if waiting is None or commit:
            publishing.cancel(pool, edition, by=who(), at=clock())
            return f"Edition {edition} will not go live"
        when = local(service, waiting["live_from"])
        return f"would keep Edition {edition} from going live at {when}; --commit does it"


@dataclass(frozen=True)
class Told:
    """What publishing would do: ``Foretold`` in words. ``when`` is "now" or an instant."""

    expect: int | None
    when: str
    moves: int
    keeps: int
    warnings: list[str]


def foretell(district: District, *, from_: str | None, expect: int | None, move_in_work: bool) -> Told:
    """What publishing would do to whom. Raises EditionChanged, PastInstant, NoEdition as publishing itself would."""
    with opened() as service:
        pool, at = service.database.pool, instant(service, from_)
        if at is not None:
            plans.demand_future(at, clock())
        told = foretelling.foretell(pool, district, at=at, move_in_work=move_in_work)
        if expect is not None:
            editions_of.demand(expect, told.expect)
        if at is not None:
            plans.demand_live(told.expect)
        warnings = [_warned(service, plan, at) for plan in told.waiting]
        if told.expect is not None:
            row = next(row for row in publishing.listed(pool) if row["id"] == told.expect)
            warnings.insert(0, _followed(service, row))
        when = "now" if at is None else f"at {local(service, at.isoformat())}"
        return Told(told.expect, when, told.moves, told.keeps, warnings)


def _followed(service: Service, row: Mapping[str, Any]) -> str:
    why = f": {row['reason']}" if row["reason"] else ""
    return f"follows Edition {row['id']}, by {row['published_by']}, {local(service, row['published_at'])}{why}"


def _warned(service: Service, plan: Mapping[str, Any], at: datetime | None) -> str:
    when = local(service, plan["live_from"])
    told = f"Edition {plan['edition']} waits to go live at {when}, by {plan['by']}"
    before = at is None or at < datetime.fromisoformat(plan["live_from"])
    return told + ("; it will be refused then if this is published first: plan it again after" if before else "")


def instant(service: Service, text: str | None) -> datetime | None:
    """The instant that ``text`` names, in the city's zone where it names none; None for None. Raises Refusal."""
    if text is None:
        return None
    at = parse_instant(text, service.rules.zone)
    if at is None:
        raise Refusal(f"{text!r} is no instant: write it as 2027-01-01T00:00 or 2027-01-01T00:00+08:00.")
    return at


def local(service: Service, iso: str) -> str:
    """An ISO 8601 instant in the city's zone, to the minute."""
    return datetime.fromisoformat(iso).astimezone(service.rules.zone).strftime("%Y-%m-%d %H:%M")


def edition_district(edition: int) -> District:
    """What an Edition holds. Raises NoEdition."""
    with opened() as service:
        return editions_of.district_of(service.database.pool, edition)


def retired_codes() -> Mapping[str, Geometry]:
    """Codes that earlier Editions had and the live one has no more, each with its last area."""
    with opened() as service:
        return publishing.retired(service.database.pool)


def earlier() -> tuple[Mapping[str, Geometry], Geometry | None]:
    """``retired_codes``, and the ground of the live Edition (WGS84); nothing before the first publish."""
    with opened() as service:
        try:
            cells = service.shelf.live().district.sound_cells
        except NoEdition:
            return {}, None
        return editions_of.retired(service.database.pool), union_all(list(cells))


def _tools(service: Service) -> tuple[Pool, Worlds, Pen]:
    service.worlds.keep_rules()
    return service.database.pool, service.worlds, service.pen


def who() -> Account:
    """The command line, and who sits at it as the system knows, as an actor."""
    try:
        return operator(f"command line ({getpass.getuser()})")
    except (KeyError, OSError):  # an account that the system cannot name
        return operator("command line")


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
