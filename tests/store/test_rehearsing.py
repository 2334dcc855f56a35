"""A rehearsal on the database: what it says of open items is what publishing then does."""

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import shapely

from boundaries.district import District
from dispatch.open_rehearsal import side_of
from dispatch.rehearsal import Rehearsal, Side
from dispatch.rehearsal_json import COLUMNS, as_json, open_row, past_rows
from store import past_items
from store.database import Database
from store.past_items import open_places
from store.queries import queries
from store.rehearsing import rehearse
from store.rows import item_of
from store.settings import Settings
from tests.conftest import SECRET, drop, new_home
from tests.factories import (
    IN_T1G1,
    IN_T1G2,
    IN_T2G1,
    IN_T2G2,
    NEAR_T2,
    OUTSIDE,
    POLICY,
    RUBBISH,
    RunningService,
    a_redrawn_town,
    a_service,
    a_town,
    rules,
    with_cell,
)
from tests.summoning import summon

PHONE, WORDS = "13987654321", "只有来电人知道的话"
PLAIN = next(
    code for code, category in sorted(rules().categories.items())
    if not category.photo and (line := rules().handlers.get(code)) and line.main == "lead"
)  # fmt: skip
"""A category that the township settles itself, without a photo."""


@pytest.fixture
def service(database: Database) -> RunningService:
    """A service of this test's own, with some items."""
    return with_items(a_service(database))


@pytest.fixture(scope="module")
def still(clone: Callable[..., str], template: str, cluster: str) -> Iterator[RunningService]:
    """A service with some items that tests only look at."""
    home, dsn = new_home(), clone(template)
    with Database.open(Settings(home=home, database_url=dsn, given_secret=SECRET)) as opened:
        yield with_items(a_service(opened))
    drop(cluster, dsn)
    shutil.rmtree(home)


def with_items(service: RunningService) -> RunningService:
    channel, officer = service["channel"], service["officer"]
    for place in (IN_T1G1, IN_T1G2, IN_T2G1, IN_T2G2, NEAR_T2, OUTSIDE, (None, None)):
        for category in (RUBBISH, POLICY, None):
            channel.report(
                lon=place[0], lat=place[1], category=category, accuracy_m=80, description=WORDS, address=WORDS,
                reporter={"name": WORDS, "phone": PHONE},
            )  # fmt: skip
    for actions in (["accept"], ["accept"], ["accept", "settle"], ["reply"]):
        number = channel.report(category=PLAIN)["number"]
        for action in actions:
            who = service["dispatcher"] if action == "reply" else officer
            who.act(number, action, **{"settle": {"note": "x"}, "reply": {"text": "x"}}.get(action, {}))
    summon(service, number=channel.report(category=RUBBISH)["number"])
    return service


def rehearsed(service: RunningService, draft: District, **more: Any) -> Rehearsal:
    return rehearse(service.pool, service.service.worlds, draft, **more)


def open_sides(service: RunningService) -> dict[str, Side]:
    """How every open item stands in the database."""
    with service.pool.transaction() as cur:
        cur.execute("SELECT id FROM items ORDER BY id")
        cur.execute(queries.item_cards_by_ids, {"ids": [row["id"] for row in cur.fetchall()]})
        items = [item_of(row) for row in cur.fetchall()]
    return {item.number: side_of(item) for item in items if item.is_open}


def due_times(service: RunningService, number: str) -> dict[str, float]:
    """When the running deadlines of an item are due, in seconds."""
    deadlines = service["dispatcher"].get(f"/items/{number}").get_json()["deadlines"]
    running = [deadline for deadline in deadlines if deadline["state"] == "running"]
    return {deadline["stage"]: datetime.fromisoformat(deadline["due_at"]).timestamp() for deadline in running}


def split_town() -> District:
    """T1G1 cut in two, its eastern part new."""
    town = replace(a_town(), townships=())
    west, south, east, north = next(c for c in town.cells if c.code == "T1G1").geometry.bounds
    middle = 119.3045
    cells = with_cell(town, "T1G1", geometry=shapely.box(west, south, middle, north)).cells
    new = replace(
        cells[0], code="T1G9", township="T3", community="NEW", geometry=shapely.box(middle, south, east, north)
    )
    return replace(town, cells=(*cells, new))


def without_t1() -> District:
    """All of T1 given to T2 under new codes, but for one cell that is no more."""
    town = replace(a_town(), townships=())
    cells = [c for c in town.cells if c.code != "T1G2"]
    return replace(town, cells=tuple(replace(c, code="T2G7", township="T2") if c.code == "T1G1" else c for c in cells))


@pytest.mark.parametrize("in_work", [False, True])
def test_open_items_are_as_publishing_then_leaves_them(service: RunningService, in_work: bool) -> None:
    """Draft after draft: each is rehearsed, published, and every open item looked at."""
    for draft in (a_redrawn_town(), a_town(), split_town(), without_t1(), a_town()):
        before = open_sides(service)
        told = rehearsed(service, draft, move_in_work=in_work)
        edition = service.publish(draft, move_in_work=in_work)
        after = open_sides(service)
        changed = {item.number: (item.before, item.after) for item in told.open_items if item.changes}
        assert changed == {n: (before[n], after[n]) for n in before if before[n] != after[n]}
        for item in told.open_items:
            foreseen = {due.stage: due.after.timestamp() for due in item.deadlines if due.after}
            assert foreseen == pytest.approx(due_times(service, item.number), abs=60)
        assert told.open.doubtful == tuple(sum(s.doubtful for s in sides.values()) for sides in (before, after))
        assert told.kept == edition_row(service, edition)["kept"]
        for load in told.townships:
            if load.open[1] is not None:
                assert load.open[1] == sum(side.lead == load.code for side in after.values())
        for load in told.grids:
            if load.open[1] is not None:
                assert load.open[1] == sum(side.grid == load.code for side in after.values())
        for load in told.workers:
            if load.open[1] is not None and load.code:
                assert load.open[1] == sum(side.worker == load.code for side in after.values())


