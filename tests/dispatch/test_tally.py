"""From groups to figures: sums, rates that may be nothing, the first numbers in order."""

import pytest

from dispatch.figures import CALL_FIGURES, FIGURES, ITEM_FIGURES, NO, PARTS, YES, Figure, Words
from dispatch.tally import SHOWN, Group, Tally, tallies, told

WORDS = Words("一", "one")
RATE = Figure("rate", "item", WORDS, WORDS, WORDS, WORDS)
COUNT = Figure("count", "item", WORDS, WORDS, WORDS, watch=YES)


def a_group(*parts: str | None, n: int = 1, at: int = 1, marks: tuple[str, ...] = ()) -> Group:
    return Group(parts, marks, n, tuple(((at + k, 0), f"{at + k:04d}") for k in range(min(n, SHOWN))))


def tally(*groups: Group, figure: Figure = RATE) -> Tally:
    return tallies([figure], groups)[0]


def test_nothing_judged_is_no_rate() -> None:
    assert (tally().numerator, tally().denominator, tally().value) == (0, 0, None)
    assert tally(a_group("pending", n=5)).value is None
    assert (tally(figure=COUNT).value, tally(figure=COUNT).denominator) == (0, None)


def test_a_rate_is_of_what_is_judged_alone() -> None:
    found = tally(a_group("yes", n=2), a_group("no", n=1), a_group("suspended", n=7), a_group("pending", n=9))
    assert (found.numerator, found.denominator, found.value) == (2, 3, 0.666667)
    assert {name: part.n for name, part in found.parts.items()} == {"yes": 2, "no": 1, "suspended": 7, "pending": 9}


def test_what_a_figure_does_not_count_is_in_no_part() -> None:
    assert tally(a_group(None, n=3), figure=COUNT).value == 0


def test_groups_of_one_part_are_one_and_their_first_numbers_are_in_order() -> None:
    late, early = a_group("no", n=30, at=100), a_group("no", n=3, at=50, marks=("reopened",))
    found = tally(late, early).parts[NO]
    assert found.n == 33
    assert found.numbers == ["0050", "0051", "0052", *(f"{n:04d}" for n in range(100, 100 + SHOWN - 3))]


def test_a_number_with_several_calls_stands_once() -> None:
    calls = Group(("yes",), (), 2, (((5, 1), "0007"), ((5, 2), "0007")))
    assert (tally(calls).parts[YES].n, tally(calls).parts[YES].numbers) == (2, ["0007"])


def test_marks_are_of_what_is_inside_the_rate() -> None:
    marked = [a_group(part, n=n, marks=("reopened",)) for part, n in (("yes", 1), ("no", 2), ("pending", 4))]
    assert tally(*marked).marks == {"reopened": 3}
    assert tally(*marked, figure=COUNT).marks == {}


def test_a_program_reads_all_of_it() -> None:
    found = told(tally(a_group("pending"), a_group("no", at=2, marks=("follow_up",))))
    assert [part["part"] for part in found["parts"]] == ["yes", "no", "pending"]
    assert (found["kind"], found["numerator"], found["denominator"], found["value"]) == ("rate", 0, 1, 0.0)
    assert found["parts"][1]["numbers"] == ["0002"]
    assert [mark["mark"] for mark in found["marks"]] == ["follow_up"]


@pytest.mark.parametrize("figure", FIGURES.values(), ids=lambda one: one.key)
def test_every_figure_has_words_for_each_part(figure: Figure) -> None:
    assert figure.watch in (YES, NO) and (figure.is_rate or figure.watch == YES)
    assert figure.part_words(YES) == figure.yes
    assert all(figure.part_words(part).zh and figure.part_words(part).en for part in PARTS)
    assert "period" in figure.sentence.en and "期内" in figure.sentence.zh
    assert figure in (ITEM_FIGURES if figure.of == "item" else CALL_FIGURES)
