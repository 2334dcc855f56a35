"""The map's measures and times: the legend is right, an address opens the same view, counts equal the list."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Visit, Visitor, until_true
from tests.browser.test_console import INSIDE, an_item, settled

A3_POINTS = (1190.6, 841.9)
FILLS = "[...document.querySelectorAll('path.cell')].map((one) => one.getAttribute('fill')).join()"
EVERY = "received,dispatched,accepted,settled,verified,suspended,answered,closed,merged,declined,transferred"
TODAY = f"{datetime.now(UTC) + timedelta(hours=8):%Y-%m-%d}"


def the_list(visitor: Visitor, query: dict[str, str]) -> int:
    """How many items the list holds under these filters, to its last page."""
    count, cursor = 0, ""
    while cursor is not None:
        answer = visitor.get(f"/items?{urlencode({**query, 'limit': 500, 'cursor': cursor})}")
        count, cursor = count + len(answer["items"]), answer["next"]
    return count


@pytest.mark.parametrize("more", ["", "&status=any&since=30d", f"&day={TODAY}", "&layer=heat"])
def test_the_marks_add_up_to_the_list(visit: Visit, more: str) -> None:
    visitor = visit("dispatcher")
    asked: dict[str, str] = {}
    counts: dict[str, int] = {}

    def note(url: str) -> None:
        for name in ("items", "map/items"):
            if urlsplit(url).path == f"/api/v1/{name}":
                asked[name] = url

    visitor.page.on("request", lambda request: note(request.url))
    page = visitor.go(f"/?queue={more}")
    page.wait_for_timeout(1500)
    filters = {name: parse_qs(urlsplit(url).query) for name, url in asked.items()}
    for name in ("status", "from", "to", "category", "q"):
        assert filters["items"].get(name) == filters["map/items"].get(name), name
    box = filters["map/items"]["bbox"][0]
    wanted = {name: values[0] for name, values in filters["items"].items() if name not in ("limit", "cursor")}
    counts["list"] = the_list(visitor, wanted | {"bbox": box})
    counts["marks"] = page.evaluate(
        """() => { let n = 0; firstlineMap.map.eachLayer((one) => { const box = one.getElement && one.getElement();
        if (!box || !one.options || !one.options.icon) return;
        const few = one.getAllChildMarkers && one.getChildCount();
        if (box.classList.contains("bubble")) n += few || parseInt(box.title, 10);
        else if (box.classList.contains("pin")) n += 1; }); return n; }"""
    )
    assert counts["marks"] == counts["list"] > 0


def test_the_late_share_and_the_density_are_shown_and_told(visit: Visit) -> None:
    page = settled(visit("dispatcher").go("/"))
    count = page.evaluate(FILLS)
    page.click("#mapset-toggle")
    page.select_option("#mapset [name=measure]", "late")
    expect(page.locator("#legend b").first).to_contain_text("在办事项 超时占比 / 网格")
    expect(page.locator("#legend")).to_contain_text("35–50 %")
    assert page.evaluate(FILLS) != count
    page.select_option("#mapset [name=measure]", "km2")
    expect(page.locator("#legend b").first).to_contain_text("每平方公里")
    assert "measure=km2" in page.url


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_heat_is_drawn_as_bins(visit: Visit, size: tuple[int, int], language: str, pictures: Path) -> None:
    visitor = visit("dispatcher", size, language)
    page = settled(visitor.go("/"))
    if size == PHONE:
        page.click(".panes [data-pane=map]")
    page.click("[data-layer=heat]")
    expect(page.locator("path.bin").first).to_be_attached()
    answer = visitor.get("/map/heat")
    assert sum(bin[2] for bin in answer["bins"]) == answer["located"] <= answer["total"]
    expect(page.locator("#legend")).to_contain_text("方格" if language == "zh-CN" else "by square")
    page.click("#mapset-toggle")
    page.screenshot(path=pictures / f"heat-{size[0]}-{language}.png")
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    page.click("[data-layer=grid]") if size == DESKTOP else page.keyboard.press("Escape")


def test_the_address_opens_the_same_view(visit: Visit) -> None:
    visitor = visit("dispatcher")
    page = settled(visitor.go(f"/?layer=township&measure=late&from={TODAY}T00:00&queue="))
    page.locator(".folium-map").focus()
    for key in ("ArrowRight", "+"):
        page.keyboard.press(key)
        page.wait_for_timeout(500)
    expect(page).to_have_url(re.compile(r"map=[\d.]+,[\d.]+,[\d.]+"))
    stand = """(({ map }) => [map.getCenter().lat.toFixed(4), map.getCenter().lng.toFixed(4), map.getZoom()])(
        firstlineMap)"""
    before, legend = page.evaluate(stand), page.locator("#legend b").first.inner_text()
    other = visit("supervisor")
    again = other.go(page.url.removeprefix(visitor.server))
    expect(again.locator("#legend")).to_contain_text(legend.split(" (")[0])
    assert again.evaluate(stand) == before
    expect(again.locator("[data-layer=township]")).to_have_attribute("aria-pressed", "true")


def test_nonsense_in_the_address_does_no_harm(visit: Visit) -> None:
    page = settled(visit("dispatcher").go("/?from=soon&day=2026-99-99&hour=x&map=a,b,c&measure=none&layer=x&since=1y"))
    expect(page.locator("#legend")).to_contain_text("在办事项 / 网格")


def replayed(page: Page) -> str:
    return page.locator("#replay-time").inner_text()


def test_a_day_is_replayed_by_keyboard(visit: Visit, pictures: Path) -> None:
    page = settled(visit("dispatcher").go(f"/?queue=&day={TODAY}&hour=3"))
    expect(page.locator("#legend")).to_contain_text(f"{TODAY} 00:00 至 04:00 受理")
    page.focus("#mapset-toggle")
    page.keyboard.press("Enter")
    page.focus("#mapset [name=hour]")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#legend")).to_contain_text("00:00 至 05:00")
    assert "hour=4" in page.url
    page.screenshot(path=pictures / "replay.png")
    page.focus("#replay [data-do=play]")
    page.keyboard.press("Enter")
    until_true(page, "() => Number(document.querySelector('#mapset [name=hour]').value) >= 6")
    page.keyboard.press("Enter")
    stopped = replayed(page)
    page.wait_for_timeout(1500)
    assert replayed(page) == stopped
    page.focus("#replay [data-do=end]")
    page.keyboard.press("Enter")
    expect(page.locator("#replay")).to_be_hidden()
    assert "day=" not in page.url


def told_by_tips(page: Page) -> dict[str, int]:
    """What the cells' tips count, by code."""
    tips = """() => { const found = {}; firstlineMap.layers.grids.eachLayer((one) => {
        found[one.feature.properties.code] = one.getTooltip()._content().textContent; }); return found; }"""
    return {code: int(words.partition(code)[2].split(" ")[0]) for code, words in page.evaluate(tips).items()}


