"""A map of open summonses as one file for a briefing: place, time, who is called, who has come; nothing is fetched."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from maps import areas
from maps.briefing import page
from maps.layers import (
    DrawnEdition,
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
from maps.words import words_in


def summonses_html(
    edition: DrawnEdition,
    summonses: Sequence[Mapping[str, Any]],
    *,
    counted: str,
    language: str = "zh",
    note: str | None = None,
) -> str:
    """The file's text. Each of ``summonses`` has ``lon, lat`` (WGS84), and the texts ``place``, ``time``, ``called``
    (the number on its pin), ``come`` and ``lines`` (one for each unit), printed as text whatever stands in them.
    ``counted`` is the legend's sentence: what is shown and for which time."""
    words = words_in(language)
    cells, townships = cells_of(edition), townships_of(edition)
    chart = empty_map(len(edition.district.cells), None, words)
    layers = {
        "grids": cell_layer(cells, words, _line("cell", 1, "#d9e1e5")),
        "townships": township_layer(townships, words, _line("township", 1.6, "#16242b")),
        "names": empty_layer(words.labels),
        "summonses": empty_layer(words.summonses),
    }
    for layer in layers.values():
        chart.add_child(layer)
    chart.add_child(Style())
    chart.add_child(Note(printed_note(edition, note)))
    data = {
        "bounds": areas.bounds(townships) or areas.bounds(cells),
        "summonses": [dict(one) for one in summonses],
        "words": {"zoomIn": words.zoom_in, "zoomOut": words.zoom_out},
    }
    chart.add_child(Script("summonses.js", "firstlineSummonses", chart, layers, data))
    legend = (
        f'<div class="legend"><b>{escape(counted)}</b><p class="pin-line">'
        f'<span class="summons-pin"><b>n</b></span>{escape(words.number_called)}</p></div>'
    )
    return page(take_apart(chart, inline=True), counted, legend, words.language_tag)


def _line(kind: str, weight: float, colour: str) -> Any:
    """Borders alone: the map is quiet so that the pins speak."""

    def style(_feature: dict[str, Any]) -> dict[str, Any]:
        return {"className": f"{kind} plain", "weight": weight, "color": colour, "fill": False}

    return style
