"""Addresses that an answer names. They begin where the client came in, whatever proxy and prefix are before us."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from flask import request

JSON, GEOJSON, HTML = "application/json", "application/geo+json", "text/html"
OPENAPI, SCHEMA = "application/vnd.oai.openapi+json;version=3.0", "application/schema+json"

Link = dict[str, str]


def address(*steps: str, query: Mapping[str, Any] | None = None) -> str:
    """The whole address of what lies under ``/ogc/``."""
    path = "/".join(quote(step, safe="") for step in steps)
    asked = f"?{urlencode(query)}" if query else ""
    return f"{request.url_root.rstrip('/')}/ogc/{path}{asked}"


def link(rel: str, type: str, title: str, *steps: str, query: Mapping[str, Any] | None = None) -> Link:
    """A link object."""
    return {"rel": rel, "type": type, "title": title, "href": address(*steps, query=query)}


def here(json_type: str = JSON) -> list[Link]:
    """``self``, as JSON, and the same as a page."""
    steps = _steps()
    asked = {name: value for name, value in request.args.items() if name not in ("f", "lang")}
    return [
        link("self", json_type, "JSON", *steps, query={**asked, "f": "json"}),
        link("alternate", HTML, "HTML", *steps, query={**asked, "f": "html"}),
    ]


def onward() -> Callable[[str], Link]:
    """What makes, of a cursor, the link to the next page of what is asked for; also when the request is over."""
    asked = request.args.to_dict()
    kind = HTML if asked.get("f") == "html" else GEOJSON
    base = address(*_steps())

    def following(cursor: str) -> Link:
        query = urlencode({**asked, "cursor": cursor})
        return {"rel": "next", "type": kind, "title": "next", "href": f"{base}?{query}"}

    return following


def _steps() -> list[str]:
    return request.path.removeprefix("/ogc").strip("/").split("/")
