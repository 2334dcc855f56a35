"""The map of a check: one file, in both languages, with every fault in its list; a name can do nothing to it."""

import json
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely

from boundaries.check import KINDS, check
from boundaries.district import District, Expected
from boundaries.fault import Fault, drawn
from maps import faults as drawing
from maps.fault_words import WORDS, said
from maps.faults import faults_html
from tests.boundaries.sheets import a_district, reshaped, with_cell
from tests.maps.district import HARMFUL


def a_faulty_district() -> District:
    wide = reshaped(a_district(), "T1G1", lambda p: np.add(p, [0.0, 0.001]))
    return replace(with_cell(wide, "T1G2", code=HARMFUL), name=HARMFUL, expected=Expected(grids=5))


def told(page: str) -> dict[str, Any]:
    """What the page's script is given."""
    found = re.search(r"firstlineFaults\(\{map.*?\} \}, (\{.*\})\);\n", page)
    assert found is not None
    return dict(json.loads(found[1]))


@pytest.mark.parametrize(("language", "tag"), [("zh", "zh-CN"), ("en", "en"), ("fr", "en")])
def test_every_fault_is_drawn_and_listed(language: str, tag: str) -> None:
    district = a_faulty_district()
    faults = check(district)
    page = faults_html(district, faults, title="Check", language=language)
    data = told(page)
    assert f'lang="{tag}"' in page
    assert [fault["kind"] for fault in data["faults"]] == [fault.kind for fault in faults]
    assert page.count("<li><button") == len(faults)
    assert all(fault["title"] and fault["advice"] for fault in data["faults"])
    assert any(fault["shape"] for fault in data["faults"])


def test_names_and_codes_do_no_harm() -> None:
    district = a_faulty_district()
    page = faults_html(district, check(district), title=HARMFUL)
    assert "<script>window" not in page and "onerror='window" not in page
    assert HARMFUL in json.dumps(told(page), ensure_ascii=False)


def test_it_fetches_nothing_and_prints_notes() -> None:
    district = replace(a_district(), provenance="demonstration")
    page = faults_html(district, [], title="Check", language="en", note="GS(2026)1")
    assert not re.search(r"<(?:script|link|img)[^>]+(?:src|href)\s*=", page)
    assert "No fault" in page and "illustrative" in page and "GS(2026)1" in page


def test_a_page_stays_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "MOST", 3)
    one = Fault("gap", "warning", ("G",), 119.3, 26.08, 1.0, None, "x")
    page = faults_html(a_district(), [one] * 5, title="Check", language="en")
    assert len(told(page)["faults"]) == 3 and "and 2 more" in page and "5 warnings" in page


def test_every_kind_has_its_words_in_both_languages() -> None:
    for words in WORDS.values():
        assert set(words.titles) == set(words.advice) == set(KINDS)


def test_a_chinese_reader_is_told_in_chinese() -> None:
    for fault in check(a_faulty_district()):
        assert not re.search("[a-z]{4,} [a-z]{2,}", said(fault, "zh").replace(HARMFUL, "").replace("grid", ""))
    datum = {"layer": "outline", "datum": "bd09", "agree": 0.6, "would_agree": 0.94}
    fault = Fault("wrong-datum", "error", (), 1.0, 2.0, None, None, "?", facts=datum)
    assert said(fault, "zh") == "区界的坐标系疑为 bd09:现吻合 60.0%,改正后吻合 94.0%"


def test_a_shape_of_many_corners_is_thinned() -> None:
    shape = drawn(shapely.Point(119.3, 26.08).buffer(0.01, quad_segs=2_000))
    assert shape is not None and len(shape["coordinates"][0]) < 500
    assert drawn(None) is None and drawn(shapely.Polygon()) is None
