"""Photographs: a worker's phone that loses the answer, and the pair on the console."""

from pathlib import Path

from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import PHONE, Visit, Visitor, until_true
from tests.browser.test_console import an_item, inside
from tests.pictures import a_picture, exif

SIDE_BY_SIDE = """() => {
    const [before, after] = ["before", "after"].map((stage) => document.querySelector(`.stages > .${stage}`));
    if (!before || !after) return false;
    const [one, two] = [before.getBoundingClientRect(), after.getBoundingClientRect()];
    return one.y === two.y && one.right <= two.x;
}"""


def choose(page: Page, button: Locator, sent: bytes) -> None:
    with page.expect_file_chooser() as chooser:
        button.click()
    chooser.value.set_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": sent})


def a_task_of(worker: Visitor, dispatcher: Visitor) -> tuple[str, tuple[float, float]]:
    """A new item in the worker's own cell: its number and where it is."""
    grid = worker.get("/me")["name"].removeprefix("w-")
    cells = dispatcher.get("/map/density?level=grid")["features"]
    spot = inside(next(cell for cell in cells if cell["properties"]["code"] == grid)["geometry"])
    item = an_item(dispatcher, lon=spot[0], lat=spot[1], accuracy_m=1, address="白龙路 1 号")
    return item["number"], (spot[0], spot[1])


def test_a_photograph_whose_answer_is_lost_is_sent_again_and_stored_once(visit: Visit, pictures: Path) -> None:
    worker, dispatcher = visit("worker", PHONE), visit("dispatcher")
    page = worker.go("/work")
    number, spot = a_task_of(worker, dispatcher)
    card = page.locator(f".task[data-number='{number}']")
    keys: list[str] = []

    def lose(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        answer = route.fetch()
        assert answer.ok, answer.text()
        if len(keys) == 1:
            route.abort()
        else:
            route.fulfill(response=answer)

    worker.context.route("**/api/v1/items/*/photos", lose)
    choose(page, card.locator("button.big[data-stage=before]"), a_picture(exif=exif(*spot)))
    waiting = card.locator(".entry[data-state=waiting]")
    expect(waiting).to_contain_text("等待发送")
    page.screenshot(path=pictures / "photo-waits.png")
    expect(card.locator(".entry")).to_have_count(0)
    expect(card.locator("figure")).to_have_count(1)
    assert [fault for fault in worker.faults if "ERR_FAILED" not in fault] == []
    worker.faults.clear()
    assert len(keys) == 2 and len(set(keys)) == 1
    photos = dispatcher.get(f"/items/{number}")["photos"]
    assert [(photo["stage"], round(photo["place"]["distance_m"])) for photo in photos] == [("before", 0)]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


def test_the_console_shows_the_pair_and_opens_the_large_one(visit: Visit, pictures: Path) -> None:
    dispatcher = visit("dispatcher")
    number = an_item(dispatcher)["number"]
    page = dispatcher.go(f"/?item={number}")
    card = page.locator("#card")
    for stage, color in (("before", "teal"), ("after", "olive")):
        card.locator(".photos select").select_option(stage)
        choose(page, card.locator("[data-do=add-photo]"), a_picture(color=color))
        expect(card.locator(f".stages > .{stage} figure img")).to_be_visible()
    until_true(page, SIDE_BY_SIDE)  # the card is drawn anew when the stream tells of it
    card.locator(".before figure button").click()
    large = page.locator("dialog.photo")
    expect(large.locator("img")).to_be_visible()
    assert large.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 640
    page.screenshot(path=pictures / "photo-large.png")
    large.locator("[data-do=release]").click()
    expect(large).to_have_count(0)
    expect(card.locator(".before")).to_contain_text("群众可见")
    assert [photo["released"] for photo in dispatcher.get(f"/items/{number}")["photos"]] == [True, False]
