"""The briefing file: whole in itself, true to its figures, inert."""

import re

import pytest

from maps.density import density_html
from maps.scale import scale_for
from maps.words import ILLUSTRATIVE
from tests.maps.district import HARMFUL, an_edition

COUNTS = {"T0-G0": 0, "T0-G1": 3, "T1-G0": 12}


def a_file(**options) -> str:
    return density_html(an_edition(), COUNTS, counted="在办事项 <i>11 月</i>", **options)


def test_everything_is_inside() -> None:
    html = a_file()
    assert "L.map(" in html and "Leaflet 1.9.4" in html
    assert not re.search(r"<(?:script|img|iframe)[^>]*\bsrc=|<link\b|@import|url\((?!data:|#)", html)


def test_areas_are_coloured_by_their_class_and_missing_ones_apart() -> None:
    html, scale = a_file(), scale_for(12)
    for count in COUNTS.values():
        assert f'"fillColor": "{scale.colour(count)}"' in html
    assert '"className": "cell no-data"' in html
    assert html.count("</li>") == 7, "six classes and no data"


def test_by_township_only_townships_are_filled() -> None:
    html = density_html(an_edition(), {"T0": 4, "T1": 9}, counted="c", level="township", language="en")
    assert "T0-G0" not in html
    assert scale_for(9).colour(4) in html and "No data" in html


def test_markup_in_names_and_sentences_is_text() -> None:
    html = a_file(note=HARMFUL)
    assert HARMFUL not in html and "<i>11 月</i>" not in html
    assert "<title>在办事项 &lt;i&gt;" in html


def test_provenance_is_printed() -> None:
    assert ILLUSTRATIVE in a_file()
    assert ILLUSTRATIVE not in density_html(an_edition(demonstration=False), {}, counted="c")


def test_no_figures_at_all_is_a_map_without_data() -> None:
    html = density_html(an_edition(), {}, counted="c")
    assert '"fillColor"' not in html


def test_a_negative_figure_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        density_html(an_edition(), {"T0-G0": -1}, counted="c")
