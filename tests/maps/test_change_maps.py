"""Maps of a comparison and of a rehearsal: whole in themselves, true to their figures, inert, and of bounded size."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from boundaries.difference import Difference, difference
from boundaries.edition import Edition
from dispatch.rehearsal import Counts, Evenness, Load, PairCount, Rehearsal
from maps import ground
from maps.difference import difference_html, summary
from maps.ground import spoken_m2
from maps.rehearsal import rehearsal_html
from maps.words import ILLUSTRATIVE
from tests.boundaries.sheets import a_district, square, with_cell
from tests.factories import NOON
from tests.maps.district import HARMFUL

BEFORE = Edition.of(replace(a_district(), townships=()), 3)
AFTER = Edition.of(
    with_cell(with_cell(BEFORE.district, "T1G1", name=HARMFUL), "T2G1", geometry=square(1, 0, 0.5))
)  # fmt: skip


def found() -> Difference:
    return difference(BEFORE.district, AFTER.district).with_items({("T2G1", None): 5})


def rehearsal(**changes: Any) -> Rehearsal:
    none = Counts(10, 9, 5, {}, (1, 2))
    loads = tuple(
        Load(c.code, c.name, (1, 1), (1.1, 0.9), (20.0, 12.5), (3.0, 2.0), (4, 3)) for c in AFTER.district.cells
    )  # fmt: skip
    even = tuple(
        Evenness(of, "items", (0.5, 0.25), (1.0, 1.0), ("a", HARMFUL), (2.0, 2.0)) for of in ("worker", "township")
    )
    told = Rehearsal(
        3, NOON, NOON, NOON, 2.0, none, 1, none, (), (), (PairCount("T2", "T2G1", None, None, 5, 70),), (), (), loads,
        even, ("T2G9",), (), {}, False,
    )  # fmt: skip
    return replace(told, **changes)


def pages() -> list[str]:
    return [
        difference_html(BEFORE, AFTER, found(), a=HARMFUL, b="draft", language="en", note="审图号"),
        rehearsal_html(BEFORE, AFTER, found(), rehearsal(), language="en", note="审图号"),
    ]


def test_everything_is_inside_and_text_is_text() -> None:
    for html in pages():
        assert "Leaflet 1.9.4" in html and "审图号" in html
        assert not re.search(r"<(?:script|img|iframe)[^>]*\bsrc=|<link\b|@import|url\((?!data:|#)", html)
        assert HARMFUL not in html and "&lt;script&gt;" in html


def test_ground_tells_whose_it_was_how_much_and_what_lies_on_it() -> None:
    compared, rehearsed = pages()
    piece = json.dumps(["grid 1 (T2G1) → no cell", spoken_m2(found().pairs[0].m2), "5 open items"])
    assert piece[1:-1] in compared
    assert '"5 open items, 70 past ones"' in rehearsed
    assert json.dumps("items a month 20.0 → 12.5") in rehearsed
    assert "0.500 → 0.250" in rehearsed and "1 cells have no worker" in rehearsed


def test_legend_and_summary() -> None:
    assert summary(found(), "zh") == ["街镇: 边界移动 1", "网格: 边界移动 1, 改名 1"]
    assert summary(found(), "en")[1] == "cells: moved 1, renamed 1"
    assert "边界变动:a → b" in difference_html(BEFORE, AFTER, found(), a="a", b="b")
    assert "边界推演" in rehearsal_html(BEFORE, AFTER, found(), rehearsal())


def test_provenance_of_either_side_is_printed() -> None:
    invented = Edition.of(replace(BEFORE.district, provenance="demonstration"))
    for before, after, printed in ((BEFORE, AFTER, False), (invented, AFTER, True), (AFTER, invented, True)):
        html = difference_html(before, after, difference(before.district, after.district), a="a", b="b")
        assert (ILLUSTRATIVE in html) is printed


def test_only_the_largest_pieces_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    moved = with_cell(with_cell(BEFORE.district, "T1G1", geometry=square(5, 5)), "T1G2", geometry=square(7, 7, 0.5))
    monkeypatch.setattr(ground, "MOST_DRAWN", 1)
    html = difference_html(BEFORE, Edition.of(moved), difference(BEFORE.district, moved), a="a", b="b", language="en")
    assert "3 smaller pieces are not drawn" in html and html.count('"kind": "edge"') == 1


def test_a_rehearsal_without_history_has_no_colours() -> None:
    html = rehearsal_html(BEFORE, AFTER, found(), rehearsal(months=0.0))
    assert '"fillOpacity": 1' not in html
