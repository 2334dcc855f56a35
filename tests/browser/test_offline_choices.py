"""What a worker decides where an act was refused, a phone without room, and what signing out leaves on it."""

import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Visitor, until_true
from tests.browser.offline import (
    a_phone,
    a_task,
    actions_of,
    card_of,
    photograph,
    signed_in,
    states,
    unexpected,
    until_all_sent,
    write,
)

KEPT = """async ([store]) => {
  const db = await new Promise((done, failed) => {
    const asked = indexedDB.open('firstline-work', 1);
    asked.onsuccess = () => done(asked.result);
    asked.onerror = failed;
  });
  const all = await new Promise((done) => {
    const asked = db.transaction(store).objectStore(store).getAll();
    asked.onsuccess = () => done(asked.result);
  });
  db.close();
  return all.length;
}"""
"""How many things the phone keeps in one of its stores."""


@pytest.fixture
def pair(server: str, chromium: Browser) -> Any:
    """A worker's phone and a dispatcher, both at the one server."""
    town: Any = SimpleNamespace(address=server)
    worker, dispatcher = a_phone(town, chromium), signed_in(town, chromium, "dispatcher")
    yield worker, dispatcher
    faults = unexpected(worker)
    for visitor in (worker, dispatcher):
        visitor.context.close()
    assert faults == []


def refused(worker: Visitor, dispatcher: Visitor) -> str:
    """A task that was settled without a signal while its item was urged: the number; its entry stands refused."""
    page, number = worker.page, a_task(worker, dispatcher)
    card = card_of(page, number)
    card.locator("[data-action=take]").tap()
    expect(card.locator(".entry")).to_have_count(0, timeout=30_000)
    expect(card.locator("[data-action=arrive]")).to_be_visible()
    worker.context.set_offline(True)
    card.locator("[data-action=arrive]").evaluate("(button) => { button.click(); button.click(); }")
    expect(card.locator(".entry")).to_have_count(1)
    expect(card.locator("[data-action=arrive]")).to_have_count(0)
    dispatcher.post(f"/items/{number}/actions", {"action": "urge", "text": "群众又来电"})
    card.locator("button.main").first.tap()
    write(page, "井盖已补")
    worker.context.set_offline(False)
    expect(card.locator(".entry[data-state=refused]")).to_have_count(1, timeout=30_000)
    return number


def words_of(dispatcher: Visitor, number: str, action: str) -> list[str]:
    events = dispatcher.get(f"/items/{number}/events")["events"]
    return [event["words"] for event in events if event["action"] == action]


def test_a_refused_act_is_kept_as_a_note_and_the_rest_goes_on(pair: tuple[Visitor, Visitor]) -> None:
    worker, dispatcher = pair
    number = refused(worker, dispatcher)
    card = card_of(worker.page, number)
    expect(card.locator(".entry[data-state=waiting]")).to_have_count(1)
    card.locator("[data-do=note]").tap()
    second = card.locator(".entry[data-state=refused]")
    expect(second).to_contain_text("井盖已补", timeout=30_000)
    assert words_of(dispatcher, number, "comment") == ["我已到场"]
    assert "arrive" not in actions_of(dispatcher, number)
    second.locator("[data-do=note]").tap()
    expect(card.locator(".entry")).to_have_count(0, timeout=30_000)
    last = words_of(dispatcher, number, "comment")[-1]
    assert last.endswith(": 井盖已补") and not {"done", "settle"} & set(actions_of(dispatcher, number))


def test_the_words_of_a_refused_act_are_changed_and_sent(pair: tuple[Visitor, Visitor]) -> None:
    worker, dispatcher = pair
    number = refused(worker, dispatcher)
    card = card_of(worker.page, number)
    dispatcher.post(f"/items/{number}/actions", {"action": "urge", "text": "再次来电"})
    card.locator("[data-do=drop]").tap()
    worker.page.locator("#ask footer .main").tap()
    entry = card.locator(".entry[data-state=refused]")
    expect(entry).to_contain_text("井盖已补", timeout=30_000)
    entry.locator("[data-do=change]").tap()
    expect(worker.page.locator("#ask textarea")).to_have_value("井盖已补")
    write(worker.page, "井盖已补,并设警示桩")
    expect(card.locator(".entry")).to_have_count(0, timeout=30_000)
    told = words_of(dispatcher, number, "done") + words_of(dispatcher, number, "settle")
    assert told == ["井盖已补,并设警示桩"] and "arrive" not in actions_of(dispatcher, number)


