"""A citizen reports without an account: on a telephone in Chinese, on a desk in English, and without scripts."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Visit
from tests.browser.test_axe import faults
from tests.pictures import a_picture

HERE = {"longitude": 119.2965, "latitude": 26.0818, "accuracy": 25}


@contextmanager
def citizen(server: str, chromium: Browser, size: tuple[int, int], language: str, **more: Any) -> Iterator[Page]:
    """A browser of nobody's account; afterwards its pages may have done nothing wrong."""
    width, height = size
    context = chromium.new_context(
        viewport={"width": width, "height": height}, locale=language, base_url=server, **more
    )
    context.set_default_timeout(15_000)
    page, wrong = context.new_page(), list[str]()

    def note(said: str, is_wrong: bool) -> None:
        if is_wrong:
            wrong.append(said)

    page.on("console", lambda said: note(said.text, said.type == "error" and "422" not in said.text))
    page.on("pageerror", lambda error: note(str(error), True))
    context.on("request", lambda asked: note(asked.url, not asked.url.startswith((server, "data:", "blob:"))))
    yield page
    context.close()
    assert wrong == []


def number_and_code(page: Page) -> tuple[str, str]:
    return page.locator("#number").inner_text(), page.locator("#code").inner_text()


def test_on_a_telephone_with_position_and_photograph(
    server: str, chromium: Browser, visit: Visit, pictures: Path
) -> None:
    phone: dict[str, Any] = {"has_touch": True, "geolocation": HERE, "permissions": ["geolocation"]}
    with citizen(server, chromium, PHONE, "zh-CN", **phone) as page:
        page.goto("/report")
        page.screenshot(path=pictures / "report-390-zh.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
        assert faults(page) == []
        page.fill("#description", "公交站旁有一堆垃圾")
        page.locator("#category").press_sequentially("暴露")
        page.locator("#category-box [role=option]").first.click()
        expect(page.locator("#category")).to_have_value("暴露垃圾")
        page.click("[data-do=here]")
        expect(page.locator("#spot")).to_contain_text("误差 25 米")
        page.set_input_files(
            "#photo", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": a_picture(size=(3000, 2000))}
        )
        expect(page.locator("#photo-told")).to_contain_text("已就绪")
        page.screenshot(path=pictures / "report-filled-390-zh.png", full_page=True)
        page.wait_for_timeout(3100)
        page.dblclick("#report [type=submit]")
        page.wait_for_url("**/report/sent*")
        number, code = number_and_code(page)
        page.screenshot(path=pictures / "reported-390-zh.png", full_page=True)
        assert faults(page) == [] and code not in page.url
        page.click("a.button")
        page.wait_for_url(f"**/track/{number}")
        item = visit("dispatcher").get(f"/items/{number}")
        assert (
            item["channel"] == "web"
            and item["category"] == "1.01"
            and [p["stage"] for p in item["photos"]] == ["before"]
        )
        assert abs(item["location"]["lon"] - HERE["longitude"]) < 1e-5 and item["location"]["accuracy_m"] == 25
        page.goto("/map")
        expect(page.locator("#count")).to_contain_text("视野内在办")
        page.screenshot(path=pictures / "publicmap-390-zh.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0] and faults(page) == []


def test_on_a_desk_by_keyboard_with_likes_and_a_question(server: str, chromium: Browser, pictures: Path) -> None:
    with citizen(server, chromium, DESKTOP, "en-GB") as page:
        page.goto("/report")
        page.fill("#description", "A heap of rubbish by the bus stop")
        page.evaluate("document.querySelector('.trap input').value = 'x'")  # as a program does, however slow it is
        page.locator("#report [type=submit]").press("Enter")
        expect(page.locator("#asked")).to_be_visible()
        expect(page.locator("#description")).to_have_value("A heap of rubbish by the bus stop")
        expect(page.locator("#answer")).to_be_focused()
        page.screenshot(path=pictures / "report-question-1440-en.png", full_page=True)
        words = ["two", "three", "four", "five", "six", "seven", "eight", "nine"]
        said = page.locator("#question-words").inner_text().rstrip("?").split()
        page.fill("#answer", str(sum(words.index(word) + 2 for word in said if word in words)))
        page.locator("#address").press_sequentially("五一广场")
        page.locator("#address-box [role=option]").first.wait_for()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.locator("#spot")).to_contain_text("address is known")
        page.locator("[data-do=middle]").press("Enter")
        expect(page.locator("#spot")).to_contain_text("The pin is set")
        page.screenshot(path=pictures / "report-1440-en.png", full_page=True)
        assert faults(page) == []
        page.locator("#report [type=submit]").press("Enter")
        page.wait_for_url("**/report/sent*")
        first = number_and_code(page)
        page.screenshot(path=pictures / "reported-1440-en.png")
        page.click("a.language")
        assert number_and_code(page) == first
        page.goto("/map?lang=en")
        expect(page.locator("#count")).to_contain_text("open items in view")
        page.wait_for_timeout(500)
        page.screenshot(path=pictures / "publicmap-1440-en.png")
        assert faults(page) == []


def test_likes_are_shown_without_words(server: str, chromium: Browser, visit: Visit, pictures: Path) -> None:
    body = {"channel": "phone", "category": "1.01", "description": "林家后门", "lon": 119.2965, "lat": 26.0818}
    item = visit("dispatcher").post("/items", body)
    more: dict[str, Any] = {"geolocation": HERE, "permissions": ["geolocation"]}
    with citizen(server, chromium, PHONE, "zh-CN", **more) as page:
        page.goto("/report")
        page.fill("#category", "暴露垃圾")
        page.click("[data-do=here]")
        expect(page.locator("#likes")).to_contain_text(item["number"])
        assert "林家" not in page.content()
        page.locator("#likes").screenshot(path=pictures / "report-likes-390-zh.png")


def test_what_is_written_outlives_a_lost_signal(server: str, chromium: Browser) -> None:
    with citizen(server, chromium, PHONE, "zh-CN") as page:
        page.goto("/report")
        page.fill("#description", "路灯不亮")
        page.wait_for_timeout(3100)
        page.route("**/report/sent", lambda route: route.fulfill(status=200, body="cut off"))
        page.click("#report [type=submit]")
        expect(page.locator("#fault")).to_contain_text("没有发出去")
        page.unroute("**/report/sent")
        page.click("#report [type=submit]")
        page.wait_for_url("**/report/sent*")


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_without_scripts(server: str, chromium: Browser, pictures: Path, language: str) -> None:
    with citizen(server, chromium, PHONE, language, java_script_enabled=False) as page:
        page.goto("/report")
        page.fill("#address", "五一广场")
        page.fill("#description", "Rubbish")
        page.screenshot(path=pictures / f"report-plain-390-{language}.png", full_page=True)
        page.wait_for_timeout(3100)
        page.click("#report [type=submit]")
        number, code = number_and_code(page)
        assert len(code) == 8 and code not in page.url
        page.click("a.button")
        assert page.url.endswith(f"/track/{number}")
