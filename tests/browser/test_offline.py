"""A phone without a signal: what its worker does is kept, sent in order and once, and told where it is refused."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.offline import (
    OTHER,
    PASSWORD,
    Town,
    a_phone,
    a_task,
    a_town,
    actions_of,
    card_of,
    photograph,
    signed_in,
    states,
    unexpected,
    until_all_sent,
    write,
)


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    town = a_town()
    yield town
    town.end()


def test_three_photographs_without_a_signal_and_a_killed_server(town: Town, chromium: Browser, pictures: Path) -> None:
    worker, dispatcher = a_phone(town, chromium), signed_in(town, chromium, "dispatcher")
    page, number = worker.page, a_task(worker, dispatcher)
    card = card_of(page, number)
    page.screenshot(path=pictures / "work-online.png")
    worker.context.set_offline(True)
    card.locator("[data-action=take]").tap()
    card.locator("[data-action=arrive]").tap()
    expect(card.locator(".entry")).to_have_count(2)
    for stage, color in (("before", "teal"), ("before", "navy"), ("after", "olive")):
        entries = card.locator(".entry").count()
        photograph(page, card.locator(f"button[data-stage={stage}]"), color)
        expect(card.locator(".entry")).to_have_count(entries + 1)
    card.locator("button.main").first.tap()
    write(page, "现场已处理")
    expect(card.locator(".entry[data-state=waiting]")).to_have_count(6)
    expect(page.locator("#strip")).to_contain_text("6 项待发送")
    page.screenshot(path=pictures / "work-offline.png")

    page.reload()
    expect(card_of(page, number)).to_contain_text("白龙路 1 号")
    expect(card.locator(".entry")).to_have_count(6)
    expect(page.locator("#seen")).to_contain_text("本机保存")
    page.locator("[data-pane=outbox]").tap()
    page.screenshot(path=pictures / "work-outbox.png")

    town.kill()
    worker.context.set_offline(False)
    page.wait_for_timeout(1500)
    assert set(states(page)) == {"waiting"}
    page.reload()
    expect(page.locator("#waiting-count")).to_have_text("6")
    town.start()
    until_all_sent(page)
    assert states(page) == ["sent"] * 6
    photos = dispatcher.get(f"/items/{number}")["photos"]
    assert [photo["stage"] for photo in photos] == ["before", "before", "after"]
    assert max(photos[0]["width"], photos[0]["height"]) == 1600, "made small by the rules before it was kept"
    done = [
        action for action in actions_of(dispatcher, number) if action in ("take", "arrive", "photo", "done", "settle")
    ]
    assert done[:5] == ["take", "arrive", "photo", "photo", "photo"] and len(done) == 6
    assert unexpected(worker) == []


def test_a_finding_with_its_photograph_is_kept_and_sent_once(town: Town, chromium: Browser, pictures: Path) -> None:
    worker, dispatcher = a_phone(town, chromium), signed_in(town, chromium, "dispatcher")
    page = worker.page
    worker.context.set_offline(True)
    page.locator("[data-pane=finding]").tap()
    expect(page.locator("#spot")).to_contain_text("精度 12 米")
    page.fill("#finding textarea", "路边井盖缺失,巡查发现")
    photograph(page, page.locator("#finding [data-do=photo]"), "maroon")
    expect(page.locator(".taken li")).to_have_count(1)
    page.screenshot(path=pictures / "work-finding.png", full_page=True)
    page.locator("#finding [type=submit]").tap()
    expect(page.locator("#outbox .entry[data-state=waiting]")).to_have_count(2)
    lost: list[str] = []

    def lose(route: Route) -> None:
        """The service does it, and its answer is lost, once for each."""
        answer = route.fetch()
        if route.request.url in lost or route.request.method != "POST":
            route.fulfill(response=answer)
        else:
            lost.append(route.request.url)
            route.abort()

    worker.context.route("**/api/v1/items**", lose)
    worker.context.set_offline(False)
    until_all_sent(page)
    assert len(lost) == 2
    found = dispatcher.get("/items?q=井盖缺失&kind=finding")["items"]
    assert len(found) == 1
    assert found[0]["channel"] == "patrol" and found[0]["location"]["accuracy_m"] == 12
    assert [photo["stage"] for photo in dispatcher.get(f"/items/{found[0]['number']}")["photos"]] == ["scene"]
    assert unexpected(worker) == []


def test_a_conflict_is_shown_and_nothing_is_lost(town: Town, chromium: Browser, pictures: Path) -> None:
    worker, dispatcher = a_phone(town, chromium), signed_in(town, chromium, "dispatcher")
    page, number = worker.page, a_task(worker, dispatcher)
    card = card_of(page, number)
    worker.context.set_offline(True)
    card.locator("[data-action=take]").tap()
    card.locator("[data-action=arrive]").tap()
    dispatcher.post(f"/items/{number}/actions", {"action": "urge", "text": "群众又来电"})
    worker.context.set_offline(False)
    refused = card.locator(".entry[data-state=refused]")
    expect(refused).to_have_count(1, timeout=30_000)
    expect(refused).to_contain_text("群众又来电")
    expect(card.locator(".entry[data-state=waiting]")).to_have_count(1)
    assert "take" not in actions_of(dispatcher, number)
    page.screenshot(path=pictures / "work-conflict.png")
    page.reload()
    expect(card.locator(".entry[data-state=refused]")).to_have_count(1)
    card.locator("[data-do=again]").tap()
    expect(card.locator(".entry")).to_have_count(0, timeout=30_000)
    assert [action for action in actions_of(dispatcher, number) if action in ("take", "arrive")] == ["take", "arrive"]

    worker.context.set_offline(True)
    card.locator("button.main").first.tap()
    write(page, "井盖已补")
    dispatcher.post(f"/items/{number}/actions", {"action": "transfer", "to": "市政府"})
    worker.context.set_offline(False)
    page.locator("[data-pane=outbox]").tap()
    refused = page.locator("#outbox .entry[data-state=refused]")
    expect(refused).to_have_count(1, timeout=30_000)
    expect(refused).to_contain_text("井盖已补")
    page.screenshot(path=pictures / "work-refused.png")
    refused.locator("[data-do=drop]").tap()
    page.locator("#ask footer .main").tap()
    expect(refused).to_have_count(0)
    assert unexpected(worker) == []


def test_another_account_never_sends_it(town: Town, chromium: Browser) -> None:
    worker, dispatcher = a_phone(town, chromium), signed_in(town, chromium, "dispatcher")
    page, number = worker.page, a_task(worker, dispatcher)
    card = card_of(page, number)
    worker.context.set_offline(True)
    card.locator("[data-action=take]").tap()
    expect(card.locator(".entry[data-state=waiting]")).to_have_count(1)
    other = worker.context.new_page()  # the same phone: its cookie becomes the other's
    worker.context.clear_cookies()
    worker.context.set_offline(False)
    page.wait_for_timeout(1500)
    other.goto(f"{town.address}/login")
    other.fill("[name=name]", OTHER)
    other.fill("[name=password]", PASSWORD)
    other.click("form:has([name=password]) button[type=submit]")
    other.wait_for_url("**/work")
    expect(other.locator("#strip")).to_contain_text("另一账号的 1 项")
    expect(other.locator(f"[data-number='{number}']")).to_have_count(0)
    page.bring_to_front()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#strip")).to_contain_text("另一账号")
    assert "take" not in actions_of(dispatcher, number)
    other.close()
    worker.context.clear_cookies()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#strip")).to_contain_text("您已退出登录")
    worker.go("/login?next=/work").click("button[name=role][value=worker]")
    last = time.monotonic() + 30
    while "take" not in actions_of(dispatcher, number) and time.monotonic() < last:
        page.wait_for_timeout(200)
    expect(card.locator(".entry")).to_have_count(0, timeout=30_000)
    assert actions_of(dispatcher, number).count("take") == 1


def test_help_is_asked_for_and_the_officer_is_told(town: Town, chromium: Browser) -> None:
    worker, dispatcher = a_phone(town, chromium), signed_in(town, chromium, "dispatcher")
    page, number = worker.page, a_task(worker, dispatcher)
    card_of(page, number).locator("[data-do=help]").tap()
    write(page, "需要市政带水泵")
    page.locator("[data-pane=outbox]").tap()
    until_all_sent(page)
    events = dispatcher.get(f"/items/{number}/events")["events"]
    assert (events[-1]["action"], events[-1]["words"], events[-1]["data"]["help"]) == (
        "comment",
        "需要市政带水泵",
        True,
    )


def test_without_https_the_page_says_why(town: Town, chromium: Browser) -> None:
    worker = signed_in(town, chromium, "worker", viewport={"width": 390, "height": 844}, has_touch=True)
    worker.context.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
    page = worker.go("/work")
    expect(page.locator("#insecure")).to_contain_text("HTTPS")
    page.locator("[data-pane=finding]").tap()
    expect(page.locator("#spot")).to_contain_text("地图上选点")
    page.locator("#finding [data-do=pin]").tap()
    page.locator(".aimed [data-do=here]").tap()
    expect(page.locator("#spot")).to_contain_text("已在地图上选定")
