"""What anybody may know: categories of public space alone, and places by square."""

from dispatch.public import STEP, middle, public_categories, rounded
from tests.factories import rules


def test_only_what_stands_in_public_space_may_be_told() -> None:
    told = public_categories(rules())
    assert {"1.01", "3.01", "5.01"} <= set(told)
    assert not {"8.02", "11.01", "12.03", "14.01", "7.01", "22.01"} & set(
        told
    )  # homes, wages, elders, reports, questions


def test_all_places_of_a_square_are_told_as_its_middle() -> None:
    assert rounded(119.30501) == rounded(119.30599) == middle(119305) == 119.3055
    assert rounded(-0.0002) == -0.0005 and middle(3, 2 * STEP) == 0.007
