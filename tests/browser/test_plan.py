"""A planner's whole road in a browser: a faulty draft, a mended one, compared, rehearsed, published, rolled back."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import DESKTOP, PHONE, Visit, Visitor, until_true
from tests.browser.planning import TAKING, WIDE, a_draft, given, widened
from tests.browser.test_axe import faults

SLOW = 30_000


@pytest.fixture(scope="module")
def draft_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    folder = tmp_path_factory.mktemp("drafts")
    return lambda change: a_draft(folder / f"{change.__name__}.zip", change)


def send(page: Page, file: Path) -> str:
    """Upload a draft; its number when it is checked."""
    before = page.evaluate("new URLSearchParams(location.search).get('draft')")
    page.set_input_files("#upload input[type=file]", file)
    other = "before => ![null, before].includes(new URLSearchParams(location.search).get('draft'))"
    until_true(page, other, before)
    expect(page.locator("#bench-head h1")).to_have_text(file.name, timeout=SLOW)
    expect(page.locator("#drafts [aria-current=true] .tag")).not_to_have_text("未检查", timeout=SLOW)
    return str(page.evaluate("new URLSearchParams(location.search).get('draft')"))


def live_of(visitor: Visitor) -> dict[str, Any]:
    return next(one for one in visitor.get("/editions")["editions"] if one["live"])


def follows(page: Page, number: int) -> None:
    """Publishing is foretold, over an Edition."""
    expect(page.locator("#publish-over")).to_contain_text(f"第 {number} 版", timeout=SLOW)


def test_faults_on_the_list_and_on_the_map(visit: Visit, draft_of: Callable[..., Path], pictures: Path) -> None:
    page = visit("planner").go("/plan")
    send(page, draft_of(widened))
    expect(page.locator("#faults-about")).to_contain_text("个错误")
    expect(page.locator("#publish button.main")).to_be_disabled()
    first = page.locator("#faults [data-n='1']")
    expect(first).to_contain_text(WIDE)
    first.click()
    expect(page.locator(".fault-mark.on")).to_have_count(1)
    expect(page.locator(".draft-cell.outlined").first).to_be_attached()
    page.keyboard.press("j")
    expect(page.locator("#faults [data-n='2']")).to_have_attribute("aria-current", "")
    expect(page.locator("#faults [data-n='2']")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(first).to_be_focused()
    page.locator(".fault-mark.error").last.press("Enter")
    expect(page.locator("#faults [aria-current]")).to_be_focused()
    assert "fault=" in page.url
    page.screenshot(path=pictures / "plan-faults-1440.png")
    page.reload()
    expect(page.locator(".fault-mark.on")).to_have_count(1, timeout=SLOW)


def test_from_a_faulty_draft_to_a_new_edition_and_back(
    visit: Visit, draft_of: Callable[..., Path], pictures: Path
) -> None:
    planner, dispatcher = visit("planner"), visit("dispatcher")
    before = int(live_of(planner)["id"])
    page, console = planner.go("/plan"), dispatcher.go("/")
    north = northern(console)
    faulty = send(page, draft_of(widened))
    expect(page.locator("#faults-about")).to_contain_text("个错误")
    mended = send(page, draft_of(given))
    assert mended != faulty
    expect(page.locator("#faults-about")).to_contain_text("没有错误")
    compare_and_rehearse(page)
    assert faults(page) == []
    page.screenshot(path=pictures / "plan-both-1440.png", full_page=True)

    after = publish(page, before)
    assert live_of(planner)["id"] == after > before
    until_true(console, "document.getElementById('banner').textContent.length > 0")
    console.reload()
    until_true(console, "after => window.firstlineMap && window.firstlineMap.edition === after", after)
    assert northern(console) > north, "the console's map has the new border"

    roll_back(page, before)
    assert live_of(planner)["again"] == before
    page.screenshot(path=pictures / "plan-after-1440.png")


def compare_and_rehearse(page: Page) -> None:
    page.click("#diff [data-do=start]")
    page.click("#rehearsal form button")
    pair = page.locator("#diff tbody tr").first
    expect(pair).to_contain_text("→", timeout=SLOW)
    pair.get_by_role("button").click()
    expect(page.locator(".draft-cell.outlined")).to_have_count(2)
    expect(page.locator("#rehearsal .out")).to_contain_text("变异系数", timeout=SLOW)
    expect(page.locator("#rehearsal .out")).to_contain_text("演示数据")


def publish(page: Page, before: int) -> int:
    """Publish the open draft over an Edition; the new one's number."""
    follows(page, before)
    page.locator("#publish button.main").click()
    expect(page.locator("#publish form .fault")).to_contain_text("写明原因")
    page.fill("#publish [name=reason]", "005 网格南部划给 010 网格")
    page.locator("#publish button.main").click()
    top = page.locator("#timeline .edition").first
    expect(top).to_contain_text("005 网格南部划给 010 网格", timeout=SLOW)
    expect(top).to_contain_text("现行")
    return int(str(top.get_attribute("data-edition")))


def roll_back(page: Page, before: int) -> None:
    page.locator(f"#timeline [data-edition='{before}'] [data-do=rollback]").click()
    expect(page.locator("#ask")).to_contain_text(f"第 {before} 版")
    page.fill("#ask [name=reason]", "居民意见,恢复原界")
    page.locator("#ask footer .main").click()
    top = page.locator("#timeline .edition").first
    expect(top).to_contain_text("居民意见,恢复原界", timeout=SLOW)
    expect(top).to_contain_text(f"再次发布第 {before} 版")


