"""The pages of the map programs' interface: the features are drawn, and a switch of languages keeps what was asked."""

from pathlib import Path

import pytest

from tests.browser.conftest import DESKTOP, PHONE, Visit, until_true
from tests.browser.test_axe import drawn, faults

DRAWN = "document.querySelectorAll('.leaflet-overlay-pane path.leaflet-interactive[stroke=\"{}\"]').length"
COLOUR = "getComputedStyle(document.documentElement).getPropertyValue('--chosen').trim()"
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@pytest.mark.parametrize(("size", "language", "scheme"), [(DESKTOP, "zh-CN", "dark"), (PHONE, "en-GB", "light")])
def test_features_on_a_page(visit: Visit, size: tuple[int, int], language: str, scheme: str, pictures: Path) -> None:
    visitor = visit("planner", size, language, color_scheme=scheme)
    page = visitor.go("/ogc/collections/grids/items?limit=20")
    colour = page.evaluate(COLOUR)
    until_true(page, f"{DRAWN.format(colour)} === 20")
    page.screenshot(path=pictures / f"ogc-{size[0]}.png")
    assert page.evaluate(FITS)
    page.click("a[rel=next]")
    until_true(page, f"{DRAWN.format(colour)} === 20")
    page.click("a.language")
    until_true(page, f"location.search.includes('limit=20') && {DRAWN.format(colour)} === 20")
    assert "cursor=" in page.url and page.locator("tbody tr").count() == 20


@pytest.mark.parametrize(("size", "language", "scheme"), [(DESKTOP, "en-GB", "light"), (PHONE, "zh-CN", "dark")])
def test_axe_has_nothing_to_say(visit: Visit, size: tuple[int, int], language: str, scheme: str) -> None:
    visitor = visit("planner", size, language, color_scheme=scheme)
    found = []
    for path in ("", "api", "collections/items/items?limit=5", "collections/grids/items/350102002G003"):
        page = drawn(visitor.go(f"/ogc/{path}"))
        found += [f"{path}: {fault}" for fault in faults(page)]
        found += [] if page.evaluate(FITS) else [f"{path}: wider than the screen"]
    assert found == []
