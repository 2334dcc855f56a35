"""What a page says of its stream: never live where it is not, and no alarm for a planned break."""

from playwright.sync_api import Route, expect

from tests.browser.conftest import Visit
from tests.browser.test_console import INSIDE, an_item, settled

LIVE = "**/api/v1/live"
NO_ROOM = {"status": 503, "headers": {"Retry-After": "1"}, "json": {"code": "unavailable", "status": 503}}
PLANNED = "id: 1\nevent: hello\ndata: {}\n\nevent: bye\ndata: {}\n\n"


ALARMS = """window.alarms = [];
new MutationObserver(() => {
  const strip = document.getElementById("banner");
  if (strip && !strip.hidden) window.alarms.push(strip.textContent);
}).observe(document, { attributes: true, childList: true, subtree: true });"""
"""``window.alarms`` holds what the banner has said since the page began."""


def test_silence_is_told_and_the_page_begins_anew(visit: Visit) -> None:
    dispatcher = visit("dispatcher")
    dispatcher.page.clock.install()
    page = settled(dispatcher.go("/"))
    expect(page.locator("#live")).to_have_text("实时")
    page.route(LIVE, lambda route: route.abort())
    page.clock.fast_forward(20_000)
    expect(page.locator("#live")).not_to_have_class("live lost")
    page.clock.fast_forward(8_000)
    expect(page.locator("#live")).to_have_class("live lost")
    expect(page.locator("#banner")).to_be_visible()
    missed = an_item(visit("channel"), lon=INSIDE[0], lat=INSIDE[1])
    page.unroute(LIVE)
    page.clock.fast_forward(16_000)
    expect(page.locator("#live")).to_have_text("实时")
    expect(page.locator("#banner")).to_be_hidden()
    expect(page.locator(f".row[data-number='{missed['number']}']")).to_be_visible()
    dispatcher.faults = [fault for fault in dispatcher.faults if "ERR_FAILED" not in fault]


def test_a_planned_end_raises_no_alarm(visit: Visit) -> None:
    dispatcher = visit("dispatcher")
    asked: list[str | None] = []

    def once(route: Route) -> None:
        asked.append(route.request.headers.get("last-event-id"))
        if len(asked) == 1:
            route.fulfill(content_type="text/event-stream", body=PLANNED)
        else:
            route.continue_()

    dispatcher.page.route(LIVE, once)
    dispatcher.page.add_init_script(ALARMS)
    page = settled(dispatcher.go("/"))
    expect(page.locator("#live")).to_have_text("实时")
    page.wait_for_timeout(500)
    assert asked == [None, "1"], "it came back at once, with its position"
    assert page.evaluate("window.alarms") == []


def test_a_planned_end_without_a_return_is_told(visit: Visit) -> None:
    dispatcher = visit("dispatcher")
    asked: list[str] = []

    def once(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            route.fulfill(content_type="text/event-stream", body=PLANNED)
        else:
            route.abort()

    dispatcher.page.clock.install()
    dispatcher.page.route(LIVE, once)
    page = settled(dispatcher.go("/"))
    page.clock.fast_forward(6_000)
    expect(page.locator("#live")).to_have_class("live lost")
    dispatcher.faults = [fault for fault in dispatcher.faults if "ERR_FAILED" not in fault]


def test_without_room_for_a_stream_the_page_asks_every_15_s(visit: Visit) -> None:
    dispatcher = visit("dispatcher")
    dispatcher.page.clock.install()
    dispatcher.page.route(LIVE, lambda route: route.fulfill(**NO_ROOM))  # type: ignore[arg-type]
    page = settled(dispatcher.go("/"))
    expect(page.locator("#live")).to_have_class("live polled")
    expect(page.locator("#live")).to_have_text("非实时:每 15 秒刷新")
    expect(page.locator("#banner")).to_be_hidden()
    item = an_item(visit("channel"), lon=INSIDE[0], lat=INSIDE[1])
    row = page.locator(f".row[data-number='{item['number']}']")
    expect(row).to_have_count(0)
    page.clock.fast_forward(15_000)
    expect(row).to_be_visible()
    page.unroute(LIVE)
    page.clock.fast_forward(16_000)
    expect(page.locator("#live")).to_have_text("实时")
    expect(page.locator("#live")).to_have_class("live")
    dispatcher.faults = [fault for fault in dispatcher.faults if "503" not in fault]
