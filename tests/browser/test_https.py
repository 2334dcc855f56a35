"""Behind a proxy with TLS: the cookie, the headers, and a phone that keeps the page."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from store import embedded
from tests import factories
from tests.browser.conftest import browser_path, until_true
from tests.browser.tls import a_proxy
from tests.conftest import new_home
from tests.scenarios.servers import ROOT, Server, a_town, command, surroundings

NAME, PASSWORD = "w-T1G1", "a password of some length"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """``serve`` that trusts its proxy, with a worker who has a password."""
    home = new_home()
    try:
        with pytest.MonkeyPatch.context() as patch, a_town(home, factories.a_town()):
            subprocess.run(command("user", "password", NAME), cwd=ROOT, env=surroundings(home), check=True,
                           input=PASSWORD.encode() + b"\n", capture_output=True)  # fmt: skip
            patch.setenv("FIRSTLINE_PROXY", "1")
            trusting = Server(home)
            trusting.start()
            try:
                trusting.ready()
                yield trusting
            finally:
                trusting.kill()
    finally:
        embedded.stop(home)
        shutil.rmtree(home)


def test_a_phone_installs_the_page_by_https(server: Server, tmp_path: Path, chromium: Browser) -> None:
    options = ["--no-sandbox", "--ignore-certificate-errors"]
    browser = chromium.browser_type.launch(executable_path=browser_path(), args=options)
    with a_proxy(server.port, tmp_path) as address:
        try:
            context = browser.new_context(locale="zh-CN", ignore_https_errors=True)
            page = context.new_page()
            page.goto(f"{address}/login?next=/work")
            page.fill("[name=name]", NAME)
            page.fill("[name=password]", PASSWORD)
            page.click("form:has([name=password]) button[type=submit]")
            page.wait_for_selector("#tasks > *")
            cookie = next(one for one in context.cookies() if "firstline" in one["name"])
            assert cookie["name"] == "__Host-firstline" and cookie["secure"]
            expect(page.locator("#insecure")).to_be_hidden()
            page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
            script = context.request.get(f"{address}/service-worker.js")
            assert script.headers["service-worker-allowed"] == "/"
            assert "max-age" in script.headers["strict-transport-security"]
            until_true(page, "caches.match('/work').then((page) => Boolean(page))")
            context.set_offline(True)
            page.reload()
            expect(page.locator("h1").first).to_have_text("我的任务")
        finally:
            browser.close()
