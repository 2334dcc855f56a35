"""How tests send photographs, and what they ask of an answer."""

from typing import Any

from werkzeug.test import TestResponse

from tests.factories import Caller
from tests.pictures import a_picture


def send(
    who: Caller, number: str, stage: str | None = "before", sent: bytes | None = None, key: str = ""
) -> TestResponse:
    headers = {"Idempotency-Key": key} if key else None
    return who.post(f"/items/{number}/photos", headers=headers, **a_form(a_picture() if sent is None else sent, stage))


def a_form(sent: bytes, stage: str | None = "before") -> dict[str, Any]:
    """A form as a browser sends it."""
    head = '--x\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'
    words = head.format("stage", "") + f"{stage}\r\n" if stage is not None else ""
    body = (words + head.format("photo", '; filename="a.jpg"')).encode() + sent + b"\r\n--x--\r\n"
    return {"data": body, "content_type": "multipart/form-data; boundary=x"}


def code(answer: Any) -> tuple[int, str]:
    assert answer.content_type == "application/problem+json"
    return answer.status_code, answer.get_json()["code"]


def added(who: Caller, number: str, stage: str = "before", **more: Any) -> dict[str, Any]:
    answer = send(who, number, stage, **more)
    assert answer.status_code == 201, answer.text
    return dict(answer.get_json())
