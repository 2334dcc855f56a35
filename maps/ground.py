"""The layers that every map of a change of boundaries has: the old borders, the new ones, and the ground between."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import folium

from boundaries.difference import Difference, Pair
from boundaries.difference_json import ground_features
from boundaries.edition import Edition
from maps import areas
from maps.briefing import page
from maps.layers import (
    Note,
    Script,
    Style,
    cell_layer,
    cells_of,
    empty_layer,
    empty_map,
    printed_note,
    township_layer,
    townships_of,
)
from maps.pieces import take_apart
from maps.words import ILLUSTRATIVE, words_in

MOST_DRAWN = 1_500
"""Pieces of ground that are drawn, the largest; more would make the page heavy and show nothing more."""
COLOURS = {"within": "#e0b400", "across": "#b8330a", "edge": "#3c474d"}
"""Ground that stays in its township, that goes to another one, and that no cell had or has. Told apart by lightness
too, and in words under the pointer."""

Tip = Callable[[Mapping[str, Any]], list[str]]
"""From a feature's properties to the lines under the pointer."""


@dataclass(frozen=True, slots=True)
class GroundWords:
    """One language's words on such a map."""

    ground: str
    before: str
    after: str
    within: str
    across: str
    edge: str
    nobody: str
    items: str
    left_out: str


WORDS = {
    "zh": GroundWords(
        "变动地块", "原网格边界", "新网格边界", "街镇内调整", "划入其他街镇", "新增或不再覆盖", "无网格",
        "在办事项 {n}", "另有 {n} 块较小的地块未画出",
    ),
    "en": GroundWords(
        "Ground that moves", "Cells before", "Cells after", "within its township", "to another township",
        "new or no longer covered", "no cell", "{n} open items", "{n} smaller pieces are not drawn",
    ),
}  # fmt: skip


def ground_words(language: str) -> GroundWords:
    """The words for ``"zh"`` or ``"en"``; any other language gets English."""
    return WORDS.get(language, WORDS["en"])


def change_map(
    before: Edition, after: Edition, found: Difference, *, title: str, lines: Iterable[str], ground_tip: Tip,
    cell_tip: Tip, fill: Callable[[Mapping[str, Any]], str | None] | None = None, legend: str = "",
    language: str = "zh", note: str | None = None,
) -> str:  # fmt: skip
    """The file's text: nothing in it is fetched from anywhere. ``title`` and ``lines`` head the legend, as text.

    ``ground_tip`` gets the properties of ``ground_features`` and the townships ``from`` and ``into``; ``cell_tip``
    those of the cells after, and ``fill`` may colour them; ``legend`` is HTML below the lines.
    """
    words, own = words_in(language), ground_words(language)
    drawn = [pair for pair in found.pairs if pair.ground is not None]
    left_out = len(drawn) - MOST_DRAWN
    cells, townships = cells_of(after), townships_of(after)
    for feature in cells["features"]:
        feature["properties"]["tip"] = cell_tip(feature["properties"])
    for feature in townships["features"]:
        told = feature["properties"]
        told["name"] = found.names["township"].get(told["code"], told["name"])
    ground = _ground(found, drawn[:MOST_DRAWN], ground_tip)
    chart = empty_map(len(after.district.cells), None, words)
    layers = {
        "before": _old_layer(cells_of(before), own),
        "grids": cell_layer(cells, words, _cell_style(fill)),
        "ground": folium.GeoJson(ground, name=own.ground, style_function=_ground_style, smooth_factor=0),
        "townships": township_layer(townships, words, _line("township", 1.6, "#16242b")),
        "names": empty_layer(words.labels),
    }
    for name in ("grids", "before", "ground", "townships", "names"):
        chart.add_child(layers[name])
    chart.add_child(Style())
    # the old borders may be invented where the new ones are not
    notes = [ILLUSTRATIVE] if before.is_demonstration and not after.is_demonstration else []
    chart.add_child(Note(printed_note(after, " · ".join([*notes, *([note] if note else [])]) or None)))
    data = {
        "bounds": areas.bounds(townships) or areas.bounds(cells),
        "words": {"zoomIn": words.zoom_in, "zoomOut": words.zoom_out},
    }
    chart.add_child(Script("ground.js", "firstlineGround", chart, layers, data))
    told = [*lines, *([own.left_out.format(n=left_out)] if left_out > 0 else [])]
    return page(take_apart(chart, inline=True), title, _legend(title, told, own, legend), words.language_tag)


