"""What can be wrong with the database itself, said once for the whole service."""

import psycopg2

from gis.errors import Refusal

DriverError = psycopg2.Error
"""Whatever the driver raises: for those above the store who only need to know that the database failed."""


class DatabaseAway(Refusal):
    """The database does not answer, or closed the connection, or has none to spare. Asking again later may work."""

    code = "database-away"


class PlansGone(DatabaseAway):
    """What this process had prepared does not fit the schema any more; at the next try it is prepared anew."""


class RowRefused(Exception):
    """The database refused a row. Always a programmer's fault; says which rule was broken and nothing of the row."""


class NoDatabase(Refusal):
    """No database can be had with these settings, this account or this folder; the sentence says what to change."""

    code = "no-database"


class SecretTooShort(NoDatabase):
    """``FIRSTLINE_SECRET`` could be guessed."""


class BadSmsRoad(NoDatabase):
    """``FIRSTLINE_SMS`` names no way for texts to leave."""


class SchemaFault(Refusal):
    """The schema and the migration files do not belong together; the sentence says which file and what to do."""

    code = "schema"


class BackupFault(Refusal):
    """A backup file is not whole, does not fit this release, or may not be loaded now."""

    code = "backup"


class NoEdition(Refusal):
    """No Edition is live (or was, at the instant asked for)."""

    code = "no-edition"

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail or "No Edition is live: run `python app.py boundaries publish DIR --commit`.")


class EditionChanged(Refusal):
    """Another Edition is live than the one expected."""

    code = "edition-changed"


class NotPlanned(Refusal):
    """No Edition with that number waits to go live."""

    code = "not-planned"


class PastInstant(Refusal):
    """An Edition cannot go live at an instant that is over."""

    code = "past-instant"


class UnknownDraft(Refusal):
    """There is no such draft, or no such work on one: thrown away perhaps."""

    code = "not-found"

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail or "There is no such draft: another planner may have thrown it away.")


class TooManyDrafts(Refusal):
    """As many drafts are kept as may be."""

    code = "too-many-drafts"


class DraftHasErrors(Refusal):
    """A draft with errors does not become an Edition."""

    code = "draft-has-errors"


class PlannersBusy(Refusal):
    """This server has enough work of planners to do."""

    code = "throttled"
