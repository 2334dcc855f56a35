"""What is different between two states of the boundaries: every kind of change, and ground that adds up."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
from shapely import MultiPolygon, Polygon

from boundaries.changes import KINDS
from boundaries.difference import Difference, difference, items_by_pair
from boundaries.difference_json import as_json, ground_features
from boundaries.district import Community, District
from boundaries.edition import Edition
from boundaries.ground import owned, square_metres
from gis.area import area_m2
from tests.boundaries.any_district import CENTRES, any_district
from tests.boundaries.sheets import a_district, reshaped, square, with_cell

CENTIMETRE = 1e-7
"""Degrees, nearly."""


def kinds(found: Difference, level: str = "grid") -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    return [(c.kind, c.before, c.after) for c in found.changes if c.level == level]


def town(**changes: Any) -> District:
    """The small district; townships are what their cells are."""
    return replace(a_district(), townships=(), **changes)


def without(district: District, *codes: str) -> District:
    return replace(district, cells=tuple(cell for cell in district.cells if cell.code not in codes))


def also(district: District, code: str, like: str, geometry: Polygon, **more: Any) -> District:
    """``district`` with one more cell, of the township of another."""
    cell = next(cell for cell in district.cells if cell.code == like)
    return replace(district, cells=(*district.cells, replace(cell, code=code, geometry=geometry, **more)))


def halves(column: int, row: int) -> tuple[Polygon, Polygon]:
    west, south, east, north = square(column, row).bounds
    middle = (west + east) / 2
    return shapely.box(west, south, middle, north), shapely.box(middle, south, east, north)


def test_the_same_is_no_difference() -> None:
    found = difference(a_district(), a_district())
    assert found.is_empty and as_json(found)["same"] is True
    assert as_json(found)["areas"]["grid"] == {"before": 4, "after": 4}


@pytest.mark.parametrize("seed", range(3))
def test_what_is_only_drawn_otherwise_is_no_difference(seed: int) -> None:
    """Rings begun elsewhere and run the other way, features in another order, vertices on straight edges, parts of a
    multipolygon turned round, and shifts of some millimetres."""
    rng = np.random.default_rng(seed)
    before = any_district(seed, cells=12, townships=3)
    drawn = [replace(cell, geometry=redrawn(cell.geometry, rng)) for cell in before.cells]
    assert difference(before, replace(before, cells=tuple(reversed(drawn)))).is_empty
    shift = rng.uniform(-3e-8, 3e-8, 2)
    shifted = [replace(c, geometry=shapely.transform(c.geometry, lambda xy: xy + shift)) for c in drawn]
    assert difference(before, replace(before, cells=tuple(shifted))).of("grid") == ()


def redrawn(shape: Any, rng: np.random.Generator) -> Any:
    parts = [shapely.segmentize(part, 5e-4) for part in shapely.get_parts(shape)]
    turned = [Polygon(turn(p.exterior, rng), [turn(hole, rng) for hole in p.interiors]) for p in parts]
    return turned[0] if len(turned) == 1 else MultiPolygon(turned[::-1])


def turn(ring: Any, rng: np.random.Generator) -> np.ndarray:
    points = np.roll(shapely.get_coordinates(ring)[:-1], int(rng.integers(5)), axis=0)
    points = points if rng.random() < 0.5 else points[::-1]
    return np.concatenate([points, points[:1]])


@pytest.mark.parametrize(("shift", "moved"), [(0.4 * CENTIMETRE, False), (2 * CENTIMETRE, True)])
def test_a_border_has_moved_from_a_centimetre_on(shift: float, moved: bool) -> None:
    def change(points: Any) -> Any:
        return np.where(np.isclose(points, [119.31, 0.0]), points + np.array([shift, 0.0]), points)

    before = town()
    after = before
    for cell in before.cells:
        after = reshaped(after, cell.code, change)
    found = difference(before, after)
    assert found.is_empty is not moved
    if moved:
        assert kinds(found) == [("moved", (code,), (code,)) for code in ("T1G1", "T1G2", "T2G1", "T2G2")]
        assert {(p.before, p.after) for p in found.pairs if p.level == "grid"} == {("T2G1", "T1G1"), ("T2G2", "T1G2")}


def test_added_and_removed() -> None:
    more = also(town(), "T2G9", "T2G1", square(2, 0))
    found = difference(town(), more)
    assert kinds(found) == [("added", (), ("T2G9",))]
    added = found.of("grid", "added")[0]
    assert added.gained_m2 == pytest.approx(area_m2(square(2, 0)), rel=1e-5) and added.kept == 0
    assert kinds(found, "township") == [("moved", ("T2",), ("T2",))]
    back = difference(more, town())
    assert kinds(back) == [("removed", ("T2G9",), ())]
    assert back.of("grid", "removed")[0].lost_m2 == pytest.approx(added.gained_m2)
    assert [(p.before, p.after) for p in back.pairs if p.level == "grid"] == [("T2G9", None)]


def test_renamed_and_reassigned() -> None:
    after = with_cell(with_cell(town(), "T1G1", name="new name"), "T1G2", township="T2", community="C1")
    found = difference(town(), after)
    assert [(c.kind, c.was, c.now) for c in found.of("grid")] == [
        ("reassigned", "T1", "T2/C1"), ("renamed", "grid 1", "new name"),
    ]  # fmt: skip
    assert kinds(found, "township") == [("moved", ("T1",), ("T1",)), ("moved", ("T2",), ("T2",))]
    assert [(p.level, p.before, p.after) for p in found.pairs] == [("township", "T1", "T2"), ("community", None, "C1")]


def test_codes_that_are_swapped_are_recoded() -> None:
    swap = {"T1G1": "T2G2", "T2G2": "T1G1"}
    cells = tuple(replace(c, code=swap.get(c.code, c.code), township=c.township) for c in town().cells)
    found = difference(town(), replace(town(), cells=cells))
    recoded = [c for c in found.of("grid") if c.kind == "recoded"]
    assert [(c.before, c.after, c.kept) for c in recoded] == [
        (("T1G1",), ("T2G2",), 1.0), (("T2G2",), ("T1G1",), 1.0),
    ]  # fmt: skip
    assert {c.kind for c in found.of("grid")} == {"recoded"}


def test_a_new_code_on_nearly_the_same_ground_is_recoded() -> None:
    left, right = halves(0, 0)
    after = with_cell(town(), "T1G1", code="T1G7", geometry=square(0, 0, 0.8))
    found = difference(town(), after)
    assert kinds(found) == [("recoded", ("T1G1",), ("T1G7",))]
    assert found.of("grid")[0].kept == pytest.approx(0.8, rel=1e-3)
    assert left.area == pytest.approx(right.area)


def test_split_and_merged_with_and_without_the_old_code() -> None:
    left, right = halves(0, 0)
    kept = also(with_cell(town(), "T1G1", geometry=left), "T1G9", "T1G1", right)
    gone = also(with_cell(town(), "T1G1", geometry=left, code="T1G8"), "T1G9", "T1G2", right)
    assert kinds(difference(town(), kept)) == [("split", ("T1G1",), ("T1G1", "T1G9"))]
    assert kinds(difference(town(), gone)) == [("split", ("T1G1",), ("T1G8", "T1G9"))]
    assert kinds(difference(kept, town())) == [("merged", ("T1G1", "T1G9"), ("T1G1",))]
    assert kinds(difference(gone, town())) == [("merged", ("T1G8", "T1G9"), ("T1G1",))]
    assert kinds(difference(town(), kept), "township") == []


def test_a_cell_that_was_there_and_takes_most_of_its_ground_from_another_is_no_part_of_a_split() -> None:
    west, south, east, north = square(0, 0).bounds
    before = with_cell(town(), "T1G1", geometry=shapely.box(west + 0.001, south, east, north))
    before = with_cell(before, "T1G2", geometry=shapely.box(west, south, west + 0.001, north))
    middle = (west + east) / 2
    after = with_cell(before, "T1G1", geometry=shapely.box(middle, south, east, north))
    after = with_cell(after, "T1G2", geometry=shapely.box(west, south, middle, north))
    assert kinds(difference(before, after)) == [("moved", ("T1G1",), ("T1G1",)), ("moved", ("T1G2",), ("T1G2",))]
    assert kinds(difference(after, before)) == [("moved", ("T1G1",), ("T1G1",)), ("moved", ("T1G2",), ("T1G2",))]


def test_a_split_that_also_gives_ground_to_a_neighbour() -> None:
    left, right = halves(0, 0)
    upper = shapely.box(right.bounds[0], 26.085, right.bounds[2], right.bounds[3])
    rest = shapely.difference(right, upper)
    after = also(with_cell(town(), "T1G1", geometry=left), "T1G9", "T1G1", rest)
    after = with_cell(after, "T1G2", geometry=shapely.union_all([square(0, 1), upper]))
    found = difference(town(), after)
    assert kinds(found) == [
        ("split", ("T1G1",), ("T1G1", "T1G9")), ("moved", ("T1G1",), ("T1G1",)), ("moved", ("T1G2",), ("T1G2",)),
    ]  # fmt: skip
    lost = found.of("grid", "split")[0].lost_m2
    assert (
        lost == pytest.approx(found.of("grid", "moved")[1].gained_m2) == pytest.approx(float(square_metres([upper])[0]))
    )


def test_a_code_that_returns_for_another_place() -> None:
    after = with_cell(town(), "T2G2", geometry=square(3, 3))
    found = difference(town(), after)
    assert kinds(found) == [("moved", ("T2G2",), ("T2G2",))] and found.of("grid")[0].kept == 0


def test_names_that_the_files_do_not_give_are_not_renamed() -> None:
    assert difference(a_district(), town()).of("township") == ()
    assert [c.kind for c in difference(town(), a_district()).of("township")] == ["renamed", "renamed"]


def test_communities_and_the_districts_own_words() -> None:
    before = replace(with_cell(town(), "T1G1", community="C1"), communities=(Community("C1", "one", "T1"),))
    after = replace(before, communities=(Community("C1", "eins", "T2"),), name="Other", outline=square(0, 0, 2))
    found = difference(before, after)
    assert {(c.kind, c.was, c.now) for c in found.of("community")} == {
        ("renamed", "one", "eins"),
        ("reassigned", "T1", "T2"),
    }
    assert [what for what, _, _ in found.metadata] == ["name", "outline"]


@pytest.mark.parametrize("seed", [2, 4])
def test_ground_adds_up(seed: int) -> None:
    """Of two districts that share little: what each cell has is what it keeps, gives and gets."""
    centre = (113.93, 35.31)
    before = any_district(seed, cells=12, townships=3, centre=centre)
    after = any_district(seed + 1, cells=14, townships=4, centre=(centre[0] + 0.002, centre[1] + 0.001))
    found = difference(before, after)
    for level, old, new in (("grid", owned(before), owned(after)),):
        for code, shape in old.items():
            given = sum(p.m2 for p in found.pairs if p.level == level and p.before == code)
            same = new.get(code)
            kept = float(square_metres([shapely.intersection(shape, same)])[0]) if same is not None else 0.0
            assert given + kept == pytest.approx(float(square_metres([shape])[0]), rel=1e-4)
    whole = sum(square_metres(list(owned(before).values())))
    assert whole == pytest.approx(sum(area_m2(shape) for shape in owned(before).values()), rel=1e-4)
    turned = difference(after, before)
    assert {(p.level, p.before, p.after): round(p.m2) for p in found.pairs} == {
        (p.level, p.after, p.before): round(p.m2) for p in turned.pairs
    }


def test_where_cells_overlap_the_lowest_code_has_the_ground() -> None:
    over = with_cell(town(), "T1G2", geometry=shapely.union_all([square(0, 1), halves(0, 0)[0]]))
    assert difference(town(), over).is_empty, "T1G1 holds the ground that T1G2 claims too"
    under = with_cell(town(), "T1G1", geometry=shapely.union_all([square(0, 0), square(0, 1)]))
    assert kinds(difference(town(), under)) == [("moved", ("T1G1",), ("T1G1",)), ("moved", ("T1G2",), ("T1G2",))]


def test_unsound_and_empty_districts() -> None:
    bow = Polygon([(119.3, 26.08), (119.31, 26.09), (119.31, 26.08), (119.3, 26.09)])
    torn = with_cell(with_cell(town(), "T1G1", geometry=bow), "T1G2", code="")
    assert ("moved", ("T1G1",), ("T1G1",)) in kinds(difference(town(), torn))
    assert ("removed", ("T1G2",), ()) in kinds(difference(town(), torn))
    nothing = replace(town(), cells=())
    assert difference(nothing, nothing).is_empty
    assert [k for k, *_ in kinds(difference(nothing, town()))] == ["added"] * 4


def test_items_by_pair_add_up() -> None:
    """Those on a shift under a centimetre too: the pair is there for them, with no ground."""
    before, after = (
        any_district(6, cells=12, townships=3),
        any_district(7, cells=12, townships=3, centre=CENTRES[0]),
    )
    rng = np.random.default_rng(1)
    old, new = (Edition.of(district) for district in (before, after))
    boxes = [old.index.box, new.index.box]
    lon = np.concatenate([rng.uniform(box[0], box[2], 500) for box in boxes])  # type: ignore[index]
    lat = np.concatenate([rng.uniform(box[1], box[3], 500) for box in boxes])  # type: ignore[index]
    counts = items_by_pair(old.index, new.index, lon, lat)
    one_by_one = [(old.index.find(x, y), new.index.find(x, y)) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]
    codes = [[*(cell.code for cell in edition.index.cells), None] for edition in (old, new)]
    assert sum(counts.values()) == sum(codes[0][a] != codes[1][b] for a, b in one_by_one)
    found = difference(before, after).with_items(counts)
    assert {(p.before, p.after): p.items for p in found.pairs if p.level == "grid" and p.items} == counts
    sliver = difference(town(), town()).with_items({("T1G1", "T2G1"): 3})
    assert [(p.level, p.before, p.after, p.m2, p.items) for p in sliver.pairs] == [
        ("township", "T1", "T2", 0.0, 3), ("grid", "T1G1", "T2G1", 0.0, 3),
    ]  # fmt: skip


def test_json_has_every_name_and_a_feature_for_every_piece() -> None:
    left, right = halves(0, 0)
    after = also(with_cell(town(), "T1G1", geometry=left), "T1G9", "T1G1", right, name="neu")
    found = difference(town(), after).with_items({("T1G1", "T1G9"): 2})
    told = json.loads(json.dumps(as_json(found)))
    assert told["changes"][0]["after"] == [{"code": "T1G1", "name": "grid 1"}, {"code": "T1G9", "name": "neu"}]
    assert told["pairs"][0]["items"] == 2 and told["pairs"][0]["before"]["code"] == "T1G1"
    piece = ground_features(found)["features"][0]
    assert piece["properties"]["after_name"] == "neu" and piece["properties"]["items"] == 2
    assert shapely.geometry.shape(piece["geometry"]).equals(right)
    assert {c.kind for c in found.changes} <= set(KINDS)
