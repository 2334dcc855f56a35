"""The classes of a density map."""

from itertools import pairwise

import pytest

from maps.scale import ladder, scale_for


@pytest.mark.parametrize(
    ("maximum", "labels"),
    [
        (0, ("0", "1", "2", "3", "4", "5+")),
        (9, ("0", "1", "2", "3", "4", "5+")),
        (10, ("0", "1", "2–3", "4–6", "7–11", "12+")),
        (23, ("0", "1", "2–3", "4–6", "7–11", "12+")),
        (24, ("0", "1–3", "4–7", "8–13", "14–23", "24+")),
        (900, ("0", "1–99", "100–199", "200–349", "350–599", "600+")),
    ],
)
def test_legend_changes_with_the_figures(maximum: int, labels: tuple[str, ...]) -> None:
    assert scale_for(maximum).labels == labels


def test_factors_are_round() -> None:
    assert [scale.lower[2] for scale in ladder()[1:8]] == [2, 4, 10, 20, 40, 100, 200]


@pytest.mark.parametrize("scale", ladder(), ids=lambda scale: f"to-{scale.lower[-1]}")
def test_each_class_has_its_own_colour_and_both_ends_belong(scale) -> None:
    colours = [scale.colour(low) for low in scale.lower]
    assert len(set(colours)) == 6
    for number, low in enumerate(scale.lower):
        assert scale.class_of(low) == number
        if number:
            assert scale.class_of(low - 1) == number - 1
            assert scale.colour(low - 1) == colours[number - 1]


@pytest.mark.parametrize("hue", ["light", "dark"])
def test_classes_differ_in_lightness_alone_enough_for_the_colour_blind(hue: str) -> None:
    colours = scale_for(10).as_json()[hue]
    lights = [_luminance(colour) for colour in colours]
    assert lights == sorted(lights, reverse=hue == "light")
    assert all(max(a, b) + 0.02 >= 1.15 * (min(a, b) + 0.02) for a, b in pairwise(lights))


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="never negative"):
        scale_for(3).colour(-1)


def test_the_largest_figures_still_have_a_scale() -> None:
    assert scale_for(10**12) is ladder()[-1]


def _luminance(colour: str) -> float:
    """Relative luminance by WCAG 2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
