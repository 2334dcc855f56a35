"""The few words that a map itself prints. Pages have their own catalogue; a map file for a briefing has no page."""

from dataclasses import dataclass

ILLUSTRATIVE = "示意边界,非法定界线 / illustrative, not legal boundaries"
"""Printed on every map whose boundaries were made for demonstration, in both languages whatever the reader's."""


@dataclass(frozen=True, slots=True)
class MapWords:
    """One language's words on a map."""

    base: str
    grids: str
    townships: str
    labels: str
    items: str
    summonses: str
    number_called: str
    no_data: str
    layers: str
    zoom_in: str
    zoom_out: str
    language_tag: str


WORDS = {
    "zh": MapWords(
        base="底图",
        grids="网格",
        townships="街镇",
        labels="街镇名称",
        items="事项",
        summonses="呼叫",
        number_called="呼叫单位数",
        no_data="无数据",
                layers="图层",
        zoom_in="放大",
        zoom_out="缩小",
        language_tag="zh-CN",
    ),
    "en": MapWords(
        base="Base map",
        grids="Grid cells",
        townships="Townships",
        labels="Township names",
        items="Items",
        summonses="Summonses",
        number_called="units called",
        no_data="No data",
                layers="Layers",
        zoom_in="Zoom in",
        zoom_out="Zoom out",
        language_tag="en",
    ),
}


def words_in(language: str) -> MapWords:
    """The words for ``"zh"`` or ``"en"``; any other language gets English."""
    return WORDS.get(language, WORDS["en"])
