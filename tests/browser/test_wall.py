"""The screen for the wall: whole, live by itself, honest when it is not, and nothing to click."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Visit, until_true
from tests.browser.test_console import INSIDE, an_item

WALL = (1920, 1080)
SMALLEST_PX = 16
"""On 1920 px across: a screen of 1.2 m shows that as 10 mm."""


@pytest.mark.parametrize("language, words", [("zh-CN", "今日受理"), ("en-GB", "Received today")])
@pytest.mark.parametrize("role", ["dispatcher", "supervisor", "leader"])
def test_the_wall_is_whole(visit: Visit, role: str, language: str, words: str, pictures: Path) -> None:
    visitor = visit(role, WALL, language)
    page = visitor.go("/wall")
    figure = page.locator("[data-figure=open]")
    expect(figure).not_to_have_text("–")
    shown = int(figure.inner_text().replace(",", ""))
    assert shown == visitor.get("/map/density?level=township&geometry=none")["total"]
    expect(page.locator("#wall-figures")).to_contain_text(words)
    expect(page.locator("#wall-items li").first).to_be_visible()
    expect(page.locator("#wall-summonses li").first).to_be_visible()
    assert page.evaluate("(({ scrollWidth, scrollHeight }) => [scrollWidth, scrollHeight])(document.body)") == [*WALL]
    assert page.locator("button, a[href], input, select").filter(visible=True).count() == 0, "nothing to click"
    sizes = page.evaluate(
        """[...document.querySelectorAll(".wall-bar *, .wall-side *, #legend *")].filter((one) => one.textContent.trim()
        && !one.closest(".summons-pin, .mark, svg")).map((one) => parseFloat(getComputedStyle(one).fontSize))"""
    )
    assert min(sizes) >= SMALLEST_PX
    page.screenshot(path=pictures / f"wall-{role}-{language}.png")


def test_it_is_dark_unless_light_is_asked_for(visit: Visit) -> None:
    visitor = visit("dispatcher", WALL, color_scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert visitor.go("/wall").evaluate(ground) == "rgb(16, 25, 30)"
    assert visitor.go("/wall?theme=light").evaluate(ground) == "rgb(244, 247, 248)"


def test_new_items_come_by_themselves_and_say_nothing_of_the_citizen(visit: Visit) -> None:
    watcher, sender = visit("dispatcher", WALL), visit("channel")
    page = watcher.go("/wall")
    expect(page.locator("#wall-items li").first).to_be_visible()
    before = int(page.locator("[data-figure=open]").inner_text().replace(",", "").replace("–", "0"))
    item = an_item(sender, lon=INSIDE[0], lat=INSIDE[1], description="家里的秘密", address="某某路 1 号")
    expect(page.locator(f"#wall-items [data-number='{item['number']}']")).to_be_visible(timeout=5000)
    until_true(
        page, "(n) => Number(document.querySelector('[data-figure=open]').textContent.replace(',', '')) > n", arg=before
    )
    assert "家里的秘密" not in page.content() and "某某路" not in page.content()


def test_it_says_when_it_is_not_live_and_comes_back(visit: Visit) -> None:
    watcher = visit("dispatcher", WALL)
    page = watcher.page
    page.clock.install()
    watcher.go("/wall")
    expect(page.locator("#live")).to_contain_text("实时")
    page.route("**/api/v1/**", lambda route: route.abort())
    page.clock.fast_forward(28_000)
    expect(page.locator("#live")).to_have_class("live lost")
    expect(page.locator("#banner")).to_be_visible()
    expect(page.locator("body")).to_have_class("wall night stale")
    page.unroute("**/api/v1/**")
    item = an_item(visit("channel"), lon=INSIDE[0], lat=INSIDE[1])
    page.clock.fast_forward(16_000)
    expect(page.locator("#live")).to_contain_text("实时")
    expect(page.locator("#banner")).to_be_hidden()
    expect(page.locator(f"#wall-items [data-number='{item['number']}']")).to_be_visible()
    watcher.faults = [fault for fault in watcher.faults if "ERR_FAILED" not in fault]


def test_others_have_no_wall(visit: Visit) -> None:
    visitor = visit("officer", PHONE)
    page = visitor.go("/wall")
    expect(page.locator("h1")).to_have_text("您的账号无权进行此操作")
    visitor.faults = [fault for fault in visitor.faults if "403" not in fault]
