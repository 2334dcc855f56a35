"""The dispatcher's heavy days: a pin over a border, a known caller, two at one item, a hundred at once."""

import itertools
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from shapely.geometry import shape

from tests.browser.conftest import DESKTOP, PHONE, Visit, Visitor
from tests.browser.test_console import INSIDE, an_item, settled

_phones = itertools.count(13_955_500_001)


def neighbours(visitor: Visitor) -> tuple[tuple[float, float], tuple[float, float], str, str]:
    """A point in one township, one beyond its border in another, both some 150 m from it; and the townships' names."""
    features = visitor.get("/map/density?level=township")["features"]
    areas = [(one["properties"]["name"], shape(one["geometry"])) for one in features]
    for (first, here), (second, there) in itertools.permutations(areas, 2):
        common = here.buffer(1e-5).boundary.intersection(there)
        for share in (0.5, 0.3, 0.7):
            if common.length < 0.004:
                continue
            middle = common.interpolate(share, normalized=True) if common.geom_type == "LineString" else common.centroid
            a = here.intersection(middle.buffer(0.0015)).representative_point()
            b = there.intersection(middle.buffer(0.0015)).representative_point()
            if a.distance(there) > 0.0003 and b.distance(here) > 0.0003:
                return (a.x, a.y), (b.x, b.y), first, second
    raise AssertionError("no two townships lie side by side")


def shown_at(page: Page, lon: float, lat: float) -> None:
    page.evaluate("at => firstlineMap.map.setView(at, 17, {animate: false})", [lat, lon])


def on_page(page: Page, lon: float, lat: float) -> tuple[float, float]:
    x, y = page.evaluate(
        """([lon, lat]) => { const { map } = firstlineMap; const at = map.latLngToContainerPoint([lat, lon]);
        const box = map.getContainer().getBoundingClientRect(); return [box.x + at.x, box.y + at.y]; }""",
        [lon, lat],
    )
    return float(x), float(y)


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_a_pin_dragged_over_a_border_shows_the_other_township_before_saving(
    visit: Visit, pictures: Path, language: str
) -> None:
    dispatcher = visit("dispatcher", language=language)
    here, there, first, second = neighbours(dispatcher)
    item = an_item(dispatcher, lon=here[0], lat=here[1], accuracy_m=60)
    assert item["resolution"]["township"]["name"] == first
    page = settled(dispatcher.go(f"/?item={item['number']}"))
    expect(page.locator("#card")).to_contain_text(item["number"])
    shown_at(page, *here)
    page.keyboard.press("l")
    expect(page.locator("#pick span")).to_contain_text(first)
    expect(page.locator("#pick .shares")).to_be_visible()
    page.mouse.move(*on_page(page, *here))
    page.mouse.down()
    page.mouse.move(*on_page(page, *there), steps=12)
    expect(page.locator("#pick span")).to_contain_text(second)
    page.screenshot(path=pictures / f"dragging-{language}.png")
    page.mouse.up()
    assert dispatcher.get(f"/items/{item['number']}")["resolution"]["township"]["name"] == first, "nothing is saved yet"
    expect(page.locator("#pick [data-do=save]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#pick")).to_be_hidden()
    expect(page.locator("#card dl").first).to_contain_text(second)
    after = dispatcher.get(f"/items/{item['number']}")
    assert (after["resolution"]["township"]["name"], after["location"]["accuracy_m"]) == (second, 60)


