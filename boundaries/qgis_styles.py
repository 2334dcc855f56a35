"""How QGIS shows the layers of a GeoPackage: townships by their outline, cells in their township's colour, with names.

The texts are QML, QGIS's own form of a style (since 3.10). Layers keep their colours from one Edition to the next.
"""

import colorsys
import zlib
from collections.abc import Iterable
from xml.sax.saxutils import quoteattr

from boundaries.district import District

HEAD = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
INK = "22,36,43,255"
CHOSEN = "217,72,15,255"
GREY = "120,130,135,60"
TURN = 0.618033988749895
"""The golden ratio's fraction of the colour circle: hues that follow each other by it are far apart."""


def styles_of(district: District) -> dict[str, str]:
    """The style of each layer that a GeoPackage of ``district`` has, as QML."""
    styles = {"grids": _style(_by_township(district), "name", 8)}
    if district.townships:
        styles["townships"] = _style(_single(_fill("0", "0,0,0,0", INK, 0.6)), "name", 11)
    if district.outline is not None:
        styles["outline"] = _style(_single(_fill("0", "0,0,0,0", CHOSEN, 0.8)), None, 0)
    if district.gazetteer:
        styles["gazetteer"] = _style(_single(_dot("0", CHOSEN)), "name", 7)
    return styles


def colours_of(townships: Iterable[str]) -> dict[str, str]:
    """A colour for each township's code, as ``red,green,blue,alpha``: the same ones for the same codes."""
    codes = sorted(set(townships))
    start = zlib.crc32("\n".join(codes).encode()) / 2**32
    hues = [(start + number * TURN) % 1.0 for number in range(len(codes))]
    parts = [colorsys.hls_to_rgb(hue, 0.62, 0.55) for hue in hues]
    return {
        code: ",".join(str(round(part * 255)) for part in rgb) + ",110" for code, rgb in zip(codes, parts, strict=True)
    }


def _style(renderer: str, label: str | None, size: int) -> str:
    """A whole style: how features are drawn and, by the field ``label``, named."""
    names = "" if label is None else _labels(label, size)
    return (
        f'{HEAD}<qgis version="3.22.0" styleCategories="Symbology|Labeling" labelsEnabled="{int(label is not None)}">'
        f"{renderer}{names}</qgis>\n"
    )


def _by_township(district: District) -> str:
    colours = colours_of(cell.township for cell in district.cells)
    names = {area.code: area.name for area in district.townships}
    categories, symbols = [], []
    for number, (code, colour) in enumerate(colours.items()):
        label = quoteattr(names.get(code) or code)
        categories.append(f'<category symbol="{number}" value={quoteattr(code)} label={label} render="true"/>')
        symbols.append(_fill(str(number), colour, "255,255,255,255", 0.3))
    categories.append(f'<category symbol="{len(colours)}" value="" label="?" render="true"/>')
    symbols.append(_fill(str(len(colours)), GREY, CHOSEN, 0.5))
    return (
        '<renderer-v2 type="categorizedSymbol" attr="township" symbollevels="0" enableorderby="0" forceraster="0">'
        f"<categories>{''.join(categories)}</categories><symbols>{''.join(symbols)}</symbols></renderer-v2>"
    )


def _single(symbol: str) -> str:
    return (
        '<renderer-v2 type="singleSymbol" symbollevels="0" enableorderby="0" forceraster="0">'
        f"<symbols>{symbol}</symbols></renderer-v2>"
    )


def _fill(name: str, colour: str, border: str, width_mm: float) -> str:
    options = {
        "color": colour,
        "style": "no" if colour.endswith(",0") else "solid",
        "outline_color": border,
        "outline_style": "solid",
        "outline_width": str(width_mm),
        "outline_width_unit": "MM",
        "joinstyle": "round",
    }
    return _symbol("fill", name, "SimpleFill", options)


def _dot(name: str, colour: str) -> str:
    options = {
        "name": "circle",
        "color": colour,
        "outline_color": "255,255,255,255",
        "outline_width": "0.2",
        "size": "2",
        "size_unit": "MM",
    }
    return _symbol("marker", name, "SimpleMarker", options)


def _symbol(kind: str, name: str, layer: str, options: dict[str, str]) -> str:
    said = "".join(f'<Option type="QString" name="{key}" value={quoteattr(text)}/>' for key, text in options.items())
    return (
        f'<symbol type="{kind}" name="{name}" alpha="1" clip_to_extent="1" force_rhr="0">'
        f'<layer class="{layer}" enabled="1" locked="0" pass="0"><Option type="Map">{said}</Option></layer></symbol>'
    )


def _labels(field: str, size: int) -> str:
    return (
        '<labeling type="simple"><settings calloutType="simple">'
        f'<text-style fieldName="{field}" fontSize="{size}" fontSizeUnit="Point" textColor="{INK}" isExpression="0">'
        '<text-buffer bufferDraw="1" bufferSize="0.8" bufferSizeUnits="MM" bufferColor="255,255,255,220"/></text-style>'
        '<placement placement="0"/><rendering drawLabels="1" obstacle="1"/></settings></labeling>'
    )
