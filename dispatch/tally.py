"""From groups of alike things to figures: sums, rates, and the first item numbers behind each part."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from dispatch.figures import MARKS, NO, PARTS, YES, Figure, Words

SHOWN = 20
"""How many item numbers stand beside each part; the whole list is asked for by part."""

Key = tuple[int, int]
"""Where a thing stands in the order of a list: (item, 0), or (summons, place of its call)."""


@dataclass(frozen=True, slots=True)
class Group:
    """Things that are in the same part of every figure: ``parts`` in the order of the figures, None where a figure does
    not count them. ``first`` holds the first of them by key, with their item's number."""

    parts: tuple[str | None, ...]
    marks: tuple[str, ...]
    n: int
    first: tuple[tuple[Key, str], ...]


@dataclass(slots=True)
class Part:
    """How many things are in a part, and the numbers of the first."""

    n: int = 0
    first: list[tuple[Key, str]] = field(default_factory=list)

    @property
    def numbers(self) -> list[str]:
        """Item numbers in order, each once."""
        return list(dict.fromkeys(number for _, number in sorted(self.first)[:SHOWN]))


@dataclass(frozen=True, slots=True)
class Tally:
    """One figure, counted."""

    figure: Figure
    parts: dict[str, Part]
    marks: dict[str, int]

    @property
    def numerator(self) -> int:
        return self.parts[YES].n

    @property
    def denominator(self) -> int | None:
        """None for a plain count."""
        return self.numerator + self.parts[NO].n if self.figure.is_rate else None

    @property
    def value(self) -> float | None:
        """The rate between 0 and 1, None where nothing is judged; of a plain count the count."""
        if self.denominator is None:
            return self.numerator
        return round(self.numerator / self.denominator, 6) if self.denominator else None


def tallies(figures: Sequence[Figure], groups: Iterable[Group]) -> list[Tally]:
    """The figures of those groups, in the order of ``figures``; a part that holds nothing is left out, but for the two
    that make a rate."""
    empty = [Tally(one, {p: Part() for p in ((YES, NO) if one.is_rate else (YES,))}, {}) for one in figures]
    for group in groups:
        for tally, name in zip(empty, group.parts, strict=True):
            if name is None:
                continue
            part = tally.parts.setdefault(name, Part())
            part.n += group.n
            part.first.extend(group.first)
            if tally.figure.is_rate and name in (YES, NO):
                for mark in group.marks:
                    tally.marks[mark] = tally.marks.get(mark, 0) + group.n
    return empty


def told(tally: Tally) -> dict[str, Any]:
    """A figure as programs read it, its sentence included."""
    figure = tally.figure
    order = [YES, NO, *PARTS]
    return {
        "figure": figure.key,
        "of": figure.of,
        "kind": "rate" if figure.is_rate else "count",
        "name": _both(figure.name),
        "sentence": _both(figure.sentence),
        "numerator": tally.numerator,
        "denominator": tally.denominator,
        "value": tally.value,
        "watch": figure.watch,
        "parts": [
            {"part": name, "name": _both(figure.part_words(name)), "n": part.n, "numbers": part.numbers}
            for name, part in sorted(tally.parts.items(), key=lambda one: order.index(one[0]))
        ],
        "marks": [{"mark": m, "name": _both(MARKS[m]), "n": tally.marks[m]} for m in MARKS if m in tally.marks],
    }


def _both(words: Words) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}
