"""POST /items and what follows: bad input, repeats, scope, actions, reporters."""

import io
import itertools
import json
import string
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.counters import differences
from store.database import Database
from tests.factories import (
    IN_T1G1,
    IN_T2G1,
    NEAR_T2,
    OUTSIDE,
    PEOPLE,
    POLICY,
    RUBBISH,
    TOILET,
    RunningService,
    a_report,
    a_service,
    rules,
)


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


def code(answer: Any) -> tuple[int, str]:
    assert answer.content_type == "application/problem+json"
    return answer.status_code, answer.get_json()["code"]


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
    item = service["channel"].report(category="火星", kind="gossip", channel="pigeon", ward=["w", 1])
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


def test_the_track_code_is_told_to_the_maker_alone(service: RunningService) -> None:
    item = service["channel"].report()
    assert len(item["track_code"]) == 8
    for name in PEOPLE:
        answer = service[name].get(f"/items/{item['number']}")
        assert "track_code" not in (answer.get_json() or {})
    listed = service["channel"].get("/items").get_json()["items"]
    assert [one["number"] for one in listed] == [item["number"]] and "track_code" not in listed[0]


def test_everybody_sees_the_own_and_no_other(service: RunningService) -> None:
    """List, card, events and actions agree on what is in scope; out of scope is not there."""
    made = {
        "toilet in T1": service["channel"].report(),
        "rubbish in T2": service["channel"].report(category=RUBBISH, lon=IN_T2G1[0]),
        "no place": service["other-channel"].report(lon=None, lat=None, category="?"),
        "question": service["dispatcher"].report(category=POLICY, lon=None, lat=None),
    }
    mine = {
        "dispatcher": set(made),
        "supervisor": set(made),
        "planner": set(made),
        "admin": set(made),
        "officer": {"toilet in T1"},
        "leader-T1": {"toilet in T1"},
        "officer-T2": {"rubbish in T2"},
        "w-T1G1": {"toilet in T1"},
        "w-T2G1": {"rubbish in T2"},
        "worker": set(),
        "department": {"toilet in T1", "rubbish in T2"},
        "leader": {"toilet in T1", "rubbish in T2"},
        "other-department": set(),
        "channel": {"toilet in T1", "rubbish in T2"},
        "other-channel": {"no place"},
    }
    assert mine.keys() == PEOPLE.keys()
    for name, what in mine.items():
        caller = service[name]
        assert caller.numbers() == {made[one]["number"] for one in what}, name
        for one, item in made.items():
            path = f"/items/{item['number']}"
            wanted = 200 if one in what else 404
            assert caller.get(path).status_code == caller.get(f"{path}/events").status_code == wanted, (name, one)
            comment = caller.post(f"{path}/actions", {"action": "comment", "text": "看到"})
            assert comment.status_code == wanted, (name, one)


def test_out_of_scope_and_not_there_are_told_alike(service: RunningService) -> None:
    number = service["dispatcher"].report()["number"]
    hidden = service["other-department"].get(f"/items/{number}")
    absent = service["other-department"].get("/items/261124-9999999")
    assert code(hidden) == code(absent) == (404, "not-found")
    assert hidden.get_json()["detail"].replace(number, "N") == absent.get_json()["detail"].replace(
        "261124-9999999", "N"
    )
    for odd in ("%00", "x" * 500, "'; DROP TABLE items--", "%F0%9F%9A%A8"):
        assert service["dispatcher"].get(f"/items/{odd}").status_code == 404


def test_reporters_are_masked_and_some_are_hidden(service: RunningService) -> None:
    masked = {"name": "林**", "phone": "138****5678"}
    plain = service["channel"].report()["number"]
    told = service["channel"].report(kind="report")["number"]
    confidential = service["channel"].report(confidential=True)["number"]
    for name, (role, _) in PEOPLE.items():
        for number in service[name].numbers():
            shown = service[name].get(f"/items/{number}").get_json()
            hidden = role == "planner" or (number != plain and role != "dispatcher")
            assert shown["reporter"] == (None if hidden else masked), (name, number)
            for path in (f"/items/{number}", "/items", f"/items/{number}/events"):
                text = service[name].get(path).text
                assert "林小明" not in text and "13812345678" not in text
    assert {plain, told, confidential} == service["planner"].numbers()