def spoken_m2(m2: float) -> str:
    """An area in words fit for its size."""
    return f"{m2 / 1e6:,.3f} km²" if m2 >= 100_000 else f"{m2:,.0f} m²" if m2 >= 10 else f"{m2:.1f} m²"


def area_words(name: str | None, code: str | None, nobody: str) -> str:
    """An area by name and code; ``nobody`` for none."""
    return nobody if code is None else f"{name} ({code})" if name and name != code else code


def _ground(found: Difference, drawn: list[Pair], tip: Tip) -> dict[str, Any]:
    """The pieces with ``kind`` (a key of COLOURS) and ``tip``."""
    whole = ground_features(found)
    homes = found.homes
    for feature, pair in zip(whole["features"], drawn, strict=False):
        told = feature["properties"]
        told["from"] = homes[0].get(pair.before or "", ("", ""))[0]
        told["into"] = homes[1].get(pair.after or "", ("", ""))[0]
        inside = pair.before is not None and pair.after is not None
        told["kind"] = "edge" if not inside else "within" if told["from"] == told["into"] else "across"
        told["tip"] = tip(told)
    return {**whole, "features": whole["features"][: len(drawn)]}


def _old_layer(collection: dict[str, Any], own: GroundWords) -> folium.GeoJson:
    def style(_feature: dict[str, Any]) -> dict[str, Any]:
        return {"className": "old-cell", "weight": 1, "color": "#66777f", "dashArray": "4 3", "fill": False}

    return folium.GeoJson(
        collection, name=own.before, style_function=style, smooth_factor=0.5, interactive=False
    )  # fmt: skip


def _cell_style(fill: Callable[[Mapping[str, Any]], str | None] | None) -> Any:
    def style(feature: dict[str, Any]) -> dict[str, Any]:
        colour = fill(feature["properties"]) if fill else None
        line = {"className": "plain", "weight": 1, "color": "#a9b8bf"}
        return {**line, "fillColor": colour or "#ffffff", "fillOpacity": 1 if colour else 0}

    return style


def _ground_style(feature: dict[str, Any]) -> dict[str, Any]:
    colour = COLOURS[feature["properties"]["kind"]]
    return {"className": "ground", "weight": 2, "color": colour, "fillColor": colour, "fillOpacity": 0.5}


def _line(kind: str, weight: float, colour: str) -> Any:
    def style(_feature: dict[str, Any]) -> dict[str, Any]:
        return {"className": f"{kind} plain", "weight": weight, "color": colour, "fill": False}

    return style


def _legend(title: str, lines: Iterable[str], own: GroundWords, more: str) -> str:
    told = "".join(f"<p>{escape(line)}</p>" for line in lines)
    swatches = "".join(
        f'<li><svg aria-hidden="true"><rect width="36" height="12" fill="{colour}" fill-opacity=".5" '
        f'stroke="{colour}" stroke-width="2"/></svg>{escape(getattr(own, kind))}</li>'
        for kind, colour in COLOURS.items()
    )
    dashes = (
        '<li><svg aria-hidden="true"><line x1="0" y1="6" x2="36" y2="6" stroke="#66777f" stroke-dasharray="4 3"/></svg>'
        f"{escape(own.before)}</li>"
    )
    style = (
        "<style>.legend{max-width:min(420px,calc(100% - 24px));box-sizing:border-box}.legend p{margin:2px 0 0}"
        ".legend ol.ground-legend{flex-wrap:wrap;gap:4px 12px}"
        ".legend .legend{position:static;border:0;padding:0;margin-top:8px;max-width:none}"
        "@media(max-width:700px){.leaflet-control-scale{display:none}.map-name span{font-size:11px}"
        "body>.legend{bottom:44px;left:8px}}</style>"
    )
    return (
        f'{style}<div class="legend"><b>{escape(title)}</b>{told}'
        f'<ol class="ground-legend">{swatches}{dashes}</ol>{more}</div>'
    )
