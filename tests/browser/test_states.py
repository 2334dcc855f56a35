"""What a page does when things are not as they should be: a session that ended, a failure, no network, no right."""

import re
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visit, Visitor
from tests.browser.test_console import settled

FAILED = {"status": 500, "content_type": "application/problem+json",
          "json": {"code": "internal", "status": 500, "incident": "ab12cd34"}}  # fmt: skip
WORDS = "电话里说了很久的一件事"


def a_call(page: Page) -> None:
    """A call written down, not yet sent."""
    page.keyboard.press("n")
    page.fill("#call [name=description]", WORDS)
    page.fill("#call [name=address]", "某路口")


def without_refusals(visitor: Visitor, *kinds: str) -> None:
    visitor.faults = [fault for fault in visitor.faults if not any(kind in fault for kind in kinds)]


def test_a_session_that_ended_loses_nothing_and_the_send_goes_on(visit: Visit) -> None:
    visitor = visit("dispatcher")
    page = settled(visitor.go("/"))
    a_call(page)
    page.evaluate("document.getElementById('call').dataset.mine = 'yes'")
    visitor.context.clear_cookies()
    page.click("#call button[type=submit]")
    dialog = page.locator("dialog.again")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("已填的内容都在")
    with visitor.context.expect_page() as opened:
        dialog.get_by_role("link").click()
    tab = opened.value
    tab.click("button[name=role][value=dispatcher]")
    tab.wait_for_url(re.compile(r"/$"))
    expect(dialog).to_have_count(0)
    expect(page.locator("#card")).to_contain_text(WORDS)
    number = page.evaluate("new URLSearchParams(location.search).get('item')")
    assert visitor.get(f"/items/{number}")["description"] == WORDS
    assert [item["number"] for item in visitor.get(f"/items?status=open&q={WORDS}")["items"]] == [number], "once"
    assert page.locator("#call").get_attribute("data-mine") == "yes", "the page was never loaded again"
    without_refusals(visitor, "401", "/api/v1/duplicates")


def test_whoever_does_not_sign_in_again_keeps_what_was_typed(visit: Visit) -> None:
    visitor = visit("dispatcher")
    page = settled(visitor.go("/"))
    a_call(page)
    visitor.context.clear_cookies()
    page.click("#call button[type=submit]")
    page.fill("dialog.again [name=password]", "wrong")
    page.click("dialog.again button[type=submit]")
    expect(page.locator("dialog.again .fault")).to_be_visible()
    page.click("dialog.again [data-do=later]")
    expect(page.locator("#call [name=description]")).to_have_value(WORDS)
    expect(page.locator("#call .fault")).to_be_visible()
    without_refusals(visitor, "401")


def test_nothing_is_sent_in_another_ones_name(visit: Visit) -> None:
    visitor = visit("dispatcher")
    page = settled(visitor.go("/"))
    a_call(page)
    visitor.context.clear_cookies()
    page.click("#call button[type=submit]")
    with visitor.context.expect_page() as opened:
        page.locator("dialog.again").get_by_role("link").click()
    opened.value.click("button[name=role][value=supervisor]")
    expect(page.locator("dialog.again .fault")).to_contain_text("其他账号")
    assert visitor.get(f"/items?status=open&q={WORDS}-nothing")["items"] == []
    without_refusals(visitor, "401", "/api/v1/duplicates")


def test_a_page_whose_token_is_old_sends_all_the_same(visit: Visit) -> None:
    visitor = visit("dispatcher")
    page = settled(visitor.go("/"))
    page.evaluate("document.querySelector('meta[name=csrf-token]').content = 'of an earlier session'")
    a_call(page)
    page.click("#call button[type=submit]")
    expect(page.locator("#card")).to_contain_text(WORDS)
    without_refusals(visitor, "403")


def test_a_failure_has_a_number_for_support(visit: Visit) -> None:
    visitor = visit("dispatcher")
    page = settled(visitor.go("/"))

    def fail(route: Route) -> None:
        more: dict[str, Any] = FAILED
        route.fulfill(**more) if route.request.method == "POST" else route.continue_()

    page.route("**/api/v1/items", fail)
    a_call(page)
    page.click("#call button[type=submit]")
    expect(page.locator("#call .fault")).to_contain_text("ab12cd34")
    expect(page.locator("#call [name=description]")).to_have_value(WORDS)
    without_refusals(visitor, "500")


def test_being_offline_is_told_at_once_and_taken_back(visit: Visit) -> None:
    visitor = visit("dispatcher")
    page = settled(visitor.go("/"))
    visitor.context.set_offline(True)
    expect(page.locator("#banner")).to_contain_text("离线")
    visitor.context.set_offline(False)
    expect(page.locator("#banner")).not_to_contain_text("离线")
    without_refusals(visitor, "ERR_INTERNET_DISCONNECTED")


def test_a_page_without_the_right_says_so_and_leads_back(visit: Visit) -> None:
    visitor = visit("worker")
    for path in ("/supervise", "/wall", "/township"):
        page = visitor.go(path)
        expect(page.locator("h1")).to_have_text("您的账号无权进行此操作")
        expect(page.locator("main a[href='/']")).to_be_visible()
    without_refusals(visitor, "403")
