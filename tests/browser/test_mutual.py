"""Mutual rating on screens: two taps, blind until both have rated, then an objection."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Visit
from tests.browser.test_summonses import an_item_of


def test_both_sides_rate_and_the_department_objects(visit: Visit, pictures: Path) -> None:
    officer, unit = visit("officer"), visit("department", PHONE)
    item, _ = an_item_of(officer, visit("dispatcher"))
    code, phone = unit.get("/me")["unit"], unit.go("/department")
    ahead = phone.evaluate("new Date(Date.now() + 20 * 60000).toISOString()")
    made = officer.post(f"/items/{item['number']}/summonses", {"departments": [code], "meet_at": ahead})
    officer.post(f"/summonses/{made['id']}/conclude", {"plan": "每日巡查"})

    box = phone.locator(f"#over [data-summons='{made['id']}']")
    box.locator(".levels-row [data-level='5']").click()
    phone.click("#ask footer .main")
    expect(box.locator(".mutual")).to_contain_text("双方都评价后可见")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE[0], "nothing sticks out at the side"

    page = officer.go("/township")
    own = page.locator(f"#over [data-summons='{made['id']}']")
    expect(own.locator(".levels-row")).to_have_count(1)
    expect(own.locator(".rating")).to_have_count(0)
    own.locator(".levels-row [data-level='3']").focus()
    page.keyboard.press("Enter")
    first, other = page.locator("#ask fieldset").all()
    first.locator("input:checked").focus()
    page.keyboard.press("ArrowRight")
    expect(first.locator("input:checked")).to_have_value("2")
    expect(other.locator("input:checked")).to_have_value("3")
    page.click("#ask footer .main")
    expect(page.locator("#ask .fault")).to_contain_text("请写明理由")
    page.fill("#ask [name=reason]", "未到现场")
    page.screenshot(path=pictures / "rating-1440.png")
    page.click("#ask footer .main")
    expect(own.locator(".rating")).to_have_count(2)
    expect(own.locator(".levels-row")).to_have_count(0)

    expect(box.locator(".rating")).to_have_count(2)
    expect(box).to_contain_text("未到现场")
    box.locator("[data-act=object]").click()
    phone.fill("#ask [name=reason]", "当日防汛,已电话说明")
    phone.click("#ask footer .main")
    expect(box).to_contain_text("待裁定")
    phone.screenshot(path=pictures / "objection-390.png")
