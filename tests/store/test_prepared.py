"""Prepared statements: planned once for a connection, outliving a rollback, made anew when the schema changes."""

from typing import Any

import pytest
from psycopg2.extensions import connection

from store import prepared
from store.database import Database
from store.errors import RowRefused
from store.pool import Pool
from tests.factories import RunningService, a_service

PICK = "SELECT %(a)s::int + 1 AS n, %(b)s::text[] AS words, '100%%' AS whole WHERE %(a)s::int > 0"


@pytest.fixture
def pool(database: Database) -> Any:
    own = Pool(database.dsn, 1)
    yield own
    own.close()


def test_a_statement_is_planned_once(pool: Pool) -> None:
    for n in (1, 2):
        with pool.transaction() as cur:
            prepared.run(cur, PICK, {"a": n, "b": ["甲", "'"]})
            assert dict(cur.fetchone()) == {"n": n + 1, "words": ["甲", "'"], "whole": "100%"}
            cur.execute("SELECT count(*) AS n FROM pg_prepared_statements WHERE name LIKE 'firstline%'")
            assert cur.fetchone()["n"] == 1


def test_it_outlives_a_rollback_and_a_failure_of_its_own(pool: Pool) -> None:
    for values in ({"a": 1, "b": None}, {"a": "x", "b": None}, {"a": 1, "b": None}):
        with pytest.raises((RuntimeError, RowRefused)), pool.transaction() as cur:
            prepared.run(cur, PICK, values)
            raise RuntimeError
    with pool.transaction() as cur:
        prepared.run(cur, PICK, {"a": 5, "b": []})
        assert cur.fetchone()["n"] == 6


def test_what_goes_first_is_seen_by_what_comes_after(pool: Pool) -> None:
    with pool.transaction() as cur:
        first = ("SET LOCAL lock_timeout = '250ms'", "SELECT set_config('firstline.word', %(word)s, true)")
        prepared.run(cur, "SELECT current_setting('firstline.word') || %(word)s AS twice", {"word": "甲"}, first=first)
        assert cur.fetchone()["twice"] == "甲甲"
        cur.execute("SHOW lock_timeout")
        assert cur.fetchone()["lock_timeout"] == "250ms"


def test_another_shape_of_a_view_costs_no_action_and_no_reading(database: Database, owner: connection) -> None:
    service: RunningService = a_service(database)
    number = service["channel"].report()["number"]
    service["dispatcher"].act(number, "comment", text="一")
    with owner.cursor() as cur:
        cur.execute("SELECT pg_get_viewdef('item_cards') AS body")
        body = cur.fetchone()[0].rstrip("; ")
        cur.execute(f"CREATE OR REPLACE VIEW item_cards AS SELECT whole.*, 1 AS newer FROM ({body}) AS whole")
        assert service["dispatcher"].get(f"/items/{number}").status_code == 200
        cur.execute(
            f"CREATE OR REPLACE VIEW item_cards AS SELECT whole.*, 1 AS newer, 2 AS more FROM ({body}) AS whole"
        )
    service["dispatcher"].act(number, "comment", text="二")
    assert len(service["dispatcher"].get(f"/items/{number}/events").get_json()["events"]) == 3
