"""A density map as one file for a briefing: data, script and style inside, nothing fetched from anywhere."""

from collections.abc import Mapping
from typing import Any, Literal

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
from maps.legend import legend_html
from maps.pieces import take_apart
from maps.scale import Scale, scale_for
from maps.words import words_in

Level = Literal["grid", "township"]


def density_html(
    edition: DrawnEdition,
    counts: Mapping[str, int],
    *,
    counted: str,
    level: Level = "grid",
    language: str = "zh",
    note: str | None = None,
) -> str:
    """The file's text. ``counts`` maps area codes of that ``level`` to figures; a code that is missing has no data
    (drawn apart from 0). ``counted`` is the legend's sentence: what is counted and for which time. Names and sentences
    are printed as text, whatever stands in them. Raises ValueError for a negative figure."""
    words = words_in(language)
    scale = scale_for(max(counts.values(), default=0))
    cells = _with_counts(cells_of(edition), counts if level == "grid" else {})
    townships = _with_counts(townships_of(edition), counts if level == "township" else {})
    chart = empty_map(len(edition.district.cells), None, words)
    layers = {
        "grids": cell_layer(cells, words, _style(scale, "cell", 1, "#ffffff", filled=level == "grid")),
        "townships": township_layer(
            townships, words, _style(scale, "township", 1.6, "#16242b", filled=level == "township")
        ),
        "names": empty_layer(words.labels),
    }
    shown = [layers["grids"], layers["townships"]] if level == "grid" else [layers["townships"]]
    for layer in (*shown, layers["names"]):
        chart.add_child(layer)
    chart.add_child(Style())
    chart.add_child(Note(printed_note(edition, note)))
    data = {
        "bounds": areas.bounds(townships) or areas.bounds(cells),
        "level": level,
        "words": {"noData": words.no_data, "zoomIn": words.zoom_in, "zoomOut": words.zoom_out},
    }
    used = {name: layer for name, layer in layers.items() if layer in (*shown, layers["names"])}
    chart.add_child(Script("density.js", "firstlineDensity", chart, used, data))
    return page(take_apart(chart, inline=True), counted, legend_html(scale, counted, words), words.language_tag)


def _with_counts(collection: dict[str, Any], counts: Mapping[str, int]) -> dict[str, Any]:
    for feature in collection["features"]:
        feature["properties"]["count"] = counts.get(feature["properties"]["code"])
    return collection


def _style(scale: Scale, kind: str, weight: float, colour: str, *, filled: bool) -> Any:
    """The style function of one layer: filled by class, dashed and empty without data, or borders alone."""

    def style(feature: dict[str, Any]) -> dict[str, Any]:
        count = feature["properties"]["count"]
        line = {"className": kind, "weight": weight, "color": colour}
        if not filled:
            return {**line, "fill": False}
        if count is None:
            return {**line, "className": f"{kind} no-data", "fillOpacity": 0}
        return {**line, "fillColor": scale.colour(count), "fillOpacity": 1}

    return style
