"""The world a decision is made in, as this process knows it: Edition, rules, units, staff."""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime

from dispatch.rulebook import Rules
from dispatch.staff import Roster, StaffRow
from dispatch.units import Unit
from dispatch.world import World
from store.pool import Pool
from store.queries import queries
from store.rows import dumped
from store.shelf import Shelf

People = tuple[Mapping[str, Unit], Roster]


class Worlds:
    """Makes a World for a moment. Units and staff are read once, and again when told that they changed.

    What was read stays until the new is there: a decision is made inside a transaction, and must never have to wait
    there for a second connection.
    """

    def __init__(self, pool: Pool, shelf: Shelf, rules: Rules, clock: Callable[[], datetime]) -> None:
        self.pool, self.shelf, self.rules, self.clock = pool, shelf, rules, clock
        self._people: People | None = None
        self._stale = False
        self._lock = threading.Lock()

    def now(self, edition: int | None = None) -> World:
        """The world as it is, with the given Edition (else the one this process takes for live)."""
        units, staff = self.people()
        found, gazetteer = self.shelf.get(edition if edition is not None else self.shelf.live().id or 0)
        return World(found, gazetteer, self.rules, units, staff, self.clock())

    def people(self) -> People:
        """Units by code and staff rows by cell.

        While one thread reads them again the others go on with what they have: a thread that asks from within a
        transaction must not wait for one that needs a connection.
        """
        known = self._people
        if (known is None or self._stale) and self._lock.acquire(blocking=known is None):
            try:
                known = self._renewed()
            finally:
                self._lock.release()
        assert known is not None
        return known

    def units(self) -> Mapping[str, Unit]:
        """Units by code, as this process knows them."""
        return self.people()[0]

    def _renewed(self) -> People:
        known = self._people
        if known is None or self._stale:
            self._stale = False  # first: what changes while we read is read again
            try:
                known = self._people = self._read()
            except BaseException:
                self._stale = True
                raise
        return known

    def forget_people(self) -> None:
        """Read units and staff again at the next question."""
        self._stale = True

    def lend(self, other: "Worlds") -> None:
        """Use what ``other`` already read of units and staff."""
        self._people = other.people()

    def keep_rules(self) -> None:
        """Store the rule set whole, before anything is decided under it."""
        with self.pool.transaction() as cur:
            cur.execute(queries.rule_set_put, {"hash": self.rules.hash, "body": self.rules.text})

    def _read(self) -> People:
        with self.pool.transaction() as cur:
            cur.execute(queries.units_all)
            units = {row["code"]: Unit(**row) for row in cur.fetchall()}
            cur.execute(queries.staff_all)
            staff = Roster(_staff_row(row) for row in cur.fetchall())
        return units, staff


def _staff_row(row: Mapping[str, object]) -> StaffRow:
    fields = {name: value for name, value in row.items() if name != "demonstration"}
    fields["deputy"] = fields["deputy"] or ""
    return StaffRow(**fields, provenance="demonstration" if row["demonstration"] else "")  # type: ignore[arg-type]


def import_people(
    pool: Pool, units: list[Unit] | None = None, staff: list[StaffRow] | None = None, *, if_empty: bool = False
) -> dict[str, int]:
    """Replace the staff list and put the units, in one transaction; with ``if_empty`` only into empty tables."""
    done = {"units": 0, "staff": 0}
    with pool.transaction() as cur:
        cur.execute(queries.units_all)
        known = cur.fetchall()
        if units is not None and not (if_empty and any(row["kind"] not in ("township", "community") for row in known)):
            rows = [{name: getattr(unit, name) for name in Unit.__slots__} for unit in units]
            cur.execute(queries.units_put, {"units": dumped(rows)})
            done["units"] = len(rows)
        cur.execute(queries.staff_all)
        if staff is not None and not (if_empty and cur.fetchone()):
            cur.execute(queries.staff_clear)
            cur.execute(queries.staff_put, {"staff": dumped([_staff_json(row) for row in staff])})
            done["staff"] = len(staff)
        cur.execute(queries.people_changed)
    return done


def _staff_json(row: StaffRow) -> dict[str, object]:
    return {
        "grid": row.grid,
        "worker": row.worker,
        "worker_name": row.worker_name,
        "phone": row.phone,
        "deputy": row.deputy or None,
        "away_from": row.away_from.isoformat() if row.away_from else None,
        "away_to": row.away_to.isoformat() if row.away_to else None,
        "demonstration": row.provenance == "demonstration",
    }
