"""What every answer tells the browser about what the page may do."""

import re
import secrets
from collections.abc import Collection
from urllib.parse import urlsplit

from flask import Flask, Response, abort, g, request

POLICY = {
    "default-src": ("'none'",),
    "script-src": ("'self'",),
    "style-src": ("'self'",),
    "img-src": ("'self'", "data:", "blob:"),
    "font-src": ("'self'",),
    "connect-src": ("'self'",),
    "frame-src": ("'self'",),
    "manifest-src": ("'self'",),
    "worker-src": ("'self'",),
    "object-src": ("'none'",),
    "form-action": ("'self'",),
    "frame-ancestors": ("'self'",),
    "base-uri": ("'none'",),
}
"""The Content-Security-Policy that a page starts from; each answer adds its own nonce to scripts and styles."""

PERMISSIONS = "geolocation=(self), camera=(self), microphone=(), payment=(), usb=()"
YEAR_SECONDS = 31_536_000

_HOST = re.compile(r"(\*\.)?[A-Za-z0-9.-]+(:\d+)?")


def demand_host(hosts: Collection[str]) -> None:
    """Answer 400 where the Host header is none of ``hosts`` (``name:port``)."""
    if request.host not in hosts:
        abort(400, "This server answers under its own address alone.")


def install(app: Flask, *, tiles: str | None = None) -> None:
    """Send the headers with every answer of ``app``. ``tiles`` = XYZ template of the base map, whose host may serve
    images. Templates get ``csp_nonce()``.
    """
    host = tile_source(tiles)

    def send(response: Response) -> Response:
        return _headers(response, host)

    app.after_request(send)
    app.jinja_env.globals["csp_nonce"] = csp_nonce


def csp_nonce() -> str:
    """The nonce of this answer: the same word however often it is asked for, another one in the next answer."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def tile_source(template: str | None) -> str | None:
    """The source expression for the host of an XYZ template; None for no template and for a path on this server.

    A placeholder in the host (``{s}.tile...``, ``t{s}.map...``) makes a wildcard of its label and what is left of it.
    Raises ValueError for a template that names no usable host.
    """
    if not template or (template.startswith("/") and not template.startswith("//")):
        return None
    parts = urlsplit(template)
    labels = parts.netloc.rpartition("@")[2].split(".")
    open_label = max((index for index, label in enumerate(labels) if "{" in label), default=-1)
    host = ".".join(["*"] * (open_label >= 0) + labels[open_label + 1 :])
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host):
        raise ValueError(f"the address of the map tiles is not usable: {template!r}")
    return f"{parts.scheme}://{host}"


def _headers(response: Response, tiles: str | None) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _policy(tiles))
    headers["X-Content-Type-Options"] = "nosniff"
    # Tile servers refuse a request without a referrer; the origin alone is enough for them.
    headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin" if tiles else "same-origin")
    headers.setdefault("Permissions-Policy", PERMISSIONS)
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", f"max-age={YEAR_SECONDS}")
    if g.get("account") is not None:
        headers.setdefault("Cache-Control", "no-store")
    return response


def _policy(tiles: str | None) -> str:
    sources = {directive: list(allowed) for directive, allowed in POLICY.items()}
    if tiles:
        sources["img-src"].append(tiles)
    for directive in ("script-src", "style-src"):
        sources[directive].append(f"'nonce-{csp_nonce()}'")
    return "; ".join(f"{directive} {' '.join(allowed)}" for directive, allowed in sources.items())
