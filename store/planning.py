"""The planner's page: drafts, the work on them, and making them Editions. What the commands do, for many at once."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from typing import Any

from boundaries.district import District
from boundaries.draft import Draft, Reading, Terms
from boundaries.pack import exported
from dispatch.account import Account
from store import editions, publishing
from store.drafts import Drafts
from store.errors import DraftHasErrors, PlannersBusy
from store.foretelling import foretell
from store.plan_jobs import Jobs, Work
from store.plan_works import checked, compared, faults_told, rehearsed
from store.pool import Pool
from store.saving import Pen
from store.world import Worlds


class Planning:
    """What planners do. Rights are asked before; every planner may work on every draft."""

    def __init__(self, pool: Pool, worlds: Worlds, pen: Pen, clock: Callable[[], datetime]) -> None:
        self._pool, self._worlds, self._pen, self._clock = pool, worlds, pen, clock
        self._drafts, self._jobs = Drafts(pool), Jobs(pool, clock)

    def add(self, by: Account, sent: Sequence[tuple[str, bytes]], name: str, reading: Reading) -> Draft:
        """Keep files as a draft and begin its check, where there is room for it just now. Raises BoundaryFileError,
        TooManyDrafts."""
        draft = self._drafts.add(by, sent, name, reading, self._clock())
        with suppress(PlannersBusy):
            self.start(by, draft.id, "check", {})
        return draft

    def drafts(self) -> list[Draft]:
        """All drafts, newest first."""
        return self._drafts.listed()

    def draft(self, id: int) -> Draft:
        """One of them. Raises UnknownDraft, as everything below does for a draft that is not there."""
        return self._drafts.one(id)

    def files(self, id: int) -> tuple[str, bytes]:
        """Its name, and its files as one zip."""
        return self._drafts.files(id)

    def district(self, id: int) -> District:
        """What it draws."""
        return self._drafts.district(id)

    def discard(self, id: int) -> None:
        """Throw it away."""
        self._drafts.discard(id)

    def start(self, by: Account, id: int, kind: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Begin work on a draft. Raises PlannersBusy."""
        pool, worlds = self._pool, self._worlds
        works: dict[str, Work] = {
            "check": lambda _: (faults_told(checked(pool, worlds, self.district(id))), None),
            "diff": lambda progress: compared(pool, worlds, self.district(id), progress),
            "rehearse": lambda progress: rehearsed(pool, worlds, self.district(id), asked, progress),
        }
        return self._jobs.start(by, id, kind, asked, works[kind])

    def job(self, id: int) -> dict[str, Any]:
        """A piece of work: ``id, draft, kind, asked, state, done, total, result, fault, made_by, made_at``."""
        return self._jobs.one(id)

    def csv(self, id: int) -> bytes:
        """The CSV of a rehearsal, gzipped. Raises UnknownDraft where the work has none (yet)."""
        return self._jobs.file(id)

    def jobs(self, draft: int) -> list[dict[str, Any]]:
        """The latest work of each kind on a draft, without results."""
        return self._jobs.latest(draft)

    def cancel(self, id: int) -> dict[str, Any]:
        """Ask that work ends."""
        return self._jobs.cancel(id)

    def publish(self, by: Account, id: int, terms: Terms) -> int:
        """Make a draft the next Edition, now or at an instant; its number. Raises DraftHasErrors, EditionChanged,
        PastInstant."""
        district = self.district(id)
        errors = sum(fault.severity == "error" for fault in checked(self._pool, self._worlds, district))
        if errors:
            raise DraftHasErrors(f"The draft has {errors} errors: mend them, then publish.", count=errors)
        return publishing.publish(self._pool, self._worlds, self._pen, district, **self._as_told(by, terms))

    def rollback(self, by: Account, to: int, terms: Terms) -> int:
        """Publish an earlier Edition again, as a new one; its number. Raises NoEdition, EditionChanged, PastInstant."""
        return publishing.rollback(self._pool, self._worlds, self._pen, to, **self._as_told(by, terms))

    def call_off(self, by: Account, edition: int) -> None:
        """Let an Edition that waits for its instant not go live. Raises NotPlanned."""
        publishing.cancel(self._pool, edition, by=by, at=self._clock())

    def terms(self, district: District, at: datetime | None, move_in_work: bool) -> dict[str, Any]:
        """What publishing a district would do: ``expect``, the Edition that it follows (None: none is live), and how
        many open items would change (``moves``) or stay with who works on them (``keeps``)."""
        told = foretell(self._pool, district, at=at, move_in_work=move_in_work)
        return {"expect": told.expect, "moves": told.moves, "keeps": told.keeps}

    def edition(self, id: int) -> District:
        """What an Edition holds. Raises NoEdition."""
        return editions.district_of(self._pool, id)

    def export(self, id: int, format: str) -> bytes:
        """An Edition as one GeoPackage (``gpkg``), or as a zip of a folder (``geojson``). Raises NoEdition."""
        return exported(self.edition(id), format, self._clock())

    def _as_told(self, by: Account, terms: Terms) -> dict[str, Any]:
        return {**asdict(terms), "by": by, "clock": self._clock}
