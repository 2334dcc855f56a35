"""What the pictures of the pages show: a few items made in a demonstration, by the same calls that pages make."""

import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, BrowserContext, Page

FOUND = (
    ("暴露垃圾", "公交站旁堆放多袋垃圾,有异味", "白马路公交站"),
    ("路灯不亮", "巷口两盏路灯连续三晚不亮", "尚宾路 12 号"),
    ("公厕保洁与维修", "公厕地面积水,门锁损坏", "东泰路口公厕"),
    ("楼道堆物", "三层楼道堆放纸箱和旧家具", "得贵路 58 号"),
)
"""Category, words and address of what is reported in the worker's own cell."""
ANSWER = "已派人清运并冲洗地面,今后每日早晚各巡查一次。"


@dataclass(frozen=True)
class Scene:
    """What pictures ask of it: number and code of an answered item, and where the items stand (WGS84, longitude
    first)."""

    answered: tuple[str, str]
    spot: tuple[float, float]


class Hand:
    """Somebody signed in, who calls the API as the pages do."""

    def __init__(self, browser: Browser, url: str, role: str) -> None:
        self.context: BrowserContext = browser.new_context()
        page = self.context.new_page()
        sign_in(page, url, role)
        page.close()
        self.api = f"{url}/api/v1"
        self.me: dict[str, Any] = self.get("/me")

    def get(self, path: str) -> Any:
        return self.context.request.get(self.api + path).json()

    def post(self, path: str, body: dict[str, Any] | None = None, **more: Any) -> Any:
        sent: dict[str, Any] = more or {"data": body or {}}
        answer = self.context.request.post(self.api + path, headers={"X-CSRF-Token": self.me["csrf_token"]}, **sent)
        if not answer.ok:
            raise SystemExit(f"{path} was refused: {answer.text()}")
        return answer.json()

    def act(self, number: str, action: str, **args: Any) -> Any:
        return self.post(f"/items/{number}/actions", {"action": action, **args})

    def photograph(self, number: str, stage: str) -> int:
        file = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": drawn(stage)}
        return int(self.post(f"/items/{number}/photos", multipart={"stage": stage, "photo": file})["id"])


def sign_in(page: Page, url: str, role: str) -> None:
    """By the login page's button for that role."""
    page.goto(f"{url}/login")
    page.locator(f'button[name=role][value="{role}"]').click()
    page.wait_for_load_state()


def scene_of(browser: Browser, url: str) -> Scene:
    """Make the scene in the demonstration at ``url``."""
    dispatcher, worker, officer = (Hand(browser, url, role) for role in ("dispatcher", "worker", "officer"))
    cell = worker.me["name"].removeprefix("w-")
    cells = dispatcher.get("/map/density?level=grid")["features"]
    lon, lat = within(dispatcher, cell, next(one for one in cells if one["properties"]["code"] == cell)["geometry"])
    made = []
    for n, (category, description, address) in enumerate(FOUND):
        place = {"lon": lon + (n - 1.5) * 0.0004, "lat": lat + (n % 2) * 0.0004, "datum": "wgs84"}
        words = {"category": category, "description": description, "address": address}
        made.append(dispatcher.post("/items", {"channel": "phone", "accuracy_m": 5, **place, **words}))
    second, third = (item["number"] for item in made[1:3])
    worker.act(third, "take")
    for stage in ("before", "after"):
        dispatcher.post(f"/photos/{dispatcher.photograph(third, stage)}/release")
    later = datetime.now(UTC) + timedelta(minutes=90)
    called = {"departments": ["city-management", "construction-bureau"], "meet_at": later.isoformat(timespec="minutes")}
    officer.post(f"/items/{second}/summonses", called | {"place": "尚宾路 12 号巷口", "note": "请带管线图到现场会商"})
    words = {"category": "暴露垃圾", "address": "津门路菜市场东门", "description": "菜市场门口垃圾满溢"}
    answered = dispatcher.post("/items", {"channel": "phone", "lon": lon, "lat": lat, **words})
    for stage in ("before", "after"):
        dispatcher.post(f"/photos/{dispatcher.photograph(answered['number'], stage)}/release")
    dispatcher.act(answered["number"], "reply", text=ANSWER)
    for hand in (dispatcher, worker, officer):
        hand.context.close()
    return Scene((answered["number"], answered["track_code"]), (lon, lat))


def within(hand: Hand, cell: str, geometry: dict[str, Any]) -> tuple[float, float]:
    """A point of the cell, as the service itself finds it: the one nearest to the middle of its box."""
    rings = geometry["coordinates"] if geometry["type"] == "Polygon" else geometry["coordinates"][0]
    lons, lats = zip(*((point[0], point[1]) for point in rings[0]), strict=True)
    steps = sorted(((i - 4, j - 4) for i in range(9) for j in range(9)), key=lambda step: step[0] ** 2 + step[1] ** 2)
    for i, j in steps:
        lon = (min(lons) + max(lons)) / 2 + i * (max(lons) - min(lons)) / 10
        lat = (min(lats) + max(lats)) / 2 + j * (max(lats) - min(lats)) / 10
        found = hand.get(f"/resolve?lon={lon}&lat={lat}&datum=wgs84")
        if (found.get("grid") or {}).get("code") == cell:
            return lon, lat
    raise SystemExit(f"No point was found in cell {cell}.")


def drawn(stage: str) -> bytes:
    """A drawing of a pavement with a bin: with bags around it before the work, clean after it."""
    image = Image.new("RGB", (960, 720), "#c9dbe6")
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 90, 960, 420), fill="#b9a58c")
    for x in range(0, 960, 120):
        pen.rectangle((x + 20, 150, x + 90, 330), fill="#7f95a3", outline="#8b7a63", width=4)
    pen.rectangle((0, 420, 960, 720), fill="#a8a49b")
    for y in range(480, 720, 60):
        pen.line((0, y, 960, y), fill="#979389", width=3)
    pen.rounded_rectangle((400, 300, 540, 520), 14, fill="#3f7d58", outline="#2c5a3f", width=5)
    pen.rectangle((390, 290, 550, 316), fill="#2c5a3f")
    if stage == "before":
        for x, y, size, colour in ((250, 470, 110, "#2f2f35"), (330, 500, 90, "#49495a"), (560, 480, 120, "#35353c"),
                                   (660, 520, 80, "#6b5b4a"), (470, 545, 100, "#2a2a30")):  # fmt: skip
            pen.ellipse((x, y, x + size, y + size * 0.8), fill=colour)
            pen.polygon(((x + size * 0.4, y + 6), (x + size * 0.6, y + 6), (x + size * 0.5, y - 22)), fill=colour)
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=88)
    return kept.getvalue()
