"""The database of this service: the embedded PostgreSQL or the one that ``DATABASE_URL`` names, opened as one thing."""

import logging
import threading
import time
from types import TracebackType
from typing import TYPE_CHECKING

import psycopg2
from psycopg2.extensions import make_dsn, parse_dsn

from store.errors import NoDatabase
from store.pool import Pool
from store.roles import role_dsn
from store.settings import Settings

if TYPE_CHECKING:
    from store.embedded import Hold

log = logging.getLogger("firstline.store")
REVIVE_EVERY_S = 5.0


class Database:
    """An opened database: connection strings, a pool for the service, and the embedded server's life.

    ``with Database.open(settings) as database: ...`` or :meth:`close` in the end. It does not look at the schema.
    """

    def __init__(self, settings: Settings, admin_dsn: str, hold: "Hold | None" = None, size: int = 8) -> None:
        self.settings = settings
        self.admin_dsn = admin_dsn
        self.dsn = role_dsn(admin_dsn, settings)
        self.pool = Pool(self.dsn, size, on_away=self._revive if hold is not None else None)
        self._hold = hold
        self._reviving = threading.Lock()
        self._revived = float("-inf")

    @classmethod
    def open(cls, settings: Settings, *, size: int = 8) -> "Database":
        """Open what the settings name; start the embedded PostgreSQL where that is it and it does not run.

        ``size``: how many connections this process may have. Raises :class:`NoDatabase` with the reason. An external
        database that does not answer raises nothing here: its users get ``DatabaseAway`` until it does.
        """
        if settings.database_url:
            return cls(settings, external_dsn(settings.database_url), size=size)
        from store import embedded  # POSIX only, and not needed by those who bring their own database

        hold = embedded.take(settings.home)
        return cls(settings, hold.admin_dsn, hold, size)

    def close(self) -> None:
        """Close the pool; the last process to leave an embedded server stops it. Closing twice is nothing."""
        self.pool.close()
        hold, self._hold = self._hold, None
        if hold is not None:
            hold.release()

    def __enter__(self) -> "Database":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    def _revive(self) -> None:
        """Start an embedded server that died under us, in the background; the request at hand does not wait for it."""
        if not self._reviving.acquire(blocking=False):
            return
        if time.monotonic() - self._revived < REVIVE_EVERY_S:
            self._reviving.release()
            return
        threading.Thread(target=self._revive_now, name="revive", daemon=True).start()

    def _revive_now(self) -> None:
        from store import embedded

        try:
            if embedded.revive(self.settings.home):
                log.warning("the embedded PostgreSQL had gone and was started again")
        except NoDatabase as error:
            log.error("the embedded PostgreSQL has gone and does not start: %s", error.detail)
        finally:
            self._revived = time.monotonic()
            self._reviving.release()


def external_dsn(text: str) -> str:
    """``DATABASE_URL`` checked: a URL or a keyword string. Raises :class:`NoDatabase` where it is neither."""
    try:
        return str(make_dsn(**parse_dsn(text)))
    except psycopg2.ProgrammingError as error:
        raise NoDatabase("DATABASE_URL is not a PostgreSQL connection string, such as "
                         "postgresql://owner:password@host:5432/firstline.") from error
