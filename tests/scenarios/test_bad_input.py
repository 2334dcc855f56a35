"""What a real server does with bodies that are too large, however they come, and with what is no JSON."""

import http.client
import json
from collections.abc import Iterator

from tests.scenarios.servers import Town

PIECE = 64 * 1024


def send(town: Town, body: bytes, *, chunked: bool = False) -> tuple[int, str]:
    conn = http.client.HTTPConnection("127.0.0.1", town.servers[0].port, timeout=20)
    headers = {"Authorization": f"Bearer {town.token}"}
    try:
        if chunked:
            conn.request(
                "POST", "/api/v1/items", pieces(body), headers | {"Transfer-Encoding": "chunked"}, encode_chunked=True
            )
        else:
            conn.request("POST", "/api/v1/items", body, headers)
        answer = conn.getresponse()
        said = json.loads(answer.read())
        return answer.status, said.get("code") or said["status"]
    finally:
        conn.close()


def pieces(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), PIECE):
        yield body[start : start + PIECE]


def report(size: int) -> bytes:
    head = b'{"category": "1.04", "lon": 119.305, "lat": 26.085, "description": "'
    return head + b"x" * (size - len(head) - 2) + b'"}'


def test_a_mebibyte_is_the_limit_announced_or_chunked(town: Town) -> None:
    for chunked in (False, True):
        assert send(town, report(1024 * 1024), chunked=chunked) == (201, "dispatched")
        assert send(town, report(1024 * 1024 + 1), chunked=chunked) == (413, "too-large")
        assert send(town, b"{}", chunked=chunked) == (422, "empty-item")


def test_what_is_no_json(town: Town) -> None:
    for body in (b'{"description": "x", "lon": NaN, "lat": 26}', b"", b"[]", b'{"description": "\xe9"}'):
        assert send(town, body) == (400, "not-json")
