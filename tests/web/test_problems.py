"""Errors as problems and as pages; what a JSON body may be."""

import http.client
import json
import logging
import math
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from flask import Flask, Response, abort, jsonify
from flask.testing import FlaskClient
from flask_babel import Babel
from jinja2 import ChoiceLoader, DictLoader
from werkzeug.serving import make_server

from gis.errors import Refusal
from tests.web.small_app import FRAME
from web import accounts, problems
from web.bodies import MEBIBYTE, NotJson, parse, read_json

PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
MEMBERS = {
    "distance_m": math.nan,
    "radius_m": 200.0,
    "when": datetime(2026, 11, 24, 8, 0, tzinfo=UTC),
    "allowed": ("accept",),
    "status": "accepted",
    "errors": [{"row": 3, "detail": "no place"}],
}


@pytest.fixture
def app() -> Flask:
    app = Flask("web", root_path=str(accounts.__file__).rpartition("/")[0])
    app.jinja_loader = ChoiceLoader([DictLoader({"base.html": FRAME}), app.jinja_loader])  # type: ignore[list-item]
    Babel(app)
    problems.install(app)

    @app.get("/refuse/<code>")
    @app.get("/api/refuse/<code>")
    def refuse(code: str) -> Response:
        raise Refusal("A sentence.", code=code, **MEMBERS)

    @app.get("/crash")
    @app.get("/api/crash")
    def crash() -> Response:
        raise RuntimeError("the password is 1234")

    @app.get("/http/<int:status>")
    def http_error(status: int) -> Response:
        abort(status)

    @app.post("/api/read")
    def read() -> Response:
        return jsonify(read_json())

    @app.post("/api/maybe")
    def maybe() -> Response:
        return jsonify(read_json(empty=True))

    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.mark.parametrize(
    "code, status",
    [
        ("wrong-state", 409),
        ("not-found", 404),
        ("too-far", 422),
        ("a-code-nobody-listed", 422),
        ("throttled", 429),
    ],
)
def test_a_refusal_becomes_a_problem_with_the_status_of_its_code(client: FlaskClient, code: str, status: int) -> None:
    answer = client.get(f"/api/refuse/{code}")
    body = answer.get_json()
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert (body["status"], body["code"], body["detail"]) == (status, code, "A sentence.")
    assert body["type"].endswith(code) and body["title"]
    assert body["errors"] == [{"row": 3, "detail": "no place"}]


def test_members_are_plain_json_and_never_hide_the_standard_ones(client: FlaskClient) -> None:
    body = json.loads(client.get("/api/refuse/wrong-state").data, parse_constant=pytest.fail)
    assert body["distance_m"] is None and body["radius_m"] == 200.0
    assert body["when"] == "2026-11-24T08:00:00+00:00" and body["allowed"] == ["accept"]
    assert body["status"] == 409


def test_a_problem_without_errors_has_an_empty_list(client: FlaskClient) -> None:
    assert client.get("/api/nothing").get_json()["errors"] == []


def test_a_database_that_is_away_is_503_and_tells_no_address(client: FlaskClient) -> None:
    answer = client.get("/api/refuse/database-away")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "A sentence" not in answer.text and "radius_m" not in answer.text