def test_what_else_was_said_of_a_reporter_is_not_shown_either(service: RunningService) -> None:
    number = service["channel"].report(
        reporter={"name": "林", "phone": "1", "home": "东门街9号"}, contact="陈家", category="?"
    )["number"]
    for name in service_readers(service, number):
        text = service[name].get(f"/items/{number}").text
        assert "东门街9号" not in text and ("陈家" in text) is (name != "planner")
        assert service[name].get(f"/items/{number}").get_json()["given"]["category"] == "?"
    revealed = service["dispatcher"].post(f"/items/{number}/reveal", {"reason": "回访"}).get_json()
    assert revealed == {"name": "林", "phone": "1", "given": {"home": "东门街9号"}}
    listed = service["channel"].report(reporter=["林小明", "13812345678"])["number"]
    assert "13812345678" not in service["dispatcher"].get(f"/items/{listed}").text


def service_readers(service: RunningService, number: str) -> list[str]:
    return [name for name in PEOPLE if service[name].get(f"/items/{number}").status_code == 200]


def test_revealing_leaves_a_line_in_the_access_log(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    path = f"/items/{number}/reveal"
    assert code(service["dispatcher"].post(path, {"reason": " "})) == (422, "bad-arguments")
    assert code(service["dispatcher"].post(path, {})) == (422, "bad-arguments")
    assert service.row("SELECT count(*) AS n FROM access_log")["n"] == 0
    whole = {"name": "林小明", "phone": "13812345678"}
    for n, name in enumerate(("dispatcher", "supervisor", "officer"), 1):
        assert service[name].post(path, {"reason": "回访🙂"}).get_json() == whole
        row = service.row("SELECT * FROM access_log ORDER BY id DESC LIMIT 1")
        assert (row["id"], row["account"], row["item"], row["reason"]) == (
            n,
            service[name].account.id,
            number,
            "回访🙂",
        )
    for name in ("planner", "department", "w-T1G1", "leader", "admin", "channel"):
        assert code(service[name].post(path, {"reason": "x"})) == (403, "forbidden")
    assert code(service["officer-T2"].post(path, {"reason": "x"})) == (404, "not-found")
    secret = service["channel"].report(kind="report")["number"]
    for name in ("supervisor", "officer"):
        assert code(service[name].post(f"/items/{secret}/reveal", {"reason": "x"})) == (403, "forbidden")
    assert service["dispatcher"].post(f"/items/{secret}/reveal", {"reason": "x"}).get_json() == whole
    assert service.row("SELECT count(*) AS n FROM access_log")["n"] == 4


ACTIONS: list[tuple[str, str, dict[str, Any], str]] = [
    ("locate", "dispatcher", {"lon": IN_T2G1[0], "lat": IN_T2G1[1]}, "officer"),
    ("classify", "officer", {"category": RUBBISH}, "department"),
    ("assign", "dispatcher", {"main": "housing-bureau"}, "w-T1G1"),
    ("assign", "officer", {"worker": "w-T1G2"}, "department"),
    ("accept", "department", {}, "dispatcher"),
    ("take", "w-T1G1", {}, "officer"),
    ("reply", "dispatcher", {"text": "已办"}, "officer"),
    ("urge", "dispatcher", {"text": "快"}, "supervisor"),
    ("supplement", "dispatcher", {"text": "补充"}, "planner"),
    ("comment", "leader", {"text": "知道了"}, ""),
]


@pytest.mark.parametrize(("action", "who", "args", "other"), ACTIONS)
def test_an_action_allowed_and_refused(
    service: RunningService, action: str, who: str, args: dict[str, Any], other: str
) -> None:
    number = service["channel"].report()["number"]
    if other:
        assert code(service[other].post(f"/items/{number}/actions", {"action": action, **args})) == (403, "forbidden")
        assert service["dispatcher"].get(f"/items/{number}").get_json()["version"] == 1
    after = service[who].act(number, action, **args)
    assert (after["number"], after["version"]) == (number, 2)
    events = service["dispatcher"].get(f"/items/{number}/events").get_json()["events"]
    assert [(e["seq"], e["action"]) for e in events] == [(1, "received"), (2, action)]
    assert (events[1]["actor"]["role"], events[1]["words"]) == (PEOPLE[who][0], args.get("text"))
    assert events[1]["prev_hash"] == events[0]["hash"]


def test_a_wrong_state_says_what_is_allowed(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    service["department"].act(number, "accept")
    again = service["department"].post(f"/items/{number}/actions", {"action": "accept"})
    assert code(again) == (409, "wrong-state") and again.get_json()["allowed"] == ["comment"]
    later = service["dispatcher"].post(f"/items/{number}/actions", {"action": "merge", "into": "x"})
    assert code(later) == (409, "wrong-state") and "locate" in later.get_json()["allowed"]


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ({"action": "dance"}, (422, "unknown-action")),
        ({}, (422, "bad-arguments")),
        ({"action": 7}, (422, "bad-arguments")),
        ({"action": ["x"]}, (422, "bad-arguments")),
        ({"action": "comment", "version": "1"}, (422, "bad-arguments")),
        ({"action": "comment", "version": True}, (422, "bad-arguments")),
        ({"action": "classify", "category": TOILET, "kind": ["help"]}, (422, "bad-arguments")),
        ({"action": "locate", "lon": {}, "lat": []}, (422, "not-a-number")),
    ],
)
def test_actions_that_make_no_sense(service: RunningService, body: dict[str, Any], wanted: tuple[int, str]) -> None:
    number = service["channel"].report()["number"]
    assert code(service["dispatcher"].post(f"/items/{number}/actions", body)) == wanted


