"""POST /items: what comes in, bad input, repeats."""

import io
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from store.database import Database
from tests.callers import code
from tests.factories import (
    IN_T1G1,
    NEAR_T2,
    OUTSIDE,
    RunningService,
    a_report,
    a_service,
)


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


def test_an_item_comes_in_and_is_dispatched(service: RunningService) -> None:
    answer = service["channel"].post("/items", a_report(lon=NEAR_T2[0], client_ref="a-1"))
    item = answer.get_json()
    assert answer.status_code == 201 and answer.headers["Location"] == f"/api/v1/items/{item['number']}"
    assert (item["status"], item["version"], item["lead"]["code"]) == ("dispatched", 1, "T1")
    where = item["resolution"]
    assert (where["township"]["code"], where["grid"]["name"], where["edition"]) == ("T1", "grid 1", 1)
    assert where["doubtful"] and where["border_m"] == pytest.approx(10, abs=0.1)
    assert {c["township"] for c in where["candidates"]} == {"T1", "T2"}
    assert item["location"]["original"] == {"lon": NEAR_T2[0], "lat": NEAR_T2[1], "datum": "wgs84"}
    again = service["dispatcher"].get(f"/items/{item['number']}").get_json()
    assert again["number"] == item["number"] and "track_code" not in again


BAD_PLACES: list[tuple[dict[str, Any], str]] = [
    ({"lon": IN_T1G1[1], "lat": IN_T1G1[0]}, "swapped-axes"),
    ({"lon": 0, "lat": 0}, "null-island"),
    ({"lon": 500}, "out-of-range"),
    ({"lon": "here"}, "not-a-number"),
    ({"lon": None, "lat": None}, "no-location"),
    ({"datum": "atlantis"}, "unknown-datum"),
    ({"lon": OUTSIDE[0]}, "outside-district"),
    ({"lon": None, "lat": None, "address": "月亮背面"}, "address-unknown"),
    ({"lon": None, "lat": None, "address": "中心公园"}, "address-ambiguous"),
]


def test_every_bad_place_is_taken_in_and_waits(service: RunningService) -> None:
    waiting = {}
    for fields, reason in BAD_PLACES:
        item = service["channel"].report(**fields)
        assert (item["status"], item["resolution"]["reason"], item["lead"]["kind"]) == ("received", reason, "centre")
        waiting[item["number"]] = reason
    assert service["dispatcher"].numbers(queue="unlocated") == set(waiting)
    assert service["dispatcher"].get("/queues").get_json()["unlocated"] == len(waiting)
    swapped = next(number for number, reason in waiting.items() if reason == "swapped-axes")
    assert service["dispatcher"].act(swapped, "locate", lon=IN_T1G1[0], lat=IN_T1G1[1])["status"] == "dispatched"
    assert swapped not in service["dispatcher"].numbers(queue="unlocated")


def test_unknown_words_are_kept(service: RunningService) -> None:
    told = service["channel"].report(category="火星", kind="gossip", channel="pigeon", ward=["w", 1])
    assert "ward" not in told["given"]  # whose kind nobody knows may be a report: what else it says is the dispatcher's
    item = service["dispatcher"].get(f"/items/{told['number']}").get_json()
    assert (item["category"], item["kind"], item["channel"]) == ("unclassified",) * 3
    assert item["given"] == {"category": "火星", "kind": "gossip", "channel": "pigeon", "ward": ["w", 1]}
    assert service["dispatcher"].numbers(queue="unclassified") == {item["number"]}


def test_emoji_and_right_to_left_text_come_back_as_they_were(service: RunningService) -> None:
    words = "路灯坏了🚨👨‍👩‍👧 ‏الضوء مكسور‏ e\u0301 \u202eabc"
    item = service["channel"].report(description=words)
    assert item["description"] == words
    assert service["dispatcher"].numbers(q="🚨👨‍👩‍👧 ‏الضوء") == {item["number"]}


