"""The briefing file of summonses: whole in itself, every text printed as text, violet pins with the number called."""

import re
from typing import Any

from maps.summonses import summonses_html
from maps.words import ILLUSTRATIVE
from tests.maps.district import HARMFUL, an_edition


def a_summons(**changes: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"lon": 119.005, "lat": 26.005, "place": "东门口", "time": "11-25 09:30", "called": "3"}
    return told | {"come": "呼叫 3,应答 2,到场 1", "lines": ["区建设局: 已到场", "区城管局: 待应答"]} | changes


def a_file(*summonses: dict[str, Any], **options: Any) -> str:
    return summonses_html(an_edition(), summonses, counted="进行中的呼叫 1 个", **options)


def test_everything_is_inside() -> None:
    html = a_file(a_summons())
    assert "L.map(" in html and '"called": "3"' in html and "\\u4e1c\\u95e8\\u53e3" in html
    assert not re.search(r"<(?:script|img|iframe)[^>]*\bsrc=|<link\b|@import|url\((?!data:|#)", html)


def test_texts_cannot_run() -> None:
    html = a_file(a_summons(place=HARMFUL, lines=[HARMFUL], come=HARMFUL), note=HARMFUL)
    assert HARMFUL not in html


def test_the_legend_says_what_is_shown() -> None:
    assert "<title>进行中的呼叫 1 个</title>" in a_file() and "呼叫单位数" in a_file()
    assert "units called" in a_file(language="en")
    assert ILLUSTRATIVE in a_file()
