"""Texts to the citizen: written with the change, sent at least once with one id, never more than the rules allow."""

import json
import os
import signal
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import store.texts
from cli.service import clock
from dispatch.tracking import track_code
from store.database import Database
from store.text_roads import NotSent, Outgoing, Road, to_file
from store.texts import Sender, Texts
from tests.factories import RunningService, a_service
from tests.scenarios.servers import until
from tests.tracking import a_citizen, an_answered, answer, work_on

BY_DAY = datetime.combine(clock().date() + timedelta(days=1), datetime.min.time(), UTC) + timedelta(hours=3)
"""Eleven in the morning in the city, tomorrow: all that was made by now is due."""


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


class Phone:
    """A road that remembers what came, or fails."""

    def __init__(self, failures: int = 0) -> None:
        self.got: list[Outgoing] = []
        self.failures = failures

    def __call__(self, text: Outgoing) -> None:
        if self.failures:
            self.failures -= 1
            raise NotSent("http-503")
        self.got.append(text)


def texts(service: RunningService, road: Road) -> Texts:
    return Texts(service.pool, service.service.worlds, service.database.settings.secret, road)


def rows(service: RunningService) -> list[dict[str, Any]]:
    with service.pool.transaction() as cur:
        cur.execute("SELECT id, kind, state, tries, reason, due_at FROM texts ORDER BY id")
        return [dict(row) for row in cur.fetchall()]


def test_the_citizen_hears_of_each_stage_by_name_and_number(service: RunningService) -> None:
    citizen, phone = an_answered(service), Phone()
    assert [row["kind"] for row in rows(service)] == ["received", "accepted", "answered", "rate"]
    assert texts(service, phone).send_due(BY_DAY) == 3
    received, accepted, answered = phone.got
    assert received.to == "13812345678" and citizen.number in received.text and citizen.code in received.text
    assert "区城管局" in accepted.text and "评价" in answered.text
    assert texts(service, phone).send_due(BY_DAY) == 0 and len({text.id for text in phone.got}) == 3
    assert texts(service, phone).send_due(BY_DAY + timedelta(days=10)) == 1
    assert received.to not in json.dumps(rows(service), default=str)


def test_a_reminder_to_rate_is_dropped_once_it_is_rated(service: RunningService) -> None:
    citizen, phone = an_answered(service), Phone()
    citizen.post("rating", level=5)
    assert texts(service, phone).send_due(BY_DAY + timedelta(days=10)) == 2
    assert [row["reason"] for row in rows(service)] == [None, None, "past", "past"]


def test_after_another_answer_the_reminder_of_the_first_does_not_come_too(service: RunningService) -> None:
    citizen, phone = an_answered(service), Phone()
    citizen.post("rating", level=1, comment="没修好")
    answer(service, citizen.number, "已再次处理")
    texts(service, phone).send_due(BY_DAY + timedelta(days=10))
    assert [text.kind for text in phone.got] == ["received", "accepted", "answered", "rate"]


def test_one_who_was_erased_meanwhile_is_not_texted(service: RunningService) -> None:
    a_citizen(service)
    with service.pool.transaction() as cur:
        cur.execute("UPDATE reporters SET name = '', phone = '', phone_digest = NULL")
    phone = Phone()
    assert texts(service, phone).send_due(BY_DAY) == 0
    assert [(row["state"], row["reason"]) for row in rows(service)] == [("dropped", "no-phone")] and phone.got == []


def test_secret_and_unnamed_ones_are_never_written_down_for_it(service: RunningService) -> None:
    for fields in ({"kind": "report"}, {"confidential": True}, {"anonymous": True}, {"reporter": {"name": "林"}}):
        a_citizen(service, **fields)
    assert rows(service) == []