def test_a_replay_asks_once_for_the_whole_day(visit: Visit) -> None:
    visitor = visit("dispatcher")
    an_item(visitor, lon=INSIDE[0], lat=INSIDE[1])
    asked: list[str] = []
    visitor.page.on("request", lambda request: asked.append(urlsplit(request.url).path.removeprefix("/api/v1/map/")))
    first = max(0, (datetime.now(UTC) + timedelta(hours=8)).hour - 1)
    page = visitor.go(f"/?queue=&day={TODAY}&hour={first}")
    page.click("#mapset-toggle")
    for hour, key in ((first, ""), (23, "End")):
        if key:
            page.focus("#mapset [name=hour]")
            page.keyboard.press(key)
        expect(page.locator("#legend")).to_contain_text(f"至 {hour + 1:02}:00")
        page.wait_for_timeout(800)
        until = f"&to={TODAY}T{hour + 1:02}:00" if hour < 23 else ""
        told = visitor.get(f"/map/density?level=grid&geometry=none&status={EVERY}&from={TODAY}T00:00{until}")[
            "features"
        ]
        assert told_by_tips(page) == {one["id"]: one["properties"]["count"] for one in told}, hour
    assert asked.count("density") == 0 and asked.count("replay") == 1


def test_less_motion_means_one_hour_at_a_time(visit: Visit) -> None:
    page = settled(visit("dispatcher", reduced_motion="reduce").go(f"/?queue=&day={TODAY}&hour=3"))
    page.click("#mapset-toggle")
    expect(page.locator("#replay [data-do=play]")).to_have_text("下一小时")
    page.click("#replay [data-do=play]")
    page.wait_for_timeout(1500)
    assert "hour=4" in page.url


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_map_is_printed_on_one_a3_sheet(visit: Visit, size: tuple[int, int], pictures: Path) -> None:
    page = settled(visit("dispatcher", size, color_scheme="dark").go("/"))
    sheet = page.pdf(path=pictures / f"a3-{size[0]}.pdf", prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type ?/Page\b", sheet)) == 1
    box = [float(one) for one in re.findall(rb"/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]", sheet)[0]]
    assert box == pytest.approx(A3_POINTS, abs=1)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1512, "height": 1043})
    for part in ("#sheet-head", "#legend", ".map-note"):
        expect(page.locator(part)).to_be_visible()
    expect(page.locator("#sheet-head")).to_contain_text(re.compile(r"鼓楼区.*20\d\d年\d+月\d+日", re.DOTALL))
    assert page.locator(".bar, .left, .right, .tools, .mapset-toggle").filter(visible=True).count() == 0
    drawn = page.locator(".folium-map").bounding_box()
    assert drawn and drawn["width"] > 1500 and drawn["height"] > 1000, "the map fills the sheet"
    page.screenshot(path=pictures / f"a3-{size[0]}.png")
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert not page.evaluate("document.body.classList.contains('printed')")
