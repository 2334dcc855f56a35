"""The column that says how far an item is: true for every status, and what spares the indexes of items."""

from typing import Any

import pytest

from dispatch.item import OPEN
from store.database import Database
from tests.factories import RunningService, a_service

ALL = (*sorted(OPEN), "answered", "closed", "merged", "declined", "transferred")


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


HOT = "SELECT pg_stat_get_xact_tuples_hot_updated('items'::regclass) AS hot"


def changed(service: RunningService, number: str, change: str) -> dict[str, Any]:
    """The phase after an UPDATE, and how many of the rows that it wrote left the indexes alone."""
    with service.pool.transaction() as cur:
        cur.execute(HOT)
        before = cur.fetchone()["hot"]
        cur.execute(f"UPDATE items SET {change} WHERE number = %s RETURNING phase", (number,))
        phase = cur.fetchone()["phase"]
        cur.execute(HOT)
        return {"phase": phase, "hot": cur.fetchone()["hot"] - before}


def test_the_phase_follows_every_status(service: RunningService) -> None:
    number = service["dispatcher"].report()["number"]
    for status in ALL:
        phase = "open" if status in OPEN else "answered" if status == "answered" else "over"
        assert service.row("SELECT item_phase(%s) AS phase", (status,))["phase"] == phase
        if status not in ("suspended", "merged"):  # these need more than a word
            assert changed(service, number, f"status = '{status}', phase = 'nonsense'")["phase"] == phase


def test_an_action_that_leaves_an_item_open_writes_no_index_of_items(service: RunningService) -> None:
    number = service["dispatcher"].report()["number"]
    assert changed(service, number, "status = 'accepted', version = version + 1, updated_at = now()")["hot"] == 1
    assert changed(service, number, "status = 'answered'")["hot"] == 0
