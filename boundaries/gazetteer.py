"""Finding the place that an address means, with an honest accuracy."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import fmean

from rapidfuzz import fuzz, process

from boundaries.addresses import is_road, numbers_of, plain, roads_of, spellings, without_door
from boundaries.checks.measure import distance_m
from boundaries.district import District
from boundaries.extent import middle_and_reach
from boundaries.gazetteer_row import GazetteerRow

__all__ = ["Gazetteer", "GazetteerRow", "Guess", "Match"]

UNKNOWN = "address-unknown"
AMBIGUOUS = "address-ambiguous"
GUESSES = 5
_KNOWN = 72.0
"""Scores below this are no match, only a guess."""
_LEAST = 25.0
"""Scores below this are not even a guess."""
_ALIKE = 4.0
"""Scores that differ by less than this are alike."""
_APART_M = 400.0
"""Places nearer than this to each other are one place for the purpose."""
_ROAD_BEYOND_M = 300.0
_ROAD_LEAST_M = 800.0
"""A road goes on beyond the known places on it, and is hardly shorter than this to either side."""
_LESS = {"community": 2.0, "road": 4.0, "township": 8.0}
"""What an area or a road scores less than a spot, for it says less."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A place that an address may mean: WGS84, longitude first; ``accuracy_m`` in metres; ``score`` 0 to 100."""

    name: str
    lon: float
    lat: float
    accuracy_m: float
    score: float


@dataclass(frozen=True, slots=True)
class Match:
    """The best guesses, best first, at most five. ``reason`` is None where the first is good and alone."""

    places: tuple[Guess, ...]
    reason: str | None


@dataclass(frozen=True, slots=True)
class _Key:
    """A text that stands for a place; ``whole`` ones only where the address is nothing else."""

    text: str
    row: GazetteerRow
    whole: bool = False


class Gazetteer:
    """All known places of a district: its gazetteer's rows, their roads, its communities and townships."""

    def __init__(self, rows: Iterable[GazetteerRow], district_name: str | None = None) -> None:
        self._district_name = district_name
        rows = list(rows)
        self._keys = [key for row in [*rows, *_roads(rows, district_name)] for key in self._keys_of(row)]
        self._texts = [key.text for key in self._keys]

    @classmethod
    def of(cls, district: District) -> "Gazetteer":
        """The places of ``district``. A township is found by name with the reach of its area as accuracy."""
        townships = list(_townships(district))
        names = {row.name for row in townships}
        return cls([*(row for row in district.gazetteer if row.name not in names), *townships], district.name)

    def match(self, text: str | None) -> Match:
        """The places that ``text`` may mean.

        ``address-unknown``: nothing is like enough (the guesses are told all the same); ``address-ambiguous``: places
        far from each other are alike enough. Anything may be given; only the first 200 characters are read.
        """
        query = plain(text or "", self._district_name)
        if not query:
            return Match((), UNKNOWN)
        best: dict[tuple[float, float, str], Guess] = {}
        for key, score in self._scored(query):
            row = key.row
            at = (row.lon, row.lat, row.name)
            if at not in best or score > best[at].score:
                best[at] = Guess(row.name, row.lon, row.lat, row.accuracy_m, round(score, 1))
        told = [guess for guess in best.values() if guess.score >= _LEAST]
        guesses = sorted(told, key=lambda guess: (-guess.score, guess.accuracy_m, guess.name))[:GUESSES]
        return Match(tuple(guesses), _reason(guesses))

    def _keys_of(self, row: GazetteerRow) -> Iterator[_Key]:
        texts = {plain(name, self._district_name) for name in spellings(row.name)}
        address = plain(row.address or "", self._district_name)
        if address and not is_road(address):
            texts.add(address)
        yield from (_Key(each, row) for each in sorted(texts) if len(each) >= 2)
        for ending in ("社区", "街道", "镇"):
            stem = row.name.removesuffix(ending)
            if stem != row.name and len(stem) >= 2:
                yield _Key(stem, row, whole=True)

    def _scored(self, query: str) -> Iterator[tuple[_Key, float]]:
        core = without_door(query) or query
        for key in self._keys:
            less = _LESS.get(key.row.kind, 0.0)
            if key.text == query or (key.row.kind == "road" and key.text == core):
                yield key, 100.0 - less
            elif key.whole:
                continue
            elif key.text in _without_township(query, key):
                yield key, 80.0 + 20.0 * min(1.0, len(key.text) / len(core)) - less
            elif len(query) >= 2 and query in key.text:
                yield key, 70.0 + 25.0 * len(query) / len(key.text) - less
        yield from self._similar(query)

    def _similar(self, query: str) -> Iterator[tuple[_Key, float]]:
        """Misspelt ones. Another house number is another house, not a slip."""
        numbers = numbers_of(query)
        for _, score, i in process.extract(query, self._texts, scorer=fuzz.ratio, limit=4 * GUESSES):
            key = self._keys[i]
            own = numbers_of(key.text)
            if not key.whole and (not own or own == numbers):
                yield key, 0.95 * score - _LESS.get(key.row.kind, 0.0)


def _without_township(query: str, key: _Key) -> str:
    """A road called 东街 is not meant where 东街街道 or 鼓东街道, a township, is."""
    return query.replace(key.text + "道", " ") if key.row.kind == "road" else query


def _reason(guesses: list[Guess]) -> str | None:
    if not guesses or guesses[0].score < _KNOWN:
        return UNKNOWN
    first = guesses[0]
    for other in guesses[1:]:
        apart = distance_m((first.lon, first.lat), (other.lon, other.lat))
        if first.score - other.score < _ALIKE and apart > max(_APART_M, first.accuracy_m + other.accuracy_m):
            return AMBIGUOUS
    return None


def _roads(rows: list[GazetteerRow], district_name: str | None) -> Iterator[GazetteerRow]:
    """A row for each road that addresses name: the middle of the places on it, and how far they reach."""
    on: dict[str, list[GazetteerRow]] = defaultdict(list)
    for row in rows:
        for road in roads_of(plain(row.address or "", district_name)):
            on[road].append(row)
    for road, places in on.items():
        lon, lat = fmean(place.lon for place in places), fmean(place.lat for place in places)
        reach = max(distance_m((lon, lat), (place.lon, place.lat)) for place in places)
        accuracy = max(_ROAD_LEAST_M, reach + _ROAD_BEYOND_M)
        yield GazetteerRow(road, "road", lon, lat, accuracy, None, "the places whose addresses name it")


def _townships(district: District) -> Iterator[GazetteerRow]:
    areas = district.township_areas
    for township in district.townships:
        shape = areas.get(township.code)
        if township.name and shape is not None and not shape.is_empty:
            lon, lat, reach = middle_and_reach(shape)
            yield GazetteerRow(township.name, "township", lon, lat, reach, None, "the middle of its area")
