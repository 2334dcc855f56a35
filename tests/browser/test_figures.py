"""Figures on screens: each with its sentence and n of m, and the items behind every number."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, Visit
from tests.browser.test_console import an_item


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_figure_opens_the_items_behind_it(visit: Visit, pictures: Path, size: tuple[int, int], language: str) -> None:
    supervisor, dispatcher = visit("supervisor", size, language), visit("dispatcher")
    number = an_item(dispatcher)["number"]
    page = supervisor.go("/supervise")
    received = page.locator("#figures [data-figure=received]")
    expect(received.locator(".value")).not_to_have_text("0")
    expect(received).to_contain_text("期内受理" if language == "zh-CN" else "Items received in the period")
    expect(page.locator("#figures-about")).to_contain_text("演示" if language == "zh-CN" else "demonstration")
    rate = page.locator("#figures [data-figure=timely_dispatch]")
    expect(rate.locator(".value")).to_contain_text("%")
    received.locator("[data-part=yes]").press("Enter")
    behind = page.locator("#figures .behind")
    expect(behind.locator("a").first).to_be_visible()
    while not behind.locator("a", has_text=number).count():
        seen = behind.locator("a").count()
        behind.locator("button").click()
        expect(behind.locator("a").nth(seen)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0], "nothing sticks out at the side"
    received.locator("[data-part=yes]").press("Enter")
    expect(behind).to_have_count(0)
    page.locator("#figures").screenshot(path=pictures / f"figures-{size[0]}-{language}.png")
    rate.locator("[data-part=yes]").click()
    behind.locator("a").first.click()
    expect(page.locator("#card h1").first).to_be_visible()


def test_the_period_is_chosen_and_stays_in_the_address(visit: Visit) -> None:
    supervisor = visit("supervisor")
    page = supervisor.go("/supervise")
    expect(page.locator("#figures [data-figure=received] .value")).not_to_have_text("0")
    page.fill("#figures-of [name=from]", "2020-01-01")
    page.fill("#figures-of [name=to]", "2020-01-31")
    page.click("#figures-of button")
    expect(page.locator("#figures [data-figure=received] .value")).to_have_text("0")
    expect(page.locator("#figures [data-figure=settled] .value")).to_have_text("无可判定")
    assert "from=2020-01-01&to=2020-01-31" in page.url
    page.reload()
    expect(page.locator("#figures [data-figure=received] .value")).to_have_text("0")
    page.fill("#figures-of [name=to]", "2019-12-31")
    page.click("#figures-of button")
    expect(page.locator("#figures-fault")).to_be_visible()