def test_a_stale_version_is_told_what_changed(service: RunningService) -> None:
    number = service["channel"].report()["number"]
    dispatcher = service["dispatcher"]
    dispatcher.act(number, "comment", text="一", version=1)
    dispatcher.act(number, "comment", text="二")
    stale = dispatcher.post(f"/items/{number}/actions", {"action": "accept", "version": 1})
    assert code(stale) == (409, "changed")
    told = stale.get_json()
    assert (told["version"], [event["seq"] for event in told["events"]]) == (3, [2, 3])
    assert dispatcher.get(f"/items/{number}").get_json()["version"] == 3


def test_pages_of_items_and_their_filters(service: RunningService) -> None:
    channel, dispatcher = service["channel"], service["dispatcher"]
    one = channel.report(description="漏水 100%_x")["number"]
    two = channel.report(lon=IN_T2G1[0], category=RUBBISH, channel="web")["number"]
    three = channel.report(lon=None, lat=None, kind="help")["number"]
    pages, cursor = [], None
    while cursor is not None or not pages:
        page = dispatcher.get("/items", limit=1, **({"cursor": cursor} if cursor else {})).get_json()
        pages.append([item["number"] for item in page["items"]])
        cursor = page["next"]
    assert pages == [[three], [two], [one]]
    for query, found in [
        ({"township": "T1"}, {one}),
        ({"grid": "T2G1"}, {two}),
        ({"category": RUBBISH}, {two}),
        ({"kind": "help"}, {three}),
        ({"channel": "web"}, {two}),
        ({"status": "received"}, {three}),
        ({"status": "open"}, {one, two, three}),
        ({"bbox": "119.3,26.08,119.31,26.1"}, {one}),
        ({"q": "漏水"}, {one}),
        ({"q": "100%_"}, {one}),
        ({"q": "%"}, {one}),
        ({"q": "_"}, {one}),
        ({"q": two}, {two}),
        ({"queue": "new"}, {one, two}),
        ({"queue": "returns"}, set()),
        ({"from_": "2001-01-01", "to": "2002-01-01"}, set()),
        ({"from_": "2001-01-01"}, {one, two, three}),
    ]:
        assert dispatcher.numbers(**query) == found, query
    collection = dispatcher.get("/items", headers={"Accept": "application/geo+json"})
    assert collection.content_type == "application/geo+json"
    assert [f["geometry"] is None for f in collection.get_json()["features"]] == [True, False, False]


@pytest.mark.parametrize(
    "query",
    [
        {"status": "lost"},
        {"queue": "x"},
        {"bbox": "1,2,3"},
        {"bbox": "3,2,1,4"},
        {"limit": "0"},
        {"bbox": "nan,1,2,3"},
        {"from_": "soon"},
        {"cursor": "!!"},
        {"cursor": "ééé"},
        {"limit": "ten"},
    ],
)
def test_a_filter_that_cannot_be_understood(service: RunningService, query: dict[str, str]) -> None:
    assert code(service["dispatcher"].get("/items", **query)) == (422, "bad-filter")


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(
    "channel kind category description lon lat datum accuracy_m address reporter anonymous confidential client_ref "
    "external_ref received_at occurred_at due_at extra given number".split()
) | st.text(string.printable, min_size=1, max_size=6)
NEARLY = st.fixed_dictionaries(
    {},
    optional={
        "description": st.text(min_size=1, max_size=30),
        "lon": st.floats(119.29, 119.33),
        "lat": st.floats(26.07, 26.11),
        "datum": st.sampled_from(["wgs84", "gcj02", "bd09", "?"]),
        "category": st.sampled_from([TOILET, "公厕保洁与维修", "x"]),
        "kind": st.sampled_from(["help", "report", "?"]),
        "accuracy_m": st.floats(0, 1e4),
        "received_at": st.datetimes().map(lambda at: at.isoformat()),
        "due_at": st.datetimes().map(lambda at: at.isoformat()),
    },
)
REPORTS = st.dictionaries(NAMES, JSON, max_size=6) | st.builds(
    lambda odd, fair: odd | fair, st.dictionaries(NAMES, JSON, max_size=3), NEARLY
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=REPORTS)
def test_any_object_is_taken_in_or_says_nothing(service: RunningService, body: dict[str, Any]) -> None:
    answer = service["channel"].post("/items", body)
    if answer.status_code not in (200, 201):
        assert code(answer) == (422, "empty-item")
        assert not any(isinstance(body.get(n), str) and body[n].strip() for n in ("description", "address"))
        return
    item = answer.get_json()
    if answer.status_code == 201:
        kept(body, service["dispatcher"].get(f"/items/{item['number']}").get_json())
    assert item["lead"]["code"] and any(h["role"] == "main" for h in item["handlers"])
    assert (item["status"] == "received") == (item["resolution"]["township"] is None and needs_place(item))


