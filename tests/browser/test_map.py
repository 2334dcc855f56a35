"""The map: nothing hidden, nothing clipped, and worked by keys alone."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Visit, until_true
from tests.browser.test_console import INSIDE, an_item, inside, settled

APART = """() => {
    const [a, b] = [".legend", ".map-note"].map((one) => document.querySelector(one).getBoundingClientRect());
    return a.bottom <= b.top || b.bottom <= a.top || a.right <= b.left || b.right <= a.left; }"""


def many(answer: dict[str, Any], count: int) -> dict[str, Any]:
    for feature in answer["features"]:
        feature["properties"]["count"] = count
    return answer


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
@pytest.mark.parametrize("role", ["dispatcher", "officer"])
def test_a_phone_shows_the_console_whole(visit: Visit, role: str, language: str, pictures: Path) -> None:
    visitor = visit(role, PHONE, language)
    page = settled(visitor.go("/"))
    for pane in ("list", "map", "item"):
        page.click(f".panes [data-pane={pane}]")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.screenshot(path=pictures / f"phone-{role}-{pane}-{language}.png")
    page.click(".panes [data-pane=list]")
    for part in (".sign-out button", "#filters-toggle", ".row .clock", "#live", ".language"):
        box = page.locator(part).first.bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390, part


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_large_figures_hide_nothing(visit: Visit, size: tuple[int, int], language: str, pictures: Path) -> None:
    visitor = visit("dispatcher", size, language)
    page = visitor.page
    page.route("**/map/density?*", lambda route: route.fulfill(json=many(route.fetch().json(), 27570)))
    page.route("**/map/items?*", lambda route: route.fulfill(json={"features": [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": INSIDE},
         "properties": {"kind": "cluster", "count": 27570}}]}))  # fmt: skip
    settled(visitor.go("/"))
    if size == PHONE:
        page.click(".panes [data-pane=map]")
    note, figure = page.locator(".map-note"), page.locator(".bubble span")
    expect(note).to_be_visible()
    expect(figure).to_have_text("2.8万" if language == "zh-CN" else "28k")
    assert page.evaluate(APART), "legend and note stand apart"
    assert figure.evaluate("(one) => one.scrollWidth <= one.clientWidth"), "the figure fits its mark"
    page.screenshot(path=pictures / f"large-{size[0]}-{language}.png")


def crosshair(page: Page) -> dict[str, float]:
    lon, lat = page.evaluate("(({ lng, lat }) => [lng, lat])(firstlineMap.map.getCenter())")
    return {"lon": lon, "lat": lat}


def test_a_place_is_set_by_keys_alone(visit: Visit, pictures: Path) -> None:
    dispatcher = visit("dispatcher")
    item = an_item(dispatcher, description="学校后门占道摆摊", address="学校后门往里走")
    page = settled(dispatcher.go(f"/?queue=unlocated&item={item['number']}"))
    expect(page.locator("#card")).to_contain_text(item["number"])
    page.keyboard.press("l")
    expect(page.locator(".folium-map")).to_be_focused()
    expect(page.locator(".crosshair")).to_be_visible()
    expect(page.locator("#pick")).to_contain_text("方向键")
    before = crosshair(page)
    page.keyboard.press("ArrowRight")
    until_true(page, "(lon) => firstlineMap.map.getCenter().lng > lon", arg=before["lon"])
    page.wait_for_timeout(400)  # the map has come to rest
    page.screenshot(path=pictures / "keys.png")
    centre = crosshair(page)
    page.keyboard.press("Enter")
    expect(page.locator("#pick [data-do=save]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#card .tags")).to_contain_text("待签收")
    place = dispatcher.get(f"/items/{item['number']}")["location"]
    assert place["lon"] == pytest.approx(centre["lon"], abs=1e-5)
    assert place["lat"] == pytest.approx(centre["lat"], abs=1e-5)


def test_escape_gives_a_pick_up_and_nothing_else(visit: Visit) -> None:
    page = settled(visit("dispatcher").go("/"))
    page.keyboard.press("n")
    page.click("#call [data-do=pick]")
    expect(page.locator(".folium-map")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#pick")).to_be_hidden()
    expect(page.locator("#call")).to_be_visible()


def test_the_map_follows_the_search(visit: Visit) -> None:
    dispatcher = visit("dispatcher")
    item = an_item(dispatcher, description="会唱歌的路灯", lon=INSIDE[0], lat=INSIDE[1])
    page = settled(dispatcher.go("/"))
    page.fill("#find input", "会唱歌的路灯")
    expect(page.locator(".rows .row")).to_have_count(1)
    expect(page.locator(".leaflet-marker-icon.pin")).to_have_count(1)
    expect(page.locator(".leaflet-marker-icon.pin")).to_have_attribute("title", f"{item['number']} · 待签收")
    expect(page.locator(".bubble")).to_have_count(0)
    expect(page.locator("#legend")).to_contain_text("会唱歌的路灯")
    assert page.evaluate("[...document.querySelectorAll('.leaflet-interactive')].length") > 0


def test_an_officers_buttons_are_few_and_the_rest_folded(visit: Visit) -> None:
    officer = visit("officer")
    township = officer.get("/me")["unit"]
    areas = officer.get("/map/density?level=grid")["features"]
    spot = inside(next(one for one in areas if one["properties"]["code"].startswith(township))["geometry"])
    item = an_item(visit("dispatcher"), lon=spot[0], lat=spot[1], accuracy_m=1)
    officer.post(f"/items/{item['number']}/actions", {"action": "accept"})
    page = settled(officer.go(f"/?item={item['number']}"))
    shown = page.locator("#card .acts > button:visible")
    expect(shown).to_have_count(6)
    expect(shown.first).to_have_attribute("data-action", "settle")
    page.click("#card [data-do=more]")
    expect(page.locator("#card [data-action=comment]")).to_be_visible()
    officer.post(f"/items/{item['number']}/actions", {"action": "comment", "text": "看过"})
    expect(page.locator(".history")).to_contain_text("看过")
    expect(page.locator("#card [data-do=more]")).to_have_attribute("aria-expanded", "true")
