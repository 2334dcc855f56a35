"""How a text leaves: as a line of a file that a gateway reads, or to a gateway's address.

A text that leaves twice does so with the same id, so that the gateway can tell.
"""

import errno
import json
import os
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from store.errors import BadSmsRoad

SECONDS = 10.0


class NotSent(Exception):
    """The text did not leave, or nobody knows whether it did. ``args[0]`` is a word for the log, nothing personal."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A text as it leaves. ``id`` stays the same however often it is sent."""

    id: str
    to: str
    text: str
    kind: str
    number: str
    at: str

    def line(self) -> bytes:
        """As one line of JSON."""
        told = {name: getattr(self, name) for name in self.__slots__}
        return json.dumps(told, ensure_ascii=False).encode()


Road = Callable[[Outgoing], None]
"""Sends one text, or raises NotSent. When it returns, the text has left."""


def road_of(setting: str | None, home: Path) -> Road:
    """The road that FIRSTLINE_SMS names: ``file:PATH`` or an http(s) address; the file ``texts.jsonl`` under ``home``
    where it names none. Raises BadSmsRoad."""
    if setting is None:
        return to_file(home / "texts.jsonl")
    if setting.startswith("file:") and len(setting) > len("file:"):
        return to_file(Path(setting.removeprefix("file:")).expanduser().absolute())
    parts = urlsplit(setting)
    plain = setting.isascii() and setting.isprintable() and " " not in setting
    if plain and parts.scheme in ("http", "https") and parts.hostname:
        return to_gateway(setting)
    raise BadSmsRoad("FIRSTLINE_SMS is file:PATH, or the http(s) address that texts are posted to.")


def to_file(path: Path) -> Road:
    """Append each text to a file that nobody else may read; it is on the disk before it counts as sent."""

    def send(text: Outgoing) -> None:
        try:
            file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                _write(file, text.line() + b"\n")
                os.fsync(file)
            finally:
                os.close(file)
        except OSError as error:
            raise NotSent(type(error).__name__) from None

    return send


def _write(file: int, line: bytes) -> None:
    """The whole line or none of it: half a line would spoil the one after it as well."""
    before = os.fstat(file).st_size
    if os.write(file, line) < len(line):
        os.ftruncate(file, before)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def to_gateway(address: str) -> Road:
    """POST each text as JSON, with its id as Idempotency-Key. Any answer of 2xx is a receipt; no redirect is followed
    with somebody's phone in hand."""
    opener = urllib.request.build_opener(_Stay)

    def send(text: Outgoing) -> None:
        headers = {"Content-Type": "application/json", "Idempotency-Key": text.id}
        asked = urllib.request.Request(address, text.line(), headers, method="POST")
        try:
            with opener.open(asked, timeout=SECONDS) as answer:
                answer.read(1024)
        except urllib.error.HTTPError as refused:
            refused.close()
            raise NotSent(f"http-{refused.code}") from None
        except (OSError, HTTPException) as error:  # the second where the answer is not HTTP
            raise NotSent(type(error).__name__) from None

    return send


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *asked: object) -> None:
        return None
