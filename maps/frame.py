"""The live map's frame: everything on it that does not change from minute to minute, made once for an Edition.

The page receives the frame, fetches items and figures by itself and draws them into the frame's empty layers; the frame
hands it ``window.firstlineMap`` for that.
"""

import threading
from typing import Any

import folium

from maps import areas
from maps.layers import (
    DrawnEdition,
    Note,
    Script,
    Style,
    cell_layer,
    cells_of,
    empty_layer,
    empty_map,
    item_layer,
    printed_note,
    township_layer,
    townships_of,
)
from maps.pieces import Pieces, take_apart
from maps.scale import ladder
from maps.words import words_in


class Frames:
    """Makes and keeps frames: one for each Edition and language. Safe to share between threads."""

    def __init__(self, *, tiles: str | None = None, note: str | None = None) -> None:
        self.tiles = tiles
        self.note = note
        self._kept: dict[tuple[int | None, str, str], Pieces] = {}
        self._lock = threading.Lock()

    def frame(self, edition: DrawnEdition, language: str) -> Pieces:
        """The frame of ``edition`` in ``language``; put the page's nonce in with ``with_nonce``."""
        key = (edition.id, edition.digest, language)
        with self._lock:
            if key not in self._kept:
                pieces = build_frame(edition, language=language, tiles=self.tiles, note=self.note)
                # Frames of an Edition that has gone are of no use to anyone.
                self._kept = {old: kept for old, kept in self._kept.items() if old[:2] == key[:2]}
                self._kept[key] = pieces
            return self._kept[key]


def build_frame(
    edition: DrawnEdition, *, language: str = "zh", tiles: str | None = None, note: str | None = None
) -> Pieces:
    """Renders the frame with folium. Pure: the same Edition and settings give the same map."""
    words = words_in(language)
    cells, townships = cells_of(edition), townships_of(edition)
    chart = empty_map(len(edition.district.cells), tiles, words)
    layers = {
        "grids": cell_layer(cells, words, _cell_style),
        "townships": township_layer(townships, words, _township_style),
        "names": empty_layer(words.labels),
        "items": item_layer(words),
        "summonses": empty_layer(words.summonses),
    }
    for layer in layers.values():
        chart.add_child(layer)
    chart.add_child(folium.LayerControl(collapsed=True))
    chart.add_child(Style())
    chart.add_child(Note(printed_note(edition, note)))
    data = {
        "edition": edition.id,
        "bounds": areas.bounds(townships) or areas.bounds(cells),
        "scales": [scale.as_json() for scale in ladder()],
        "tiles": bool(tiles),
        "words": {"layers": words.layers, "zoomIn": words.zoom_in, "zoomOut": words.zoom_out},
    }
    chart.add_child(Script("frame.js", "firstlineFrame", chart, layers, data))
    return take_apart(chart)


def _cell_style(_feature: dict[str, Any]) -> dict[str, Any]:
    """No figures yet: an area without data, until the page has asked for them."""
    return {"className": "cell", "weight": 1, "color": "#ffffff", "fillColor": "#ffffff", "fillOpacity": 0}


def _township_style(_feature: dict[str, Any]) -> dict[str, Any]:
    return {"className": "township", "weight": 1.6, "color": "#16242b", "fill": False}
