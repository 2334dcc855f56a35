"""A supervision order on screens: opened from the item, answered by the unit, closed on the supervisor's page."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, Visit
from tests.browser.test_console import INSIDE, an_item, settled


def test_an_order_from_opening_to_closing(visit: Visit, pictures: Path) -> None:
    supervisor, dispatcher, unit = visit("supervisor"), visit("dispatcher"), visit("department")
    code = unit.get("/me")["unit"]
    number = an_item(dispatcher, lon=INSIDE[0], lat=INSIDE[1], accuracy_m=1)["number"]
    dispatcher.post(f"/items/{number}/actions", {"action": "assign", "main": code, "assist": []})
    page = settled(supervisor.go(f"/?item={number}"))
    page.wait_for_selector("#card [data-action]")
    if page.locator("#card [data-do=more]").count():
        page.click("#card [data-do=more]")
    page.click("#card [data-action=escalate]")
    page.fill("#ask [name=until]", "2027-01-29T17:30")
    page.fill("#ask [name=reason]", "三天未动,请说明")
    page.click("#ask footer .main")
    card = page.locator("#card .order-box")
    expect(card).to_contain_text("待答复")
    page.screenshot(path=pictures / "order-card-1440.png")

    theirs = settled(unit.go(f"/?item={number}")).locator("#card .order-box")
    theirs.locator("[data-act=order-answer]").click()
    unit.page.fill("#ask [name=text]", "今日下午到场清运")
    unit.page.click("#ask footer .main")
    expect(theirs).to_contain_text("今日下午到场清运")

    page = supervisor.go("/supervise")
    own = page.locator(f"#orders [data-order='{number}-1']")
    expect(own).to_contain_text("今日下午到场清运")
    page.screenshot(path=pictures / "supervise-1440.png")
    own.locator("[data-act=order-close]").click()
    page.fill("#ask [name=text]", "现场已核实")
    page.click("#ask footer .main")
    expect(own).to_have_count(0)
    assert [one["closing"] for one in dispatcher.get(f"/items/{number}")["orders"]] == ["现场已核实"]


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_page_says_what_is_late_and_fits(
    visit: Visit, pictures: Path, size: tuple[int, int], language: str
) -> None:
    supervisor, channel = visit("supervisor", size, language), visit("channel")
    number = an_item(channel, received_at="2026-01-05T09:00+08:00", due_at="2026-01-05T10:00+08:00")["number"]
    page = supervisor.go("/supervise")
    late = page.locator(f"#late [data-number='{number}']")
    expect(late).to_contain_text("超 " if language == "zh-CN" else "late")
    expect(late.locator("[data-act=escalate]")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0], "nothing sticks out at the side"
    page.screenshot(path=pictures / f"supervise-{size[0]}-{language}.png", full_page=True)
