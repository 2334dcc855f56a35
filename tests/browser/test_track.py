"""A citizen on a telephone, without scripts: finds the item, sees the pair of photographs, rates; and how it looks."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Visit, Visitor, until_true
from tests.browser.test_console import an_item
from tests.pictures import a_picture

ANSWER = "已派人清运并冲洗地面,后续每日两次巡查。"


@pytest.fixture
def phone(server: str, chromium: Browser) -> Iterator[Page]:
    """A browser of nobody's account, without scripts."""
    width, height = PHONE
    context = chromium.new_context(
        viewport={"width": width, "height": height}, locale="zh-CN", java_script_enabled=False, base_url=server
    )
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def answered(dispatcher: Visitor) -> dict[str, Any]:
    """An item with a released pair of photographs that a dispatcher answered."""
    item = an_item(dispatcher)
    for stage, colour in (("before", (120, 90, 60)), ("after", (70, 140, 90))):
        photo = photographed(dispatcher, item["number"], stage, colour)
        dispatcher.post(f"/photos/{photo}/release", {})
    dispatcher.post(f"/items/{item['number']}/actions", {"action": "reply", "text": ANSWER})
    return item


def photographed(dispatcher: Visitor, number: str, stage: str, colour: tuple[int, int, int]) -> int:
    token = dispatcher.get("/me")["csrf_token"]
    sent = dispatcher.context.request.post(
        f"{dispatcher.server}/api/v1/items/{number}/photos",
        multipart={
            "photo": {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": a_picture(size=(640, 480), color=colour)},
            "stage": stage,
        },
        headers={"X-CSRF-Token": token},
    )
    assert sent.ok, sent.text()
    return int(sent.json()["id"])


def enter(page: Page, number: str, code: str) -> None:
    page.goto("/track")
    page.fill("#track-number", number)
    page.fill("#track-code", code)
    page.click("button.main")


def test_a_citizen_finds_the_item_and_rates_it_without_scripts(visit: Visit, phone: Page, pictures: Path) -> None:
    item = answered(visit("dispatcher"))
    enter(phone, item["number"], item["track_code"])
    assert phone.url.endswith(f"/track/{item['number']}")
    expect(phone.locator(".said")).to_have_text(ANSWER)
    for picture in phone.locator(".pictures img").all():
        box = picture.bounding_box()
        assert box and box["width"] > 120 and box["x"] + box["width"] <= PHONE[0]
    phone.screenshot(path=pictures / "track-answered.png", full_page=True)
    for target in phone.locator(".grades label, button").all():
        box = target.bounding_box()
        assert box and box["height"] >= 32, "large enough for a thumb"
    phone.locator(".grades label").nth(3).click()
    phone.click("text=提交评价")
    expect(phone.locator(".fault")).to_contain_text("请说明不满意的原因")
    expect(phone.locator(".grades input").nth(3)).to_be_checked()
    phone.locator(".grades label").nth(0).click()
    phone.locator("#comment").press("Tab")
    phone.keyboard.press("Enter")
    expect(phone.locator("p.done")).to_contain_text("谢谢")
    expect(phone.locator(".grades")).to_have_count(0)
    assert item["track_code"] not in phone.url and item["track_code"] not in phone.content()
    phone.screenshot(path=pictures / "track-rated.png", full_page=True)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_the_page_fits_its_screen(
    visit: Visit, chromium: Browser, pictures: Path, size: tuple[int, int], language: str
) -> None:
    dispatcher = visit("dispatcher")
    done, fresh = answered(dispatcher), an_item(dispatcher)
    width, height = size
    context = chromium.new_context(
        viewport={"width": width, "height": height}, locale=language, base_url=dispatcher.server
    )
    page = context.new_page()
    for name, item in (("answered", done), ("open", fresh)):
        enter(page, item["number"], item["track_code"])
        page.wait_for_selector(".steps")
        until_true(page, "[...document.images].every((image) => image.complete && image.naturalWidth)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.screenshot(path=pictures / f"track-{name}-{width}-{language}.png", full_page=True)
    page.goto("/track")
    page.screenshot(path=pictures / f"track-ask-{width}-{language}.png")
    context.close()


def test_a_dispatcher_follows_up_by_telephone_on_the_console(visit: Visit, pictures: Path) -> None:
    dispatcher = visit("dispatcher")
    item = an_item(dispatcher)
    photographed(dispatcher, item["number"], "after", (70, 140, 90))
    dispatcher.post(f"/items/{item['number']}/actions", {"action": "reply", "text": ANSWER})
    page = dispatcher.go(f"/?item={item['number']}&queue=")
    expect(page.locator("#card")).to_contain_text("尚未公开处置前后的照片")
    page.click("#card [data-action=follow_up]")
    page.select_option("#ask [name=level]", "2")
    page.click("#ask footer .main")
    expect(page.locator("#ask .fault")).to_be_visible()
    dispatcher.faults.clear()  # the browser says of a refused form that it was refused
    page.fill("#ask [name=comment]", "还是有味道")
    page.screenshot(path=pictures / "console-follow-up.png")
    page.click("#ask footer .main")
    expect(page.locator("#card dl")).to_contain_text("不满意 · 电话回访 · 还是有味道")
    expect(page.locator("#card .tags")).to_contain_text("处置中")
    page.screenshot(path=pictures / "console-rated.png")
