"""axe-core on every page, for each who may open it: both languages, light and dark, desktop and phone."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESKTOP, PHONE, Visit
from tests.browser.test_console import an_item

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")
PAGES = {
    "dispatcher": ("/", "/wall"),
    "supervisor": ("/", "/supervise", "/wall"),
    "leader": ("/", "/supervise", "/wall"),
    "officer": ("/", "/township", "/department"),
    "department": ("/", "/department"),
    "worker": ("/work",),
    "planner": ("/",),
}
"""Role -> the pages that it opens."""
SCREENS = [
    pytest.param(size, language, scheme, id=f"{size[0]}-{language}-{scheme}")
    for size, language, scheme in (
        (DESKTOP, "zh-CN", "light"), (DESKTOP, "en-GB", "dark"), (PHONE, "zh-CN", "dark"), (PHONE, "en-GB", "light"),
    )
]  # fmt: skip
"""Every pair of width, language and light meets in one of them."""
CASES = [
    pytest.param(role, *screen.values, id=f"{role}-{screen.id}")
    for n, role in enumerate(PAGES)
    for screen in (SCREENS if role == "dispatcher" else [SCREENS[n % len(SCREENS)]])
]
"""The dispatcher's pages, which hold nearly every part that others show, on every screen; the others' on one each."""


def faults(page: Page) -> list[str]:
    """What axe finds serious or critical, each with the elements it is found on."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    assert found["passes"], "axe has looked at the page"
    return [
        f"{one['impact']} {one['id']}: {node['target'][0]} {node['html'][:120]} {node['failureSummary'][:300]}"
        for one in found["violations"]
        if one["impact"] in GRAVE
        for node in one["nodes"][:5]
    ]


def drawn(page: Page) -> Page:
    page.wait_for_load_state("load")
    page.wait_for_timeout(1000)  # what comes by the API and the stream is drawn
    return page


def test_axe_finds_what_is_wrong(visit: Visit) -> None:
    page = drawn(visit("dispatcher").go("/"))
    page.evaluate("document.querySelector('#find input').removeAttribute('aria-label')")
    page.evaluate("document.querySelector('#find input').removeAttribute('placeholder')")
    assert any("label" in fault for fault in faults(page))


@pytest.mark.parametrize("role, size, language, scheme", CASES)
def test_no_page_has_serious_faults(
    visit: Visit, role: str, size: tuple[int, int], language: str, scheme: str, pictures: Path
) -> None:
    visitor = visit(role, size, language, color_scheme=scheme)
    found = []
    for path in PAGES[role]:
        page = drawn(visitor.go(path))
        found += [f"{path}: {fault}" for fault in faults(page)]
        for pane in page.locator(".panes [data-pane]:visible").all():
            pane.click()
            page.wait_for_timeout(300)
            found += [f"{path}: {fault}" for fault in faults(page)]
    assert found == []


@pytest.mark.parametrize("size, language, scheme", SCREENS[1:3])
def test_the_card_and_its_forms_have_no_serious_faults(
    visit: Visit, size: tuple[int, int], language: str, scheme: str
) -> None:
    visitor = visit("dispatcher", size, language, color_scheme=scheme)
    number = an_item(visitor)["number"]
    page = drawn(visitor.go(f"/?item={number}"))
    found = faults(page)
    page.keyboard.press("n")
    found += faults(page)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    found += faults(page)
    assert found == []


@pytest.mark.parametrize("size, language, scheme", SCREENS[1:3])
def test_pages_without_a_sign_in_have_no_serious_faults(
    visit: Visit, size: tuple[int, int], language: str, scheme: str
) -> None:
    visitor = visit("dispatcher", size, language, color_scheme=scheme)
    item = an_item(visitor)
    found = []
    visitor.context.clear_cookies()
    for path in ("/login", "/report", "/track", f"/track/{item['number']}", "/nothing"):
        found += [f"{path}: {fault}" for fault in faults(drawn(visitor.go(path)))]
    visitor.faults = [fault for fault in visitor.faults if "404" not in fault]
    assert found == []
