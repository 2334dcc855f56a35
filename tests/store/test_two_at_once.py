"""Two people act on one item at once, through two desks with connections of their own: one wins, the other is told."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from dispatch.errors import Changed, Forbidden, UnknownItem, WrongState
from dispatch.item import Item
from store.database import Database
from store.desk import Desk
from tests.acts import LATE, Act, act, begun
from tests.factories import IN_T2G1, RunningService, a_service
from tests.store.books import faults

HEAPS = "1.01"


SETTLE = act("department", "settle", note="好了")
EAST = act("dispatcher", "locate", lon=IN_T2G1[0], lat=IN_T2G1[1])
RETURN = act("department", "request_return", reason="不归")
NO = {"grant": False, "reason": "不"}
GRANT = {"grant": True, "reason": "同意"}
PAIRS: list[tuple[str, Act, Act]] = [
    ("dispatched", act("department", "accept"), act("officer", "accept")),
    ("dispatched", act("department", "accept"), act("dispatcher", "assign", main="housing-bureau")),
    ("dispatched", act("dispatcher", "reply", text="已告知"), act("department", "accept")),
    ("dispatched", act("dispatcher", "decline", ground="litigation"), act("dispatcher", "transfer", to="110")),
    ("dispatched", act("dispatcher", "assign", main="T1"), EAST),
    ("dispatched", act("officer", "classify", category=HEAPS), EAST),
    ("accepted", SETTLE, SETTLE),
    ("accepted", SETTLE, act("department", "pause", reason="等")),
    ("accepted", SETTLE, act("officer", "settle", note="好了")),
    ("accepted", act("department", "request_extension", until=LATE, reason="备料"), SETTLE),
    ("accepted", RETURN, RETURN),
    ("accepted", act("dispatcher", "assign", main="housing-bureau"), SETTLE),
    ("disputed", act("dispatcher", "decide_return", **GRANT), act("dispatcher", "decide_return", **NO)),
    ("disputed", act("dispatcher", "decide_return", **GRANT), SETTLE),
    ("extension", act("dispatcher", "decide_extension", **GRANT), act("supervisor", "decide_extension", **NO)),
    ("suspension", act("supervisor", "decide_suspension", **GRANT), SETTLE),
    ("suspension", act("supervisor", "decide_suspension", **GRANT), act("department", "pause", reason="等")),
    ("paused", act("department", "resume"), act("dispatcher", "resume")),
    ("paused", act("dispatcher", "supplement", text="补充"), act("department", "resume")),
    ("settled", act("department", "answer", text="好了"), act("officer", "answer", text="好了")),
    ("answered", act("dispatcher", "close"), act("supervisor", "reopen", reason="没好")),
    ("closed", act("dispatcher", "reopen", reason="没好"), act("supervisor", "reopen", reason="没好")),
    ("taken", act("w-T1G1", "done", note="看过"), act("officer", "assign", worker="w-T1G2")),
]  # fmt: skip


@pytest.fixture
def service(database: Database) -> Iterator[RunningService]:
    yield a_service(database)


@pytest.fixture
def other(service: RunningService) -> Iterator[Desk]:
    """A second desk with a pool of its own, as another process has."""
    with Database.open(service.database.settings) as second:
        yield Desk(second.pool, service.service.worlds, service.database.settings.secret)


def both(service: RunningService, other: Desk, number: str, acts: tuple[Act, Act], version: int | None) -> list[Any]:
    """What came of each: the item, or why it was refused."""
    ready = threading.Barrier(2)

    def do(desk: Desk, one: Act) -> Any:
        account = service[one.who].account
        ready.wait(10)
        try:
            return desk.act(account, number, one.action, one.args, version)
        except (Changed, WrongState, Forbidden, UnknownItem) as refused:
            return refused

    for one in acts:
        assert service[one.who]
    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(do, desk, one) for desk, one in zip((service.service.desk, other), acts, strict=True)]
        return [one.result(30) for one in running]


@pytest.mark.parametrize(
    ("start", "one", "two"), PAIRS, ids=lambda part: part if isinstance(part, str) else part.action
)
def test_with_the_version_that_both_saw_one_wins_and_the_other_is_told_what_changed(
    service: RunningService, other: Desk, start: str, one: Act, two: Act
) -> None:
    for turn in range(2):
        seen = begun(service, start)
        came = both(service, other, seen.number, (one, two) if turn else (two, one), seen.version)
        won = [item for item in came if isinstance(item, Item)]
        assert len(won) == 1, came
        (lost,) = [refused for refused in came if not isinstance(refused, Item)]
        if isinstance(lost, Changed):  # else the other's act took the item out of this one's scope
            assert (lost.members["version"], len(lost.members["events"])) == (seen.version + 1, 1)
            assert won[0].chain_hash == lost.members["events"][0]["hash"]
        else:
            assert isinstance(lost, UnknownItem)
    assert_books(service)


@pytest.mark.parametrize(
    ("start", "one", "two"), PAIRS, ids=lambda part: part if isinstance(part, str) else part.action
)
def test_without_a_version_they_follow_each_other_or_the_second_is_refused_by_what_the_first_made(
    service: RunningService, other: Desk, start: str, one: Act, two: Act
) -> None:
    seen = begun(service, start)
    came = both(service, other, seen.number, (one, two), None)
    won = [item for item in came if isinstance(item, Item)]
    assert won and max(item.version for item in won) == seen.version + len(won)
    for refused in came:
        assert isinstance(refused, Item | WrongState | Forbidden | UnknownItem)
    assert_books(service)


def assert_books(service: RunningService) -> None:
    with service.pool.transaction() as cur:
        assert list(faults(cur)) == []
