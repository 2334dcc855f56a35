"""A summons on screens: the officer calls from the item, the map shows it, the department comes, the plan ends it."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Visit, Visitor
from tests.browser.test_console import an_item, inside, settled


def an_item_of(officer: Visitor, dispatcher: Visitor, **more: Any) -> tuple[dict[str, Any], tuple[float, float]]:
    """An item in a cell of the officer's township, and its place."""
    township = officer.get("/me")["unit"]
    cells = officer.get("/map/density?level=grid")["features"]
    cell = next(one for one in cells if one["properties"]["code"].startswith(township))
    spot = inside(cell["geometry"])
    return an_item(dispatcher, lon=spot[0], lat=spot[1], accuracy_m=1, address="东门口", **more), spot


def test_the_officer_calls_and_the_department_comes(visit: Visit, pictures: Path) -> None:
    officer, dispatcher = visit("officer"), visit("dispatcher")
    item, spot = an_item_of(officer, dispatcher)
    watching = settled(dispatcher.go(f"/?item={item['number']}"))
    pins = watching.locator(".leaflet-marker-icon .summons-pin")
    expect(pins).to_have_count(2)  # those of the demonstration
    here = {"longitude": spot[0], "latitude": spot[1], "accuracy": 15}
    unit = visit("department", PHONE, geolocation=here, permissions=["geolocation"])
    code = unit.get("/me")["unit"]
    phone = unit.go("/department")

    page = settled(officer.go(f"/?item={item['number']}"))
    page.click("#card [data-act=summon]")
    for box in page.locator("#ask [name=departments]:checked").all():
        box.uncheck()
    page.check(f"#ask [name=departments][value={code}]")
    page.fill("#ask [name=note]", "带清运车")
    page.click("#ask footer .main")
    expect(page.locator("#card .summons-box")).to_contain_text("待应答")
    expect(pins).to_have_count(3)
    expect(watching.locator("#card .summons-box")).to_contain_text("带清运车")

    summons = officer.get(f"/summonses?number={item['number']}")["summonses"][0]
    box = phone.locator(f"#open [data-summons='{summons['id']}']")
    box.locator("[data-act=acknowledge]").click()
    expect(box.locator(".own")).to_contain_text("已应答")
    officer.post(f"/summonses/{summons['id']}/reschedule", {"meet_at": _soon(phone)})
    box.locator("[data-act=here]").click()
    expect(box.locator(".own")).to_contain_text("已到场")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE[0], "nothing sticks out at the side"
    phone.screenshot(path=pictures / "department-390.png")

    page = officer.go("/township")
    own = page.locator(f"#open [data-summons='{summons['id']}']")
    expect(own).to_contain_text("已到场")
    own.locator("[data-act=code]").click()
    expect(page.locator("#code svg")).to_be_visible()
    expect(page.locator("#code .digits")).to_have_text(re.compile(r"\d{3} \d{3}"))
    page.click("#code button")
    own.locator("[data-act=conclude]").click()
    page.fill("#ask [name=plan]", "清运后每日巡查")
    page.click("#ask footer .main")
    expect(page.locator(f"#over [data-summons='{summons['id']}']")).to_contain_text("清运后每日巡查")
    page.screenshot(path=pictures / "township-1440.png")
    expect(pins).to_have_count(2)


def _soon(page: Any) -> str:
    return str(page.evaluate("new Date(Date.now() + 20 * 60000).toISOString()"))
