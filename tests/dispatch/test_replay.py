"""Past items by columns: each row is what taking the item in by the ordinary road gives, in both Editions."""

import pickle
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from boundaries.district import District
from boundaries.edition import Edition
from dispatch.intake import Label, take_in
from dispatch.item import Item
from dispatch.past import WHAT, PastColumns, Replayed
from dispatch.rehearsal import Side
from dispatch.replay import Replay, replay
from dispatch.report import read_report
from dispatch.staff import Roster, StaffRow
from dispatch.units import units_with
from dispatch.world import World
from tests.boundaries.any_district import any_district
from tests.factories import NOON, a_redrawn_town, a_town, a_world, rules, staff

KINDS = ("complaint", "help", "consultation", "report", "unclassified", "suggestion")


def worlds(before: District, after: District, roster: Roster | None = None) -> tuple[World, World]:
    """The world before and after a publish."""
    old = a_world(before)
    known = units_with(before, rules().units)
    people = roster if roster is not None else Roster(staff())
    old = replace(old, edition=Edition.of(before, 1), units=known, staff=people)
    return old, replace(old, edition=Edition.of(after, 2), units=units_with(after, known))


def some_columns(seed: int, districts: tuple[District, District], count: int) -> PastColumns:
    """Items anywhere about both districts, some with no place; a third as near to a corner as devices are exact."""
    rng = np.random.default_rng(seed)
    boxes = np.array([Edition.of(district).index.box for district in districts])
    low, high = boxes[:, :2].min(axis=0) - 0.002, boxes[:, 2:].max(axis=0) + 0.002
    at = rng.uniform(low, high, (count, 2))
    corners = np.concatenate([np.array(cell.geometry.bounds).reshape(2, 2) for d in districts for cell in d.cells])
    near = rng.random(count) < 0.35
    at[near] = corners[rng.integers(len(corners), size=int(near.sum()))] + rng.normal(0, 3e-4, (int(near.sum()), 2))
    at[rng.random(count) < 0.05] = np.nan
    accuracy = rng.choice([np.nan, 15.0, 50.0, 100.0, 800.0, 6_000.0], count)
    categories = [*sorted(rules().categories), "unclassified", "no such"]
    return PastColumns(
        [f"N{n}" for n in range(count)], NOON.timestamp() - rng.uniform(0, 1e7, count), at[:, 0], at[:, 1], accuracy,
        rng.choice(categories, count).tolist(), rng.choice(KINDS, count).tolist(),
    )  # fmt: skip


def by_the_ordinary_road(columns: PastColumns, row: int, world: World) -> Item:
    """The item taken in where it is, as what it is."""
    lon, lat, accuracy = (float(column[row]) for column in (columns.lon, columns.lat, columns.accuracy_m))
    told: dict[str, Any] = {"lon": lon, "lat": lat, "datum": "wgs84"} if np.isfinite(lon) else {}
    told |= {"accuracy_m": accuracy} if np.isfinite(accuracy) else {}
    told |= {"description": "x", "category": columns.category[row], "kind": columns.kind[row], "channel": "no such"}
    report = read_report(told, now=NOON, zone=rules().zone)
    return take_in(report, Label(row + 1, columns.number[row], 1, False, "salt"), world)


def as_side(item: Item) -> Side:
    place = item.resolution
    worker = item.tasks[0].worker if item.tasks else None
    main = item.main.unit if item.main else None
    return Side(place.township, place.grid, place.community, item.lead.code, main, worker, place.doubtful)


def replayed(old: World, new: World, columns: PastColumns) -> Replayed:
    return Replay(old.edition, new.edition, (old.units, new.units), old.staff, rules()).block(columns)


def check(block: Replayed, both: tuple[World, World]) -> None:
    """Every row of the block against the ordinary road, on both sides."""
    for row in range(len(block.columns)):
        sides = [as_side(by_the_ordinary_road(block.columns, row, world)) for world in both]
        assert [block.before.at(row), block.after.at(row)] == sides, block.columns.number[row]
        changes = [what for what in WHAT if getattr(sides[0], what) != getattr(sides[1], what)]
        assert [what for what in WHAT if block.changed[what][row]] == changes


@pytest.mark.parametrize("seed", [1, 5])
def test_every_row_is_as_by_the_ordinary_road(seed: int) -> None:
    """Two districts that share ground and little else: other cells, other codes, other communities."""
    centre = (113.93, 35.31)
    before = any_district(seed, cells=14, townships=4, centre=centre)
    after = any_district(seed + 1, cells=17, townships=3, centre=(centre[0] + 0.003, centre[1]))
    roster = Roster(StaffRow(cell.code, f"w-{n % 5}", "x") for n, cell in enumerate(before.cells) if n % 4)
    both = worlds(before, after, roster)
    check(replayed(*both, some_columns(seed, (before, after), 250)), both)


def test_a_draft_that_changes_little() -> None:
    """Most circles lie on ground that is alike on both sides, and are asked once."""
    both = worlds(a_town(), a_redrawn_town())
    block = replayed(*both, some_columns(3, (a_town(), a_redrawn_town()), 250))
    check(block, both)
    assert 0 < block.sums.changed["township"] < 200 and block.sums.changed["grid"] == 0
    assert block.sums.changed["handler"] > 0 and block.sums.changed["worker"] == 0


def test_blocks_add_up() -> None:
    both = worlds(a_town(), a_redrawn_town())
    columns = some_columns(9, (a_town(), a_redrawn_town()), 200)
    work = Replay(both[0].edition, both[1].edition, (both[0].units, both[1].units), both[0].staff, rules())
    whole = work.block(columns)
    seen: list[Replayed] = []
    sums = replay(pickle.loads(pickle.dumps(work)), iter([part(columns, 0, 60), part(columns, 60, 200)]), seen.append)
    assert (sums.total, sums.placed, sums.any, sums.changed) == (
        200, whole.sums.placed, whole.sums.any, whole.sums.changed,
    )  # fmt: skip
    assert sums.doubtful == whole.sums.doubtful and sums.pairs == whole.sums.pairs
    for side in (0, 1):
        assert sums.cells[side].tolist() == whole.sums.cells[side].tolist() and sums.cells[side].sum() == 200
        assert sums.tasks[side].tolist() == whole.sums.tasks[side].tolist()
    assert [item for block in seen for item in block.items()] == list(whole.items())
    assert len(list(whole.items())) == sums.any and len(list(whole.items(3))) == 3


def part(columns: PastColumns, begin: int, end: int) -> PastColumns:
    told: Mapping[str, Any] = {name: getattr(columns, name)[begin:end] for name in PastColumns.__slots__}
    return PastColumns(**told)


def test_no_item_at_all() -> None:
    both = worlds(a_town(), a_redrawn_town())
    work = Replay(both[0].edition, both[1].edition, (both[0].units, both[1].units), both[0].staff, rules())
    sums = replay(work, iter([]))
    assert (sums.total, sums.any, sums.doubtful, sums.cells[0].tolist()) == (0, 0, (0, 0), [0, 0, 0, 0, 0])
