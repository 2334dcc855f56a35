"""A dispatcher's screen, as a dispatcher uses it."""

import itertools
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from shapely.geometry import shape

from tests.browser.conftest import DESKTOP, PHONE, Visit, Visitor, until_true

INSIDE = (119.2965, 26.0905)
HARM = "<img src=x onerror='window.harmed=1'><script>window.harmed=1</script>"
_refs = itertools.count(1)


def an_item(visitor: Visitor, **more: Any) -> dict[str, Any]:
    body = {"channel": "phone", "kind": "complaint", "category": "1.01", "description": "路口垃圾满溢",
            "client_ref": f"browser-{next(_refs)}", **more}  # fmt: skip
    return visitor.post("/items", body)


def inside(geometry: dict[str, Any]) -> tuple[float, float]:
    """A point within a GeoJSON polygon."""
    point = shape(geometry).representative_point()
    return point.x, point.y


def settled(page: Page) -> Page:
    """The page with its list and its map drawn."""
    page.wait_for_selector(".rows .row")
    page.wait_for_selector(".leaflet-interactive[fill^='#']", state="attached")
    return page


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_the_console_opens_whole(visit: Visit, pictures: Path, size: tuple[int, int], language: str) -> None:
    page = settled(visit("dispatcher", size, language).go("/"))
    expect(page.locator("#live")).not_to_have_class("live lost")
    expect(page.locator("#legend")).to_contain_text("在办事项" if language == "zh-CN" else "Open items")
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0], "nothing sticks out at the side"
    page.screenshot(path=pictures / f"console-{size[0]}-{language}.png")
    if size == PHONE:
        page.click("[data-pane=map]")
        expect(page.locator(".leaflet-marker-icon").first).to_be_visible()
        page.screenshot(path=pictures / f"console-map-{size[0]}-{language}.png")


def test_an_item_appears_on_every_screen_within_a_second(visit: Visit) -> None:
    watcher, sender = visit("dispatcher"), visit("channel")
    page = settled(watcher.go("/?layer=none"))
    until_true(page, "window.firstlineMap && document.querySelector('#live:not(.lost)[data-time]')")
    page.evaluate(
        """() => { window.seen = new Promise((yes) => {
            const look = () => document.querySelector(".pin.fresh") ? yes(Date.now()) : setTimeout(look, 10);
            look(); }) }"""
    )
    page.wait_for_timeout(1200)  # what came before has been drawn
    sent = page.evaluate("Date.now()")
    item = an_item(sender, lon=INSIDE[0], lat=INSIDE[1])
    seen = page.evaluate("window.seen")
    assert seen - sent < 1000, f"after {seen - sent} ms"
    expect(page.locator(f".row[data-number='{item['number']}']")).to_be_visible(timeout=3000)


def test_markup_in_what_a_citizen_says_is_inert(visit: Visit) -> None:
    dispatcher = visit("dispatcher")
    item = an_item(dispatcher, description=HARM, address=HARM, reporter={"name": HARM, "phone": "1"},
                   category=HARM, note=HARM, lon=INSIDE[0], lat=INSIDE[1])  # fmt: skip
    page = settled(dispatcher.go(f"/?item={item['number']}"))
    expect(page.locator("#card .said").first).to_have_text(HARM)
    expect(page.locator(f".row[data-number='{item['number']}'] .words")).to_have_text(HARM)
    dispatcher.post(f"/items/{item['number']}/actions", {"action": "comment", "text": HARM})
    expect(page.locator(".history .said").first).to_have_text(HARM)
    assert page.evaluate("window.harmed") is None


def test_a_dispatcher_places_an_unlocated_item_by_a_click(visit: Visit, pictures: Path) -> None:
    dispatcher = visit("dispatcher")
    item = an_item(dispatcher, description="学校后门占道摆摊", address="学校后门往里走")
    assert item["resolution"]["township"] is None
    page = settled(dispatcher.go("/?queue=unlocated"))
    page.click(f".row[data-number='{item['number']}'] button")
    expect(page.locator("#card")).to_contain_text(item["number"])
    page.keyboard.press("l")
    expect(page.locator("#pick")).to_be_visible()
    page.locator(".folium-map").click(position={"x": 300, "y": 420})
    expect(page.locator("#pick [data-do=save]")).to_be_enabled()
    owner = page.locator("#pick span").inner_text()
    assert "街道" in owner or "镇" in owner
    page.screenshot(path=pictures / "locate.png")
    page.click("#pick [data-do=save]")
    expect(page.locator("#card .tags")).to_contain_text("待签收")
    after = dispatcher.get(f"/items/{item['number']}")
    assert after["resolution"]["township"]["name"] in owner
    expect(page.locator(f".rows .row[data-number='{item['number']}']")).to_have_count(0)


