"""Whether the service can do its work: what ``/readyz`` asks."""

from store.database import Database
from store.errors import DatabaseAway, SchemaFault
from store.migrate import missing
from store.queries import queries


def ready(database: Database) -> list[str]:
    """What keeps the service from its work, a sentence each; empty where nothing does. Raises nothing of the kind."""
    try:
        with database.pool.transaction() as cur:
            lacking = missing(cur)
            if lacking:
                return [f"The schema is behind: {', '.join(lacking)}. Run `python app.py migrate`."]
            cur.execute(queries.health_edition_live)
            row = cur.fetchone()
            if not row or not row["live"]:
                return ["No Edition is live. Run `python app.py boundaries publish`."]
    except (DatabaseAway, SchemaFault) as fault:
        return [fault.detail]
    return []
