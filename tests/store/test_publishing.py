"""Publishing: items move with their Edition, at once or not at all, while intake and actions go on."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from store import editions, moving, publishing
from store.audit import verify
from store.database import Database
from store.errors import EditionChanged, NoEdition
from store.publishing import listed, live_edition_id
from store.shelf import Shelf
from tests.factories import (
    IN_T1G2,
    RUBBISH,
    RunningService,
    a_redrawn_town,
    a_service,
    a_town,
    following,
    with_cell,
)


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


def test_open_items_move_and_say_so(service: RunningService) -> None:
    channel, dispatcher = service["channel"], service["dispatcher"]
    moves = channel.report(category=RUBBISH)["number"]
    stays = channel.report(lon=IN_T1G2[0], lat=IN_T1G2[1])["number"]
    in_work = channel.report(category=RUBBISH)["number"]
    service["officer"].act(in_work, "accept")
    ended = channel.report()["number"]
    dispatcher.act(ended, "reply", text="好")
    edition = service.publish(a_redrawn_town(), reason="redrawn")
    item = dispatcher.get(f"/items/{moves}").get_json()
    assert (item["lead"]["code"], item["handlers"][0]["unit"], item["resolution"]["edition"]) == ("T2", "T2", edition)
    events = dispatcher.get(f"/items/{moves}/events").get_json()["events"]
    assert [event["action"] for event in events] == ["received", "moved"]
    assert events[1]["data"]["changed"]["township"] == ["T1", "T2"]
    assert events[1]["actor"]["role"] == "admin"
    for number in (stays, in_work, ended):
        assert dispatcher.get(f"/items/{number}").get_json()["lead"]["code"] == "T1"
    assert moves in service["officer-T2"].numbers() and moves not in service["officer"].numbers()
    newest = listed(service.pool)[0]
    assert (newest["id"], newest["live"], newest["reason"], newest["townships"]) == (edition, True, "redrawn", 0)


def test_a_moved_item_is_handled_by_the_new_communitys_own(service: RunningService) -> None:
    """A community that comes with the Edition is a unit for the items that move with it."""
    from dataclasses import replace

    from boundaries.district import Community

    number = service["channel"].report(category="16.03")["number"]
    town = with_cell(a_redrawn_town(), "T1G1", community="NEW")
    service.publish(replace(town, communities=(*town.communities, Community("NEW", "new community", "T2"))))
    item = service["dispatcher"].get(f"/items/{number}").get_json()
    assert [(h["unit"], h["role"]) for h in item["handlers"]] == [("NEW", "main"), ("T2", "assist")]
    assert item["handlers"][0]["name"] == "new community"


def test_another_edition_than_expected(service: RunningService) -> None:
    with pytest.raises(EditionChanged):
        service.publish(a_redrawn_town(), expect=7)
    assert live_edition_id(service.pool) == 1
    second = service.publish(a_redrawn_town(), expect=1)
    assert live_edition_id(service.pool) == second


def test_of_two_publishers_with_the_same_expectation_one_wins(service: RunningService) -> None:
    """The second waits for the first, and must then see what the first made live."""

    def publish(n: int) -> int | None:
        try:
            return service.publish(a_redrawn_town() if n else a_town(), expect=1)
        except EditionChanged:
            return None

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(publish, range(2)))
    assert sorted(edition is None for edition in done) == [False, True]
    assert live_edition_id(service.pool) in done


def test_items_that_change_while_a_publisher_waits_for_them(service: RunningService) -> None:
    """The publisher waits for a row's lock; what it then moves is the item as it is by then."""
    number = service["channel"].report(category=RUBBISH)["number"]
    holder = service.pool.dedicated()
    holder.autocommit = False
    with holder.cursor() as cur:
        cur.execute("SELECT id FROM items WHERE number = %s FOR UPDATE", (number,))
    with ThreadPoolExecutor(2) as pool:
        commented = pool.submit(service["dispatcher"].act, number, "comment", text="x")
        until(lambda: waiting(service) == 1)
        published = pool.submit(service.publish, a_redrawn_town())
        until(lambda: waiting(service) == 2)
        holder.commit()
        assert commented.result(20)["version"] in (2, 3)
        published.result(20)
    holder.close()
    item = service["dispatcher"].get(f"/items/{number}").get_json()
    assert (item["version"], item["lead"]["code"]) == (3, "T2")
    assert verify(service.pool, "Asia/Shanghai").fault is None


