"""Takes the pictures of docs/images from a running demonstration.

Usage: make run, then in another terminal: .venv/bin/python scripts/screenshots.py [URL]
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
SHOTS = (
    ("console", "dispatcher", "/", (1440, 900), "zh-CN"),
    ("console-en", "dispatcher", "/", (1440, 900), "en-US"),
    ("worker", "worker", "/work", (390, 844), "zh-CN"),
)
"""(file, role, page, size, language)."""
SETTLE_MS = 2500
"""Until the map is drawn and the stream has said hello."""


def take(browser: Browser, url: str, name: str, role: str, page: str, size: tuple[int, int], language: str) -> None:
    """One picture, signed in through the demonstration's button for ``role``."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale=language)
    tab = context.new_page()
    tab.goto(f"{url}/login")
    tab.locator(f'button[value="{role}"]').click()
    tab.goto(url + page)
    tab.wait_for_timeout(SETTLE_MS)
    if role == "dispatcher":
        tab.keyboard.press("j")
        tab.wait_for_timeout(SETTLE_MS)
    tab.screenshot(path=IMAGES / f"{name}.png")
    context.close()


def main() -> int:
    """Take all of them."""
    url = (sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8144").rstrip("/")
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for shot in SHOTS:
            take(browser, url, *shot)
            print(IMAGES / f"{shot[0]}.png")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
