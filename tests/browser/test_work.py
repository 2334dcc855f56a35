"""A grid worker's phone."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Visit
from tests.browser.test_console import an_item, inside


def test_a_task_appears_by_itself_and_is_taken(visit: Visit, pictures: Path) -> None:
    worker = visit("worker", PHONE, geolocation={"longitude": 119.3, "latitude": 26.09}, permissions=["geolocation"])
    me = worker.get("/me")["name"]
    page = worker.go("/work")
    page.wait_for_selector("#tasks > *")
    dispatcher = visit("dispatcher")
    grid = me.removeprefix("w-")
    cells = dispatcher.get("/map/density?level=grid")["features"]
    spot = inside(next(cell for cell in cells if cell["properties"]["code"] == grid)["geometry"])
    item = an_item(dispatcher, lon=spot[0], lat=spot[1], accuracy_m=1, address="白龙路 1 号")
    card = page.locator(f".task[data-number='{item['number']}']")
    expect(card).to_be_visible()
    expect(card).to_contain_text("白龙路 1 号")
    expect(card).to_contain_text("距您")
    box = card.locator("[data-action=take]").bounding_box()
    assert box and box["height"] >= 48 and box["width"] > 250
    page.screenshot(path=pictures / "work.png")
    card.locator("[data-action=take]").click()
    card.locator("[data-action=arrive]").click()
    expect(card.locator("[data-action=done]").or_(card.locator("[data-action=settle]"))).to_be_visible()
    expect(card.locator(".entry")).to_have_count(0)
    tasks = dispatcher.get(f"/items/{item['number']}")["tasks"]
    assert [(task["worker"], task["state"]) for task in tasks] == [(me, "taken")]
    card.locator("button.main").click()
    page.locator("#ask textarea").fill("现场已看过")
    page.screenshot(path=pictures / "work-done.png")
    page.locator("#ask footer .main").click()
    card.get_by_text("在地图上看").click()
    expect(page.locator(f".pin[title='{item['number']}']")).to_be_visible()


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_the_page_fits_a_phone_in_both_languages(visit: Visit, language: str) -> None:
    page = visit("worker", PHONE, language).go("/work")
    page.wait_for_selector("#tasks > *")
    expect(page.locator("h1")).to_have_text("我的任务" if language == "zh-CN" else "My tasks")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
