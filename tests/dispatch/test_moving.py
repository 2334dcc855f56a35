"""What a new Edition does to open items."""

from dataclasses import replace
from datetime import timedelta

import pytest

from boundaries.district import District
from dispatch.account import ESCALATOR
from dispatch.item import Item
from dispatch.moving import follows, is_kept, moved, notices_of_move
from dispatch.notices import notices_of
from dispatch.scope import readers_of
from tests.factories import IN_T1G2, NOON, OUTSIDE, RUBBISH, a_redrawn_town, a_town, a_world, an_item, with_cell

LATER = NOON + timedelta(hours=1)
REDRAWN = a_world(a_redrawn_town(), now=LATER, edition=2)


def test_an_item_whose_township_changes_changes_owner() -> None:
    after = moved(an_item(category=RUBBISH), REDRAWN)
    assert after is not None and after.main is not None
    assert (after.lead.code, after.main.unit, after.edition) == ("T2", "T2", 2)
    assert (after.resolution.township, after.resolution.grid) == ("T2", "T1G1")


def test_the_task_stays_with_the_worker_of_the_same_cell() -> None:
    after = moved(an_item(), REDRAWN)
    assert after is not None and [(t.worker, t.state) for t in after.tasks] == [("w-T1G1", "offered")]


def test_what_stays_in_its_cell_is_not_touched() -> None:
    assert moved(an_item(lon=IN_T1G2[0], lat=IN_T1G2[1]), REDRAWN) is None
    assert moved(an_item(), a_world(a_town(), edition=2)) is None


def test_what_has_no_place_is_not_touched() -> None:
    assert moved(an_item(lon=None, lat=None), REDRAWN) is None


@pytest.mark.parametrize("status", ["accepted", "settled", "verified", "suspended"])
def test_work_under_way_keeps_its_lead_and_its_place_follows(status: str) -> None:
    before = an_item(status=status)
    after = moved(before, REDRAWN)
    assert after is not None and is_kept(after) and not is_kept(before)
    assert (after.resolution.township, after.lead.code, after.edition) == ("T2", "T1", 2)
    assert replace(after, resolution=before.resolution, edition=1) == before
    assert {"township:T1", "township:T2"} <= set(readers_of(after))
    assert moved(after, REDRAWN) is None


@pytest.mark.parametrize("status", ["accepted", "settled", "verified", "suspended"])
def test_work_under_way_moves_where_it_is_told_to(status: str) -> None:
    before = an_item(status=status, category=RUBBISH)
    after = moved(before, REDRAWN, move_in_work=True)
    assert after is not None and after.main is not None and after.status == status
    assert (after.resolution.township, after.lead.code, after.main.unit) == ("T2", "T2", "T2")
    kept = moved(before, REDRAWN)
    assert kept is not None and moved(kept, REDRAWN, move_in_work=True) == after


def test_work_under_way_goes_on_where_its_township_is_no_more() -> None:
    town = a_town()
    cells = tuple(replace(cell, township="T2") for cell in town.cells)
    after = moved(an_item(status="accepted"), a_world(replace(town, cells=cells), now=LATER, edition=2))
    assert after is not None and after.lead.code == "T2" and not is_kept(after)


def test_kept_work_goes_where_it_lies_once_its_township_is_no_more() -> None:
    """Its place stays the same: only its lead is gone."""
    kept = moved(an_item(status="accepted"), REDRAWN)
    assert kept is not None and is_kept(kept)
    cells = tuple(replace(cell, township="T2") for cell in a_redrawn_town().cells)
    world = a_world(replace(a_redrawn_town(), cells=cells), now=LATER, edition=3)
    after = moved(kept, world)
    assert after is not None and after.lead.code == "T2" and not is_kept(after)
    assert (after.resolution.township, after.resolution.grid) == ("T2", kept.resolution.grid)


def test_kept_work_comes_home_when_the_old_boundaries_do() -> None:
    kept = moved(an_item(status="accepted"), REDRAWN)
    assert kept is not None
    home = moved(kept, a_world(a_town(), now=LATER, edition=3))
    assert home is not None and not is_kept(home)
    assert replace(home, edition=1) == an_item(status="accepted")