def northern(console: Page) -> float:
    """How far north the cell that takes ground reaches, as the live map draws it."""
    until_true(console, "Boolean(window.firstlineMap)")
    cells = "let found; window.firstlineMap.layers.grids.eachLayer((one) => { if (%s) found = one })"
    mine = cells % "one.feature.properties.code === code"
    return float(console.evaluate(f"code => {{ {mine}; return found.getBounds().getNorth() }}", TAKING))


def test_another_planner_is_not_overlooked(visit: Visit, draft_of: Callable[..., Path]) -> None:
    planner, admin = visit("planner"), visit("admin")
    page = planner.go("/plan")
    draft = send(page, draft_of(given))
    seen = live_of(planner)["id"]
    follows(page, seen)
    page.fill("#publish [name=reason]", "网格调整")
    made = admin.post(f"/plan/drafts/{draft}/publish", {"reason": "另一位规划员", "expect": seen})["edition"]
    alert = page.locator("#publish .doubt")
    expect(alert).to_contain_text(f"第 {made} 版", timeout=SLOW)
    expect(page.locator("#publish button.main")).to_be_disabled()
    expect(page.locator("#publish [name=reason]")).to_have_value("网格调整")
    expect(page.locator("#timeline .edition").first).to_contain_text("另一位规划员")
    alert.get_by_role("button").click()
    expect(page.locator("#publish button.main")).to_be_enabled()
    admin.post(f"/plan/editions/{seen}/rollback", {"reason": "恢复", "expect": made})


def test_an_edition_is_planned_and_called_off(visit: Visit, draft_of: Callable[..., Path]) -> None:
    planner = visit("planner")
    page = planner.go("/plan")
    send(page, draft_of(given))
    live = live_of(planner)["id"]
    follows(page, live)
    page.check("#publish [value=later]")
    page.fill("#publish [name=reason]", "元旦起调整")
    page.click("#publish button.main")
    expect(page.locator("#publish form .fault")).to_contain_text("日期和时间")
    page.fill("#publish [name=at]", "2035-01-01T00:00")
    page.check("#publish [value=in-work]")
    follows(page, live)
    page.click("#publish button.main")
    planned = page.locator("#timeline .is-waiting")
    expect(planned).to_contain_text("元旦起调整", timeout=SLOW)
    expect(planned).to_contain_text("2035")
    planned.locator("[data-do=cancel]").click()
    page.click("#ask footer .main")
    expect(page.locator("#timeline .is-cancelled").first).to_contain_text("元旦起调整")
    assert live_of(planner)["id"] == live


def test_work_shows_how_far_it_is_and_is_stopped(visit: Visit, draft_of: Callable[..., Path]) -> None:
    """The service's answers are made up: what it does in earnest is over before anybody could stop it."""
    visitor = visit("planner")
    page = visitor.go("/plan")
    draft = send(page, draft_of(given))
    who: dict[str, Any] = {
        "made_by": "x",
        "made_at": "2026-11-24T04:00:00+00:00",
        "result": None,
        "fault": None,
        "asked": {},
    }
    far = {"state": "running", "done": 420_000, "total": 1_000_000}
    job: dict[str, Any] = {"id": 999999, "draft": int(draft), "kind": "rehearse", **who, **far}

    def answer(route: Route) -> None:
        if route.request.url.endswith("/cancel"):
            job["state"] = "cancelled"
        route.fulfill(status=200, content_type="application/json", body=json.dumps(job))

    page.route(re.compile(r"/plan/(jobs/999999(/cancel)?|drafts/\d+/jobs)$"), answer)
    page.click("#rehearsal form button")
    expect(page.locator("#rehearsal .far")).to_have_text("42 % · 420,000 / 1,000,000")
    expect(page.locator("#rehearsal progress")).to_have_js_property("value", 0.42)
    page.click("#rehearsal [data-do=stop]")
    expect(page.locator("#rehearsal .job")).to_have_text("已停止,没有任何改动。")


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_the_page_fits_a_phone_and_says_what_it_is_for(visit: Visit, pictures: Path, language: str) -> None:
    for size in (DESKTOP, PHONE):
        visitor = visit("planner", size, language)
        page = visitor.go("/plan")
        expect(page.locator("#timeline .edition").first).to_be_visible()
        expect(page.locator("#bench-head")).to_contain_text("草稿" if language == "zh-CN" else "draft")
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], "nothing sticks out at the side"
        page.screenshot(path=pictures / f"plan-{size[0]}-{language}.png")


def test_what_is_no_district_is_refused_in_a_sentence(visit: Visit, tmp_path: Path) -> None:
    visitor = visit("planner")
    page = visitor.go("/plan")
    (tmp_path / "notes.geojson").write_text("{}")
    page.set_input_files("#upload input[type=file]", tmp_path / "notes.geojson")
    expect(page.locator("#upload .fault")).to_contain_text("grids.geojson", timeout=SLOW)
    expect(page.locator("#upload input[type=file]")).to_be_enabled()
    visitor.faults = [fault for fault in visitor.faults if "422" not in fault]


def test_others_have_no_such_page(visit: Visit) -> None:
    visitor = visit("supervisor")
    answer = visitor.context.request.get(f"{visitor.server}/plan")
    assert answer.status == 403