def test_a_phone_call_is_taken_in_with_a_place_from_the_map(visit: Visit, pictures: Path) -> None:
    dispatcher = visit("dispatcher")
    page = settled(dispatcher.go("/"))
    page.keyboard.press("n")
    page.fill("#call [name=name]", "王女士")
    page.fill("#call [name=phone]", "13800001234")
    page.fill("#call [name=description]", "井盖松动,过车有异响")
    page.fill("#call [name=category]", "1.02 道路不洁")
    page.click("#call [data-do=pick]")
    page.locator(".folium-map").click(position={"x": 300, "y": 420})
    page.click("#pick [data-do=save]")
    expect(page.locator("#call .where")).to_contain_text("网格")
    page.screenshot(path=pictures / "call.png")
    page.click("#call footer .main")
    expect(page.locator("#call")).not_to_be_visible()
    expect(page.locator("#card h1")).to_have_text("道路不洁")
    number = page.evaluate("new URLSearchParams(location.search).get('item')")
    item = dispatcher.get(f"/items/{number}")
    assert (item["channel"], item["category"], item["status"]) == ("phone", "1.02", "dispatched")
    assert item["reporter"] == {"name": "王**", "phone": "138****1234"}
    page.click("#card dd button")
    page.fill("#ask textarea", "回访核实地点")
    page.click("#ask footer .main")
    expect(page.locator("#card dl")).to_contain_text("王女士 · 13800001234")


def test_what_was_written_stays_when_the_service_refuses(visit: Visit) -> None:
    dispatcher = visit("dispatcher")
    page = settled(dispatcher.go("/"))
    page.click("#new-call")
    page.fill("#call [name=name]", "王女士")
    page.click("#call footer .main")
    expect(page.locator("#call .fault")).to_contain_text("请填写")
    assert page.input_value("#call [name=name]") == "王女士"
    dispatcher.faults = [fault for fault in dispatcher.faults if "422" not in fault]


def test_what_is_missing_or_wrong_is_said_in_the_readers_language(visit: Visit) -> None:
    dispatcher = visit("dispatcher")
    item = an_item(dispatcher, lon=INSIDE[0], lat=INSIDE[1])
    page = settled(dispatcher.go(f"/?item={item['number']}"))
    page.click("#card [data-action=reply]")
    page.click("#ask footer .main")
    expect(page.locator("#ask .fault")).to_have_text("请先填写“内容”。")
    expect(page.locator("#ask [name=text]")).to_be_focused()
    page.click("#ask [data-do=close]")
    page.click("[data-many=survey]")
    page.click("#surveys [data-do=new]")
    page.fill("#ask [name=text]", "井盖")
    page.fill("#ask [name=due_at]", "2020-01-01T08:00")
    page.locator("#ask [data-all]").first.check()
    page.click("#ask footer .main")
    expect(page.locator("#ask .fault")).to_contain_text("不能选这个时间")
    expect(page.locator("#ask [name=due_at]")).to_have_attribute("aria-invalid", "true")
    dispatcher.faults = [fault for fault in dispatcher.faults if "422" not in fault]


def test_acting_on_an_item_from_the_card(visit: Visit) -> None:
    dispatcher = visit("dispatcher", language="en-GB")
    item = an_item(dispatcher, lon=INSIDE[0], lat=INSIDE[1])
    page = settled(dispatcher.go(f"/?item={item['number']}"))
    page.keyboard.press("d")
    page.select_option("#ask [name=main]", "city-management")
    page.click("#ask footer .main")
    expect(page.locator("#ask")).not_to_be_visible()
    expect(page.locator("#card dl")).to_contain_text("区城管局")
    page.click("#card [data-action=reply]")
    page.fill("#ask textarea", "Already cleared this morning.")
    page.click("#ask footer .main")
    expect(page.locator("#card .tags")).to_contain_text("Answered")
    expect(page.locator(".history")).to_contain_text("Already cleared this morning.")
    assert page.locator("#card [data-action=assign]").count() == 0, "an answered item is not assigned"


