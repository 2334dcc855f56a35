"""The grid worker's page as an app: manifest, service worker, the way to an item, a call for help, own findings."""

import json
import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from store.database import Database
from tests.callers import code
from tests.factories import Caller, RunningService, a_service, following
from tests.web.photo_calls import send
from web import phone

WORKER = "w-T1G1"


@pytest.fixture
def service(database: Database) -> Iterator[RunningService]:
    running = a_service(database)
    running.relay()
    with following(running):
        yield running


def is_there(client: FlaskClient, path: str) -> bool:
    with client.get(path) as answer:
        return answer.status_code == 200


def test_the_manifest_makes_the_page_installable(service: RunningService) -> None:
    client = service[WORKER].client
    answer = client.get("/manifest.webmanifest", headers={"Accept-Language": "en"})
    assert answer.status_code == 200 and answer.content_type == "application/manifest+json"
    told = answer.get_json()
    assert told["start_url"] == "/work" and told["display"] == "standalone" and told["name"] == "Firstline: my tasks"
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in told["icons"]}
    assert [icon["src"] for icon in told["icons"] if not is_there(client, icon["src"])] == []


def test_the_service_worker_names_its_version_and_keeps_what_is_there(service: RunningService) -> None:
    client = service[WORKER].client
    answer = client.get("/service-worker.js")
    assert answer.status_code == 200 and answer.content_type.startswith("text/javascript")
    assert answer.headers["Service-Worker-Allowed"] == "/" and answer.headers["Cache-Control"] == "no-cache"
    assert answer.text.startswith(f'const VERSION = "{phone.version()}";\n')
    assets = json.loads(re.findall(r"const ASSETS = (\[.+\]);", answer.text)[0])
    assert {"/static/work.js", "/static/work.css", "/static/outbox.js", "/static/vendor/leaflet/leaflet.js"} <= set(
        assets
    )
    assert [path for path in assets if not is_there(client, path)] == []


def test_every_script_that_the_page_needs_is_kept() -> None:
    waiting, needed = ["work.js", "bell.js"], set[str]()
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            text = (phone.STATIC / name).read_text(encoding="utf-8")
            waiting += re.findall(r'from "\./([a-z]+\.js)"', text)
    assert {f"/static/{name}" for name in needed} <= set(phone.assets())


def test_the_version_follows_what_the_page_is_made_of(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    first = phone.version()
    monkeypatch.setattr(phone, "MADE_OF", ("static/*",))
    phone.version.cache_clear()
    try:
        assert phone.version() != first
    finally:
        monkeypatch.undo()
        phone.version.cache_clear()
    assert phone.version() == first


def test_a_worker_is_told_the_way_and_nobody_else(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    location = service[WORKER].get(f"/items/{number}").get_json()["location"]
    assert set(location["navigation"]) == {"geo", "amap", "baidu", "tencent"}
    assert number in location["navigation"]["amap"]
    assert "navigation" not in service["dispatcher"].get(f"/items/{number}").get_json()["location"]


def kinds(caller: Caller) -> list[str]:
    return [one["kind"] for one in caller.get("/notices").get_json()["notices"]]


def test_a_call_for_help_reaches_the_officer(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    service[WORKER].act(number, "comment", text="只是备注")
    assert "help_asked" not in kinds(service["officer"])
    service[WORKER].act(number, "comment", text="需要水泵", help=True)
    assert kinds(service["officer"])[0] == "help_asked" and "help_asked" not in kinds(service["officer-T2"])
    last = service["officer"].get(f"/items/{number}/events").get_json()["events"][-1]
    assert last["data"]["help"] is True and last["words"] == "需要水泵" and "需要水泵" not in last["body"]


def test_help_is_for_whoever_has_the_task(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    body = {"action": "comment", "text": "来人", "help": True}
    assert code(service["dispatcher"].post(f"/items/{number}/actions", body)) == (403, "forbidden")
    bad = service[WORKER].post(f"/items/{number}/actions", body | {"help": "yes"})
    assert code(bad) == (422, "bad-arguments")


def test_a_patrol_adds_photographs_to_what_it_found_and_follows_it(service: RunningService) -> None:
    number = service[WORKER].report(channel="patrol", kind="finding", lon=None, lat=None)["number"]
    first, again = (send(service[WORKER], number, "scene", key="k") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert service[WORKER].get(f"/items/{number}").get_json()["photo_stages"]
    assert send(service["w-T2G1"], number, "scene").status_code == 404
