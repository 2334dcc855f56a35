"""Drafts of boundaries in the database: the files as they were sent, read anew where they are needed."""

import tempfile
import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import shapely

from boundaries.apart import read_apart
from boundaries.district import District
from boundaries.draft import Draft, Reading
from boundaries.edition import digest_of
from boundaries.errors import BoundaryFileError
from boundaries.pack import pack_of, packed, unpack
from dispatch.account import Account
from store.errors import TooManyDrafts, UnknownDraft
from store.pool import Pool
from store.queries import queries

MOST_DRAFTS = 100
MOST_CELLS = 20_000
MOST_CORNERS = 4_000_000
"""Of all areas together: ten times what the largest district of a province's capital needs."""
KEPT = 4


class Drafts:
    """What planners uploaded. All planners see all drafts. Safe for threads."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._lock = threading.Lock()
        self._read: dict[int, District] = {}

    def add(self, by: Account, sent: Sequence[tuple[str, bytes]], name: str, reading: Reading, at: datetime) -> Draft:
        """Keep what was sent under a name, if it can be read as a district, sound or not.

        Raises BoundaryFileError for what is no district, and TooManyDrafts.
        """
        pack = pack_of(sent)
        files = packed(pack)
        district = _read(files, reading)
        values = {
            "name": name, "files": files, "left_out": list(pack.left_out), "datum": reading.datum,
            "code_field": reading.code_field, "name_field": reading.name_field,
            "township_field": reading.township_field, "digest": digest_of(district),
            "townships": len(district.township_areas), "grids": len(district.cells), "account": by.id,
            "made_by": by.name, "made_at": at,
        }  # fmt: skip
        with self._pool.transaction() as cur:
            cur.execute(queries.drafts_lock)
            cur.execute(queries.drafts_count)
            if cur.fetchone()["n"] >= MOST_DRAFTS:
                raise TooManyDrafts(f"There are {MOST_DRAFTS} drafts: throw one away that nobody needs, then send it.")
            cur.execute(queries.draft_add, values)
            id = int(cur.fetchone()["id"])
        self._keep(id, district)
        return self.one(id)

    def listed(self) -> list[Draft]:
        """All drafts, newest first."""
        with self._pool.transaction() as cur:
            cur.execute(queries.drafts_listed, {"id": None})
            return [_draft(row) for row in cur.fetchall()]

    def one(self, id: int) -> Draft:
        """One draft. Raises UnknownDraft."""
        with self._pool.transaction() as cur:
            cur.execute(queries.drafts_listed, {"id": id})
            row = cur.fetchone()
        if row is None:
            raise UnknownDraft()
        return _draft(row)

    def files(self, id: int) -> tuple[str, bytes]:
        """A draft's name, and its files as one zip. Raises UnknownDraft."""
        row = self._row(id)
        return str(row["name"]), bytes(row["files"])

    def district(self, id: int) -> District:
        """The district that a draft draws, kept for the next who asks. Raises UnknownDraft, BoundaryFileError."""
        found = self._read.get(id)
        row = self._row(id)  # also for what is kept: another process may have thrown it away
        if found is None:
            reading = _reading(row)
            found = _read(bytes(row["files"]), reading)
            self._keep(id, found)
        return found

    def discard(self, id: int) -> None:
        """Throw a draft away, with the work done on it. Raises UnknownDraft."""
        with self._pool.transaction() as cur:
            cur.execute(queries.draft_discard, {"id": id})
            if cur.fetchone() is None:
                raise UnknownDraft()
        with self._lock:
            self._read.pop(id, None)

    def _row(self, id: int) -> Any:
        with self._pool.transaction() as cur:
            cur.execute(queries.draft_files, {"id": id})
            row = cur.fetchone()
        if row is None:
            raise UnknownDraft()
        return row

    def _keep(self, id: int, district: District) -> None:
        with self._lock:
            self._read[id] = district
            for old in list(self._read)[:-KEPT]:
                del self._read[old]


def _read(files: bytes, reading: Reading) -> District:
    """The district in a zip of ours, bounded: what is larger keeps a server busy for minutes."""
    with tempfile.TemporaryDirectory(prefix="fl-draft-") as folder:
        unpack(files, Path(folder))
        district = read_apart(Path(folder), reading)
    if len(district.cells) > MOST_CELLS:
        raise BoundaryFileError(f"There are {len(district.cells)} cells; a draft may have {MOST_CELLS}.")
    shapes = [cell.geometry for cell in district.cells] + [area.geometry for area in district.townships]
    corners = int(shapely.get_num_coordinates([shape for shape in shapes if shape is not None]).sum())
    if corners > MOST_CORNERS:
        raise BoundaryFileError(f"The areas have {corners} corners; those of a draft may have {MOST_CORNERS}.")
    return district


def _reading(row: Any) -> Reading:
    return Reading(row["datum"], row["code_field"], row["name_field"], row["township_field"])


def _draft(row: Any) -> Draft:
    return Draft(
        id=row["id"],
        name=row["name"],
        reading=_reading(row),
        digest=row["digest"],
        townships=row["townships"],
        grids=row["grids"],
        size=row["size"],
        left_out=tuple(row["left_out"]),
        made_by=row["made_by"],
        made_at=row["made_at"],
        editions=tuple(row["editions"]),
        checked=None if row["errors"] is None else (row["errors"], row["warnings"]),
    )