def test_the_address_bar_holds_the_view(visit: Visit) -> None:
    dispatcher = visit("dispatcher")
    item = an_item(dispatcher, lon=INSIDE[0], lat=INSIDE[1])
    page = settled(dispatcher.go("/"))
    page.click("[data-layer=township]")
    page.click("[role=tab][data-queue='']")
    page.click("#filters-toggle")
    page.select_option("#filters [name=category]", "1.01")
    page.click(f".row[data-number='{item['number']}'] button")
    expect(page.locator("#card")).to_contain_text(item["number"])
    other = visit("dispatcher")
    again = settled(other.go(page.url.removeprefix(other.server)))
    expect(again.locator("#card")).to_contain_text(item["number"])
    expect(again.locator("[data-layer=township]")).to_have_attribute("aria-pressed", "true")
    expect(again.locator("[role=tab][data-queue='']")).to_have_attribute("aria-selected", "true")
    assert again.input_value("#filters [name=category]") == "1.01"
    expect(again.locator("#legend")).to_contain_text("街镇")


def test_keys_move_through_the_list(visit: Visit) -> None:
    page = settled(visit("dispatcher").go("/"))
    page.keyboard.press("j")
    first = page.locator(".row.on").get_attribute("data-number")
    page.keyboard.press("j")
    expect(page.locator(".row.on")).not_to_have_attribute("data-number", first or "")
    page.keyboard.press("k")
    expect(page.locator(".row.on")).to_have_attribute("data-number", first or "")
    page.keyboard.press("/")
    expect(page.locator("#find input")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator("#find input").blur()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()


def test_a_search_finds_by_words_and_by_number(visit: Visit) -> None:
    dispatcher = visit("dispatcher")
    item = an_item(dispatcher, description="紫色的独角兽挡住了路", lon=INSIDE[0], lat=INSIDE[1])
    page = settled(dispatcher.go("/"))
    for words in ("独角兽", item["number"]):
        page.fill("#find input", words)
        expect(page.locator(".rows .row")).to_have_count(1)
        expect(page.locator(".rows .row")).to_have_attribute("data-number", item["number"])


def test_a_lost_connection_is_said_and_mended(visit: Visit) -> None:
    dispatcher = visit("dispatcher")
    page = settled(dispatcher.go("/"))
    expect(page.locator("#banner")).to_be_hidden()
    page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    dispatcher.context.set_offline(True)
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(page.locator("#banner")).to_be_visible()
    expect(page.locator("#live")).to_contain_text("连接断开")
    missed = an_item(visit("channel"), lon=INSIDE[0], lat=INSIDE[1])
    dispatcher.context.set_offline(False)
    expect(page.locator("#banner")).to_be_hidden(timeout=15_000)
    expect(page.locator(f".row[data-number='{missed['number']}']")).to_be_visible()
    dispatcher.faults = [fault for fault in dispatcher.faults if "ERR_INTERNET_DISCONNECTED" not in fault]


def test_dark_screens_get_the_dark_scale(visit: Visit, pictures: Path) -> None:
    page = settled(visit("dispatcher", color_scheme="dark").go("/"))
    fills = page.eval_on_selector_all(
        "path.cell", "all => [...new Set(all.map((one) => one.getAttribute('fill')))]"
    )
    assert "#1b2a32" in fills and "#eef3f6" not in fills
    page.screenshot(path=pictures / "console-dark.png")


def test_an_officer_sends_a_grid_worker(visit: Visit) -> None:
    officer = visit("officer")
    township = officer.get("/me")["unit"]
    areas = officer.get("/map/density?level=grid")["features"]
    cell = next(one for one in areas if one["properties"]["code"].startswith(township))
    spot = inside(cell["geometry"])
    item = an_item(visit("dispatcher"), lon=spot[0], lat=spot[1], accuracy_m=1)
    page = settled(officer.go(f"/?item={item['number']}"))
    page.click("#card [data-action=assign]")
    page.select_option("#ask [name=task]", "confirm")
    page.click("#ask footer .main")
    expect(page.locator("#card dl")).to_contain_text("核实")
    tasks = [task for task in officer.get(f"/items/{item['number']}")["tasks"] if task["state"] != "void"]
    assert [(task["kind"], task["state"], task["grid"]) for task in tasks] == [
        ("confirm", "offered", cell["properties"]["code"])
    ]


def test_new_boundaries_are_announced_until_the_page_is_loaded_again(visit: Visit) -> None:
    page = settled(visit("dispatcher").go("/"))
    page.route("**/map/density?*", lambda route: route.fulfill(json=_newer(route.fetch().json())))
    page.click("[data-layer=township]")
    expect(page.locator("#banner")).to_contain_text("网格边界已更新")
    page.wait_for_timeout(1500)  # the live sign, renewed every second, leaves it alone
    expect(page.locator("#banner")).to_contain_text("网格边界已更新")


def _newer(answer: dict[str, Any]) -> dict[str, Any]:
    return answer | {"edition": answer["edition"] + 1}
