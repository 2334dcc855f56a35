"""A town of its own for the phone without a signal: a server that is killed and comes back, and a worker's browser."""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import PHONE, ROOT, Visitor, _free_port, _wait_for, until_true
from tests.browser.test_console import an_item, inside
from tests.conftest import new_home
from tests.pictures import a_picture

EXPECTED = ("ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION", "ERR_FAILED", "ERR_EMPTY_RESPONSE", "ERR_NETWORK",
            "status of 401", "status of 409", "ERR_INCOMPLETE", "status of 404", "status of 403")  # fmt: skip
"""What a browser says on its console when there is no signal, or a refusal: the page says it in words."""
SECONDS = 45_000
OTHER, PASSWORD = "w-other", "a password of the other one"


class Town:
    """``python app.py run`` in a home of its own, on one port for all its lives."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, _free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        words = (sys.executable, "app.py", "run", "--port", str(self.port), "--pace", "0")
        with (self.home / "server.log").open("ab") as log:
            self.process = subprocess.Popen(words, cwd=ROOT, env=self.surroundings(), stdout=log, stderr=log,
                                            start_new_session=True)  # fmt: skip
        _wait_for(f"{self.address}/login", self.process, self.home / "server.log")

    def kill(self) -> None:
        """``kill -9`` of the server and all its workers."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)

    def command(self, *words: str, said: str = "") -> None:
        subprocess.run([sys.executable, "app.py", *words], cwd=ROOT, env=self.surroundings(), input=said.encode(),
                       check=True, capture_output=True)  # fmt: skip

    def end(self) -> None:
        with suppress(ProcessLookupError):
            self.kill()
        subprocess.run([sys.executable, "app.py", "stop"], cwd=ROOT, env=self.surroundings(), check=False,
                       capture_output=True)  # fmt: skip
        shutil.rmtree(self.home)

    def surroundings(self) -> dict[str, str]:
        return {**os.environ, "FIRSTLINE_HOME": str(self.home)}


def a_town() -> Town:
    town = Town(new_home())
    town.start()
    town.command("user", "add", OTHER, "--role", "worker", said=PASSWORD + "\n")
    return town


def signed_in(town: Town, chromium: Browser, role: str, **options: Any) -> Visitor:
    """A browser of its own, with that role's demonstration account."""
    context = chromium.new_context(locale="zh-CN", **options)
    context.set_default_timeout(15_000)
    visitor = Visitor(context, town.address)
    visitor.go("/login").click(f"button[name=role][value={role}]")
    return visitor


def a_phone(town: Town, chromium: Browser, **options: Any) -> Visitor:
    """The worker's phone, its page kept for when there is no signal."""
    spot = {"longitude": 119.3, "latitude": 26.09, "accuracy": 12}
    width, height = PHONE
    told = {"viewport": {"width": width, "height": height}, "has_touch": True, "is_mobile": True, "geolocation": spot}
    worker = signed_in(town, chromium, "worker", permissions=["geolocation"], **told, **options)
    kept(worker.go("/work"))
    return worker


def kept(page: Page) -> Page:
    """The page once its service worker holds it."""
    page.wait_for_selector("#tasks .task, #tasks .empty")
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    until_true(page, "navigator.serviceWorker.controller !== null")
    until_true(page, "caches.match('/work').then((page) => Boolean(page))")
    return page


def a_task(worker: Visitor, dispatcher: Visitor) -> str:
    """The number of a new item in the worker's own cell."""
    grid = worker.get("/me")["name"].removeprefix("w-")
    cells = dispatcher.get("/map/density?level=grid")["features"]
    spot = inside(next(cell for cell in cells if cell["properties"]["code"] == grid)["geometry"])
    number = an_item(dispatcher, lon=spot[0], lat=spot[1], accuracy_m=1, address="白龙路 1 号", client_ref=None)[
        "number"
    ]
    expect(card_of(worker.page, number)).to_be_visible()
    return str(number)


def card_of(page: Page, number: str) -> Locator:
    return page.locator(f".task[data-number='{number}']")


def photograph(page: Page, button: Locator, color: Any) -> None:
    with page.expect_file_chooser() as chooser:
        button.tap()
    sent = a_picture(size=(2400, 1800), color=color)
    chooser.value.set_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": sent})


def write(page: Page, words: str) -> None:
    """Fill in the form that is open and send it."""
    page.locator("#ask textarea").fill(words)
    page.locator("#ask footer .main").tap()
    expect(page.locator("#ask")).not_to_be_visible()


def states(page: Page) -> list[str]:
    """The states of what the outbox holds, oldest first."""
    found = page.locator("#outbox .entry").evaluate_all("(all) => all.map((one) => one.dataset.state)")
    return list(reversed(found))


def until_all_sent(page: Page, seconds: float = SECONDS / 1000) -> None:
    last = time.monotonic() + seconds
    while (now := states(page)) and set(now) != {"sent"}:
        assert time.monotonic() < last, now
        page.wait_for_timeout(200)


def actions_of(dispatcher: Visitor, number: str) -> list[str]:
    return [event["action"] for event in dispatcher.get(f"/items/{number}/events")["events"]]


def unexpected(visitor: Visitor) -> list[str]:
    return [fault for fault in visitor.faults if not any(word in fault for word in EXPECTED)]
