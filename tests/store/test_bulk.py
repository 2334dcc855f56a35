"""Many reports at once come to the same as one after the other, whoever else writes meanwhile."""

import re
from typing import Any

import pytest

from cli.live import operator
from cli.service import Service, clock
from dispatch.report import read_report
from store import publishing
from store.bulk import Gathered, decide, write
from store.database import Database
from store.queries import queries
from tests.boundaries.sheets import a_district
from tests.cli.importing import open_service, stored


@pytest.fixture
def service(database: Database) -> Service:
    return open_service(database, a_district())


def reports(service: Service, *refs: str) -> list[Any]:
    body = {"description": "x", "channel": "app"}
    return [(read_report(body | {"client_ref": ref}, now=clock(), zone=service.rules.zone), None) for ref in refs]


def test_many_are_written_with_all_that_one_is_written_with() -> None:
    names = set(re.findall(r"%\((\w+)\)s", queries.item_insert))
    assert names == Gathered.PLAIN | Gathered.JSON
    assert all(re.search(rf"\b{name} (bigint|integer|jsonb|text)\b", queries.bulk_insert) for name in names)


def everything(service: Service) -> list[dict[str, Any]]:
    """All that is stored of each item, but for what names it and when it came."""
    with service.database.pool.transaction() as cur:
        cur.execute("""SELECT to_jsonb(i) - '{id,number,words_salt,created_at,updated_at,received_at,dispatched_at,
                chain_hash}'::text[] AS item, r.name, r.phone, r.phone_digest, k.scope, e.seq,
            e.hash = i.chain_hash AS head,
            e.body::jsonb - '{number,at,clocks,received_at,dispatched_at,reported}'::text[] AS body,
            o.topic, o.body - '{number,updated_at}'::text[] AS outbox,
            (SELECT array_agg(unit || role || state) FROM handlers WHERE item_id = i.id) AS handlers,
            (SELECT array_agg(worker || kind || state) FROM tasks WHERE item_id = i.id) AS tasks,
            (SELECT array_agg(stage || state || rule ORDER BY stage) FROM deadlines WHERE item_id = i.id) AS clocks
            FROM items i JOIN reporters r ON r.item_id = i.id JOIN intake_keys k ON k.item_id = i.id
            JOIN events e ON e.item_id = i.id JOIN outbox o ON o.event_id = e.id ORDER BY i.id""")
        return [dict(row) for row in cur.fetchall()]


def test_an_item_is_stored_whole_however_it_is_taken_in(service: Service) -> None:
    body = {
        "description": '井盖 \\ " \u2028 😀',
        "lon": 119.305,
        "lat": 26.085,
        "channel": "app",
        "given": {"a": [1, None]},
    }
    body |= {"reporter": {"name": "王芳", "phone": "13900001111"}}
    read = [read_report(body | {"client_ref": ref}, now=clock(), zone=service.rules.zone) for ref in "ab"]
    who = operator("import")
    service.desk.take_in(who, read[0])
    write(service.desk, who, decide(service.desk, who, [(read[1], None)]))
    alone, together = everything(service)
    assert alone == together
    with service.database.pool.transaction() as cur:
        cur.execute("SELECT sum(n) AS n FROM item_counters")
        assert cur.fetchone()["n"] == 2


def test_a_block_that_another_writer_overtakes_is_decided_again(service: Service) -> None:
    who = operator("import")
    decided = decide(service.desk, who, reports(service, "a", "b", "c", "c"))
    assert [item is not None for item in decided.items] == [True, True, True, False]
    service.desk.take_in(who, *reports(service, "b")[0])
    done = write(service.desk, who, decided)
    assert [item is not None for item in done] == [True, False, True, False]
    assert len(stored(service)) == 3


def test_a_block_is_decided_again_by_the_edition_that_went_live(service: Service) -> None:
    who = operator("import")
    decided = decide(service.desk, who, reports(service, "a"))
    other = publishing.publish(
        service.database.pool, service.worlds, service.pen, a_district(name="Again"),
        by=who, reason="", expect=None, clock=clock,
    )  # fmt: skip
    assert other != decided.edition
    (item,) = write(service.desk, who, decided)
    assert item is not None
    assert service.shelf.live().id == other
    assert write(service.desk, who, decide(service.desk, who, reports(service, "a"))) == [None]
