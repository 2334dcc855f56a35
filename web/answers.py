"""JSON answers, by orjson: it takes a tenth of the time of Python's own for what the live map asks."""

from typing import Any

import orjson
from flask import Flask
from flask.json.provider import DefaultJSONProvider
from flask.wrappers import Response

_AS_FLASK = orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
"""Keys may be numbers; instants and dataclasses go the way that Flask has for them."""


class Answers(DefaultJSONProvider):
    """Answers by orjson: UTF-8 as it is, keys in their order; a NaN, which JSON does not have, becomes null.

    What is asked with options of Python's own writer (``indent``, ``sort_keys``) is written by that.
    """

    ensure_ascii = False
    sort_keys = False

    def dumps(self, obj: Any, **options: Any) -> str:
        return super().dumps(obj, **options) if options else self._bytes(obj).decode()

    def loads(self, s: str | bytes, **options: Any) -> Any:
        return super().loads(s, **options)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        body = self._bytes(self._prepare_response_obj(args, kwargs)) + b"\n"
        answer: Response = self._app.response_class(body, mimetype=self.mimetype)
        return answer

    def _bytes(self, obj: Any) -> bytes:
        try:
            return orjson.dumps(obj, default=type(self).default, option=_AS_FLASK)
        except TypeError:  # whole numbers beyond 64 bits, which citizens' programs send
            return super().dumps(obj).encode()


def install(app: Flask) -> None:
    """Let ``app`` answer by it."""
    app.json = Answers(app)
