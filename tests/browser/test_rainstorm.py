"""Many at once on the console: stopping, a sweep from a selection, a survey; and what races could spoil."""

import itertools
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import DESKTOP, PHONE, Visit, until_true
from tests.browser.test_axe import faults
from tests.browser.test_console import INSIDE, an_item, settled
from tests.browser.test_summonses import an_item_of

_words = itertools.count(1)
TOWNSHIPS = 10


def slowly(page: Page, ms: int) -> None:
    """Each action takes so long."""

    def later(route: Route) -> None:
        page.wait_for_timeout(ms)
        route.continue_()

    page.route("**/actions", later)


def test_stopped_in_the_middle_the_rest_stays_selected(visit: Visit) -> None:
    dispatcher = visit("dispatcher")
    word = f"停下{next(_words)}积水"
    made = [an_item(dispatcher, description=word, lon=INSIDE[0], lat=INSIDE[1])["number"] for _ in range(12)]
    page = settled(dispatcher.go(f"/?q={word}&queue="))
    expect(page.locator(".rows .row")).to_have_count(12)
    page.check("#many-all")
    slowly(page, 150)
    page.click("[data-many=assign]")
    page.select_option("#ask [name=main]", "city-management")
    page.click("#ask footer .main")
    expect(page.locator(".outcomes li").first).to_be_visible()
    page.keyboard.press("Escape")  # as the button does
    expect(page.locator(".bulk footer .main")).to_be_visible()
    expect(page.locator(".outcomes .failed")).to_contain_text("未")
    page.keyboard.press("Escape")
    expect(page.locator(".bulk")).to_have_count(0)
    mains = [dispatcher.get(f"/items/{one}")["handlers"][0]["unit"] for one in made]
    done = mains.count("city-management")
    assert 0 < done < 12
    expect(page.locator("#many .count")).to_have_text(f"已选 {12 - done} 件")


def test_a_sweep_is_opened_from_a_selection(visit: Visit, pictures: Path) -> None:
    officer, dispatcher = visit("officer"), visit("dispatcher")
    township, word = officer.get("/me")["unit"], f"摊点{next(_words)}扰民"
    numbers = []
    for category in ("2.06", "2.06", "1.02"):  # the last is no like: it is put there by hand
        item, _ = an_item_of(officer, dispatcher, category=category, description=word)
        dispatcher.post(f"/items/{item['number']}/actions", {"action": "assign", "main": township})
        numbers.append(item["number"])
    page = settled(dispatcher.go(f"/?q={word}&queue="))
    page.check("#many-all")
    page.click("[data-many=sweep]")
    expect(page.locator("#toast")).to_contain_text("已办结")
    for action, more in (("accept", {}), ("settle", {"note": "已劝导"})):
        officer.post(f"/items/{numbers[0]}/actions", {"action": action, **more})
    page.click("[data-many=clear]")
    expect(page.locator(f".row[data-number='{numbers[0]}'] .tag").first).to_have_text("已办结")
    page.check("#many-all")
    page.click("[data-many=sweep]")
    page.select_option("#ask [name=from]", numbers[0])
    page.click("#ask footer .main")
    expect(page.locator(".bulk footer .main")).to_be_visible()
    page.screenshot(path=pictures / "sweep-bulk.png")
    page.click(".bulk footer .main")
    sweep = dispatcher.get(f"/sweeps?from={numbers[0]}")["sweeps"][0]
    assert set(numbers[1:]) <= {one["number"] for one in sweep["members"]}


