"""Photographs over HTTP: adding, showing in scope alone, what is refused, repeats."""

import hashlib
import io
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from store.database import Database
from tests.factories import IN_T1G1, IN_T2G1, PEOPLE, RunningService, a_service
from tests.pictures import a_picture, exif, opened
from tests.web.photo_calls import a_form, added, code, send
from tests.web.small_app import PASSWORD
from web.photos import MOST_BYTES

AT_THE_SPOT = exif(*IN_T1G1, "2026:11:24 12:00:00", "+08:00")
"""What the camera of somebody standing at the item writes."""


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


def test_a_worker_photographs_and_the_item_shows_it(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    answer = send(service["w-T1G1"], number, "before", a_picture("PNG", exif=AT_THE_SPOT))
    photo = answer.get_json()
    assert answer.status_code == 201 and answer.headers["Location"] == photo["url"]
    assert (photo["stage"], photo["width"], photo["height"]) == ("before", 640, 480)
    assert photo["taken_at"] == "2026-11-24T04:00:00+00:00"
    assert (photo["place"]["lon"], photo["place"]["lat"]) == pytest.approx(IN_T1G1, abs=1e-6)
    assert photo["place"]["distance_m"] == pytest.approx(0, abs=0.2)
    assert (photo["by"], photo["released"]) == ({"role": "worker", "unit": None}, False)
    assert (photo["duplicate_of"], photo["duplicates"]) == ([], 0)
    item = service["dispatcher"].get(f"/items/{number}").get_json()
    assert item["photos"] == [photo] and item["version"] == 2
    assert service["dispatcher"].get("/items").get_json()["items"][0]["photos"] == [photo]
    picture = service["officer"].get(photo["url"].removeprefix("/api/v1"))
    small = service["officer"].get(photo["thumbnail"].removeprefix("/api/v1"))
    assert (opened(picture.data).size, opened(small.data).size) == ((640, 480), (320, 240))
    for one in (picture, small):
        assert one.headers["Content-Type"] == "image/jpeg"
        assert one.headers["X-Content-Type-Options"] == "nosniff"
        assert one.headers["Content-Security-Policy"] == "default-src 'none'"
        assert one.headers["Cache-Control"] == "private, max-age=31536000, immutable"
        assert not opened(one.data).getexif()


def test_the_distance_follows_the_item(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    added(service["w-T1G1"], number, sent=a_picture(exif=AT_THE_SPOT))
    moved = service["dispatcher"].act(number, "locate", lon=IN_T1G1[0] + 0.001, lat=IN_T1G1[1])
    assert moved["photos"][0]["place"]["distance_m"] == pytest.approx(100.1, abs=0.5)
    plain = added(service["dispatcher"], number, "scene")
    assert (plain["place"], plain["taken_at"]) == (None, None)


def test_its_event_holds_the_digest_and_no_position(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    photo = added(service["w-T1G1"], number, sent=a_picture(exif=AT_THE_SPOT))
    bare = added(service["w-T1G1"], number, "after", sent=a_picture(color="navy"))
    events = service["dispatcher"].get(f"/items/{number}/events").get_json()["events"]
    assert [event["action"] for event in events] == ["received", "photo", "photo"]
    for event, one, position in zip(events[1:], (photo, bare), (True, False), strict=True):
        body = json.loads(event["body"])
        stored = service["dispatcher"].get(f"/photos/{one['id']}").data
        assert (body["photo"], body["stage"], body["position"]) == (one["id"], one["stage"], position)
        assert body["sha256"] == hashlib.sha256(stored).hexdigest()
        assert "119.3" not in event["body"] and "12:00" not in event["body"]
        assert event["hash"] == hashlib.sha256((event["prev_hash"] + event["body"]).encode()).hexdigest()


def test_an_etag_saves_the_second_reading(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    photo = added(service["w-T1G1"], number)
    first = service["dispatcher"].get(f"/photos/{photo['id']}")
    again = service["dispatcher"].get(f"/photos/{photo['id']}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert service["dispatcher"].get(f"/photos/{photo['id']}/thumbnail").headers["ETag"] != first.headers["ETag"]
    strange = service["w-T2G1"].get(f"/photos/{photo['id']}", headers={"If-None-Match": first.headers["ETag"]})
    assert code(strange) == (404, "not-found")


ADD = {"dispatcher", "officer", "w-T1G1", "department", "channel"}
SEE = ADD | {"supervisor", "planner", "leader", "leader-T1", "admin"}


def test_who_may_see_and_who_may_add(service: RunningService) -> None:
    """A dirty toilet in T1G1: T1 leads, city-management handles, the worker of T1G1 has a task."""
    number = service["channel"].report()["number"]
    photo = added(service["w-T1G1"], number)
    for name in PEOPLE:
        for path in (f"/photos/{photo['id']}", f"/photos/{photo['id']}/thumbnail"):
            assert service[name].get(path).status_code == (200 if name in SEE else 404), name
        status = send(service[name], number, "scene").status_code
        assert status == (201 if name in ADD else 403 if name in SEE else 404), name
        item = service[name].get(f"/items/{number}").get_json()
        stages = ["before", "after", "scene"] if name in ADD else [] if name in SEE else None
        assert item.get("photo_stages") == stages, name
    nobody = service.app.test_client()
    assert code(nobody.get(photo["url"])) == (401, "not-signed-in")
    assert code(nobody.post(f"/api/v1/items/{number}/photos")) == (401, "not-signed-in")


def test_whoever_loses_the_item_loses_its_photographs(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    photo = added(service["w-T1G1"], number)
    service["dispatcher"].act(number, "locate", lon=IN_T2G1[0], lat=IN_T2G1[1])
    for name in ("w-T1G1", "officer"):
        assert code(service[name].get(f"/photos/{photo['id']}")) == (404, "not-found")
        assert code(send(service[name], number)) == (404, "not-found")
    assert service["w-T2G1"].get(f"/photos/{photo['id']}").status_code == 200


@pytest.mark.parametrize("id", ["0", "99", "-1", "x", "1.0", "١", "9" * 18, "9" * 40, "1e3"])
def test_photographs_that_are_not_there(service: RunningService, id: str) -> None:
    added(service["w-T1G1"], service["channel"].report()["number"])
    dispatcher = service["dispatcher"]
    assert code(dispatcher.get(f"/photos/{id}")) == (404, "not-found")
    assert code(dispatcher.get(f"/photos/{id}/thumbnail")) == (404, "not-found")
    assert code(dispatcher.post(f"/photos/{id}/release")) == (404, "not-found")


@pytest.mark.parametrize(
    ("sent", "wanted"),
    [
        (b"", (422, "bad-photo")),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", (422, "bad-photo")),
        (b"%PDF-1.7", (422, "bad-photo")),
        (b"<!doctype html><script>alert(1)</script>", (422, "bad-photo")),
        (a_picture()[:-900], (422, "bad-photo")),
        (b"x" * (MOST_BYTES + 1), (413, "too-large")),
        (b"x" * (MOST_BYTES + 2_000_000), (413, "too-large")),
    ],
    ids=["empty", "svg", "pdf", "html", "cut short", "a byte too many", "far too many"],
)
def test_files_that_are_refused_change_nothing(service: RunningService, sent: bytes, wanted: tuple[int, str]) -> None:
    number = service["channel"].report()["number"]
    answer = send(service["w-T1G1"], number, sent=sent)
    assert code(answer) == wanted
    item = service["w-T1G1"].get(f"/items/{number}").get_json()
    assert (item["version"], item["photos"]) == (1, [])
    assert not service.database.settings.photos.exists()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_body_of_no_announced_length_is_cut_off(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    form = a_form(b"x" * (MOST_BYTES + 2_000_000))
    answer = service.app.test_client().post(
        f"/api/v1/items/{number}/photos",
        input_stream=io.BytesIO(form["data"]),
        content_type=form["content_type"],
        headers={"Authorization": f"Bearer {service['w-T1G1'].token}"},
        environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
    )
    assert code(answer) == (413, "too-large")


def test_a_large_file_is_taken(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    sent = a_picture() + b"\0" * (MOST_BYTES - len(a_picture()))
    photo = added(service["w-T1G1"], number, sent=sent)
    assert len(service["w-T1G1"].get(f"/photos/{photo['id']}").data) < 100_000


def test_forms_that_make_no_sense(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    worker = service["w-T1G1"]
    assert code(send(worker, number, "during")) == (422, "bad-arguments")
    assert code(send(worker, number, None)) == (422, "bad-arguments")
    assert code(worker.post(f"/items/{number}/photos", {"stage": "before"})) == (422, "bad-arguments")
    words = {"photo": "words", "stage": "before"}
    assert code(worker.post(f"/items/{number}/photos", data=words)) == (422, "bad-arguments")
    assert code(send(worker, "261124-9999999")) == (404, "not-found")


def test_evidence_of_an_item_that_has_ended_is_complete(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    service["dispatcher"].act(number, "reply", text="已告知")
    added(service["dispatcher"], number, "after")
    with service.pool.transaction() as cur:
        cur.execute("UPDATE items SET status = 'closed' WHERE number = %(number)s", {"number": number})
    refused = send(service["dispatcher"], number, "after")
    assert code(refused) == (409, "wrong-state") and "allowed" in refused.get_json()
    assert code(send(service["supervisor"], number)) == (403, "forbidden"), "rights are asked before the state is"
    assert service["dispatcher"].get(f"/items/{number}").get_json()["photo_stages"] == []


def test_a_repeat_is_the_first_photograph(service: RunningService) -> None:
    channel, worker = service["channel"], service["w-T1G1"]
    number, other = channel.report()["number"], channel.report()["number"]
    first = added(worker, number, key="k-1")
    again = send(worker, number, "after", a_picture(color="navy"), "k-1")
    assert (again.status_code, again.get_json()) == (200, first)
    assert send(worker, number, "before", b"no picture", "k-1").get_json() == first
    officer = service["officer"]
    others = [(worker, number, "k-2"), (worker, number, ""), (officer, number, "k-1"), (worker, other, "k-1")]
    for who, where, key in others:
        assert added(who, where, key=key)["id"] != first["id"]
    long = [added(worker, number, key="k" * 5000 + end)["id"] for end in "12"]
    assert long[0] != long[1]
    assert send(worker, number, key="k" * 5000 + "2").get_json()["id"] == long[1]
    service["dispatcher"].act(number, "locate", lon=IN_T2G1[0], lat=IN_T2G1[1])
    assert code(send(worker, number, key="k-1")) == (404, "not-found")


def test_repeats_at_once(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    token = service["w-T1G1"].token

    def once(_: int) -> tuple[int, int]:
        answer = service.app.test_client().post(
            f"/api/v1/items/{number}/photos",
            **a_form(a_picture(), "after"),
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "k"},
        )
        assert answer.status_code in (200, 201), answer.get_json()
        return answer.status_code, answer.get_json()["id"]

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(once, range(12)))
    assert sorted(status for status, _ in answers) == [200] * 11 + [201]
    assert len({id for _, id in answers}) == 1
    events = service["dispatcher"].get(f"/items/{number}/events").get_json()["events"]
    assert [event["action"] for event in events] == ["received", "photo"]


def test_a_session_needs_its_token(service: RunningService) -> None:
    """A form from another site carries the cookie and nothing else."""
    number = service["channel"].report()["number"]
    client = service.app.test_client()
    service.service.accounts.set_password(service["w-T1G1"].account.name, PASSWORD)
    assert client.post("/login", data={"name": "w-T1G1", "password": PASSWORD}).status_code == 303
    path, form = f"/api/v1/items/{number}/photos", a_form(a_picture())
    assert code(client.post(path, **form)) == (403, "csrf")
    token = client.get("/api/v1/me").get_json()["csrf_token"]
    sent = client.post(path, headers={"X-CSRF-Token": token}, **form)
    assert sent.status_code == 201
