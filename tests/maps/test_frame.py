"""The live map's frame: nothing from outside, nothing that runs by its name, made once."""

import re

import folium
import pytest
from folium.plugins import HeatMap

from maps import vendor
from maps.frame import Frames, build_frame
from maps.layers import BadTiles
from maps.pieces import OutsideLink, take_apart
from maps.words import ILLUSTRATIVE
from tests.maps.district import HARMFUL, an_edition


def whole(pieces) -> str:
    return pieces.head + pieces.body + pieces.script


def test_frame_links_our_own_origin_alone() -> None:
    pieces = build_frame(an_edition())
    links = re.findall(r"""(?:src|href)=["']([^"']+)""", pieces.head + pieces.body)
    assert links and all(link.startswith("/static/vendor/") for link in links)
    assert all(link.removeprefix("/static/vendor/") in vendor.FILES for link in links)
    addresses = re.findall(r"https?://[^\s\"'`)]+", pieces.script)
    assert addresses == []


def test_a_library_nobody_vendored_stops_the_map() -> None:
    chart = folium.Map(location=(26, 119), tiles=None)
    HeatMap([(26, 119)]).add_to(chart)
    with pytest.raises(vendor.MissingAsset, match="leaflet-heat"):
        take_apart(chart)


def test_an_address_outside_the_links_is_found_too() -> None:
    chart = folium.Map(location=(26, 119), tiles=None)
    chart.get_root().html.add_child(folium.Element('<img src="//elsewhere.example/x.png">'))
    with pytest.raises(OutsideLink, match=r"elsewhere\.example"):
        take_apart(chart)


def test_names_cannot_run() -> None:
    pieces = build_frame(an_edition())
    assert HARMFUL not in whole(pieces)
    assert "\\u003cscript\\u003ewindow.harmed" in pieces.script
    assert pieces.script.count("</script") == 1


def test_every_script_and_style_carries_the_nonce() -> None:
    pieces = build_frame(an_edition()).with_nonce("n0nce")
    tags = re.findall(r"<(?:script|style)\b[^>]*>", whole(pieces))
    assert len(tags) > 4
    assert all('nonce="n0nce"' in tag for tag in tags)
    assert "@@" not in whole(pieces)


def test_the_map_does_not_rule_the_page() -> None:
    head = build_frame(an_edition()).head
    assert "user-scalable" not in head and "html, body" not in head and "<meta" not in head


@pytest.mark.parametrize("demonstration", [True, False])
def test_illustrative_boundaries_say_so(demonstration: bool) -> None:
    for language in ("zh", "en"):
        body = build_frame(an_edition(demonstration=demonstration), language=language).body
        assert (ILLUSTRATIVE in body) is demonstration


def test_the_deployments_note_is_printed_as_text() -> None:
    body = build_frame(an_edition(), note="审图号 <b>GS(2026)1</b>").body
    assert "审图号 &lt;b&gt;GS(2026)1&lt;/b&gt;" in body


def test_a_base_map_is_drawn_where_tiles_are_set() -> None:
    tiles = "https://tiles.example/{z}/{x}/{y}.png"
    assert "L.tileLayer" in build_frame(an_edition(), tiles=tiles).script
    assert "L.tileLayer" not in build_frame(an_edition()).script
    with pytest.raises(BadTiles, match="FIRSTLINE_TILES"):
        build_frame(an_edition(), tiles="OpenStreetMap")


def test_a_frame_is_made_once_for_an_edition_and_language() -> None:
    frames = Frames()
    first = frames.frame(an_edition(), "zh")
    assert frames.frame(an_edition(), "zh") is first
    assert "Townships" in frames.frame(an_edition(), "en").script
    second = frames.frame(an_edition(id=2, second="改名街道"), "zh")
    assert second is not first and "\\u6539\\u540d" in second.script
    assert len(frames._kept) == 1, "frames of an older Edition are dropped"


def test_layers_are_empty_but_for_the_areas() -> None:
    script = build_frame(an_edition()).script
    assert script.count("L.marker(") == 1, "one for names, inside our own loop; none for items"
    for layer in ("grids", "townships", "names", "items", "summonses"):
        assert re.search(rf"\b{layer}: \w+_[0-9a-f]{{32}}", script)