@pytest.mark.parametrize("before", [an_item(), an_item(status="accepted"), an_item(lon=OUTSIDE[0], lat=OUTSIDE[1])])
@pytest.mark.parametrize("town", [a_town(), a_redrawn_town(), with_cell(a_town(), "T1G1", code="T1G7")])
@pytest.mark.parametrize("in_work", [False, True])
def test_who_need_not_be_looked_at_does_not_move(before: Item, town: District, in_work: bool) -> None:
    """What is asked of columns, for all open items, agrees with what is done to one."""
    world = a_world(town, now=LATER, edition=2)
    assert before.spot is not None
    new, old = world.edition.resolve((before.spot.lon, before.spot.lat)), before.resolution
    was, now = ((r.township, r.grid, r.community) for r in (old, new))
    lead = before.lead.code if before.lead.is_township else None
    looked_at = follows(was, lead, now, world.edition.index.townships, in_work)
    assert looked_at == (moved(before, world, in_work) is not None)


def told_of(before: Item, after: Item | None) -> dict[str, str]:
    assert after is not None
    notices = notices_of(before, after, ESCALATOR, "moved", notices_of_move(before, after))
    return {notice.to: notice.kind for notice in notices}


def test_both_sides_are_told() -> None:
    fresh, busy = an_item(category=RUBBISH), an_item(category=RUBBISH, status="accepted")
    assert told_of(fresh, moved(fresh, REDRAWN)) == {"unit:T2": "boundary_gained", "unit:T1": "boundary_lost"}
    assert told_of(busy, moved(busy, REDRAWN)) == {"unit:T1": "boundary_kept", "unit:T2": "boundary_beside"}
    forced = moved(busy, REDRAWN, move_in_work=True)
    assert told_of(busy, forced) == {"unit:T2": "boundary_gained", "unit:T1": "boundary_lost"}
    renamed = a_world(with_cell(a_town(), "T1G1", code="T1G2x"), now=LATER, edition=2)
    assert told_of(busy, moved(busy, renamed)) == {"unit:T1": "boundary_moved"}


def test_the_workers_of_both_cells_are_told() -> None:
    shifted = with_cell(with_cell(a_town(), "T1G2", code="old"), "T1G1", code="T1G2")
    before = an_item()
    after = moved(before, a_world(shifted, now=LATER, edition=2))
    told = told_of(before, after)
    assert told["worker:w-T1G1"] == "task_void" and told["worker:w-T1G2"] == "task"


def test_work_under_way_follows_its_cell_within_the_township() -> None:
    renamed = a_world(with_cell(a_town(), "T1G1", code="T1G7"), now=LATER, edition=2)
    before = an_item(status="accepted")
    after = moved(before, renamed)
    assert after is not None and (after.resolution.grid, after.edition) == ("T1G7", 2)
    assert replace(after, resolution=before.resolution, edition=1) == before


def test_a_new_cell_takes_in_what_lay_outside() -> None:
    waiting = an_item(lon=OUTSIDE[0], lat=OUTSIDE[1])
    assert waiting.status == "received"
    wide = a_town()
    cells = tuple(replace(c, geometry=c.geometry.buffer(0.1)) if c.code == "T2G1" else c for c in wide.cells)
    after = moved(waiting, a_world(replace(wide, cells=cells, townships=()), now=LATER, edition=2))
    assert after is not None
    assert (after.status, after.lead.code, after.dispatched_at) == ("dispatched", "T2", LATER)


def test_what_lies_outside_now_goes_back_to_the_centre() -> None:
    small = a_town()
    world = a_world(replace(small, cells=small.cells[1:], townships=()), now=LATER, edition=2)
    after = moved(an_item(), world)
    assert after is not None
    assert (after.lead.kind, after.resolution.reason, after.is_unlocated) == ("centre", "outside-district", True)
    assert [t.state for t in after.tasks] == ["void"]
