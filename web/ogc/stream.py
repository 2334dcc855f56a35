"""A page of features as GeoJSON text that is sent while it is made: no answer is ever whole in memory."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Any

from web.ogc.asking import cursor_text
from web.ogc.links import Link

CHUNK = 64 * 1024
"""Characters gathered before they are sent."""

Made = tuple[Any, str]
"""What a cursor calls a feature, and the feature as JSON text."""


@dataclass(frozen=True, slots=True)
class Page:
    """``features``: those of the page and one more where there are more. ``links`` are those known before;
    ``following`` makes the next one of a cursor. ``matched``: how many there are in all; ``at``: when that was."""

    features: Iterator[Made]
    limit: int
    matched: int
    links: list[Link]
    following: Callable[[str], Link]
    at: str

    def begun(self) -> "Page":
        """The same with its first feature made, so that what fails at once fails before anything is sent."""
        return replace(self, features=chain(list(islice(self.features, 1)), self.features))


def text_of(page: Page) -> Iterator[str]:
    """The text of a FeatureCollection, bit by bit. Counts and links stand behind the features: they are known then."""
    count, last, size = 0, None, 0
    gathered = ['{"type":"FeatureCollection","features":[']
    for name, text in islice(page.features, page.limit):
        gathered.append(f",\n{text}" if count else f"\n{text}")
        last, count, size = name, count + 1, size + len(text)
        if size > CHUNK:
            yield "".join(gathered)
            gathered, size = [], 0
    gathered.append(f"\n],{json.dumps(tail(page, count, last), ensure_ascii=False)[1:]}\n")
    yield "".join(gathered)


def tail(page: Page, count: int, last: Any) -> dict[str, Any]:
    """The members behind the features. To be asked for after the ``count`` features of the page were taken."""
    more = next(page.features, None) is not None
    following = [page.following(cursor_text(last, page.matched))] if more else []
    told = {"numberMatched": page.matched, "numberReturned": count, "timeStamp": page.at}
    return {**told, "links": [*page.links, *following]}
