"""Errors as the world sees them: RFC 9457 problems for programs, a small page for people.

The code of an error is decided where the error is known; the one table here says which HTTP status it has.
"""

import dataclasses
import datetime
import json
import math
import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, render_template, request
from werkzeug.exceptions import HTTPException

from gis.errors import Refusal
from web.bodies import read_json

__all__ = ["STATUS", "install", "problem", "read_json", "wants_page"]

STATUS = {
    "not-json": 400,
    "bad-request": 400,
    "bad-query": 400,
    "not-signed-in": 401,
    "wrong-login": 401,
    "forbidden": 403,
    "csrf": 403,
    "not-found": 404,
    "not-planned": 404,
    "method-not-allowed": 405,
    "not-acceptable": 406,
    "too-slow": 408,
    "wrong-state": 409,
    "changed": 409,
    "name-taken": 409,
    "edition-changed": 409,
    "too-large": 413,
    "uri-too-long": 414,
    "unsupported-media-type": 415,
    "empty-item": 422,
    "no-location": 422,
    "not-a-number": 422,
    "out-of-range": 422,
    "swapped-axes": 422,
    "null-island": 422,
    "unknown-datum": 422,
    "outside-district": 422,
    "too-far": 422,
    "too-early": 422,
    "too-vague": 422,
    "throttled": 429,
    "headers-too-large": 431,
    "internal": 500,
    "unavailable": 503,
    "database-away": 503,
    "no-database": 503,
    "photos-away": 503,
    "schema": 503,
}
"""Code -> HTTP status. A code that is not here is 422: understood, but cannot be done."""

OTHERWISE = 422
MACHINE_PATHS = ("/api/", "/open311/", "/ogc/", "/openapi.json", "/healthz", "/readyz", "/metrics")
"""Paths that programs read: never a page, never a redirect to the login."""
AWAY_SECONDS = 5

_CODE_OF_STATUS = {
    400: "bad-request",
    401: "not-signed-in",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    413: "too-large",
    415: "unsupported-media-type",
    429: "throttled",
    503: "unavailable",
}


def install(app: Flask) -> None:
    """Turn every error of ``app`` into a problem. A blueprint with its own handlers keeps them."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _crashed)


def problem(code: str, detail: str, members: Mapping[str, Any] | None = None, *, status: int | None = None) -> Response:
    """The answer for one error, as a page where ``wants_page()``, else as application/problem+json.

    ``members`` become members of the problem, ``errors`` its list; one that is named like a standard member is left
    out. ``retry_after`` (seconds) also becomes the header. Times are ISO 8601, numbers that are not finite null.
    ``status`` is for HTTP's own errors; all others have theirs from ``STATUS``.
    """
    status = status or STATUS.get(code, OTHERWISE)
    members = dict(members or {})
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        members.setdefault("retry_after", AWAY_SECONDS)
    answer = _page(status, code, detail, members) if wants_page() else _json(status, code, detail, members)
    answer.status_code = status
    answer.headers["Cache-Control"] = "no-store"
    if (seconds := members.get("retry_after")) is not None:
        answer.headers["Retry-After"] = str(max(1, math.ceil(seconds)))
    return answer


def wants_page() -> bool:
    """Whether the asker is a person with a browser: text/html is liked best, and the path is not a program's."""
    if f"{request.path}/".startswith(MACHINE_PATHS):
        return False
    best = request.accept_mimetypes.best_match(["application/problem+json", "application/json", "text/html"])
    return best == "text/html"


def _refused(refusal: Refusal) -> Response:
    if STATUS.get(refusal.code, OTHERWISE) >= HTTPStatus.INTERNAL_SERVER_ERROR:
        current_app.logger.warning("%s: %s", refusal.code, refusal.detail)  # it may name machines and paths
        return problem(refusal.code, "The service cannot answer just now. Try again in a few seconds.")
    return problem(refusal.code, refusal.detail, refusal.members)


def _http_error(error: HTTPException) -> Response | HTTPException:
    if error.response is not None or error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error
    if error.code == HTTPStatus.INTERNAL_SERVER_ERROR:
        return _crashed(error)
    code = _CODE_OF_STATUS.get(error.code, "bad-request")
    answer = problem(code, error.description or error.name, status=error.code)
    for name, value in error.get_headers(request.environ):
        if name.lower() not in ("content-type", "content-length"):
            answer.headers[name] = value
    return answer


def _crashed(error: Exception) -> Response:
    """The reader gets a number; the log has the number and the traceback. Nothing of the error itself leaves."""
    number = secrets.token_hex(4)
    current_app.logger.error("incident %s: %s %s", number, request.method, request.path, exc_info=error)
    detail = f"Something went wrong here. Before you repeat it, see whether it was done. Support finds it by {number}."
    return problem("internal", detail, {"incident": number})


def _json(status: int, code: str, detail: str, members: dict[str, Any]) -> Response:
    standard = {
        "type": f"urn:firstline:problem:{code}",
        "title": code.replace("-", " ").capitalize(),
        "status": status,
        "detail": detail,
        "code": code,
        "errors": _plain(members.get("errors") or []),
    }
    others = {name: _plain(value) for name, value in members.items() if name not in standard}
    text = json.dumps(standard | others, ensure_ascii=False, allow_nan=False)
    return Response(text, content_type="application/problem+json")


def _page(status: int, code: str, detail: str, members: dict[str, Any]) -> Response:
    try:
        html = render_template("error.html", status=status, code=code, detail=detail, members=members)
    except Exception:  # the page's own frame may need what is broken just now
        current_app.logger.exception("the error page could not be drawn")
        html = f"<!doctype html><title>{status}</title><h1>{status} {HTTPStatus(status).phrase}</h1>"
    return Response(html, content_type="text/html; charset=utf-8")


def _plain(value: Any) -> Any:
    """What JSON can say of ``value``."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _plain(child) for key, child in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(child) for child in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _plain(dataclasses.asdict(value))
    return str(value)
