"""Takes a picture of each page, in both languages and both widths, into docs/img/: small PNGs with a palette.

Usage: .venv/bin/python -m scripts.screenshots [URL] [PAGE]...
Without URL a demonstration is started in a folder of its own and stopped afterwards.
"""

import io
import itertools
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from scripts.plan_pictures import PREPARED
from scripts.scene import Scene, scene_of, sign_in

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "img"
SIZES = {"1440": (1440, 900), "390": (390, 844)}
LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}
COLOURS = 256
START_SECONDS = 300
SETTLE_MS = 1800
"""Until the map is drawn and the stream has said hello."""


Do = Callable[[Page, Scene], None]


@dataclass(frozen=True)
class Shot:
    """One page as ``role`` sees it (None: nobody is signed in). ``pane``: the part shown on a phone; ``key`` is pressed
    before the picture is taken, and ``do`` is done; ``size`` replaces both widths, for a page that no phone shows."""

    name: str
    role: str | None
    path: str
    pane: str = ""
    key: str = ""
    size: tuple[int, int] | None = None
    prepared: str = ""
    """A name of ``plan_pictures.PREPARED``: what is done on the page before the picture is taken."""
    do: Do | None = None


def reported(page: Page, scene: Scene) -> None:
    """A citizen fills the form in and sends it."""
    page.fill("#description", "公交站旁堆了好几袋垃圾,有异味")
    page.fill("#address", "白马路公交站")
    page.wait_for_timeout(3200)  # whoever is quicker is asked a question
    page.click("#report button[type=submit]")
    page.wait_for_url("**/report/sent**")


def followed(page: Page, scene: Scene) -> None:
    """A citizen gives number and code of an answered item."""
    page.fill("#track-number", scene.answered[0])
    page.fill("#track-code", scene.answered[1])
    page.click("button.main")
    page.wait_for_selector(".sentence")


def into_public_map(page: Page, scene: Scene) -> None:
    """Near enough to see what each item is."""
    page.evaluate(
        "([lon, lat]) => window.firstlineMap.map.setView([lat, lon], 16, { animate: false })", list(scene.spot)
    )


def without_a_signal(page: Page, scene: Scene) -> None:
    """A worker goes on where there is no signal; it is the last picture of that browser, and nothing is sent."""
    page.context.set_offline(True)
    card = page.locator(".task:has([data-action=take])").first
    for action in ("take", "arrive"):
        card.locator(f"[data-action={action}]").click()
        page.wait_for_timeout(400)
        card = page.locator(".task:has(.entry)").first


SHOTS = (
    Shot("console", "dispatcher", "/", key="j"),
    Shot("map-density", "dispatcher", "/?layer=township&measure=late", pane="map"),
    Shot("map-heat", "dispatcher", "/?layer=heat&status=any", pane="map"),
    Shot("new-call", "dispatcher", "/", key="n"),
    Shot("wall", "dispatcher", "/wall", size=(1920, 1080)),
    Shot("work", "worker", "/work"),
    Shot("work-map", "worker", "/work", pane="map"),
    Shot("work-patrol", "worker", "/work", pane="finding"),
    Shot("no-right", "worker", "/supervise"),
    Shot("work-offline", "worker", "/work", do=without_a_signal),
    Shot("township", "officer", "/township"),
    Shot("township-map", "officer", "/", pane="map"),
    Shot("department", "department", "/department"),
    Shot("plan", "planner", "/plan", prepared="at a fault"),
    Shot("plan-rehearsed", "planner", "/plan", prepared="rehearsed"),
    Shot("supervise", "supervisor", "/supervise"),
    Shot("report", None, "/report"),
    Shot("reported", None, "/report", do=reported),
    Shot("public-map", None, "/map", do=into_public_map),
    Shot("track-ask", None, "/track"),
    Shot("track", None, "/track", do=followed),
    Shot("login", None, "/login"),
)


def take(browser: Browser, url: str, scene: Scene, role: str | None, shots: list[Shot]) -> Iterator[Path]:
    """The pictures of what one role sees: both languages, both widths."""
    for (language, locale), (width, size) in itertools.product(LANGUAGES.items(), SIZES.items()):
        across, down = size
        context = browser.new_context(
            viewport={"width": across, "height": down},
            locale=locale,
            timezone_id="Asia/Shanghai",
            has_touch=across < 800,
        )
        page = context.new_page()
        if role:
            sign_in(page, url, role)
        for shot in shots:
            if shot.size and width == "390":
                continue
            across, down = shot.size or size
            page.set_viewport_size({"width": across, "height": down})
            answer = page.goto(url + shot.path)
            if answer is None or answer.status == 404:
                print(f"{shot.path} is not there", file=sys.stderr)
                continue
            path = IMAGES / f"{shot.name}-{language}-{across}.png"
            path.write_bytes(picture(page, shot, scene))
            yield path
        context.close()


def picture(page: Page, shot: Shot, scene: Scene) -> bytes:
    """What stands on the screen, with a palette: a third of the size, and nobody sees it."""
    page.wait_for_timeout(SETTLE_MS)
    if shot.prepared:
        PREPARED[shot.prepared](page)
        page.wait_for_timeout(SETTLE_MS)
    if shot.pane and page.locator(f".panes [data-pane={shot.pane}]").is_visible():
        page.click(f".panes [data-pane={shot.pane}]")
        page.wait_for_timeout(SETTLE_MS)
    if shot.key:
        page.keyboard.press(shot.key)
        page.wait_for_timeout(SETTLE_MS)
    if shot.do:
        shot.do(page, scene)
        page.wait_for_timeout(SETTLE_MS)
    whole = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    small = io.BytesIO()
    palette = whole.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE)
    palette.save(small, "PNG", optimize=True)
    return small.getvalue()


@contextmanager
def demonstration() -> Iterator[str]:
    """The address of a demonstration with a database of its own."""
    home = Path(tempfile.mkdtemp(prefix="fl-"))
    home.chmod(0o711)  # the database may run under an account of its own
    settings = {**os.environ, "FIRSTLINE_HOME": str(home)}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "app.py", "run", "--port", str(port), "--pace", "0"]
    with (home / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=settings, stdout=log, stderr=log)
    try:
        wait_for(f"http://127.0.0.1:{port}/login", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)
        subprocess.run([sys.executable, "app.py", "stop"], cwd=ROOT, check=False, capture_output=True, env=settings)
        shutil.rmtree(home)


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    last = time.monotonic() + START_SECONDS
    while time.monotonic() < last and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.2)
    raise SystemExit("The demonstration did not start; see whether `python app.py run` does.")


def main(words: list[str]) -> int:
    """Take all of them, or those named."""
    url = words.pop(0).rstrip("/") if words and words[0].startswith("http") else None
    known = {shot.name for shot in SHOTS}
    if unknown := sorted(set(words) - known):
        print(f"No such picture: {', '.join(unknown)}. There are {', '.join(sorted(known))}.", file=sys.stderr)
        return 2
    chosen = [shot for shot in SHOTS if not words or shot.name in words]
    IMAGES.mkdir(parents=True, exist_ok=True)
    if url:
        all_of(chosen, url)
    else:
        with demonstration() as address:
            all_of(chosen, address)
    return 0


def all_of(shots: list[Shot], url: str) -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        scene = scene_of(browser, url)
        for role, of_role in itertools.groupby(shots, lambda shot: shot.role):
            for path in take(browser, url, scene, role, list(of_role)):
                print(path.relative_to(ROOT), flush=True)
        browser.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
