"""Work on drafts that takes longer than a request: done by a thread of this process, seen and stopped from any.

The row in the database is what everybody looks at: how far the work is, and its result. Whoever does the work beats
every half second; work whose process ended beats no more and is told as failed.
"""

import contextlib
import logging
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from dispatch.account import Account
from gis.errors import Refusal
from store.errors import PlannersBusy, UnknownDraft
from store.pool import Pool
from store.queries import queries
from store.rows import dumped

Progress = Callable[[int, int], None]
"""``progress(done, total)`` is called now and then by the work; it raises Stopped where the work is to end."""
Work = Callable[[Progress], tuple[Mapping[str, Any], bytes | None]]
"""Gives a result for JSON, and a file where there is one."""

BEAT_S = 0.5
SILENT = timedelta(seconds=20)
AT_ONCE = 2
MOST_WAITING = 8
"""In one process."""
KEPT = 3
"""Of each kind of work on a draft."""
LEFT = "The server that worked on it was stopped. Start it again."
_log = logging.getLogger(__name__)


class Stopped(Exception):
    """Whoever asked for the work wants it no more."""


class Jobs:
    """Starts work and tells how it stands. Safe for threads."""

    def __init__(self, pool: Pool, clock: Callable[[], datetime]) -> None:
        self._pool, self._clock = pool, clock
        self._room = threading.Semaphore(AT_ONCE)
        self._waiting = threading.Semaphore(MOST_WAITING)

    def start(self, by: Account, draft: int, kind: str, asked: Mapping[str, Any], work: Work) -> dict[str, Any]:
        """Begin ``work`` on a draft (kind ``check``, ``diff`` or ``rehearse``). Raises UnknownDraft, PlannersBusy."""
        if not self._waiting.acquire(blocking=False):
            raise PlannersBusy("Much is at work for planners just now. Try again in a minute.", retry_after=30)
        try:
            values = {"draft": draft, "kind": kind, "asked": dumped(dict(asked)), "made_by": by.name}
            with self._pool.transaction() as cur:
                cur.execute(queries.plan_job_add, values | {"at": self._clock()})
                row = cur.fetchone()
                cur.execute(queries.plan_jobs_forget, {"draft": draft, "kind": kind, "kept": KEPT})
            if row is None:
                raise UnknownDraft()
            run = _Run(self, int(row["id"]), work)
            threading.Thread(target=run.watch, name=f"plan job {run.id}", daemon=True).start()
        except BaseException:
            self._waiting.release()
            raise
        return self.one(run.id)

    def one(self, id: int) -> dict[str, Any]:
        """How a piece of work stands, with its result. Raises UnknownDraft."""
        with self._pool.transaction() as cur:
            cur.execute(queries.plan_job_one, {"id": id})
            row = cur.fetchone()
        if row is None:
            raise UnknownDraft("There is no such work.")
        return self._told(row)

    def file(self, id: int) -> bytes:
        """The file that the work made. Raises UnknownDraft where there is none."""
        with self._pool.transaction() as cur:
            cur.execute(queries.plan_job_file, {"id": id})
            row = cur.fetchone()
        if row is None:
            raise UnknownDraft("There is no such file: the work is not done, or makes none.")
        return bytes(row["file"])

    def latest(self, draft: int) -> list[dict[str, Any]]:
        """The latest work of each kind on a draft, without its result."""
        with self._pool.transaction() as cur:
            cur.execute(queries.plan_jobs_latest, {"draft": draft})
            return [self._told(row) for row in cur.fetchall()]

    def cancel(self, id: int) -> dict[str, Any]:
        """Ask that it ends; what is over already stays as it is. Raises UnknownDraft."""
        with self._pool.transaction() as cur:
            cur.execute(queries.plan_job_cancel, {"id": id})
        return self.one(id)

    def _told(self, row: Any) -> dict[str, Any]:
        told = dict(row)
        beat, cancel = told.pop("beat_at"), told.pop("cancel")
        if told["state"] in ("waiting", "running"):
            if self._clock() - beat > SILENT:
                told |= {"state": "failed", "fault": LEFT}
            elif cancel:
                told["state"] = "cancelled"
        return told


class _Run:
    """One piece of work: a thread that does it, and this one that beats for it."""

    def __init__(self, jobs: Jobs, id: int, work: Work) -> None:
        self._jobs, self.id, self._work = jobs, id, work
        self._halt = threading.Event()
        self._far = (0, 0)
        self._result: str | None = None
        self._file: bytes | None = None
        self._fault: str | None = None

    def watch(self) -> None:
        """Wait for room, then beat until the work is over."""
        jobs = self._jobs
        try:
            while not jobs._room.acquire(timeout=BEAT_S):
                if not self._beat("waiting"):
                    return self._end("cancelled")
        finally:
            jobs._waiting.release()
        try:
            self._oversee()
        finally:
            jobs._room.release()

    def _oversee(self) -> None:
        worker = threading.Thread(target=self._do, name=f"plan work {self.id}", daemon=True)
        go_on = self._beat("running")
        if go_on:
            worker.start()
            worker.join(BEAT_S)
        while go_on and worker.is_alive():
            go_on = self._beat("running")
            if go_on:
                worker.join(BEAT_S)
        if not go_on:
            self._halt.set()
            self._end("cancelled")
            if worker.ident is not None:
                worker.join()  # its room is free when it has really ended
        else:
            self._beat("running")
            self._end("done" if self._fault is None else "failed")

    def _do(self) -> None:
        try:
            result, self._file = self._work(self._progress)
            self._result = dumped(dict(result))
        except Stopped:
            self._fault = "stopped"
        except Refusal as refusal:
            self._fault = refusal.detail
        except Exception:
            _log.exception("plan job %s", self.id)
            self._fault = "The work failed through a fault of ours. Support finds it in the log by its number."

    def _progress(self, done: int, total: int) -> None:
        if self._halt.is_set():
            raise Stopped
        self._far = (done, total)

    def _beat(self, state: str) -> bool:
        """Say how far it is; whether to go on. A database that is away for a moment changes nothing."""
        with contextlib.suppress(Refusal), self._jobs._pool.transaction() as cur:
            done, total = self._far
            values = {"id": self.id, "state": state, "done": done, "total": total, "at": self._jobs._clock()}
            cur.execute(queries.plan_job_beat, values)
            row = cur.fetchone()
            return row is not None and not row["cancel"]
        return True

    def _end(self, state: str) -> None:
        result = self._result if state == "done" else None
        file = self._file if state == "done" else None
        fault = self._fault if state == "failed" else None
        values = {"id": self.id, "state": state, "result": result, "file": file, "fault": fault}
        values["at"] = self._jobs._clock()
        with contextlib.suppress(Refusal), self._jobs._pool.transaction() as cur:
            cur.execute(queries.plan_job_end, values)
