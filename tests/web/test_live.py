"""The live stream: in scope, in order, once each, and nothing missed."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

import store.hub
import web.live
from store.database import Database
from tests.factories import IN_T1G1, IN_T2G1, RUBBISH, Caller, RunningService, a_service, following


@pytest.fixture
def service(database: Database) -> Iterator[RunningService]:
    running = a_service(database)
    running.relay()
    with following(running):
        yield running


def told(event: tuple[str, int | None, str]) -> dict[str, Any]:
    return dict(json.loads(event[2]))


def missed(caller: Caller, after: int) -> list[dict[str, Any]]:
    """What the stream says of items between a position and now."""
    stream = caller.follow(after)
    events = stream.until("hello")
    stream.close()
    return [told(event) for event in events if event[0] == "item"]


def test_an_item_is_told_as_it_comes_in(service: RunningService) -> None:
    stream = service["officer"].follow()
    assert stream.until("hello")[-1][1] == 1
    item = service["channel"].report()
    assert service.relay() == 2
    kind, position, data = next(stream.events())
    assert (kind, position) == ("item", 2)
    where = {"township": "T1", "grid": "T1G1", "lon": IN_T1G1[0], "lat": IN_T1G1[1]}
    same = {name: item[name] for name in ("number", "status", "category", "updated_at")}
    assert json.loads(data) == same | where
    stream.close()


def test_everybody_is_told_the_own_alone(service: RunningService) -> None:
    in_t1 = service["channel"].report()["number"]
    in_t2 = service["other-channel"].report(lon=IN_T2G1[0], category=RUBBISH)["number"]
    nowhere = service["dispatcher"].report(lon=None, lat=None, category="?")["number"]
    service.relay()
    both, all_three = [in_t1, in_t2], [in_t1, in_t2, nowhere]
    for name, numbers in {
        "dispatcher": all_three, "supervisor": all_three, "planner": all_three, "admin": all_three,
        "officer": [in_t1], "officer-T2": [in_t2], "w-T1G1": [in_t1], "w-T2G1": [in_t2], "worker": [],
        "department": both, "other-department": [], "leader": both, "leader-T1": [in_t1],
        "channel": [in_t1], "other-channel": [in_t2],
    }.items():  # fmt: skip
        assert [event["number"] for event in missed(service[name], 1)] == numbers, name


def test_what_leaves_the_scope_is_told_once(service: RunningService) -> None:
    number = service["channel"].report(category=RUBBISH)["number"]
    service["dispatcher"].act(number, "locate", lon=IN_T2G1[0], lat=IN_T2G1[1])
    service["dispatcher"].act(number, "comment", text="x")
    service.relay()
    gone = {"number": number, "gone": True}
    for name in ("officer", "w-T1G1", "leader-T1"):
        first, second = missed(service[name], 1)
        assert first["township"] == "T1" and second == gone
    for name in ("officer-T2", "w-T2G1"):
        assert [event.get("gone") for event in missed(service[name], 1)] == [None, None]
    assert [event["township"] for event in missed(service["department"], 1)] == ["T1", "T2", "T2"]
    assert service["officer"].get(f"/items/{number}").status_code == 404


def test_nothing_personal_is_in_the_stream(service: RunningService) -> None:
    service["channel"].report(description="我家隔壁", kind="report")
    service.relay()
    stream = service["dispatcher"].follow(0)
    text = json.dumps(stream.until("hello"), ensure_ascii=False)
    stream.close()
    assert "林" not in text and "138" not in text and "隔壁" not in text and "readers" not in text


def test_a_reader_that_comes_back_has_every_position_once(service: RunningService) -> None:
    dispatcher = service["dispatcher"]
    numbers = [dispatcher.report()["number"] for _ in range(4)]
    service.relay()
    assert [e["number"] for e in missed(dispatcher, 3)] == numbers[2:]
    stream = dispatcher.follow(3)
    positions = [event[1] for event in stream.until("hello")]
    dispatcher.report()
    service.relay()
    positions.append(next(stream.events())[1])
    assert positions == [4, 5, 5, 6]  # the hello stands at the position of what came before it
    stream.close()


def test_more_than_a_page_is_missed(service: RunningService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.hub, "BATCH", 3)
    numbers = [service["dispatcher"].report()["number"] for _ in range(10)]
    service.relay()
    assert [event["number"] for event in missed(service["dispatcher"], 1)] == numbers


def test_a_slow_reader_misses_nothing(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.hub, "WAITING", 2)
    service = a_service(database)
    service.relay()
    with following(service):
        stream = service["dispatcher"].follow()
        stream.until("hello")
        numbers = [service["dispatcher"].report()["number"] for _ in range(9)]
        service.relay()
        wait_for(lambda: service.service.hub._position == 10)
        events = stream.events()
        assert [told(next(events))["number"] for _ in range(9)] == numbers
        numbers = [service["dispatcher"].report()["number"]]
        service.relay()
        assert [told(next(events))["number"]] == numbers
        stream.close()


def wait_for(done: Any, seconds: float = 10) -> None:
    import time

    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize("position", ["nonsense", "-1", "99", "9" * 30, "1.5", "１"])
def test_a_position_that_is_none_or_ahead(service: RunningService, position: str) -> None:
    stream = service["dispatcher"].follow(position)  # type: ignore[arg-type]
    assert [event[:2] for event in stream.until("hello")] == [("reset", 1), ("hello", 1)]
    stream.close()


def test_a_position_that_is_too_old(service: RunningService) -> None:
    service["dispatcher"].report()
    service.relay()
    with service.pool.transaction() as cur:
        cur.execute("UPDATE relay_state SET pruned_to = 1")
    stream = service["dispatcher"].follow(0)
    assert [event[:2] for event in stream.until("hello")] == [("reset", 2), ("hello", 2)]
    stream.close()
    assert [event[0] for event in service["dispatcher"].follow(1).until("hello")] == ["item", "hello"]


def test_a_new_edition_is_told(service: RunningService) -> None:
    from tests.factories import a_redrawn_town

    stream = service["officer"].follow()
    stream.until("hello")
    edition = service.publish(a_redrawn_town())
    service.relay()
    kind, _, data = next(stream.events())
    assert (kind, json.loads(data)) == ("edition", {"id": edition})
    stream.close()


def test_who_hangs_up_is_let_go(service: RunningService) -> None:
    hub = service.service.hub
    started = service["officer"].follow()
    started.until("hello")
    unread = service["officer"].follow()
    assert hub.readers == 2
    started.close()
    unread.close()
    assert hub.readers == 0


def test_a_server_takes_so_many_streams_and_no_more(service: RunningService) -> None:
    services = service.app.extensions["firstline"]
    service.app.extensions["firstline"] = type(services)(**{**vars(services), "most_streams": 1})
    stream = service["officer"].follow()
    refused = service["officer"].get("/live")
    assert refused.status_code == 503 and int(refused.headers["Retry-After"]) >= 1
    stream.close()


def test_a_stream_ticks_and_says_goodbye(service: RunningService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web.live, "KEEP_ALIVE_S", 0.1)
    monkeypatch.setattr(web.live, "LONGEST_S", 0.35)
    stream = service["officer"].follow()
    stream.until("hello")
    told = list(stream.events())
    assert told[:2] == [("tick", None, "{}")] * 2
    assert told[-1] == ("bye", None, "{}"), "and nothing after it"


def test_a_stream_ticks_however_much_is_told_to_others(
    service: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web.live, "KEEP_ALIVE_S", 0.0)
    for _ in range(3):
        service["channel"].report()
    service.relay()
    stream = service["officer-T2"].follow()
    stream.until("hello")
    assert [next(stream.events())[0] for _ in range(2)] == ["tick", "tick"]
    stream.close()
