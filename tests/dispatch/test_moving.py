"""What a new Edition does to open items."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dispatch.moving import moved
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
def test_work_under_way_keeps_its_lead(status: str) -> None:
    assert moved(an_item(status=status), REDRAWN) is None


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
