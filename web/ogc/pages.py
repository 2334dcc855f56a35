"""The same answers for people: plain pages with links, and a map of the features."""

import json
from dataclasses import replace
from itertools import islice
from typing import Any

from flask import Response, current_app, render_template, request
from flask_babel import gettext as _

from maps.pieces import VENDOR_BASE
from web.headers import csp_nonce
from web.i18n import language, script_words
from web.ogc import documents
from web.ogc.asking import Asked
from web.ogc.catalogue import Collection, description_of, title_of
from web.ogc.crs import CRS84
from web.ogc.links import GEOJSON, HTML, JSON, OPENAPI, SCHEMA, address
from web.ogc.stream import Page, tail
from web.pages import FRAMES
from web.services import services

MOST_ROWS = 500
"""Features of one page: a person reads no more, and a browser draws no more."""


def wanted() -> bool:
    """Whether a page is asked for: ``f=html``, or a browser that likes pages best."""
    if given := request.args.get("f"):
        return given == "html"
    return request.accept_mimetypes.best_match([GEOJSON, JSON, OPENAPI, SCHEMA, HTML]) == HTML


def answer(name: str, document: dict[str, Any], kind: str = JSON) -> Response:
    """A document as JSON of a ``kind``, or as a page."""
    if not wanted():
        return Response(documents.dumped(document), content_type=kind)
    return _html("ogc.html", name=name, title=_titles().get(name) or document["title"], doc=document)


def bounded(asked: Asked) -> Asked:
    """What is asked for, as a page can show it: not too much, longitude first."""
    return replace(asked, limit=min(asked.limit, MOST_ROWS), crs=CRS84)


def features(known: Collection, page: Page) -> Response:
    """A page of features: a map and a table."""
    made = list(islice(page.features, page.limit))
    told = tail(page, len(made), made[-1][0] if made else None)
    onward = next((one["href"] for one in told["links"] if one["rel"] == "next"), None)
    asked = {name: value for name, value in request.args.items() if name != "cursor"}
    begun = address("collections", known.id, "items", query=asked) if "cursor" in request.args else None
    return _drawn(known, [json.loads(text) for _, text in made], matched=page.matched, onward=onward, begun=begun)


def feature(known: Collection, text: str) -> Response:
    """One feature."""
    return _drawn(known, [json.loads(text)], matched=None, onward=None)


def _drawn(known: Collection, shown: list[dict[str, Any]], **more: Any) -> Response:
    edition, tongue = services().edition(), language()
    frame = current_app.extensions[FRAMES].frame(edition, tongue).with_nonce(csp_nonce())
    head = frame.head.replace(f'"{VENDOR_BASE}', f'"{request.script_root}{VENDOR_BASE}')
    return _html(
        "ogc_features.html", title=title_of(known), description=description_of(known), known=known, features=shown,
        back=address("collections", known.id),
        map=replace(frame, head=head), facts={"features": shown, "words": script_words(tongue), "names": {}}, **more,
    )  # fmt: skip


def _html(template: str, **more: Any) -> Response:
    district = services().edition().district
    illustrative = documents.attribution().get("attribution")
    html = render_template(template, district=district.name or district.code or "", illustrative=illustrative, **more)
    return Response(html, content_type=f"{HTML}; charset=utf-8")


def _titles() -> dict[str, str]:
    return {
        "landing": _("Features for map programs"),
        "conformance": _("The parts of the standard that are kept"),
        "api": _("The description of this interface"),
        "collections": _("Collections"),
        "queryables": _("Properties to ask by"),
    }
