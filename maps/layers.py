"""The folium layers of a map: areas, names, items, summonses, the printed note. No layer holds one object per item."""

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any, Protocol

import folium
from branca.element import MacroElement
from folium.map import CustomPane
from folium.plugins import MarkerCluster
from folium.template import Template
from shapely.geometry.base import BaseGeometry

from maps import areas
from maps.words import ILLUSTRATIVE, MapWords

HERE = Path(__file__).resolve().parent
CANVAS_FROM = 1_500
"""From so many cells on Leaflet draws on a canvas: one SVG path each would make dragging slow."""


class DrawnDistrict(Protocol):
    """The part of a District that a map draws."""

    @property
    def cells(self) -> tuple[areas.Drawn, ...]: ...
    @property
    def township_areas(self) -> Mapping[str, BaseGeometry]: ...

class DrawnEdition(Protocol):
    """The part of an Edition that a map needs."""

    @property
    def id(self) -> int | None: ...
    @property
    def digest(self) -> str: ...
    @property
    def district(self) -> DrawnDistrict: ...
    @property
    def township_names(self) -> Mapping[str, str]: ...
    @property
    def is_demonstration(self) -> bool: ...


class BadTiles(Exception):
    """FIRSTLINE_TILES is no XYZ template."""


def empty_map(cells: int, tiles: str | None, words: MapWords) -> folium.Map:
    """A map with our panes and, where ``tiles`` is given, a base map. Raises BadTiles for what is no XYZ template."""
    # maxZoom by Leaflet's own name: folium keeps max_zoom for its tiles, and clusters fail on a map without one.
    chart = folium.Map(
        location=(0, 0),
        tiles=None,
        maxZoom=19,
        zoomSnap=0.25,
        zoomControl=False,
        attribution_control=False,
        prefer_canvas=cells >= CANVAS_FROM,
        font_size="1em",
    )
    for name, z_index in (("townships", 410), ("names", 450)):
        chart.add_child(CustomPane(name, z_index=z_index))
    if tiles:
        if not all(mark in tiles for mark in ("{x}", "{y}", "{z}")):
            raise BadTiles(f"FIRSTLINE_TILES needs {{z}}, {{x}} and {{y}} in its address: {tiles}")
        chart.add_child(folium.TileLayer(tiles, attr=" ", name=words.base, overlay=True, max_zoom=19))
    return chart


def cells_of(edition: DrawnEdition) -> dict[str, Any]:
    """The cells of an Edition for drawing."""
    return areas.feature_collection(edition.district.cells)


def townships_of(edition: DrawnEdition) -> dict[str, Any]:
    """The townships of an Edition for drawing: as drawn by the planner, else made of their cells."""
    names, shapes = edition.township_names, edition.district.township_areas
    return areas.feature_collection(areas.Named(code, names.get(code, code), shapes[code]) for code in sorted(shapes))


def cell_layer(collection: dict[str, Any], words: MapWords, style: Any, *, show: bool = True) -> folium.GeoJson:
    """The cells; ``style`` (feature -> Leaflet style) colours them."""
    return folium.GeoJson(collection, name=words.grids, style_function=style, show=show, smooth_factor=0.5)


def township_layer(collection: dict[str, Any], words: MapWords, style: Any) -> folium.GeoJson:
    """The townships, above the cells; where they are not filled, clicks go through to the cells."""
    return folium.GeoJson(
        collection, name=words.townships, style_function=style, pane="townships", smooth_factor=0.5
    )


def item_layer(words: MapWords) -> MarkerCluster:
    """An empty layer for items; what shares one spot fans out on a click. Its clusters are drawn by the page."""
    return MarkerCluster(
        name=words.items,
        maxClusterRadius=14,
        showCoverageOnHover=False,
        spiderfyOnMaxZoom=True,
        animate=False,
        zoomToBoundsOnClick=True,
    )


def empty_layer(name: str) -> folium.FeatureGroup:
    return folium.FeatureGroup(name=name)


def printed_note(edition: DrawnEdition, note: str | None) -> str:
    """The words printed in the map's corner: that its boundaries are illustrative, and the deployment's own note."""
    sentences = [ILLUSTRATIVE] if edition.is_demonstration else []
    return " · ".join([*sentences, *([note] if note else [])])


class Note(MacroElement):
    """Prints a text in the map's corner, as text whatever stands in it, and the hatching of areas without data."""

    _template = Template(
        "{% macro html(this, kwargs) %}"
        '<svg class="hatch" aria-hidden="true"><defs><pattern id="no-data-hatch" width="6" height="6" '
        'patternUnits="userSpaceOnUse"><path d="M-1 7L7 -1"/></pattern></defs></svg>'
        '{% if this.text %}<p class="map-note">{{ this.text }}</p>{% endif %}'
        "{% endmacro %}"
    )

    def __init__(self, text: str) -> None:
        super().__init__()
        self._name = "Note"
        self.text = escape(text)


class Style(MacroElement):
    """The map's own stylesheet, written into the head."""

    _template = Template("{% macro header(this, kwargs) %}<style>{{ this.text }}</style>{% endmacro %}")

    def __init__(self) -> None:
        super().__init__()
        self._name = "Style"
        self.text = (HERE / "map.css").read_text(encoding="utf-8")


class Script(MacroElement):
    """Calls one of our own functions with the map's layers and some data, after everything else is there."""

    _template = Template(
        "{% macro script(this, kwargs) %}\n{{ this.text }}\n"
        "{{ this.function }}({map: {{ this.chart }}, layers: { {%- for key, layer in this.layers.items() %}"
        "{{ key }}: {{ layer }}, {% endfor -%} } }, {{ this.data|tojson }});\n{% endmacro %}"
    )

    def __init__(
        self, file: str, function: str, chart: folium.Map, layers: Mapping[str, MacroElement], data: dict[str, Any]
    ) -> None:
        super().__init__()
        self._name = "Script"
        self.text = (HERE / file).read_text(encoding="utf-8")
        self.function = function
        self.chart = chart.get_name()
        self.layers = {key: layer.get_name() for key, layer in layers.items()}
        self.data = data
