"""axe-core on every page, for each who may open it: both languages, light and dark, desktop and phone."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESKTOP, PHONE, Visit, Visitor
from tests.browser.test_console import an_item
from tests.browser.test_track import photographed

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")
PAGES = {
    "dispatcher": ("/", "/wall"),
    "supervisor": ("/supervise",),
    "officer": ("/township",),
    "department": ("/department",),
    "worker": ("/work",),
    "planner": ("/plan",),
}
"""Role -> the pages that are made for it."""
OTHERS = {
    "leader": ("/", "/supervise", "/wall"),
    "officer": ("/", "/department"),
    "planner": ("/", "/ogc/", "/ogc/collections/grids/items"),
}
"""Role -> pages of others that it opens as well: once each."""
SCREENS = [
    pytest.param(size, language, scheme, id=f"{size[0]}-{language}-{scheme}")
    for size, language, scheme in (
        (DESKTOP, "zh-CN", "light"), (PHONE, "en-GB", "dark"),
    )
]  # fmt: skip
"""Each width, language and light is in one of them."""
CASES = [
    pytest.param(role, PAGES[role], *screen.values, id=f"{role}-{screen.id}") for role in PAGES for screen in SCREENS
]
CASES += [
    pytest.param(role, paths, *SCREENS[n % 2].values, id=f"{role}-too-{SCREENS[n % 2].id}")
    for n, (role, paths) in enumerate(OTHERS.items())
]


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


@pytest.mark.parametrize("role, paths, size, language, scheme", CASES)
def test_no_page_has_serious_faults(
    visit: Visit, role: str, paths: tuple[str, ...], size: tuple[int, int], language: str, scheme: str
) -> None:
    visitor = visit(role, size, language, color_scheme=scheme)
    found = []
    for path in paths:
        page = drawn(visitor.go(path))
        found += [f"{path}: {fault}" for fault in faults(page)]
        for pane in page.locator(".panes [data-pane]:visible").all():
            pane.click()
            page.wait_for_timeout(300)
            found += [f"{path}: {fault}" for fault in faults(page)]
    assert found == []


@pytest.mark.parametrize("size, language, scheme", SCREENS)
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


@pytest.mark.parametrize("size, language, scheme", SCREENS)
def test_pages_without_a_sign_in_have_no_serious_faults(
    visit: Visit, size: tuple[int, int], language: str, scheme: str
) -> None:
    """Also of an item that was answered, with its pair of photographs on the public map and its form for a rating."""
    number, code = told_to_all(visit("dispatcher"))
    visitor = visit(None, size, language, color_scheme=scheme)
    found = []
    for path in ("/login", "/report", "/map", "/track", f"/track/{number}", "/nothing"):
        found += [f"{path}: {fault}" for fault in faults(drawn(visitor.go(path)))]
    page = visitor.go("/track")
    page.fill("#track-number", number)
    page.fill("#track-code", code)
    page.click("button.main")
    found += [f"the item: {fault}" for fault in faults(drawn(page))]
    page = visitor.go("/report")
    page.fill("#description", "a bag of rubbish")
    page.wait_for_timeout(3200)  # whoever is quicker is asked a question
    page.click("#report button[type=submit]")
    page.wait_for_url("**/report/sent**")
    found += [f"/report/sent: {fault}" for fault in faults(drawn(page))]
    visitor.faults = [fault for fault in visitor.faults if "404" not in fault]
    assert found == []


def told_to_all(dispatcher: Visitor) -> tuple[str, str]:
    """Number and code of an item that was answered; another one with a released photograph stands on the public map."""
    for told in (open_one := an_item(dispatcher)), (item := an_item(dispatcher)):
        dispatcher.post(f"/photos/{photographed(dispatcher, told['number'], 'before', (120, 90, 60))}/release", {})
    assert open_one["number"] != item["number"]
    dispatcher.post(f"/items/{item['number']}/actions", {"action": "reply", "text": "已清运"})
    return item["number"], item["track_code"]