def edition_row(service: RunningService, edition: int) -> dict[str, Any]:
    return service.row(f"SELECT kept FROM edition_flips WHERE edition = {edition} ORDER BY live_from DESC LIMIT 1")


def test_the_same_boundaries_change_nothing(still: RunningService) -> None:
    told = rehearsed(still, a_town())
    assert (told.open_items, told.past_items, told.pairs, told.open.any, told.past.any) == ((), (), (), 0, 0)
    assert told.open.total == len(open_sides(still)) and told.past.total == told.open.total + 1
    assert told.past.placed == told.past.total - 3
    assert all(one.cv[0] == one.cv[1] and one.mean[0] == one.mean[1] for one in told.evenness)


def test_load_adds_up_and_moves(still: RunningService) -> None:
    told = rehearsed(still, a_redrawn_town())
    assert told.edition == 1 and told.months > 0
    by_township = {load.code: load for load in told.townships}
    inside = told.past.placed - 3
    for side in (0, 1):
        assert sum(load.items[side] or 0 for load in told.townships) * told.months == pytest.approx(inside)
        assert sum(load.items[side] or 0 for load in told.grids) * told.months == pytest.approx(inside)
        assert sum(load.items[side] or 0 for load in told.workers) * told.months == pytest.approx(inside)
    assert by_township["T1"].cells == (2, 1) and by_township["T2"].cells == (2, 3)
    assert by_township["T1"].km2[1] == pytest.approx((by_township["T1"].km2[0] or 0) / 2, rel=1e-3)
    spread = {(one.of, one.measure): one for one in told.evenness}
    assert spread["township", "km2"].cv[0] == pytest.approx(0, abs=1e-3)
    assert spread["township", "km2"].cv[1] == pytest.approx(0.5, abs=1e-3)
    assert spread["township", "km2"].worst[1] == "T2"
    assert sum(pair.past for pair in told.pairs) == told.past.changed["township"]
    assert told.unstaffed == () and told.idle == ()


def test_a_new_cell_without_a_worker_is_told(still: RunningService) -> None:
    told = rehearsed(still, split_town())
    assert told.unstaffed == ("T1G9",) and told.idle == ()
    nobody = next(load for load in told.workers if load.code == "")
    assert nobody.cells == (None, 1) and (nobody.items[1] or 0) > 0


def test_a_period_is_half_open_and_may_be_empty(still: RunningService) -> None:
    now = still.service.worlds.clock()
    none = rehearsed(still, a_redrawn_town(), since=now - timedelta(days=9), until=now - timedelta(days=8))
    assert (none.since, none.months, none.past.total, none.evenness[0].cv) == (None, 0.0, 0, (None, None))
    with still.pool.transaction() as cur:
        cur.execute("SELECT received_at FROM items ORDER BY received_at")
        instants = [row["received_at"] for row in cur.fetchall()]
    some = rehearsed(still, a_redrawn_town(), since=instants[4], until=instants[9])
    assert some.past.total == 5 and some.since == instants[4]


def test_progress_is_told_and_whatever_it_raises_calls_it_off(
    still: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(past_items, "BLOCK", 10)
    told: list[tuple[int, int]] = []
    numbers: Counter[str] = Counter()
    whole = rehearsed(
        still, a_redrawn_town(), progress=lambda *far: told.append(far),
        each=lambda block: numbers.update(item.number for item in block.items()),
    )  # fmt: skip
    total = whole.past.total
    assert told == [(n, total) for n in (*range(0, total, 10), total)]
    assert sum(numbers.values()) == whole.past.any == len(set(numbers))

    def stop(done: int, _: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rehearsed(still, a_redrawn_town(), progress=stop)
    assert rehearsed(still, a_redrawn_town()).past.any == whole.past.any


def test_deadlines_and_summonses_of_what_moves(still: RunningService) -> None:
    told = rehearsed(still, a_redrawn_town())
    called = [item for item in told.open_items if item.summonses]
    assert len(called) == 1
    summons = called[0].summonses[0]
    assert summons.township == "T1" and summons.departments == ("city-management", "housing-bureau")
    assert {due.stage for due in called[0].deadlines} >= {"accept", "settle"}


def test_nothing_personal_leaves_it(still: RunningService) -> None:
    blocks: list[Any] = []
    told = rehearsed(still, a_redrawn_town(), each=lambda block: blocks.extend(past_rows(block.items())))
    rows = [open_row(item) for item in told.open_items] + blocks
    assert rows and all(tuple(row) == COLUMNS for row in rows)
    everything = json.dumps([as_json(told), rows], ensure_ascii=False)
    assert WORDS not in everything and PHONE not in everything


def test_a_code_that_a_spreadsheet_would_run_is_text(still: RunningService) -> None:
    told = rehearsed(still, with_cell(a_redrawn_town(), "T1G1", code="=1+1"))
    rows = [open_row(item) for item in told.open_items] + list(past_rows(told.past_items))
    assert {row["grid_after"] for row in rows} == {"'=1+1"}


def test_open_places(still: RunningService) -> None:
    lon, lat = open_places(still.pool)
    assert len(lon) == len(lat) == sum(side.grid is not None for side in open_sides(still).values()) + 3
