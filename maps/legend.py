"""A legend as HTML, for a map file without a page around it."""

from html import escape

from maps.scale import Scale
from maps.words import MapWords


def legend_html(scale: Scale, counted: str, words: MapWords) -> str:
    """One swatch and label for each class and one for areas without data; ``counted`` says what and for which time."""
    swatches = [
        f'<li><svg aria-hidden="true"><rect width="36" height="12" fill="{scale.colour(low)}"/></svg>{label}</li>'
        for low, label in zip(scale.lower, scale.labels, strict=True)
    ]
    swatches.append(
        '<li class="no-data-swatch"><svg aria-hidden="true"><rect class="no-data" width="36" height="12"/></svg>'
        f"{escape(words.no_data)}</li>"
    )
    return f'<div class="legend"><b>{escape(counted)}</b><ol>{"".join(swatches)}</ol></div>'
