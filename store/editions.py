"""Editions in the database: which is live, which there are, what each holds, and codes that earlier ones gave away."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import shapely
from psycopg2.extensions import cursor
from psycopg2.extras import execute_values
from shapely import Geometry

from boundaries.district import District
from boundaries.edition import digest_of, from_rows, to_rows
from dispatch.account import Account
from store.errors import EditionChanged, NoEdition
from store.pool import Pool
from store.queries import queries
from store.rows import dumped

INSTANTS = ("published_at", "planned_for", "ended_at")


def live_edition_id(pool: Pool) -> int | None:
    """The id of the live Edition, None before the first publish."""
    with pool.transaction() as cur:
        return live_id(cur)


def live_id(cur: cursor) -> int | None:
    """Likewise, in the caller's transaction."""
    cur.execute(queries.edition_live)
    row = cur.fetchone()
    return int(row["edition"]) if row else None


def listed(pool: Pool) -> list[dict[str, Any]]:
    """All Editions, newest first: ``id, digest, reason, published_by, published_at, district, provenance, live,
    townships, grids, live_from[], state, planned_for, ended_at, ended_by, again, instead_of, moved, kept``.

    ``state`` is ``live``, ``past``, ``waiting`` (for the instant ``planned_for``), ``cancelled``, ``refused`` (another
    Edition was live by then than its planner had seen), or ``unused`` (refused or interrupted at once). ``instead_of``,
    ``moved`` and ``kept`` tell of its last going live. Instants are ISO 8601.
    """
    with pool.transaction() as cur:
        cur.execute(queries.editions_listed)
        rows = [dict(row) for row in cur.fetchall()]
    for row in rows:
        row |= {name: row[name] and row[name].isoformat() for name in INSTANTS}
        row["live_from"] = [at.isoformat() for at in row["live_from"]]
    return rows


def district_of(pool: Pool, edition: int) -> District:
    """The District that an Edition holds, whether or not it was ever live. Raises NoEdition."""
    with pool.transaction() as cur:
        cur.execute(queries.edition_meta, {"id": edition})
        row = cur.fetchone()
        if row is None:
            raise NoEdition(f"There is no Edition {edition}: `boundaries list` names those there are.")
        cur.execute(queries.edition_areas, {"id": edition})
        return from_rows([tuple(area.values()) for area in cur.fetchall()], row["meta"])


def retired(pool: Pool) -> Mapping[str, Geometry]:
    """Codes of cells that Editions before had and the live one has no more -> the last area (WGS84) of each."""
    with pool.transaction() as cur:
        cur.execute(queries.cells_retired)
        return {row["code"]: shapely.from_wkb(bytes(row["geometry"])) for row in cur.fetchall()}


def demand(expect: int | None, live: int | None) -> None:
    """Raise EditionChanged where another Edition is live (None: none is) than the one expected."""
    if live != expect:
        there = "No Edition is live" if live is None else f"Edition {live} is live"
        wanted = "none" if expect is None else str(expect)
        raise EditionChanged(f"{there}, not {wanted}: look at what changed, then publish again.", live=live)


def store(cur: cursor, district: District, by: Account, reason: str, at: datetime, again: int | None = None) -> int:
    """Store a district as an Edition that is not live yet, and call every process to get its index ready; its id."""
    rows, meta = to_rows(district)
    values = {
        "digest": digest_of(district), "meta": dumped(meta), "reason": reason, "by": by.name, "at": at, "again": again,
    }  # fmt: skip
    cur.execute(queries.edition_add, values)
    edition = int(cur.fetchone()["id"])
    execute_values(cur, queries.edition_area_add, [(edition, *row) for row in rows], page_size=1000)
    cur.execute(queries.edition_call, {"id": edition})
    return edition
