"""The Editions this process has ready, and which of them is live.

An Edition is frozen: it is read once from the database, indexed once, and replaced whole. The shelf may be behind the
database for a moment; every write asks the database which Edition is live and loads that one if need be, so being
behind costs time and never exactness.
"""

import threading
from datetime import datetime

from boundaries.edition import Edition, from_rows
from boundaries.gazetteer import Gazetteer
from store.errors import NoEdition
from store.pool import Pool
from store.queries import queries

KEPT = 4


class Shelf:
    """Editions by id, loaded on demand; safe for threads."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._lock = threading.Lock()
        self._ready: dict[int, tuple[Edition, Gazetteer]] = {}
        self._live: int | None = None

    def live_id(self) -> int:
        """The id that the database says is live now. Raises NoEdition before the first publish."""
        with self._pool.transaction() as cur:
            cur.execute(queries.edition_live)
            row = cur.fetchone()
        if row is None:
            raise NoEdition()
        return int(row["edition"])

    def live(self) -> Edition:
        """The Edition last known to be live: what pages and look-ups use."""
        if self._live is None:
            self.flip(self.live_id())
        assert self._live is not None
        return self.get(self._live)[0]

    def flip(self, edition: int) -> None:
        """From now on ``edition`` is what this process takes for live."""
        self.get(edition)
        self._live = edition

    def has(self, edition: int) -> bool:
        """Whether an Edition is ready in memory, so that asking for it costs nothing."""
        return edition in self._ready

    def get(self, edition: int) -> tuple[Edition, Gazetteer]:
        """An Edition and its gazetteer, from memory or the database."""
        found = self._ready.get(edition)
        if found is not None:
            return found
        with self._lock:
            if edition not in self._ready:
                self._ready[edition] = self._load(edition)
                for old in sorted(self._ready)[:-KEPT]:
                    if old not in (edition, self._live):
                        del self._ready[old]
            return self._ready[edition]

    def at(self, instant: datetime) -> Edition:
        """The Edition that was live at ``instant``. Raises NoEdition where there was none yet."""
        with self._pool.transaction() as cur:
            cur.execute(queries.edition_at, {"at": instant})
            row = cur.fetchone()
        if row is None:
            raise NoEdition(f"No Edition was live at {instant.isoformat()}.")
        return self.get(int(row["edition"]))[0]

    def _load(self, edition: int) -> tuple[Edition, Gazetteer]:
        with self._pool.transaction() as cur:
            cur.execute(queries.edition_meta, {"id": edition})
            row = cur.fetchone()
            if row is None:
                raise NoEdition(f"There is no Edition {edition}.")
            cur.execute(queries.edition_areas, {"id": edition})
            areas = [tuple(area.values()) for area in cur.fetchall()]
        loaded = Edition.of(from_rows(areas, row["meta"]), edition)
        return loaded, Gazetteer.of(loaded.district)
