"""The trace: each event says who answered on its day and under which rules; an unmasking is a line of it too."""

import json
from dataclasses import replace
from typing import Any

import pytest

from cli.service import clock
from dispatch.report import read_report
from dispatch.responsible import POSTS
from store.bulk import decide, write
from store.database import Database
from store.world import Worlds, import_people
from tests.callers import code
from tests.factories import RunningService, a_redrawn_town, a_report, a_service, rules
from tests.web.photo_calls import send

CITY = "city-management"


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


def history(service: RunningService, number: str, name: str = "dispatcher") -> list[dict[str, Any]]:
    return list(service[name].get(f"/items/{number}/events").get_json()["events"])


def appoint(service: RunningService, post: str) -> None:
    """Put another post in charge of the handling of the city management's work."""
    units = rules().units
    import_people(service.pool, [replace(units[CITY], handler=post)])
    service.service.worlds.forget_people()  # which the hub does in a server


def test_each_event_names_the_unit_and_its_posts(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    service["department"].act(number, "accept")
    service["dispatcher"].act(number, "assign", main="housing-bureau")
    told = [event["responsible"] for event in history(service, number)]
    assert [one["unit"] for one in told] == [CITY, CITY, "housing-bureau"]
    unit = rules().units[CITY]
    posts = (unit.handler, unit.leader_in_charge, unit.responsible_leader)
    assert all(posts) and tuple(told[0][post] for post in POSTS) == posts
    policy = service["channel"].report(category="?", lon=None, lat=None, address="?")["number"]
    assert history(service, policy)[0]["responsible"] == {
        "unit": "centre", "handler": "12345中心派单岗", "leader_in_charge": "12345中心分管领导岗",
        "responsible_leader": "12345中心主责领导岗",
    }  # fmt: skip


def test_a_new_list_of_units_changes_no_history(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    before = history(service, number)
    appoint(service, "新经办岗")
    assert history(service, number) == before
    service["dispatcher"].act(number, "comment", text="一")
    assert send(service["department"], number).status_code == 201
    told = [event["responsible"]["handler"] for event in history(service, number)]
    assert told == ["区城管局经办岗", "新经办岗", "新经办岗"]
    appoint(service, "区城管局经办岗")
    assert [event["responsible"]["handler"] for event in history(service, number)] == told


def test_import_and_publishing_name_them_too(service: RunningService) -> None:
    desk, account = service.service.desk, service["channel"].account
    report = read_report(a_report(), now=clock(), zone=rules().zone)
    written = write(desk, account, decide(desk, account, [(report, "a"), (report, "b")]))
    assert all(written)
    service.publish(a_redrawn_town())
    for item in filter(None, written):
        lines = history(service, item.number)
        assert [(line["action"], line["responsible"]["unit"]) for line in lines] == [
            ("received", CITY),
            ("moved", CITY),
        ]
        assert lines[1]["responsible"]["responsible_leader"] == rules().units[CITY].responsible_leader


def test_each_event_names_a_rule_set_that_is_kept_whole(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    other = replace(rules(), hash="f" * 64, text="other rules")
    worlds = Worlds(service.pool, service.service.shelf, other, clock)
    worlds.keep_rules()
    service.service.desk.worlds, kept = worlds, service.service.desk.worlds
    pen = service.service.desk.pen
    service.service.desk.pen = replace(pen, rules=other)
    service["dispatcher"].act(number, "comment", text="一")
    service.service.desk.pen, service.service.desk.worlds = pen, kept
    service["dispatcher"].act(number, "comment", text="二")
    named = [json.loads(event["body"])["rules"] for event in history(service, number)]
    assert named == [rules().hash, "f" * 64, rules().hash]
    with service.pool.transaction() as cur:
        cur.execute("SELECT hash, body, stored_at FROM rule_sets")
        sets = {row["hash"]: row for row in cur.fetchall()}
    assert set(sets) == set(named) and sets[rules().hash]["body"] == rules().text
    assert all(row["stored_at"] for row in sets.values())


def test_an_unmasking_is_a_line_of_the_history(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    version = service["officer"].get(f"/items/{number}").get_json()["version"]
    service["officer"].post(f"/items/{number}/reveal", {"reason": "回访林小明"})
    line = history(service, number)[-1]
    log = service.row("SELECT * FROM access_log")
    assert (line["action"], line["actor"]["role"], line["actor"]["unit"]) == ("reveal", "officer", "T1")
    assert line["actor"]["account"] == log["account"] and line["data"]["log"] == log["id"]
    assert line["words"] == log["reason"] == "回访林小明" and "林小明" not in line["body"]
    stale = service["dispatcher"].post(
        f"/items/{number}/actions", {"action": "comment", "text": "一", "version": version}
    )
    assert code(stale) == (409, "changed")
    for name, words in (("supervisor", "回访林小明"), ("officer", None), ("department", None), ("channel", None)):
        assert history(service, number, name)[-1]["words"] == words, name
    refused = service["officer"].post(
        f"/items/{number}/actions", {"action": "comment", "text": "一", "version": version}
    )
    assert "林小明" not in refused.text
    secret = service["channel"].report(kind="report")["number"]
    service["dispatcher"].post(f"/items/{secret}/reveal", {"reason": "核实"})
    assert history(service, secret, "supervisor")[-1]["words"] is None


def test_a_log_line_that_cannot_be_chained_is_not_written(service: RunningService, owner: Any) -> None:
    number = service["channel"].report()["number"]
    with owner.cursor() as cur:
        cur.execute("ALTER TABLE outbox ADD CONSTRAINT full_up CHECK (id < 0) NOT VALID")
    assert service["officer"].post(f"/items/{number}/reveal", {"reason": "回访"}).status_code >= 400
    assert service.row("SELECT count(*) AS n FROM access_log")["n"] == 0
