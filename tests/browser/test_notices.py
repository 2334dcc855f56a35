"""The bell: what concerns somebody comes live, is read, and leads to the item."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Visit, Visitor
from tests.browser.test_console import an_item, inside, settled

BELL, BADGE, PANEL = "#bell > button", "#bell b", "#notices"


def an_item_of(officer: Visitor, dispatcher: Visitor) -> str:
    """The number of an item that the officer's township leads."""
    cells = officer.get("/map/density?level=grid")["features"]
    cell = next(one for one in cells if one["properties"]["code"].startswith(officer.get("/me")["unit"]))
    lon, lat = inside(cell["geometry"])
    return str(an_item(dispatcher, lon=lon, lat=lat, accuracy_m=1, address="东门口")["number"])


def urge(dispatcher: Visitor, number: str) -> None:
    dispatcher.post(f"/items/{number}/actions", {"action": "urge", "text": "又来电"})


def all_read(visitor: Visitor) -> None:
    """Whatever other tests left unread."""
    visitor.post("/notices/read", {"all": True})


def test_a_notice_comes_live_and_is_read(visit: Visit) -> None:
    officer, dispatcher = visit("officer"), visit("dispatcher")
    all_read(officer)
    number = an_item_of(officer, dispatcher)
    page = settled(officer.go("/"))
    expect(page.locator("#live")).to_have_text("实时")
    expect(page.locator(BADGE)).to_be_hidden()
    page.evaluate("window.sameAsBefore = true")
    urge(dispatcher, number)
    expect(page.locator(BADGE)).to_have_text("1")
    expect(page.locator(BELL)).to_have_attribute("aria-label", "通知,1 条未读")
    page.click(BELL)
    first = page.locator(f"{PANEL} li").first
    expect(first).to_contain_text("群众催单,请尽快办理。")
    expect(first).to_contain_text(number)
    urge(dispatcher, number)
    expect(page.locator(f"{PANEL} .unread")).to_have_count(2)
    first.locator("a").click()
    expect(page.locator(PANEL)).to_be_hidden()
    expect(page.locator("#card")).to_contain_text(number)
    assert page.evaluate("window.sameAsBefore"), "the page was not left"
    expect(page.locator(BADGE)).to_have_text("1")
    page.click(BELL)
    page.click(f"{PANEL} [data-do=read]")
    expect(page.locator(BADGE)).to_be_hidden()
    expect(page.locator(f"{PANEL} .unread")).to_have_count(0)
    assert officer.get("/notices?unread=1")["unread"] == 0
    settled(officer.go("/"))
    expect(page.locator(BADGE)).to_be_hidden()


def test_by_keyboard_alone(visit: Visit) -> None:
    officer, dispatcher = visit("officer"), visit("dispatcher")
    number = an_item_of(officer, dispatcher)
    urge(dispatcher, number)
    page = officer.go("/township")
    expect(page.locator(BADGE)).not_to_be_empty()
    page.focus(BELL)
    page.keyboard.press("Enter")
    expect(page.locator(PANEL)).to_be_visible()
    expect(page.locator(PANEL)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(PANEL)).to_be_hidden()
    expect(page.locator(BELL)).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator(f"{PANEL} a").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{officer.server}/?item={number}")
    assert all(one["number"] != number for one in officer.get("/notices?unread=1")["notices"])


def test_a_page_asks_one_stream(visit: Visit) -> None:
    page = visit("department").go("/department")
    expect(page.locator("#live")).to_have_text("实时")
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if one.url.endswith("/api/v1/live") else None)
    page.reload()
    expect(page.locator("#live")).to_have_text("实时")
    page.wait_for_timeout(500)
    assert len(asked) == 1


def test_nothing_yet(visit: Visit) -> None:
    administrator = visit("admin")
    page = settled(administrator.go("/"))
    page.click(BELL)
    expect(page.locator(PANEL)).to_contain_text("还没有通知")
    expect(page.locator(f"{PANEL} [data-do=read]")).to_be_hidden()
    page.mouse.click(5, 500)
    expect(page.locator(PANEL)).to_be_hidden()


@pytest.mark.parametrize(("language", "words"), [("zh-CN", "群众催单"), ("en-GB", "The citizen urges")])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_it_fits_the_screen(visit: Visit, pictures: Path, size: tuple[int, int], language: str, words: str) -> None:
    officer, dispatcher = visit("officer", size, language), visit("dispatcher")
    urge(dispatcher, an_item_of(officer, dispatcher))
    for name, path in (("console", "/"), ("township", "/township")):
        page = officer.go(path)
        expect(page.locator(BADGE)).not_to_be_empty()
        page.click(BELL)
        expect(page.locator(PANEL)).to_contain_text(words)
        page.screenshot(path=pictures / f"notices-{name}-{size[0]}-{language[:2]}.png")
        sits_inside(page, size)


def sits_inside(page: Page, size: tuple[int, int]) -> None:
    box = page.locator(PANEL).bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= size[0], box
    bell = page.locator(BELL).bounding_box()
    assert bell is not None and bell["y"] + bell["height"] <= box["y"], "the bell stays in reach"
    assert box["y"] + box["height"] <= size[1], box
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0], "nothing sticks out at the side"
