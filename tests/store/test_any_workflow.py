"""The workflow on the real database, walked at random by everybody at once; after each step all books are right.

``WALKS=500 pytest tests/store/test_any_workflow.py`` walks as often as that, each time twice as far;
what it finds is not made smaller then, which takes long.
"""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from dispatch.account import CITIZEN, Account
from dispatch.errors import Changed, Forbidden, UnknownItem, WrongState
from dispatch.item import Item
from dispatch.report import read_report
from dispatch.workflow import MOVES, allowed
from gis.errors import Refusal
from store.audit import verify
from store.closing import close_unrated
from store.database import Database
from store.escalator import Steps
from store.pauses import end_pauses
from store.photos import Photos
from store.picture_files import Folder
from tests.factories import PEOPLE, RunningService, a_redrawn_town, a_report, a_service, a_town, rules
from tests.pictures import a_picture
from tests.store.books import faults, trace
from tests.store.moves import PHONE, SPECS, WORDS, Ask, any_arguments, arguments, reports

STARTS = (
    datetime(2026, 9, 29, 2, tzinfo=UTC),
    datetime(2026, 11, 24, 4, tzinfo=UTC),
    datetime(2026, 12, 30, 8, tzinfo=UTC),
)
"""Before the holidays with their make-up days, a plain day, and the eve of a year whose days off are not announced."""
PEOPLE_AT_WORK = [name for name in PEOPLE if name not in ("other-channel", "leader-T1")] + ["citizen"]
ASIDE = frozenset(
    "comment urge classify supplement locate reply decline transfer assign reopen escalate merge split".split()
)
"""What can be done nearly always, or ends an item at once: a walk of these alone would lead nowhere."""
DECISIVE = frozenset("settle verify answer unmerge arrive done resume".split()) | {
    action for action in MOVES if action.startswith("decide")
}
MOST_ITEMS = 4
EMPTY = "items, events, event_words, outbox, item_deltas, item_counts, seals, edition_flips"