FULL = """(full) => {
  const store = IDBObjectStore.prototype;
  window.whole = window.whole || { add: store.add, put: store.put };
  for (const [name, act] of Object.entries(window.whole)) {
    store[name] = !full ? act : function (...given) {
      const asked = act.apply(this, given);
      const { transaction } = this;
      const error = new DOMException("no room", "QuotaExceededError");
      Object.defineProperty(transaction, "error", { get: () => error });
      transaction.abort();
      return asked;
    };
  }
}"""
"""A phone whose storage is full gives a write up as the standard says: the transaction aborts, with that error."""


def test_a_full_phone_says_so_and_loses_nothing(pair: tuple[Visitor, Visitor]) -> None:
    worker, dispatcher = pair
    page, number = worker.page, a_task(worker, dispatcher)
    card = card_of(page, number)
    worker.context.set_offline(True)
    card.locator("[data-action=take]").tap()
    expect(card.locator(".entry[data-state=waiting]")).to_have_count(1)
    page.evaluate(FULL, True)
    photograph(page, card.locator("button[data-stage=before]"), "teal")
    expect(page.locator("#toast")).to_contain_text("存储已满")
    page.locator("[data-pane=finding]").tap()
    page.fill("#finding textarea", "路边井盖缺失")
    page.locator("#finding [type=submit]").tap()
    expect(page.locator("#finding .fault")).to_contain_text("存储已满")
    expect(page.locator("#finding textarea")).to_have_value("路边井盖缺失")
    worker.context.set_offline(False)
    last = time.monotonic() + 30
    while "take" not in actions_of(dispatcher, number):  # what waits leaves though nothing can be written down
        assert time.monotonic() < last
        page.wait_for_timeout(200)
    worker.context.set_offline(True)
    page.evaluate(FULL, False)
    page.locator("#finding [type=submit]").tap()
    expect(page.locator("#outbox .entry[data-state=waiting]").first).to_contain_text("路边井盖缺失")
    page.reload()
    page.locator("[data-pane=outbox]").tap()
    assert "waiting" in states(page)
    worker.context.set_offline(False)
    until_all_sent(page)
    assert actions_of(dispatcher, number).count("take") == 1
    assert len(dispatcher.get("/items?q=路边井盖缺失&kind=finding")["items"]) == 1


def test_signing_out_takes_the_tasks_off_the_phone_and_leaves_what_waits(pair: tuple[Visitor, Visitor]) -> None:
    worker, dispatcher = pair
    page, number = worker.page, a_task(worker, dispatcher)
    photograph(page, card_of(page, number).locator("button[data-stage=before]"), "navy")
    until_true(page, KEPT.replace("return all.length", "return all.length > 0"), ["thumbs"])
    until_true(page, KEPT.replace("return all.length", "return all.length > 0"), ["items"])
    worker.context.set_offline(True)
    card_of(page, number).locator("[data-action=take]").tap()
    expect(card_of(page, number).locator(".entry[data-state=waiting]")).to_have_count(1)
    page.locator(".sign-out button").tap()
    expect(page.locator("#toast")).to_contain_text("需要信号")
    assert page.evaluate(KEPT, ["items"]) == 1, "without a signal nothing is taken off"
    worker.context.route("**/api/v1/items/*/actions", lambda route: route.abort())
    page.on("dialog", lambda dialog: dialog.accept())
    worker.context.set_offline(False)
    page.locator(".sign-out button").tap()
    page.wait_for_url("**/login**")
    assert [page.evaluate(KEPT, [store]) for store in ("items", "thumbs", "entries")] == [0, 0, 1]
    assert page.evaluate("caches.match('/work').then((page) => page === undefined)")
    worker.context.unroute("**/api/v1/items/*/actions")
    worker.go("/login?next=/work").click("button[name=role][value=worker]")
    expect(card_of(page, number).locator("[data-action=arrive]")).to_be_visible(timeout=30_000)
    page.locator("[data-pane=outbox]").tap()
    until_all_sent(page)
    assert actions_of(dispatcher, number).count("take") == 1


def test_the_history_shows_the_phones_own_time_beside_the_receipt(pair: tuple[Visitor, Visitor]) -> None:
    worker, dispatcher = pair
    number = a_task(worker, dispatcher)
    early = (datetime.now(UTC) - timedelta(hours=2)).isoformat()
    worker.post(f"/items/{number}/actions", {"action": "take", "claimed_at": early})
    worker.post(f"/items/{number}/actions", {"action": "arrive", "claimed_at": datetime.now(UTC).isoformat()})
    page = dispatcher.go(f"/?item={number}")
    expect(page.locator(".history .claimed")).to_have_count(1)
    expect(page.locator(".history .claimed")).to_contain_text("未经核实")