@pytest.mark.parametrize("size, language", [(DESKTOP, "en-GB"), (PHONE, "zh-CN")], ids=["desktop", "phone"])
def test_a_dispatcher_surveys_chosen_cells(visit: Visit, pictures: Path, size: tuple[int, int], language: str) -> None:
    dispatcher = visit("dispatcher", size, language)
    cell = dispatcher.get("/map/density?level=grid&geometry=none")["features"][0]["properties"]["code"]
    page = settled(dispatcher.go(f"/?queue=&status=any&area={cell}&level=grid"))
    page.click("[data-many=survey]")
    page.click("#surveys [data-do=new]")
    expect(page.locator("#ask [name=cells]")).to_have_count(
        len(dispatcher.get("/map/density?level=grid&geometry=none")["features"])
    )
    assert [box.get_attribute("value") for box in page.locator("#ask [name=cells]:checked").all()] == [cell]
    expect(page.locator("#ask details")).to_have_count(TOWNSHIPS)
    page.locator("#ask [data-all]").nth(1).check()
    page.fill("#ask [name=text]", f"窨井盖有无缺失{next(_words)}")
    page.screenshot(path=pictures / f"survey-ask-{size[0]}-{language}.png")
    assert faults(page) == []
    chosen = page.locator("#ask [name=cells]:checked").count()
    page.click("#ask footer .main")
    card = page.locator("#surveys .sweep").first
    expect(card).to_contain_text("窨井盖有无缺失")
    page.screenshot(path=pictures / f"surveys-{size[0]}-{language}.png")
    assert faults(page) == []
    assert len(dispatcher.get("/sweeps")["sweeps"][0]["tasks"]) == chosen > 1
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0], "nothing sticks out at the side"
    page.keyboard.press("Escape")
    expect(page.locator("#surveys")).to_be_hidden()


def test_somebody_else_is_named_on_row_and_card(visit: Visit) -> None:
    officer, dispatcher = visit("officer"), visit("dispatcher")
    item, _ = an_item_of(officer, dispatcher)
    theirs = settled(officer.go(f"/?item={item['number']}"))
    expect(theirs.locator("#card")).to_contain_text(item["number"])
    page = settled(dispatcher.go(f"/?item={item['number']}"))
    name = officer.get("/me")["name"]
    expect(page.locator("#looking")).to_contain_text(name)
    expect(page.locator(f".row[data-number='{item['number']}'] .looking")).to_contain_text(name)


def test_the_card_is_always_the_chosen_items(visit: Visit) -> None:
    dispatcher = visit("dispatcher")
    slow, quick = (an_item(dispatcher, lon=INSIDE[0], lat=INSIDE[1])["number"] for _ in range(2))
    page = settled(dispatcher.go("/?queue="))

    def later(route: Route) -> None:
        page.wait_for_timeout(700)
        route.continue_()

    page.route(f"**/items/{slow}", later)
    page.evaluate(
        "both => { for (const n of both) document.querySelector(`.row[data-number='${n}'] > button`).click(); }",
        [slow, quick],
    )
    expect(page.locator("#card")).to_contain_text(quick)
    page.wait_for_timeout(1200)
    expect(page.locator("#card")).to_contain_text(quick)
    assert slow not in page.locator("#card > .m").first.inner_text()


def test_new_items_leave_focus_and_typing_alone(visit: Visit) -> None:
    dispatcher, channel = visit("dispatcher"), visit("channel")
    mine = an_item(dispatcher, lon=INSIDE[0], lat=INSIDE[1])["number"]
    page = settled(dispatcher.go("/?queue="))
    row = page.locator(f".row[data-number='{mine}'] > button")
    row.focus()
    new = an_item(channel, lon=INSIDE[0], lat=INSIDE[1])["number"]
    expect(page.locator(f".row[data-number='{new}']")).to_be_visible()
    expect(row).to_be_focused()
    search = page.locator("#find input")
    search.press_sequentially("east ")
    until_true(page, "() => new URLSearchParams(location.search).get('q') === 'east'")
    page.wait_for_timeout(200)
    search.press_sequentially("gate")
    expect(search).to_have_value("east gate")


def test_a_word_being_put_together_is_not_searched_for(visit: Visit) -> None:
    page = settled(visit("dispatcher").go("/?queue="))
    page.locator("#find input").focus()
    typing = page.context.new_cdp_session(page)
    typing.send("Input.imeSetComposition", {"text": "xi'hu", "selectionStart": 5, "selectionEnd": 5})
    page.wait_for_timeout(1200)
    assert "q=" not in page.url
    typing.send("Input.insertText", {"text": "西湖"})
    until_true(page, "() => new URLSearchParams(location.search).get('q') === '西湖'")
    expect(page.locator("#find input")).to_have_value("西湖")


def test_the_list_says_when_there_is_more(visit: Visit) -> None:
    dispatcher = visit("dispatcher")
    for _ in range(20):
        an_item(dispatcher, lon=INSIDE[0], lat=INSIDE[1])
    page = settled(dispatcher.go("/?queue=&status=any"))
    expect(page.locator(".rows .row")).to_have_count(100)
    page.click("[data-do=more-rows]")
    until_true(page, "() => document.querySelectorAll('.rows .row').length > 150")
