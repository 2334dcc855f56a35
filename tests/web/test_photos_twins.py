"""Photographs over HTTP: the same picture elsewhere, and what the citizen may see."""

import pytest

from store.database import Database
from tests.factories import IN_T2G1, PEOPLE, RUBBISH, RunningService, a_service
from tests.pictures import a_picture, exif
from tests.web.photo_calls import added, code


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


def test_the_same_picture_elsewhere_is_flagged(service: RunningService) -> None:
    channel, dispatcher, worker = service["channel"], service["dispatcher"], service["w-T1G1"]
    one, two = channel.report()["number"], channel.report()["number"]
    far = channel.report(lon=IN_T2G1[0], category=RUBBISH)["number"]
    first = added(worker, one)
    same_bytes = added(worker, two)
    assert (same_bytes["duplicate_of"], same_bytes["duplicates"]) == ([one], 1)
    dressed = added(service["w-T2G1"], far, "after", sent=a_picture(exif=exif(119.3, 26.0)))
    assert (dressed["duplicate_of"], dressed["duplicates"]) == ([], 2), "the number of what you may not see is not told"
    (shown,) = dispatcher.get(f"/items/{one}").get_json()["photos"]
    assert (shown["id"], set(shown["duplicate_of"]), shown["duplicates"]) == (first["id"], {two, far}, 2)
    assert worker.get(f"/items/{one}").get_json()["photos"][0]["duplicate_of"] == [two]
    assert added(worker, one, sent=a_picture(color="navy"))["duplicates"] == 0


def test_the_same_picture_before_and_after_is_flagged(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    added(service["w-T1G1"], number, "before")
    assert added(service["w-T1G1"], number, "before")["duplicate_of"] == [], "sent twice by accident is no matter"
    assert added(service["w-T1G1"], number, "after")["duplicate_of"] == [number]


def test_a_dispatcher_releases_a_photograph(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    photo = added(service["w-T1G1"], number)
    path = f"/photos/{photo['id']}/release"
    for name in set(PEOPLE) - {"dispatcher"}:
        assert code(service[name].post(path)) == (403, "forbidden")
    done = service["dispatcher"].post(path, {"reason": "给市民看整改前后"})
    assert (done.status_code, done.get_json()) == (200, photo | {"released": True})
    assert service["dispatcher"].post(path).get_json()["released"] is True
    item = service["w-T1G1"].get(f"/items/{number}").get_json()
    assert (item["photos"][0]["released"], item["version"]) == (True, 3)
    events = service["dispatcher"].get(f"/items/{number}/events").get_json()["events"]
    assert [event["action"] for event in events] == ["received", "photo", "release"]
    assert events[2]["words"] == "给市民看整改前后" and "整改" not in events[2]["body"]
    assert code(service["dispatcher"].post(path, {"reason": 7})) == (422, "bad-arguments")
    bare = added(service["w-T1G1"], number, "after")
    assert service["dispatcher"].post(f"/photos/{bare['id']}/release", data=b"").status_code == 200
