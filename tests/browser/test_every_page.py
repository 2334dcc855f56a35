"""Every page, for each who opens it and for nobody, in both widths: it asks nothing of others and says nothing wrong.

``visit`` notes each request that leaves for another address, each console error and each script that fails.
"""

import re
from pathlib import Path

import pytest

from tests.browser.conftest import DESKTOP, PHONE, Visit
from tests.browser.test_axe import OTHERS, PAGES, drawn

TEMPLATES = Path(__file__).resolve().parents[2] / "web" / "templates"
PARTS = frozenset({"base", "ask", "mapset", "objections"})
"""Templates that stand within others."""
SEEN = {
    "console": "/", "wall": "/wall", "supervise": "/supervise", "figures": "/supervise", "township": "/township",
    "department": "/department", "plan": "/plan", "work": "/work", "login": "/login", "report": "/report",
    "reported": "/report/sent", "public_map": "/map", "track_ask": "/track", "track": "/track/NUMBER",
    "ogc": "/ogc/", "ogc_features": "/ogc/collections/grids/items", "error": "/nothing",
}  # fmt: skip
"""Template -> where it is seen. A page that is added is added here, and to the pages of test_axe.py."""
NOBODYS = ("/login", "/report", "/map", "/track", "/nothing")


def test_no_page_is_forgotten() -> None:
    templates = {path.stem for path in TEMPLATES.glob("*.html")} - PARTS
    assert templates == set(SEEN)
    opened = {path for paths in (*PAGES.values(), *OTHERS.values()) for path in paths} | set(NOBODYS)
    assert set(SEEN.values()) - opened == {"/report/sent", "/track/NUMBER"}, "these two test_axe.py reaches by a form"


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("role", [*PAGES, "leader", None], ids=str)
def test_no_request_leaves_and_no_page_errs(visit: Visit, role: str | None, size: tuple[int, int]) -> None:
    visitor = visit(role, size, "en-GB" if size == PHONE else "zh-CN")
    paths = NOBODYS if role is None else dict.fromkeys((*PAGES.get(role, ()), *OTHERS.get(role, ())))
    for path in paths:
        page = drawn(visitor.go(path))
        assert page.locator("h1, h2, [aria-label]").count() > 0, path
        width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert width <= 0, f"{path} is wider than the screen by {width} px"
        text = page.locator("body").inner_text()
        assert not re.search(r"undefined|NaN|\[object|%\(|\{[a-z_]+\}", text), path
    visitor.faults = [fault for fault in visitor.faults if not (role is None and "404" in fault)]


def test_what_leaves_is_seen(visit: Visit) -> None:
    """The notes are of some use: a picture of somebody else's, which the page's policy shuts out, is noted."""
    visitor = visit(None)
    page = drawn(visitor.go("/login"))
    page.evaluate("document.body.append(Object.assign(new Image(), { src: 'http://127.0.0.1:9/pixel.png' }))")
    page.wait_for_timeout(300)
    assert any("9/pixel.png" in fault for fault in visitor.faults), visitor.faults
    visitor.faults.clear()