def kept(body: dict[str, Any], item: dict[str, Any]) -> None:
    """What the service has no column for, or could not use, stands in ``given`` as it was sent (NUL apart)."""
    known = {
        "channel",
        "kind",
        "category",
        "description",
        "lon",
        "lat",
        "datum",
        "accuracy_m",
        "address",
        "reporter",
        "anonymous",
        "confidential",
        "client_ref",
        "external_ref",
        "received_at",
        "occurred_at",
        "due_at",
    }
    for name, value in body.items():
        if name not in known and not re_dirty(body):
            assert item["given"][name] == value
    if isinstance(body.get("description"), str) and not re_dirty(body):
        assert item["description"] == body["description"].strip()
    for name in ("category", "kind", "channel"):
        if isinstance(body.get(name), str) and body[name].strip() and item[name] == "unclassified":
            assert item["given"][name]
    for name in ("lon", "lat"):
        if item["location"]["original"] and isinstance(body.get(name), int | float):
            assert item["location"]["original"][name] == body[name]


def re_dirty(body: dict[str, Any]) -> bool:
    """Whether a text in the body holds what no database text can."""
    return "\\u0000" in json.dumps(body) or "\\ud" in json.dumps(body).lower()


def needs_place(item: dict[str, Any]) -> bool:
    return rules().needs_place(rules().category(item["category"]), item["kind"])


MORE_ACTIONS: list[tuple[str, str, dict[str, Any], str]] = [
    *ACTIONS,
    ("locate", "dispatcher", {"lon": OUTSIDE[0], "lat": OUTSIDE[1]}, ""),
    ("locate", "dispatcher", {"lon": IN_T1G1[0], "lat": IN_T1G1[1]}, ""),
    ("classify", "dispatcher", {"category": POLICY}, ""),
    ("classify", "dispatcher", {"category": TOILET, "urgency": "critical"}, ""),
    ("accept", "officer", {}, ""),
    ("accept", "dispatcher", {}, ""),
    ("assign", "dispatcher", {"main": "T2", "assist": ["city-management"]}, ""),
]
STEPS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(MORE_ACTIONS)), max_size=12)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_any_row_of_actions_leaves_the_books_right(service: RunningService, steps: list[Any]) -> None:
    channel = service["channel"]
    places: tuple[dict[str, Any], ...] = (
        {},
        {"lon": IN_T2G1[0], "category": RUBBISH},
        {"lon": None},
        {"lat": 0, "lon": 0},
    )
    numbers = [channel.report(**fields)["number"] for fields in places]
    for which, (action, who, args, _) in steps:
        answer = service[who].post(f"/items/{numbers[which]}/actions", {"action": action, **args})
        assert answer.status_code in (200, 403, 404, 409), answer.text
    with service.pool.transaction() as cur:
        assert differences(cur, str(rules().zone)) == {}
    for number in numbers:
        item = service["dispatcher"].get(f"/items/{number}").get_json()
        assert item["lead"]["code"] and [h["role"] for h in item["handlers"]].count("main") == 1
        running = {d["stage"] for d in item["deadlines"] if d["state"] == "running"}
        assert bool(running) == (item["status"] != "answered")
        events = service["dispatcher"].get(f"/items/{number}/events").get_json()["events"]
        assert [e["seq"] for e in events] == list(range(1, item["version"] + 1))
        for before, after in itertools.pairwise(events):
            assert after["prev_hash"] == before["hash"]
