"""One scale for every density map: classes of counts, one hue from light to dark, for light and dark screens."""

from dataclasses import dataclass
from functools import lru_cache

from branca.colormap import StepColormap

LIGHT = ("#eef3f6", "#d3e3ea", "#a9cbd8", "#6fa9bf", "#3a819d", "#1c5a75")
DARK = ("#1b2a32", "#1f3f4d", "#235a70", "#2f7d99", "#57a9c4", "#9bd6e8")
"""Lightness alone tells the classes apart, so that colour-blind readers lose nothing."""

_SHAPES = ((1, 2, 3, 4, 5), (1, 2, 4, 7, 12))
"""Lower bounds of the five classes above zero, for the smallest figures and (times a round factor) for all others."""


@dataclass(frozen=True)
class Scale:
    """Six classes of counts. ``lower`` holds their lower bounds, the first being 0; the last class is open above."""

    lower: tuple[int, ...]
    light: StepColormap
    dark: StepColormap

    @property
    def labels(self) -> tuple[str, ...]:
        """What the legend prints beside each class: ``0``, ``1``, ``2–3``, ``12+``."""
        uppers = [bound - 1 for bound in self.lower[1:]]
        closed = [_range(low, high) for low, high in zip(self.lower, uppers, strict=False)]
        return (*closed, f"{self.lower[-1]}+")

    def class_of(self, count: int) -> int:
        """The class (0 to 5) of a count; a negative count is no count and raises ValueError."""
        if count < 0:
            raise ValueError(f"a count is never negative: {count}")
        return sum(bound <= count for bound in self.lower) - 1

    def colour(self, count: int) -> str:
        """The fill (``#rrggbb``) of a count on a light screen."""
        self.class_of(count)
        return self.light.rgb_hex_str(count)

    def as_json(self) -> dict[str, object]:
        """What a page needs to colour and explain a map by itself."""
        return {
            "lower": list(self.lower),
            "labels": list(self.labels),
            "light": [self.light.rgb_hex_str(low) for low in self.lower],
            "dark": [self.dark.rgb_hex_str(low) for low in self.lower],
        }


def scale_for(maximum: int) -> Scale:
    """The scale whose classes suit figures up to ``maximum`` (0 or more): not all in one class, few in the last."""
    for scale in ladder():
        if maximum < 2 * scale.lower[-1]:
            return scale
    return ladder()[-1]


@lru_cache(maxsize=1)
def ladder() -> tuple[Scale, ...]:
    """Every scale, for ever larger figures: a page takes the first with ``maximum < 2 * last lower bound``."""
    small, wide = _SHAPES
    scales = [_scale((0, *small)), _scale((0, *wide))]
    factor = 1
    for _ in range(18):  # up to factor 10**6: more than any cell will ever hold
        factor = factor * 5 // 2 if str(factor)[0] == "2" else factor * 2
        scales.append(_scale((0, 1, *(bound * factor for bound in wide[1:]))))
    return tuple(scales)


def _scale(lower: tuple[int, ...]) -> Scale:
    index = [*lower, 2 * lower[-1]]
    return Scale(lower, *(StepColormap(list(hue), index=index, vmin=0, vmax=index[-1]) for hue in (LIGHT, DARK)))


def _range(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}–{high}"