def test_a_crash_tells_a_number_and_logs_the_rest(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        answer = client.get("/api/crash")
    number = answer.get_json()["incident"]
    assert answer.status_code == 500
    assert "1234" not in answer.text
    assert number in caplog.text and "the password is 1234" in caplog.text and "Traceback" in caplog.text


def test_errors_of_http_itself_are_problems_too(client: FlaskClient) -> None:
    missing, wrong = client.get("/api/nothing"), client.delete("/api/read")
    assert (missing.status_code, missing.get_json()["code"]) == (404, "not-found")
    assert (wrong.status_code, wrong.get_json()["code"]) == (405, "method-not-allowed")
    assert set(wrong.headers["Allow"].replace(" ", "").split(",")) == {"POST", "OPTIONS"}


@pytest.mark.parametrize(
    "status, code",
    [
        (400, "bad-request"),
        (408, "bad-request"),
        (418, "bad-request"),
        (415, "unsupported-media-type"),
        (503, "unavailable"),
    ],
)
def test_an_http_error_keeps_its_status(client: FlaskClient, status: int, code: str) -> None:
    answer = client.get(f"/http/{status}")
    assert (answer.status_code, answer.get_json()["status"], answer.get_json()["code"]) == (status, status, code)


def test_a_person_gets_a_page_and_the_api_never_does(client: FlaskClient) -> None:
    page = client.get("/nothing", headers=PAGE)
    assert page.status_code == 404 and page.content_type.startswith("text/html")
    assert "There is no such page" in page.text
    assert client.get("/api/nothing", headers=PAGE).content_type == "application/problem+json"
    assert client.get("/nothing", headers={"Accept": "*/*"}).content_type == "application/problem+json"


def test_the_page_of_a_crash_shows_the_number(client: FlaskClient) -> None:
    page = client.get("/crash", headers=PAGE)
    assert page.status_code == 500 and "Number for support" in page.text and "1234" not in page.text


def test_a_page_shows_markup_in_a_sentence_as_text(app: Flask) -> None:
    @app.get("/markup")
    def markup() -> Response:
        raise Refusal("<script>alert(1)</script>")

    assert "<script>" not in app.test_client().get("/markup", headers=PAGE).text


def test_an_error_page_that_cannot_be_drawn_still_answers(app: Flask) -> None:
    app.jinja_loader = DictLoader({})
    page = app.test_client().get("/nothing", headers=PAGE)
    assert page.status_code == 404 and "404 Not Found" in page.text


BAD_BODIES = [
    b"",
    b"  ",
    b"nothing",
    b"[1, 2]",
    b'"text"',
    b"3",
    b"null",
    b"{",
    b'{"a": 1,}',
    b"{'a': 1}",
    b'{"lon": NaN}',
    b'{"lon": Infinity}',
    b'{"lon": -Infinity}',
    b'{"lon": 1e999}',
    b'{"lon": ' + b"9" * 400 + b"}",
    b'{"lon": ' + b"9" * 5000 + b"}",
    b'{"a": "\xff"}',
    b'{"a": "\x00"}',
    '{"a": 1}'.encode("utf-16"),
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"a": ' + b"[" * 500 + b"]" * 500 + b"}",
    b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
]


@pytest.mark.parametrize("body", BAD_BODIES, ids=lambda body: repr(body[:20]))
def test_what_is_no_json_object_is_400(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/api/read", data=body, content_type="application/json")
    assert (answer.status_code, answer.get_json()["code"]) == (400, "not-json")


@pytest.mark.parametrize(
    "body, value",
    [
        (b"{}", {}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b'{"ref": 12345678901234567890123}', {"ref": 12345678901234567890123}),
        (b'{"a": "\\u0000x", "\\ud800": ["\\udc00"], "b": "\\ud83d\\ude00"}', {"a": "�x", "�": ["�"], "b": "😀"}),
        ('{"描述": "路灯不亮"}'.encode(), {"描述": "路灯不亮"}),
    ],
)
def test_what_is_one_is_read(client: FlaskClient, body: bytes, value: dict[str, Any]) -> None:
    for content_type in ("application/json", "text/plain", "application/x-www-form-urlencoded"):
        answer = client.post("/api/read", data=body, content_type=content_type)
        assert (answer.status_code, answer.get_json()) == (200, value)


def test_two_hundred_levels_pass_and_one_more_does_not() -> None:
    def nested(levels: int) -> bytes:
        return b'{"a":' * (levels - 1) + b"{}" + b"}" * (levels - 1)

    assert parse(nested(200))
    with pytest.raises(NotJson):
        parse(nested(201))


def test_an_action_may_have_no_body(client: FlaskClient) -> None:
    assert client.post("/api/maybe").get_json() == {}
    assert client.post("/api/maybe", data=b"no").status_code == 400


def a_body(size: int) -> bytes:
    frame = b'{"description": ""}'
    return frame[:-2] + b"x" * (size - len(frame)) + frame[-2:]


def test_one_mebibyte_passes_and_one_byte_more_does_not(client: FlaskClient) -> None:
    assert client.post("/api/read", data=a_body(MEBIBYTE)).status_code == 200
    answer = client.post("/api/read", data=a_body(MEBIBYTE + 1))
    assert (answer.status_code, answer.get_json()["code"]) == (413, "too-large")


@pytest.mark.parametrize("size, status", [(MEBIBYTE, 200), (MEBIBYTE + 1, 413)])
def test_a_body_of_unknown_length_is_counted_as_it_comes(client: FlaskClient, size: int, status: int) -> None:
    answer = client.post(
        "/api/read", input_stream=BytesIO(a_body(size)), environ_overrides={"wsgi.input_terminated": True}
    )
    assert answer.status_code == status


@pytest.fixture
def port(app: Flask) -> Iterator[int]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("size, status", [(MEBIBYTE, 200), (MEBIBYTE + 1, 413)])
def test_a_chunked_body_over_a_real_socket(port: int, size: int, status: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    body = a_body(size)
    chunks = (body[at : at + 65_536] for at in range(0, len(body), 65_536))
    connection.request(
        "POST",
        "/api/read",
        body=chunks,
        encode_chunked=True,
        headers={"Transfer-Encoding": "chunked", "Content-Type": "application/json"},
    )
    assert connection.getresponse().status == status
    connection.close()
