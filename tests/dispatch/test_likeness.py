"""How alike two reports are: near, soon, of one category and in like words; and what is not known is not weighed."""

from datetime import timedelta

import pytest

from dispatch.item import UNCLASSIFIED
from dispatch.likeness import Likeness, alike, likeness
from tests.factories import NOON, rules

HERE = (119.30, 26.08)
DOGS, DUCKS, TOILET = "2.06", "2.05", "1.05"


def alikeness(
    there: tuple[float, float] | None = HERE, days: float = 0, categories: tuple[str, str] = (DOGS, DOGS),
    words: float | None = 1.0,
) -> Likeness:  # fmt: skip
    return likeness(HERE, there, (NOON, NOON + timedelta(days=days)), categories, words, rules())


def test_the_same_is_one_and_the_other_is_nothing() -> None:
    assert alikeness().score == 1.0
    far = (HERE[0] + 0.1, HERE[1])
    assert alikeness(far, 90, (DOGS, "4.01"), 0.0).score == 0.0


def test_every_part_counts_for_itself() -> None:
    whole = alikeness().score
    near = (HERE[0] + 0.001, HERE[1])
    assert alikeness(near).distance_m == pytest.approx(100.1, abs=0.2)
    for less in (alikeness(near), alikeness(days=5), alikeness(categories=(DOGS, DUCKS)), alikeness(words=0.4)):
        assert 0.5 < less.score < whole
    assert alikeness(days=5).days == 5


def test_what_is_not_known_is_left_out_of_the_weighing() -> None:
    assert alikeness(None).score == 1.0 and alikeness(None).distance_m is None
    assert alikeness(words=None).score == 1.0
    assert alikeness(categories=(DOGS, UNCLASSIFIED)).category == "unknown"


def test_categories_that_may_be_the_same_matter() -> None:
    same = alike(DOGS, rules())
    assert same is not None and {UNCLASSIFIED, DOGS} <= set(same)
    majors = {rules().categories[code].major for code in same if code != UNCLASSIFIED}
    assert len(majors) == 1
    assert alike(UNCLASSIFIED, rules()) is None
