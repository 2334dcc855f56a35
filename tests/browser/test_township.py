"""A township's and a department's day: own items, a summons in seconds, who has which cell, calendar and tasks."""

import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, Visit, until_true
from tests.browser.test_axe import faults
from tests.browser.test_console import settled
from tests.browser.test_summonses import an_item_of

LONGEST_S = 30.0
"""From the sight of an item to the called units."""
TOMORROW = "new Date(Date.now() + 86400000).toISOString()"


@pytest.mark.parametrize("size, language", [(DESKTOP, "zh-CN"), (PHONE, "en-GB")], ids=["desktop", "phone"])
def test_a_summons_in_seconds_from_an_own_item(visit: Visit, pictures: Path, size: Any, language: str) -> None:
    officer, dispatcher = visit("officer", size, language), visit("dispatcher")
    item, spot = an_item_of(officer, dispatcher, category="1.04")
    page = officer.go("/township")
    begun = time.monotonic()
    row = page.locator(f"#items [data-number='{item['number']}']")
    if not row.count():
        page.click("#items .all")
    row.locator("[data-act=summon]").click()
    chosen = page.locator("#ask [name=departments]:checked")
    expect(chosen.first).to_be_visible()
    assert "city-management" in [box.get_attribute("value") for box in chosen.all()], "the catalogue's unit is proposed"
    assert page.input_value("#ask [name=meet_at]")[14:] in ("00", "30")
    assert page.input_value("#ask [name=place]") == "东门口"
    assert faults(page) == []
    page.screenshot(path=pictures / f"summon-ask-{size[0]}-{language}.png")
    page.click("#ask footer .main")
    card = page.locator("#open .summons-box", has_text=item["number"])
    expect(card).to_be_visible()
    assert time.monotonic() - begun < LONGEST_S
    made = officer.get(f"/summonses?number={item['number']}")["summonses"][0]
    assert (made["lon"], made["lat"]) == pytest.approx(spot, abs=1e-6)
    expect(row.locator(".tag.called")).to_be_visible()
    cells = officer.get("/duty")["cells"]
    expect(page.locator("#duty tbody tr")).to_have_count(len(cells))
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0], "nothing sticks out at the side"
    assert faults(page) == []
    page.screenshot(path=pictures / f"township-{size[0]}-{language}.png", full_page=True)
    officer.post(f"/summonses/{made['id']}/cancel", {"reason": "试"})
    expect(card).to_have_count(0)


def test_one_escape_too_many_costs_nothing_that_was_written(visit: Visit) -> None:
    officer, dispatcher = visit("officer"), visit("dispatcher")
    item, _ = an_item_of(officer, dispatcher)
    page = settled(officer.go(f"/?item={item['number']}"))
    page.click("#card [data-act=summon]")
    page.fill("#ask [name=note]", "带清运车")
    page.keyboard.press("Escape")
    expect(page.locator("#ask .fault")).to_contain_text("再按一次 Esc")
    assert page.input_value("#ask [name=note]") == "带清运车"
    page.click("#ask [data-act=spot]")
    page.locator(".folium-map").click(position={"x": 300, "y": 420})
    page.click("#pick [data-do=save]")
    expect(page.locator("#ask .spot")).to_contain_text("已选位置")
    assert page.input_value("#ask [name=note]") == "带清运车", "the form comes back as it was"
    page.click("#ask footer .main")
    expect(page.locator("#card .summons-box")).to_contain_text("带清运车")
    made = officer.get(f"/summonses?number={item['number']}")["summonses"][0]
    assert (made["lon"], made["lat"]) != pytest.approx((item["location"]["lon"], item["location"]["lat"]), abs=1e-6)
    officer.post(f"/summonses/{made['id']}/cancel", {"reason": "试"})


def test_the_code_stays_away_once_it_is_closed(visit: Visit) -> None:
    officer, dispatcher = visit("officer"), visit("dispatcher")
    item, _ = an_item_of(officer, dispatcher)
    told = {"departments": ["housing-bureau"], "meet_at": officer.page.evaluate(TOMORROW)}
    made = officer.post(f"/items/{item['number']}/summonses", told)
    page = officer.go("/township")
    page.route("**/summonses/*/code", lambda route: route.fulfill(json=route.fetch().json() | {"seconds": 0}))
    page.evaluate("window.asked = 0")
    page.click(f"#open [data-summons='{made['id']}'] [data-act=code]")
    expect(page.locator("#code svg")).to_be_visible()
    page.evaluate(
        """() => { const { fetch } = window; window.fetch = async (address, options) => {
        if (String(address).includes("/code")) { window.asked += 1; await new Promise((yes) => setTimeout(yes, 600)); }
        return fetch(address, options); }; }"""
    )
    until_true(page, "() => window.asked > 0")  # the next code is under way
    page.click("#code button")
    page.wait_for_timeout(1200)
    assert not page.locator("#code").is_visible()
    officer.post(f"/summonses/{made['id']}/cancel", {"reason": "试"})


def test_a_departments_day_calendar_typed_code_and_task(visit: Visit, pictures: Path) -> None:
    officer, dispatcher = visit("officer"), visit("dispatcher")
    unit = visit("department", PHONE)
    code = unit.get("/me")["unit"]
    item, _ = an_item_of(officer, dispatcher, category="1.04", description="公厕堵塞")
    soon = officer.page.evaluate("new Date(Date.now() + 20 * 60000).toISOString()")
    made = officer.post(f"/items/{item['number']}/summonses", {"departments": [code], "meet_at": soon})
    watched = officer.go("/township")
    page = unit.go("/department")
    expect(page.locator("#items .own-item").first).to_be_visible()
    page.locator(f"#week [data-number='{made['id']}']").click()
    card = page.locator(f"#open [data-summons='{made['id']}']")
    expect(card).to_be_focused()
    typed = card.locator("[name=code]")
    typed.fill("12")
    typed.press("End")
    officer.post(f"/summonses/{made['id']}/reschedule", {"place": "东门口保安亭"})
    expect(card).to_contain_text("东门口保安亭")
    expect(typed).to_be_focused()
    typed.press_sequentially("34")
    expect(typed).to_have_value("1234")
    page.screenshot(path=pictures / "department-390.png")
    card.locator("[data-act=acknowledge]").click()
    expect(watched.locator(f"#open [data-summons='{made['id']}']")).to_contain_text("已应答")
    task = {"department": code, "text": "疏通管道", "due_at": officer.page.evaluate(TOMORROW)}
    officer.post(f"/summonses/{made['id']}/conclude", {"plan": "当日疏通", "tasks": [task]})
    row = page.locator("#tasks .own-item", has_text="疏通管道")
    row.locator("[data-act=done]").click()
    expect(row).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0], "nothing sticks out at the side"
    page.screenshot(path=pictures / "department-whole-390.png", full_page=True)
    wide = visit("department", DESKTOP, "en-GB").go("/department")
    expect(wide.locator("#week .day")).to_have_count(7)
    wide.screenshot(path=pictures / "department-1440.png", full_page=True)