def test_a_place_is_found_by_its_address_with_keys(visit: Visit) -> None:
    dispatcher = visit("dispatcher")
    item = an_item(dispatcher, description="学校后门占道摆摊", address="学校后门往里走")
    page = settled(dispatcher.go(f"/?queue=unlocated&item={item['number']}"))
    expect(page.locator("#card")).to_contain_text(item["number"])
    page.keyboard.press("l")
    known = dispatcher.get("/places?q=西湖")["places"][0]
    page.fill("#pick input", "西湖")
    expect(page.locator("#pick [role=option]").first).to_contain_text(known["name"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#pick [data-do=save]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#pick")).to_be_hidden()
    expect(page.locator("#card .tags")).not_to_contain_text("已受理")
    place = dispatcher.get(f"/items/{item['number']}")["location"]
    assert (place["lon"], place["lat"]) == pytest.approx((known["lon"], known["lat"]), abs=1e-6)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_known_caller_urges_with_one_key(visit: Visit, pictures: Path, size: tuple[int, int]) -> None:
    dispatcher, phone = visit("dispatcher", size), str(next(_phones))
    item = an_item(dispatcher, description="楼下烧烤油烟大", lon=INSIDE[0], lat=INSIDE[1],
                   reporter={"name": "陈先生", "phone": phone})  # fmt: skip
    asked: list[str] = []
    dispatcher.page.on("request", lambda request: asked.append(request.url))
    page = settled(dispatcher.go("/"))
    page.click("#new-call")
    page.fill("#call [name=phone]", f"{phone[:3]} {phone[3:7]} {phone[7:]}")
    row = page.locator(f".caller li[data-number='{item['number']}']")
    expect(row).to_be_visible()
    page.screenshot(path=pictures / f"caller-{size[0]}.png")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("u")
    expect(page.locator("#call")).to_be_hidden()
    expect(page.locator("#card .history")).to_contain_text("催单")
    events = dispatcher.get(f"/items/{item['number']}/events")["events"]
    assert [one["action"] for one in events][-1] == "urge"
    assert not [url for url in asked if phone[-8:] in url]


def test_a_call_is_answered_on_the_spot_with_a_category_searched(visit: Visit, pictures: Path) -> None:
    dispatcher = visit("dispatcher")
    twin = an_item(dispatcher, description="门口窨井盖松动异响三天了", category="1.02", lon=INSIDE[0], lat=INSIDE[1])
    page = settled(dispatcher.go("/"))
    page.keyboard.press("n")
    page.fill("#call [name=phone]", "12")
    page.fill("#call [name=description]", "门口窨井盖松动异响三天了")
    expect(page.locator(".known li").first).to_contain_text(twin["number"])
    expect(page.locator(".like-pin").first).to_be_attached()
    page.locator("#call [name=category]").press_sequentially("dlbj")
    expect(page.locator("#call [role=option]").first).to_contain_text("道路不洁")
    page.screenshot(path=pictures / "call-known.png")
    page.keyboard.press("Enter")
    expect(page.locator("#call [name=category]")).to_have_value("1.02 道路不洁")
    page.click("#call summary")
    page.fill("#call [name=reply]", "已告知养护班组今天上午到场。")
    expect(page.locator("#call footer .main")).to_have_text("受理并答复")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#card .tags")).to_contain_text("已答复")
    expect(page.locator(".like-pin")).to_have_count(0)
    number = page.evaluate("new URLSearchParams(location.search).get('item')")
    item = dispatcher.get(f"/items/{number}")
    assert (item["status"], item["category"]) == ("answered", "1.02")


def test_two_dispatchers_on_one_item_see_each_other_and_lose_nothing(visit: Visit, pictures: Path) -> None:
    one, two = visit("dispatcher"), visit("dispatcher")
    item = an_item(one, lon=INSIDE[0], lat=INSIDE[1])
    first = settled(one.go(f"/?item={item['number']}"))
    expect(first.locator("#card")).to_contain_text(item["number"])
    second = settled(two.go(f"/?item={item['number']}"))
    expect(second.locator("#looking")).to_contain_text("另一")
    expect(second.locator(f".row[data-number='{item['number']}'] .looking")).to_be_visible()
    expect(first.locator("#looking")).to_be_visible(timeout=12_000)
    first.click("#card [data-action=assign]")
    first.select_option("#ask [name=main]", "housing-bureau")
    two.post(f"/items/{item['number']}/actions", {"action": "comment", "text": "市民补充:在东门"})
    first.click("#ask footer .main")
    expect(first.locator("#ask .fault")).to_contain_text("市民补充:在东门")
    assert first.input_value("#ask [name=main]") == "housing-bureau", "nothing that was chosen is lost"
    first.screenshot(path=pictures / "meanwhile.png")
    first.click("#ask footer .main")
    expect(first.locator("#card dl").first).to_contain_text("区房管局")
    first.click(".bar .brand")  # away from it: the sign is gone elsewhere
    one.faults = [fault for fault in one.faults if "409" not in fault]


def clocks(page: Page) -> Any:
    return page.eval_on_selector_all(
        "#card .clocks li", "all => all.map((one) => one.getBoundingClientRect().toJSON())"
    )


def test_clocks_count_down_and_nothing_moves(visit: Visit) -> None:
    dispatcher = visit("dispatcher")
    item = an_item(dispatcher, lon=INSIDE[0], lat=INSIDE[1], category="1.01")
    page = settled(dispatcher.go(f"/?item={item['number']}"))
    clock = page.locator("#card .clocks [data-fine]").first
    before, where = clock.inner_text(), clocks(page)
    expect(clock).not_to_have_text(before)
    assert clocks(page) == where


def test_a_hundred_are_selected_and_assigned(visit: Visit, pictures: Path) -> None:
    dispatcher = visit("dispatcher")
    word = f"暴雨积水{next(_phones)}"
    made = [an_item(dispatcher, description=word, lon=INSIDE[0], lat=INSIDE[1])["number"] for _ in range(101)]
    page = settled(dispatcher.go(f"/?q={word}&queue="))
    expect(page.locator(".rows .row")).to_have_count(100)
    rows = page.locator(".rows .row")
    rows.nth(2).locator(".tick input").click()
    rows.nth(5).locator(".tick input").click(modifiers=["Shift"])
    expect(page.locator("#many .count")).to_have_text("已选 4 件")
    rows.nth(0).locator("button").click()
    page.keyboard.press("x")
    expect(page.locator("#many .count")).to_have_text("已选 5 件")
    page.click("[data-many=clear]")
    page.check("#many-all")
    expect(page.locator("#many .count")).to_have_text("已选 101 件")
    dispatcher.post(f"/items/{made[50]}/actions", {"action": "comment", "text": "已有人处理"})
    page.click("[data-many=assign]")
    page.select_option("#ask [name=main]", "city-management")
    page.click("#ask footer .main")
    expect(page.locator(".bulk [role=status]")).to_contain_text("101 / 101", timeout=60_000)
    page.screenshot(path=pictures / "bulk.png")
    expect(page.locator(".outcomes .failed")).to_have_count(1)
    expect(page.locator(".outcomes .failed")).to_have_attribute("data-number", made[50])
    page.click(".bulk footer button")
    expect(page.locator("#many .count")).to_have_text("已选 1 件")
    mains = [dispatcher.get(f"/items/{one}")["handlers"][0]["unit"] for one in (made[0], made[49], made[100])]
    assert mains == ["city-management"] * 3
    dispatcher.faults = [fault for fault in dispatcher.faults if "409" not in fault]


def test_a_ring_on_the_map_selects_what_lies_inside(visit: Visit, pictures: Path) -> None:
    dispatcher = visit("dispatcher")
    word = f"路灯不亮{next(_phones)}"
    spots = [(INSIDE[0] + 0.0006 * step, INSIDE[1]) for step in range(4)]
    made = [an_item(dispatcher, description=word, lon=lon, lat=lat)["number"] for lon, lat in spots]
    page = settled(dispatcher.go(f"/?q={word}&queue="))
    expect(page.locator(".rows .row")).to_have_count(4)
    shown_at(page, INSIDE[0] + 0.0009, INSIDE[1])
    page.click("[data-many=ring]")
    corners = [(-0.0002, -0.0004), (0.0015, -0.0004), (0.0015, 0.0004), (-0.0002, 0.0004), (-0.0002, -0.0003)]
    points = [on_page(page, INSIDE[0] + x, INSIDE[1] + y) for x, y in corners]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=6)
    page.screenshot(path=pictures / "ring.png")
    page.mouse.up()
    expect(page.locator("#many .count")).to_have_text("已选 3 件")
    page.click("[data-many=merge]")
    page.select_option("#ask [name=into]", made[0])
    page.click("#ask footer .main")
    expect(page.locator(".bulk footer .main")).to_be_visible()
    page.click(".bulk footer .main")
    assert [dispatcher.get(f"/items/{one}")["merged_into"] for one in made] == [None, made[0], made[0], None]
