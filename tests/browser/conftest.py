"""A real server with demonstration data and a real Chromium, both started once; pages that note what goes wrong."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import APIResponse, Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.conftest import new_home

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90
DESKTOP, PHONE = (1440, 900), (390, 844)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(item.fspath).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)



def until_true(page: Page, script: str, arg: Any = None, seconds: float = 30.0) -> None:
    """Wait until ``script`` is true in the page. Playwright's own waiting asks again by a way that the page's
    Content-Security-Policy shuts."""
    last = time.monotonic() + seconds
    while not page.evaluate(script, arg):
        assert time.monotonic() < last, f"never true: {script}"
        page.wait_for_timeout(50)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of `python app.py run` in a home of its own, without the trickle of items."""
    home, port = new_home(), _free_port()
    command = [sys.executable, "app.py", "run", "--port", str(port), "--pace", "0"]
    with (home / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, "FIRSTLINE_HOME": str(home)}, stdout=log, stderr=log
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(f"{address}/login", process, home / "server.log")
            yield address
        finally:
            process.terminate()
            process.wait(30)
            subprocess.run([sys.executable, "app.py", "stop"], cwd=ROOT, check=False, capture_output=True,
                           env={**os.environ, "FIRSTLINE_HOME": str(home)})  # fmt: skip
            shutil.rmtree(home)


def browser_path() -> str | None:
    """The Chromium to test with: the one without a window where it is there, which takes half of the time."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One headless Chromium. Where there is none: a failure in CI, a loud skip elsewhere."""
    path = browser_path()
    if path is None:
        reason = "NO CHROMIUM ON PATH: not one browser test has run (on Debian: apt-get install chromium)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


class Visitor:
    """Somebody signed in with a browser, and everything that their pages did wrong."""

    def __init__(self, context: BrowserContext, server: str) -> None:
        self.context, self.server, self.faults = context, server, list[str]()
        self.page: Page = context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        context.on("request", lambda asked: self._note(asked.url))

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.faults.append(f"console: {said.text} {said.location['url']}")

    def _note(self, url: str) -> None:
        if not url.startswith((self.server, "data:", "blob:")):
            self.faults.append(f"asked outside: {url}")

    def go(self, path: str) -> Page:
        self.page.goto(self.server + path)
        return self.page

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send JSON to the API in this visitor's session."""
        token = self.context.request.get(f"{self.server}/api/v1/me").json()["csrf_token"]
        answer: APIResponse = self.context.request.post(
            f"{self.server}/api/v1{path}", data=body, headers={"X-CSRF-Token": token}
        )
        assert answer.ok, answer.text()
        return dict(answer.json())

    def get(self, path: str) -> Any:
        answer = self.context.request.get(f"{self.server}/api/v1{path}")
        assert answer.ok, answer.text()
        return answer.json()


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(server: str, chromium: Browser) -> Iterator[Visit]:
    """``visit("dispatcher")`` signs in as that role's demonstration account; ``visit(None)`` is nobody. Afterwards no
    page may have done wrong."""
    visitors: list[Visitor] = []

    def sign_in(role: str | None, size: tuple[int, int] = DESKTOP, language: str = "zh-CN", **options: Any) -> Visitor:
        width, height = size
        context = chromium.new_context(viewport={"width": width, "height": height}, locale=language, **options)
        context.set_default_timeout(15_000)
        visitor = Visitor(context, server)
        visitors.append(visitor)
        if role is not None:
            visitor.go("/login").click(f"button[name=role][value={role}]")
        return visitor

    yield sign_in
    faults = [fault for visitor in visitors for fault in visitor.faults]
    for visitor in visitors:
        visitor.context.close()
    assert faults == []


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where tests leave screenshots for people to look at."""
    return tmp_path_factory.mktemp("pictures")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    last = time.monotonic() + START_SECONDS
    while time.monotonic() < last and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.2)
    raise RuntimeError(f"the server did not start:\n{log.read_text(errors='replace')[-3000:]}")
