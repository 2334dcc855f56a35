"""One matter reported twice, one call with two matters, and all the likes of a settled item: on screens."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Visit
from tests.browser.test_console import an_item, settled
from tests.browser.test_summonses import an_item_of

DOGS = "2.06"


def test_a_duplicate_is_proposed_at_entry_and_merged(visit: Visit, pictures: Path) -> None:
    dispatcher, officer = visit("dispatcher"), visit("officer")
    words = "西洪路三号楼养犬整夜狂吠无法入睡"
    known, _ = an_item_of(officer, dispatcher, category=DOGS, description=words)
    place = known["location"]
    page = settled(dispatcher.go("/"))
    page.keyboard.press("n")
    page.fill("#call [name=description]", words + ",已多日")
    page.fill("#call [name=address]", place["address"])
    likes = page.locator("#call .likes")
    expect(likes).to_contain_text(known["number"])
    page.screenshot(path=pictures / "likes-at-entry-1440.png")
    page.keyboard.press("Escape")

    twin = an_item(dispatcher, lon=place["lon"], lat=place["lat"], category=DOGS, description=words + ",已多日")
    page = settled(dispatcher.go(f"/?item={twin['number']}"))
    like = page.locator(f"#card .likes li[data-number='{known['number']}']")
    expect(like).to_contain_text("同一分类")
    page.screenshot(path=pictures / "likes-1440.png")
    like.locator("[data-act=merge]").click()
    expect(page.locator("#card .tags")).to_contain_text("已并案")
    expect(page.locator("#card .kin")).to_contain_text(known["number"])
    page.click("#card .kin a")
    expect(page.locator("#card .kin")).to_contain_text(twin["number"])
    page.click("#card .kin a")
    page.click("#card [data-action=unmerge]")
    expect(page.locator("#card .kin")).to_have_count(0)
    if page.locator("#card [data-do=more]").count():
        page.click("#card [data-do=more]")
    page.click("#card [data-action=split]")
    page.fill("#ask [name=description0]", "楼道堆放杂物")
    page.screenshot(path=pictures / "split-1440.png")
    page.click("#ask footer .main")
    expect(page.locator("#card .kin")).to_contain_text("拆分出")

    phone = visit("dispatcher", PHONE)
    narrow = phone.go(f"/?item={twin['number']}")
    expect(narrow.locator("#card .likes")).to_contain_text(known["number"])
    assert narrow.evaluate("document.documentElement.scrollWidth") <= PHONE[0], "nothing sticks out at the side"
    narrow.screenshot(path=pictures / "likes-390.png", full_page=True)


def test_from_one_settled_item_to_its_likes_and_a_survey(visit: Visit, pictures: Path) -> None:
    officer, dispatcher = visit("officer"), visit("dispatcher")
    township = officer.get("/me")["unit"]
    numbers = []
    for _ in range(3):
        item, _spot = an_item_of(officer, dispatcher, category=DOGS, description="养犬扰民")
        dispatcher.post(f"/items/{item['number']}/actions", {"action": "assign", "main": township})
        numbers.append(item["number"])
    first = numbers[0]
    officer.post(f"/items/{first}/actions", {"action": "accept"})
    officer.post(f"/items/{first}/actions", {"action": "settle", "note": "已劝导"})
    page = settled(officer.go(f"/?item={first}"))
    page.click("#card [data-act=sweep]")
    page.select_option("#ask [name=area]", "township")
    page.click("#ask footer .main")
    card = page.locator("#card .sweep")
    for number in numbers[1:]:
        expect(card).to_contain_text(number)
    page.screenshot(path=pictures / "sweep-1440.png")
    card.locator("[data-act=settle-all]").click()
    page.fill("#ask [name=note]", "逐户劝导,签订文明养犬承诺")
    page.click("#ask footer .main")
    for number in numbers[1:]:
        expect(card.locator(f"li[data-number='{number}']")).to_contain_text("已办结")
    expect(card.locator(".refused").or_(card.locator(".progress")).first).to_be_visible()

    page = officer.go("/township")
    page.click("[data-act=survey]")
    page.fill("#ask [name=text]", "独居老人取快递有无困难")
    page.fill("#ask [name=due_at]", "2027-06-30T17:30")
    page.screenshot(path=pictures / "survey-ask-1440.png")
    page.click("#ask footer .main")
    survey = page.locator("#sweeps .sweep").first
    expect(survey).to_contain_text("独居老人取快递有无困难")
    page.screenshot(path=pictures / "sweeps-1440.png", full_page=True)

    small = visit("officer", PHONE, "en-US").go("/township")
    expect(small.locator("#sweeps .sweep").first).to_contain_text("Survey")
    assert small.evaluate("document.documentElement.scrollWidth") <= PHONE[0], "nothing sticks out at the side"
    small.screenshot(path=pictures / "sweeps-390.png", full_page=True)


def test_the_workers_own_survey_task(visit: Visit, pictures: Path) -> None:
    dispatcher, worker = visit("dispatcher"), visit("worker", PHONE)
    name = worker.get("/me")["name"]
    cells = [one["properties"]["code"] for one in dispatcher.get("/map/density?level=grid")["features"]]
    asked = {"cells": cells, "text": "井盖有无缺损", "due_at": "2027-06-30T17:30+08:00"}
    sweep = dispatcher.post("/sweeps", asked)
    number = sweep["id"]
    mine = [task for task in sweep["tasks"] if task["worker"] == name]
    page = worker.go("/work")
    cards = page.locator(f"#surveys .survey[data-sweep='{number}']")
    expect(cards).to_have_count(len(mine))
    page.screenshot(path=pictures / "survey-390.png")
    cards.first.locator("[data-act=result]").click()
    page.select_option("#ask [name=result]", "found")
    page.fill("#ask [name=text]", "两处破损")
    page.fill("#ask [name=count]", "2")
    page.screenshot(path=pictures / "survey-result-390.png")
    page.click("#ask footer .main")
    expect(cards).to_have_count(len(mine) - 1)
    assert dispatcher.get(f"/sweeps/{sweep['id']}")["progress"]["counted"] == 2
