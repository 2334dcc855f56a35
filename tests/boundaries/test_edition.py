"""Editions: they resolve, they come back whole from rows, and their digest says whether two are the same."""

import dataclasses
import json

import pytest
import shapely
from shapely import Polygon

from boundaries.district import Area, Community
from boundaries.edition import Edition, digest_of, from_rows, to_rows
from boundaries.gazetteer_row import GazetteerRow
from tests.boundaries.sheets import a_district, box_of, reshaped, with_cell

ROW = GazetteerRow("西洪路站", "bike_station", 119.3, 26.08, 50.0, None)


def full() -> Edition:
    district = a_district(
        outline=shapely.union_all([box_of(0), box_of(1)]),
        gazetteer=(ROW,),
        provenance="demonstration",
        communities=(Community("C1", "军门社区", "T1"),),
        cell_provenance={"T1G1": "demonstration"},
        townships=(*a_district().townships, Area("T3", "", None, "survey")),
    )
    return Edition.of(with_cell(district, "T1G1", community="C1"), id=7)


def test_it_resolves() -> None:
    found = full().resolve((119.305, 26.085), accuracy_m=50.0)
    assert (found.township, found.grid, found.community, found.reason) == ("T1", "T1G1", "C1", None)
    assert full().resolve((119.4, 26.085)).reason == "outside-district"


def test_names_of_every_level() -> None:
    edition = full()
    assert edition.names["T1"] == "township T1" and edition.names["T1G2"] == "grid 2"
    assert edition.names["C1"] == "军门社区" and edition.names["T3"] == "T3"
    assert edition.is_demonstration and not Edition.of(a_district()).is_demonstration


def test_it_is_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        full().id = 8  # type: ignore[misc]


def test_rows_and_back_lose_nothing() -> None:
    district = full().district
    rows, meta = to_rows(district)
    stored = json.loads(json.dumps(meta))
    again = from_rows([(*row[:-1], None if row[-1] is None else memoryview(row[-1])) for row in rows], stored)
    assert again == district
    assert digest_of(again) == full().digest


def test_the_digest_is_that_of_what_is_said_not_of_how() -> None:
    district = a_district()
    turned = reshaped(district, "T1G1", lambda points: points[::-1])
    assert digest_of(turned) == digest_of(district)
    assert digest_of(dataclasses.replace(district, cells=district.cells[::-1])) == digest_of(district)


@pytest.mark.parametrize(
    "other",
    [
        reshaped(a_district(), "T1G1", lambda points: points + 1e-9),
        with_cell(a_district(), "T1G1", name="another"),
        with_cell(a_district(), "T1G1", community="C"),
        a_district(gazetteer=(ROW,)),
        a_district(provenance="demonstration"),
    ],
)
def test_the_digest_sees_every_change(other: object) -> None:
    assert digest_of(other) != digest_of(a_district())  # type: ignore[arg-type]


def test_cells_that_cannot_hold_a_point_are_left_out_of_the_index() -> None:
    unsound = with_cell(with_cell(a_district(), "T1G1", code=""), "T1G2", geometry=Polygon())
    edition = Edition.of(unsound)
    assert len(edition.index.cells) == 2 and len(edition.district.cells) == 4
    assert edition.resolve((119.305, 26.085)).reason == "outside-district"
