"""The calls under ``/ogc/``: landing, conformance, the API's description, collections, features."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, abort, g, request

from dispatch.errors import UnknownItem
from web.auth import signed_in
from web.ogc import areas, documents, openapi, pages, works
from web.ogc.asking import Asked, features_asked, one_asked, only
from web.ogc.catalogue import COLLECTIONS, Collection
from web.ogc.crs import CRS84
from web.ogc.links import GEOJSON, OPENAPI, SCHEMA, here, onward
from web.ogc.stream import Made, Page, text_of
from web.services import services

blueprint = Blueprint("ogc", __name__, url_prefix="/ogc")


@blueprint.get("/", strict_slashes=False)
@signed_in()
def landing() -> Response:
    """What there is, and where."""
    only(request.args)
    return pages.answer("landing", documents.landing())


@blueprint.get("/conformance")
@signed_in()
def conformance() -> Response:
    """The parts of the standard that are kept."""
    only(request.args)
    return pages.answer("conformance", documents.conformance())


@blueprint.get("/api")
@signed_in()
def api() -> Response:
    """The description of all of this in OpenAPI 3.0."""
    only(request.args)
    return pages.answer("api", openapi.document(services().rules.zone.key), OPENAPI)


@blueprint.get("/collections")
@signed_in()
def collections() -> Response:
    """All collections."""
    only(request.args)
    return pages.answer("collections", documents.collections())


@blueprint.get("/collections/<collection>")
@signed_in()
def collection(collection: str) -> Response:
    """One of them."""
    only(request.args)
    return pages.answer("collection", documents.collection(_known(collection)))


@blueprint.get("/collections/<collection>/queryables")
@signed_in()
def queryables(collection: str) -> Response:
    """The properties that its features can be asked for by, as a JSON Schema."""
    only(request.args)
    return pages.answer("queryables", documents.queryables(_known(collection)), SCHEMA)


@blueprint.get("/collections/<collection>/items")
@signed_in()
def features(collection: str) -> Response:
    """Features: by place, time and property, a page at a time."""
    known = _known(collection)
    asked = features_asked(request.args, known, services().rules.zone)
    if pages.wanted():
        asked = pages.bounded(asked)
    page = _page(known, asked).begun()
    if pages.wanted():
        return pages.features(known, page)
    answer = Response(text_of(page), content_type=GEOJSON)
    answer.headers["Content-Crs"] = f"<{asked.crs}>"
    return answer


@blueprint.get("/collections/<collection>/items/<path:feature>")
@signed_in()
def feature(collection: str, feature: str) -> Response:
    """One feature."""
    known = _known(collection)
    crs, span = one_asked(request.args, known, services().rules.zone)
    crs = CRS84 if pages.wanted() else crs
    text = _area(known, feature, crs, span) if known.areas else _work(known, feature, crs)
    if text is None:
        raise UnknownItem(f"There is no {feature[:60]!r} among the {known.id} that you may see.")
    if pages.wanted():
        return pages.feature(known, text)
    links = [*here(GEOJSON), documents.up(known)]
    answer = Response(f'{text[:-1]},"links":{documents.dumped(links)}}}', content_type=GEOJSON)
    answer.headers["Content-Crs"] = f"<{crs}>"
    return answer


def _page(known: Collection, asked: Asked) -> Page:
    """The page that is asked for; how many match is counted for the first one of a walk, and kept in its cursors."""
    made, matched = _areas(known, asked) if known.areas else _works(known, asked)
    return Page(made, asked.limit, matched, here(GEOJSON), onward(), services().clock().isoformat())


def _areas(known: Collection, asked: Asked) -> tuple[Iterator[Made], int]:
    when = areas.standing(services(), asked.span)
    if when is None:
        return iter(()), 0
    codes = areas.matching(known.id, when, asked)
    after = [code for code in codes if asked.after is None or code > asked.after[0]]
    return areas.features(known.id, when, after[: asked.limit + 1], asked.crs), len(codes)


def _works(known: Collection, asked: Asked) -> tuple[Iterator[Made], int]:
    desk, account = services().features, g.account
    filters = works.filters_of(known.id, asked)
    matched = asked.after[1] if asked.after else desk.matched(account, known.id, filters)
    return works.features(desk, account, known.id, asked, works.Names.of(services())), matched


def _area(known: Collection, code: str, crs: str, span: Any) -> str | None:
    when = areas.standing(services(), span)
    shapes = {} if when is None else areas.shapes_of(known.id, when.edition)
    if when is None or code not in shapes:
        return None
    return areas.feature_text(known.id, when, code, shapes[code], crs)


def _work(known: Collection, name: str, crs: str) -> str | None:
    row = services().features.one(g.account, known.id, name.replace("\0", ""))
    return None if row is None else works.feature_text(known.id, row, works.Names.of(services()), crs)


def _known(name: str) -> Collection:
    if name not in COLLECTIONS:
        abort(404, f"There is no collection {name[:60]!r}; there are {', '.join(COLLECTIONS)}.")
    return COLLECTIONS[name]
