"""What the calls beside the features answer, as plain data."""

import json
from typing import Any

from flask_babel import gettext as _

from maps.words import ILLUSTRATIVE
from web.ogc import crs
from web.ogc.catalogue import COLLECTIONS, Collection, description_of, title_of
from web.ogc.links import GEOJSON, HTML, JSON, OPENAPI, SCHEMA, Link, address, here, link
from web.services import services

_FEATURES = "http://www.opengis.net/spec/ogcapi-features-"
CONFORMS_TO = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    *(f"{_FEATURES}1/1.0/conf/{part}" for part in ("core", "oas30", "html", "geojson")),
    f"{_FEATURES}2/1.0/conf/crs",
    *(f"{_FEATURES}3/1.0/conf/{part}" for part in ("queryables", "queryables-query-parameters")),
)
Document = dict[str, Any]


def dumped(value: Any) -> str:
    """JSON text."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def landing() -> Document:
    """The first page: what this is, and where everything else is."""
    district = services().edition().district
    name = district.name or district.code or ""
    return {
        "title": _("Firstline: {district}").replace("{district}", name),
        "description": _("Boundaries and work of the district for QGIS and other map programs. It only reads."),
        **attribution(),
        "links": [
            *here(),
            link("service-desc", OPENAPI, _("The description of this interface"), "api", query={"f": "json"}),
            link("service-doc", HTML, _("The description of this interface"), "api", query={"f": "html"}),
            link("conformance", JSON, _("The parts of the standard that are kept"), "conformance"),
            link("data", JSON, _("Collections"), "collections"),
        ],
    }


def attribution() -> Document:
    """That the boundaries are illustrative, where they are."""
    return {"attribution": ILLUSTRATIVE} if services().edition().is_demonstration else {}


def conformance() -> Document:
    """The parts of the standard that are kept."""
    return {"conformsTo": list(CONFORMS_TO), "links": here()}


def collections() -> Document:
    """All collections."""
    listed = [described(one, links_of(one)) for one in COLLECTIONS.values()]
    return {"title": _("Collections"), "links": here(), "collections": listed}


def collection(one: Collection) -> Document:
    """One collection by itself."""
    own = [a for a in links_of(one) if a["rel"] != "self"]
    return described(one, [*here(), *own])


def described(one: Collection, links: list[Link]) -> Document:
    """A collection with some links."""
    return {
        "id": one.id,
        "title": title_of(one),
        "description": description_of(one),
        **attribution(),
        "itemType": "feature",
        "extent": extent(one),
        "crs": list(crs.KNOWN),
        "storageCrs": crs.CRS84,
        "links": links,
    }


def links_of(one: Collection) -> list[Link]:
    """Where a collection and what belongs to it are."""
    at = ("collections", one.id)
    return [
        link("self", JSON, title_of(one), *at),
        link("items", GEOJSON, title_of(one), *at, "items", query={"f": "json"}),
        link("items", HTML, title_of(one), *at, "items", query={"f": "html"}),
        link("http://www.opengis.net/def/rel/ogc/1.0/queryables", SCHEMA, _("Properties to ask by"), *at, "queryables"),
    ]


def extent(one: Collection) -> Document:
    """About where and, for areas, since when there is something. Items may lie outside the district all the same."""
    box = services().edition().index.box
    place = {"spatial": {"bbox": [list(box)], "crs": crs.CRS84}} if box else {}
    flips = sorted(at for row in services().editions() for at in row["live_from"]) if one.areas else []
    since = flips[0] if flips else None
    trs = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
    return {**place, "temporal": {"interval": [[since, None]], "trs": trs}}


def queryables(one: Collection) -> Document:
    """The properties that features of a collection can be asked for by, as a JSON Schema."""
    known = {name: {"title": name, **field.schema()} for name, field in one.filters.items()}
    shape = {"title": "geometry", "x-ogc-role": "primary-geometry", "format": f"geometry-{one.geometry}"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address("collections", one.id, "queryables"),
        "type": "object",
        "title": title_of(one),
        "properties": {"geometry": shape, **known},
        "additionalProperties": False,
    }


def up(one: Collection) -> Link:
    """The link from a feature to its collection."""
    return link("collection", JSON, title_of(one), "collections", one.id)