def test_one_phone_gets_no_more_a_day_than_the_rule_allows(service: RunningService) -> None:
    most = service.service.rules.thresholds.texts.a_day
    for n in range(most + 2):
        a_citizen(service, reporter={"name": "林", "phone": "138 1234 5678" if n % 2 else "13812345678"})
    a_citizen(service, reporter={"name": "陈", "phone": "13900000000"})
    phone = Phone()
    assert texts(service, phone).send_due(BY_DAY) == most + 1
    assert sorted(row["reason"] or "" for row in rows(service))[-2:] == ["limit", "limit"]
    a_citizen(service)
    assert texts(service, phone).send_due(BY_DAY + timedelta(days=1)) == 1


def test_nothing_leaves_in_quiet_hours_and_all_after_them(service: RunningService) -> None:
    a_citizen(service)
    phone = Phone()
    at_night = BY_DAY + timedelta(hours=12)
    assert texts(service, phone).send_due(at_night) == 0 and rows(service)[0]["state"] == "waiting"
    assert texts(service, phone).send_due(at_night + timedelta(hours=10)) == 1


def test_a_failure_waits_longer_each_time_and_is_given_up_in_the_end(service: RunningService) -> None:
    a_citizen(service)
    a_citizen(service)
    phone, at = Phone(failures=1), BY_DAY
    assert texts(service, phone).send_due(at) == 0
    first = rows(service)[0]
    assert (first["state"], first["tries"], first["reason"]) == ("waiting", 1, "http-503") and first["due_at"] > at
    assert texts(service, phone).send_due(at) == 1  # the other one does not wait for it
    assert texts(service, phone).send_due(at + timedelta(minutes=1)) == 1
    a_citizen(service)
    dead = texts(service, Phone(failures=10**6))
    for n in range(40):
        dead.send_due(at + n * timedelta(days=1))
    assert (rows(service)[-1]["state"], rows(service)[-1]["tries"]) == ("failed", 12)


def test_a_process_killed_between_sending_and_marking_sends_again_with_the_same_id(
    service: RunningService, home: Path
) -> None:
    citizen = a_citizen(service)
    file = home / "texts.jsonl"
    service.service.worlds.now()
    child = os.fork()
    if child == 0:

        def send_and_die(text: Outgoing) -> None:
            to_file(file)(text)
            os.kill(os.getpid(), signal.SIGKILL)

        try:
            texts(service, send_and_die).send_due(BY_DAY)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    assert rows(service)[0]["state"] == "waiting"
    until(lambda: texts(service, to_file(file)).send_due(BY_DAY))  # once the server has noticed the death
    first, second = (json.loads(line) for line in file.read_text("utf-8").splitlines())
    assert first == second and first["id"].startswith(f"{citizen.number}/")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_one_sends_at_a_time(service: RunningService) -> None:
    for n in range(6):
        a_citizen(service, reporter={"name": "林", "phone": f"1380000000{n}"})
    sending, most, got = [0], [0], []
    lock = threading.Lock()

    def slow(text: Outgoing) -> None:
        with lock:
            sending[0] += 1
            most[0] = max(most[0], sending[0])
        got.append(text.id)
        threading.Event().wait(0.02)
        with lock:
            sending[0] -= 1

    threads = [threading.Thread(target=texts(service, slow).send_due, args=(BY_DAY,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    texts(service, slow).send_due(BY_DAY)
    assert most[0] == 1 and len(got) == len(set(got)) == 6


def test_what_accepting_wrote_is_what_was_done(service: RunningService) -> None:
    citizen = a_citizen(service)
    work_on(service, citizen.number)
    assert [row["kind"] for row in rows(service)] == ["received", "accepted"]
    assert citizen.code == track_code(citizen.number, service.database.settings.secret)


def test_the_sender_survives_a_fault_and_sends_until_it_is_stopped(
    service: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store.texts, "TICK_S", 0.02)
    a_citizen(service)
    left, faults = threading.Event(), [ValueError("a fault of the road")]

    def road(text: Outgoing) -> None:
        if faults:
            raise faults.pop()
        left.set()

    sender = Sender(texts(service, road), lambda: BY_DAY)
    sender.start()
    assert left.wait(20)
    sender.stop()
    sender.join(20)
    assert not sender.is_alive() and rows(service)[0]["state"] == "sent"