def waiting(service: RunningService) -> int:
    question = "SELECT count(*) AS n FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE "
    return int(
        service.row(question + "datname = current_database()) OR locktype = 'transactionid' AND NOT granted")["n"]
    )


def until(done: Callable[[], Any], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.01)


def test_intake_and_actions_go_on_beside_a_publish(service: RunningService, monkeypatch: pytest.MonkeyPatch) -> None:
    """With small batches, so that the move takes its time; every item ends in the Edition that is live."""
    monkeypatch.setattr(moving, "BATCH", 10)
    monkeypatch.setattr(moving, "LOOKED_AT", 10)
    for _ in range(15):
        service["channel"].report(category=RUBBISH)
    stop, made, failed = threading.Event(), [], []

    def intake(n: int) -> None:
        while not stop.is_set():
            try:
                item = service["channel"].report(category=RUBBISH)
                made.append(item)
                service["dispatcher"].act(item["number"], "comment", text="x")
            except AssertionError as error:
                failed.append(error)

    threads = [threading.Thread(target=intake, args=(n,)) for n in range(2)]
    assert service["dispatcher"].numbers()
    for thread in threads:
        thread.start()
    until(lambda: len(made) > 2)
    edition = service.publish(a_redrawn_town())
    now = len(made)
    until(lambda: len(made) > now + 2)
    stop.set()
    for thread in threads:
        thread.join(20)
    assert not failed
    with service.pool.transaction() as cur:
        cur.execute("SELECT DISTINCT edition, lead FROM items")
        assert [tuple(row.values()) for row in cur.fetchall()] == [(edition, "T2")]
    assert {item["resolution"]["edition"] for item in made} == {1, edition}
    assert verify(service.pool, "Asia/Shanghai").fault is None


def test_a_publish_that_dies_leaves_the_old_edition_whole(
    service: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = service["channel"].report(category=RUBBISH)["number"]

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(publishing, "_flip", dies)
    with pytest.raises(KeyboardInterrupt):
        service.publish(a_redrawn_town())
    monkeypatch.undo()
    item = service["dispatcher"].get(f"/items/{number}").get_json()
    assert (live_edition_id(service.pool), item["lead"]["code"], item["version"]) == (1, "T1", 1)
    assert service["channel"].report()["resolution"]["edition"] == 1
    edition = service.publish(a_redrawn_town())
    assert service["dispatcher"].get(f"/items/{number}").get_json()["resolution"]["edition"] == edition


def test_a_running_process_swaps_its_index(service: RunningService) -> None:
    service.relay()
    other = a_second_process(service)
    with following(service):
        until(lambda: service.row("SELECT count(*) AS n FROM edition_ready WHERE edition = 1")["n"] == 1)
        edition = publishing.publish(
            service.pool, other.worlds, other.pen, a_redrawn_town(),
            by=service["planner"].account, reason="", expect=None, clock=other.worlds.clock,
        )  # fmt: skip
        assert service.service.shelf.live().id == 1
        service.relay()
        until(lambda: service.service.shelf.live().id == edition, 1.0)


def a_second_process(service: RunningService) -> Any:
    """What another process would have: the same database, and nothing in memory."""
    from cli.service import Service
    from tests.factories import rules

    return Service(service.database, rules())


def stored(service: RunningService, town: Any) -> int:
    with service.pool.transaction() as cur:
        return editions.store(cur, town, service["planner"].account, "", service.service.worlds.clock())


def test_a_listener_that_came_late_gets_ready_all_the_same(service: RunningService) -> None:
    """It began to listen after the call, so it looks for itself which Edition is coming."""
    pending = stored(service, a_redrawn_town())
    with following(service):
        question = f"SELECT count(*) AS n FROM edition_ready WHERE edition = {pending}"
        until(lambda: service.row(question)["n"] == 1)


def test_the_shelf(service: RunningService, database: Database) -> None:
    shelf = Shelf(service.pool)
    assert shelf.live().id == 1 and shelf.live() is shelf.live()
    for _ in range(6):
        service.publish(a_town())
    for edition in range(1, 8):
        assert shelf.get(edition)[0].id == edition
    assert shelf.live().id == 1 and len(shelf._ready) <= 6
    shelf.flip(7)
    assert shelf.live().id == 7
    with pytest.raises(NoEdition):
        shelf.get(99)


def test_before_the_first_edition(database: Database) -> None:
    assert live_edition_id(database.pool) is None and listed(database.pool) == []
    with pytest.raises(NoEdition, match="boundaries publish"):
        Shelf(database.pool).live()
