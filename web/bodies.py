"""Reading a JSON body that a stranger sent."""

import json
import math
import time
from typing import Any, NoReturn

from flask import request

from dispatch.report import clean
from gis.errors import Refusal

MEBIBYTE = 1024 * 1024
MOST_SECONDS = 30
PIECE = 64 * 1024
MAX_DEPTH = 200
MAX_DIGITS = 300
"""A longer whole number cannot become a float, and nothing in this service counts that far."""


class NotJson(Refusal):
    """The body is not a JSON object in UTF-8."""

    code = "not-json"


class TooSlow(Refusal):
    """The body did not come in time: the server's threads are not kept waiting."""

    code = "too-slow"


class TooLarge(Refusal):
    """The body is longer than this call takes."""

    code = "too-large"


def idempotency_key() -> str | None:
    """The request's Idempotency-Key, None where it has none: a repeat under it does nothing again."""
    return str(clean(request.headers.get("Idempotency-Key", ""))).strip() or None


def read_json(limit: int = MEBIBYTE, *, empty: bool = False) -> dict[str, Any]:
    """The request's body as a JSON object; the content type is not looked at.

    ``limit`` in bytes also holds for a chunked body. ``empty=True`` lets a missing body be ``{}``. Of a repeated key
    the last one counts. U+0000 and lone surrogates, which no database text can hold, become U+FFFD: what somebody
    reports is not thrown away for one bad character.

    Raises ``TooLarge``; ``NotJson`` for anything but an object, for NaN and Infinity, numbers too large for a float,
    bytes that are not UTF-8 and nesting deeper than ``MAX_DEPTH``.
    """
    raw = read_body(limit)
    if empty and not raw.strip():
        return {}
    return parse(raw)


def read_body(limit: int) -> bytes:
    """The body's bytes, whether or not its length was announced. Raises ``TooLarge`` above ``limit`` bytes, and
    ``TooSlow`` where it takes more than ``MOST_SECONDS`` or the server's socket gives it up."""
    if (request.content_length or 0) > limit:
        raise TooLarge(f"The body is longer than {limit} bytes.", limit=limit)
    chunks: list[bytes] = []
    left, end = limit + 1, time.monotonic() + MOST_SECONDS
    try:
        while left and (chunk := request.stream.read(min(left, PIECE))):
            chunks.append(chunk)
            left -= len(chunk)
            if time.monotonic() > end:
                raise TimeoutError
    except TimeoutError:
        raise TooSlow(f"The body did not come within {MOST_SECONDS} seconds.") from None
    if not left:
        raise TooLarge(f"The body is longer than {limit} bytes.", limit=limit)
    return b"".join(chunks)


def parse(raw: bytes) -> dict[str, Any]:
    """``raw`` as a JSON object, by the rules of ``read_json``. Raises ``NotJson``."""
    try:
        text = raw.decode("utf-8-sig")
        value = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite, parse_int=_countable)
    except RecursionError:
        raise NotJson("The body is nested too deeply.") from None
    except UnicodeDecodeError as error:
        raise NotJson(f"The body is not UTF-8: byte {error.start} cannot be read.") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise NotJson(f"The body is not JSON: {error.msg} at {place}.") from None
    if not isinstance(value, dict):
        raise NotJson("The body must be a JSON object, {...}.")
    if _deeper_than(value, MAX_DEPTH):
        raise NotJson("The body is nested too deeply.")
    return _clean(value) if "\\u" in text else value


def _refuse_constant(word: str) -> NoReturn:
    raise NotJson(f"{word} is not JSON.")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise NotJson("A number in the body is too large.")
    return number


def _countable(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise NotJson("A number in the body is too large.")
    return int(text)


def _deeper_than(value: Any, limit: int) -> bool:
    """Level by level, so that the check itself cannot run out of stack."""
    level = [value]
    for _ in range(limit):
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, dict | list)
        ]
        if not level:
            return False
    return True


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_clean(child) for child in value]
    if isinstance(value, dict):
        return {_clean(key): _clean(child) for key, child in value.items()}
    return value