@pytest.mark.parametrize(
    "raw",
    [
        b'{"lon": NaN}',
        b'{"lon": -Infinity}',
        b'{"description": "x", "lon": 1e999}',
        b"",
        b"{",
        b"[1]",
        b"null",
        b'"x"',
        b'{"description": "\xff"}',
        b"[" * 5000,
    ],
)
def test_what_is_no_json_object(service: RunningService, raw: bytes) -> None:
    assert code(service["channel"].post("/items", data=raw)) == (400, "not-json")


@pytest.mark.parametrize("body", [{}, {"reporter": {"name": "x"}}, {"description": "  ", "address": "\t"}])
def test_what_says_nothing(service: RunningService, body: dict[str, Any]) -> None:
    assert code(service["channel"].post("/items", body)) == (422, "empty-item")


def test_a_body_over_a_mebibyte_announced_or_chunked(service: RunningService) -> None:
    large = json.dumps({"description": "x" * 1024 * 1024}).encode()
    channel = service["channel"]
    assert code(channel.post("/items", data=large)) == (413, "too-large")
    chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    answer = channel.client.post(
        "/api/v1/items",
        input_stream=io.BytesIO(large),
        environ_overrides=chunked,
        headers={"Authorization": f"Bearer {channel.token}"},
    )
    assert code(answer) == (413, "too-large")
    fits = json.dumps({"description": "x" * (1024 * 1024 - 20)}).encode()
    assert len(fits) <= 1024 * 1024 and channel.post("/items", data=fits).status_code == 201


def test_nobody_comes_in_without_a_token(service: RunningService) -> None:
    anybody = service.app.test_client()
    assert code(anybody.post("/api/v1/items", json=a_report())) == (401, "not-signed-in")
    assert code(anybody.get("/api/v1/live")) == (401, "not-signed-in")


def test_a_repeat_is_the_first_item(service: RunningService) -> None:
    channel = service["channel"]
    first = channel.report(client_ref="ref-1")
    again = channel.post("/items", a_report(client_ref="ref-1", description="other words"))
    assert again.status_code == 200
    assert (again.get_json()["number"], again.get_json()["track_code"]) == (first["number"], first["track_code"])
    assert again.get_json()["description"] == first["description"]
    for other in (
        channel.report(client_ref="ref-1", channel="web"),
        service["other-channel"].report(client_ref="ref-1"),
        channel.report(client_ref="ref-2"),
        channel.report(),
        channel.report(),
    ):
        assert other["number"] != first["number"] and other["track_code"] != first["track_code"]


def test_an_idempotency_key_is_the_accounts_own(service: RunningService) -> None:
    key = {"Idempotency-Key": "k-1"}
    channel, other = service["channel"], service["other-channel"]
    answers = [who.post("/items", a_report(), headers=key) for who in (channel, channel, other, other)]
    assert [answer.status_code for answer in answers] == [201, 200, 201, 200]
    numbers = [answer.get_json()["number"] for answer in answers]
    assert numbers[0] == numbers[1] != numbers[2] == numbers[3]


def test_long_references_that_begin_alike_are_two(service: RunningService) -> None:
    channel = service["channel"]
    long = "".join(map(chr, range(0x4E00, 0x4E00 + 5000)))
    one, two = channel.report(client_ref=long + "1"), channel.report(client_ref=long + "2")
    assert one["number"] != two["number"]
    assert channel.post("/items", a_report(client_ref=long + "1")).get_json()["number"] == one["number"]
    assert channel.report(channel=long, client_ref="x")["given"]["channel"] == long
    same = [channel.post("/items", a_report(), headers={"Idempotency-Key": "k" * 5000 + end}) for end in "112"]
    assert [answer.status_code for answer in same] == [201, 200, 201]


def test_repeats_at_once_in_one_process(service: RunningService) -> None:
    channel = service["channel"]

    def send(_: int) -> tuple[int, str]:
        fresh = service.app.test_client()
        answer = fresh.post(
            "/api/v1/items", json=a_report(client_ref="same"), headers={"Authorization": f"Bearer {channel.token}"}
        )
        return answer.status_code, answer.get_json()["number"]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(24)))
    assert sorted(status for status, _ in answers) == [200] * 23 + [201]
    assert len({number for _, number in answers}) == 1
    assert len(service["dispatcher"].numbers()) == 1
