"""A growth curve as a small SVG: both axes logarithmic, a few lines, readable in light and dark."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

_WIDE, _HIGH, _LEFT, _TOP, _RIGHT, _LOW = 640, 360, 70, 40, 20, 50
_COLOURS = ("#0b6fa4", "#c2410c", "#4d7c0f", "#7e22ce")


def draw(
    file: Path, title: str, across: str, up: str, x: Sequence[float], lines: Mapping[str, Sequence[float]]
) -> None:
    """Writes the picture: ``lines`` have a value for each of ``x``, all above 0."""
    low_x, high_x = math.floor(math.log10(min(x))), math.ceil(math.log10(max(x)))
    values = [value for line in lines.values() for value in line]
    low_y, high_y = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))

    def place(at: float, value: float) -> tuple[float, float]:
        right = _LEFT + (math.log10(at) - low_x) / (high_x - low_x) * (_WIDE - _LEFT - _RIGHT)
        down = _TOP + (high_y - math.log10(value)) / (high_y - low_y) * (_HIGH - _TOP - _LOW)
        return round(right, 1), round(down, 1)

    parts = [f'<text x="{_LEFT}" y="20" font-size="15">{title}</text>']
    for power in range(low_x, high_x + 1):
        right, _ = place(10.0**power, 10.0**low_y)
        parts.append(f'<path class="g" d="M{right} {_TOP}V{_HIGH - _LOW}"/>')
        parts.append(f'<text x="{right}" y="{_HIGH - _LOW + 18}" text-anchor="middle">{_tick(power)}</text>')
    for power in range(low_y, high_y + 1):
        _, down = place(10.0**low_x, 10.0**power)
        parts.append(f'<path class="g" d="M{_LEFT} {down}H{_WIDE - _RIGHT}"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{down + 4}" text-anchor="end">{_tick(power)}</text>')
    for number, (name, line) in enumerate(lines.items()):
        points = [place(at, value) for at, value in zip(x, line, strict=True)]
        colour, trail = _COLOURS[number % 4], " ".join(f"{right},{down}" for right, down in points)
        parts.append(f'<polyline points="{trail}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{right}" cy="{down}" r="3.5" fill="{colour}"/>' for right, down in points]
        parts.append(f'<text x="{_LEFT + 12}" y="{_TOP + 18 + 16 * number}" style="fill:{colour}">{name}</text>')
    parts.append(f'<text x="{_WIDE - _RIGHT}" y="{_HIGH - 10}" text-anchor="end">{across}</text>')
    parts.append(f'<text x="8" y="{_TOP - 6}">{up}</text>')
    style = (
        "<style>text{font:12px sans-serif;fill:#222}.g{stroke:#8884}svg{background:#fff}"
        "@media(prefers-color-scheme:dark){text{fill:#ddd}svg{background:#111}}</style>"
    )
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {_HIGH}" role="img" aria-label="{title}">'
    file.write_text(head + style + "".join(parts) + "</svg>\n", encoding="utf-8")


def _tick(power: int) -> str:
    return f"{10**power:,}" if power >= 0 else f"{10.0**power:g}"