class Walk(RuleBasedStateMachine):
    """One walk, in a database with nothing in it. ``running`` is the service that all walks share."""

    running: RunningService
    photos: Photos
    picture: bytes
    empty: Callable[[], None]

    def __init__(self) -> None:
        super().__init__()
        self.empty()
        self.numbers: list[str] = []
        self.now = STARTS[0] - timedelta(hours=1)
        self.desk = self.running.service.desk
        self.running.service.worlds.clock = lambda: self.now
        if self.running.service.shelf.live().district.cells[0].township != "T1":
            self.publish()

    @initialize(start=st.sampled_from(STARTS), body=reports())
    def begin(self, start: datetime, body: dict[str, Any]) -> None:
        self.now = start
        self.intake(body)

    @precondition(lambda self: len(self.numbers) < MOST_ITEMS)
    @rule(body=reports())
    def intake(self, body: dict[str, Any]) -> None:
        told = {"description": WORDS, "reporter": {"name": WORDS, "phone": PHONE}} | body
        if due_in := told.pop("due_in", None):
            told["due_at"] = (self.now + timedelta(hours=due_in)).isoformat()
        if ago := told.pop("received_ago", None):
            told["received_at"] = (self.now - timedelta(hours=ago)).isoformat()
        report = read_report(a_report(**told), now=self.now, zone=rules().zone)
        item, new = self.desk.take_in(self.account("channel"), report)
        assert new
        self.look()
        assert item.number in self.numbers

    @rule(data=st.data(), n=st.integers(0, MOST_ITEMS - 1))
    def onward(self, data: st.DataObject, n: int) -> None:
        """The work goes on."""
        self.something(data, n, lambda action: action not in ASIDE)

    @rule(data=st.data(), n=st.integers(0, MOST_ITEMS - 1))
    def decisive(self, data: st.DataObject, n: int) -> None:
        """What a life of random steps would seldom come to."""
        self.something(data, n, lambda action: action in DECISIVE)

    @rule(data=st.data(), n=st.integers(0, MOST_ITEMS - 1))
    def aside(self, data: st.DataObject, n: int) -> None:
        self.something(data, n, lambda action: action in ASIDE)

    @rule(
        data=st.data(),
        n=st.integers(0, MOST_ITEMS - 1),
        name=st.sampled_from(PEOPLE_AT_WORK),
        action=st.sampled_from(sorted(MOVES)),
    )
    def anything(self, data: st.DataObject, n: int, name: str, action: str) -> None:
        """Something that somebody may try, right or wrong."""
        item = self.item(n)
        self.do(item, name, action, data.draw(any_arguments(action, self.ask(item)), label="with"))

    @rule(n=st.integers(0, MOST_ITEMS - 1))
    def photograph(self, n: int) -> None:
        """Whoever may settle an item that has no photograph yet photographs what was done."""
        for item in (self.item(n + more) for more in range(len(self.numbers))):
            name = next((name for name in PEOPLE_AT_WORK if "settle" in self.may(item, name)), "department")
            if not item.photos and item.status == "accepted":
                break
        self.tried(lambda: self.photos.add(self.account(name), item.number, "after", self.picture))

    @rule(
        past=st.sampled_from(
            (timedelta(minutes=7), timedelta(hours=3), timedelta(days=1), timedelta(days=9), timedelta(seconds=-2))
        )
    )
    def wait(self, past: timedelta) -> None:
        """Time passes; now and then a process looks at a clock that is a little behind."""
        self.now += past

    @rule()
    def chores(self) -> None:
        """What the background does every few seconds."""
        end_pauses(self.desk, self.now)
        close_unrated(self.desk, self.now)
        Steps(self.running.pool, self.running.service.pen, lambda: self.now).tick()

    @rule()
    def publish(self) -> None:
        """The boundaries change, or change back."""
        self.now += timedelta(milliseconds=1)  # no two are published at once
        as_drawn = self.running.service.shelf.live().district.cells[0].township == "T1"
        self.running.publish(a_redrawn_town() if as_drawn else a_town(), clock=lambda: self.now)

    @invariant()
    def books(self) -> None:
        with self.running.pool.transaction() as cur:
            assert list(faults(cur)) == []

    def something(self, data: st.DataObject, n: int, wanted: Callable[[str], bool]) -> None:
        """One of the wanted things that somebody may do, with the nth item or the next that allows one."""
        for item in (self.item(n + more) for more in range(len(self.numbers))):
            who: dict[str, list[str]] = {}
            for name in PEOPLE_AT_WORK:
                for action in filter(wanted, self.may(item, name)):
                    who.setdefault(action, []).append(name)
            if who:
                action = data.draw(st.sampled_from(sorted(who)), label="action")
                name = data.draw(st.sampled_from(who[action]), label="by")
                self.do(item, name, action, data.draw(arguments(action, self.ask(item)), label="with"))
                return

    def do(self, item: Item, name: str, action: str, args: dict[str, Any]) -> None:
        may = self.may(item, name)
        done = self.tried(lambda: self.act(item.number, name, action, args))
        after = self.item_of(item.number)
        if isinstance(done, Item):
            assert after == done
        if not isinstance(done, Refusal):
            assert action in may and after.version in (item.version + 1, item.version if name == "citizen" else 0)
        if isinstance(done, WrongState) and done.members["allowed"]:
            assert done.members["allowed"] == may and action not in may
        self.look()

    def act(self, number: str, name: str, action: str, args: dict[str, Any]) -> Any:
        """Do it by the road that such people have."""
        citizens = self.running.service.citizens
        if name != "citizen":
            return self.desk.act(self.account(name), number, action, args)
        if action in ("rate", "appeal"):
            return getattr(citizens, action)(number, args)
        if action in ("urge", "supplement"):
            return citizens.say(number, action, args)
        raise Forbidden("The citizen has no such road.")

    def tried(self, act: Callable[[], Any]) -> Any:
        """What came of an act; one that was refused left no trace."""
        with self.running.pool.transaction() as cur:
            before = trace(cur)
        try:
            return act()
        except (Refusal, Changed) as refused:
            with self.running.pool.transaction() as cur:
                assert trace(cur) == before
            return refused

    def account(self, name: str) -> Account:
        return CITIZEN if name == "citizen" else self.running[name].account

    def look(self) -> None:
        """See which items there are."""
        with self.running.pool.transaction() as cur:
            cur.execute("SELECT number FROM items ORDER BY id")
            self.numbers = [row["number"] for row in cur.fetchall()]

    def item(self, n: int) -> Item:
        return self.item_of(self.numbers[n % len(self.numbers)])

    def item_of(self, number: str) -> Item:
        return self.desk.item(self.account("dispatcher"), number)

    def may(self, item: Item, name: str) -> list[str]:
        """What the account may do, by the pure table; nothing where it does not read the item."""
        if name == "citizen":
            return list(allowed(item, CITIZEN, rules()))
        try:
            return list(allowed(self.desk.item(self.account(name), item.number), self.account(name), rules()))
        except UnknownItem:
            return []

    def ask(self, item: Item) -> Ask:
        return Ask(item, self.now, tuple(self.numbers))

    def teardown(self) -> None:
        self.running.relay()
        assert verify(self.running.pool, str(rules().zone)).fault is None


@pytest.fixture
def walked(database: Database, owner: Any) -> Iterator[type[Walk]]:
    service = a_service(database)
    Walk.running = service
    Walk.photos = Photos(
        service.pool, service.service.pen, Folder(database.settings.photos), service.service.worlds.clock
    )
    Walk.picture = a_picture(size=(8, 6))

    def empty() -> None:
        with owner.cursor() as cur:
            cur.execute(f"TRUNCATE {EMPTY} CASCADE")

    Walk.empty = staticmethod(empty)  # type: ignore[method-assign]
    for name in PEOPLE:
        service.caller(name)
    yield Walk


def test_whatever_is_done_the_books_are_right(walked: type[Walk]) -> None:
    walks = int(os.environ.get("WALKS", "0"))
    phases = [phase for phase in Phase if phase is not Phase.shrink] if walks else list(Phase)
    quick = settings(
        max_examples=walks or 30, stateful_step_count=60 if walks else 30, phases=phases, deadline=None,
        report_multiple_bugs=False, suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(walked, settings=quick)


def test_every_action_of_the_table_is_walked() -> None:
    assert SPECS.keys() >= MOVES.keys(), "say in tests/store/moves.py what goes with the new action"
