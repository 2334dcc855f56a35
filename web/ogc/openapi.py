"""The description of ``/ogc/`` in OpenAPI 3.0, made of the same catalogue that answers."""

from typing import Any

from flask_babel import gettext as _

from web.ogc import crs
from web.ogc.asking import FORMS, LONGEST, MOST, USUAL
from web.ogc.catalogue import COLLECTIONS, Collection, Field, description_of, title_of
from web.ogc.links import GEOJSON, HTML, JSON, OPENAPI, SCHEMA, address

Schema = dict[str, Any]
PROBLEM = "application/problem+json"
LANGUAGES = ("zh", "en")


def document(zone: str) -> Schema:
    """The whole description. ``zone``: the city's, for instants without an offset."""
    return {
        "openapi": "3.0.3",
        "info": {
            "title": _("Firstline: features for map programs"),
            "version": "1.0.0",
            "description": _("Sign in with an account's token: as Bearer, or as the password of Basic with any name."),
            "license": {"name": "Apache-2.0"},
        },
        "servers": [{"url": address().rstrip("/")}],
        "security": [{"token": []}, {"tokenAsPassword": []}],
        "tags": [{"name": "about"}, *({"name": one.id, "description": title_of(one)} for one in COLLECTIONS.values())],
        "paths": paths(),
        "components": {
            "parameters": parameters(zone),
            "schemas": schemas(),
            "responses": responses(),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "tokenAsPassword": {"type": "http", "scheme": "basic"},
            },
        },
    }


def paths() -> Schema:
    """Every call."""
    about = {
        "/": ("landing", JSON, _("What there is, and where")),
        "/conformance": ("conformance", JSON, _("The parts of the standard that are kept")),
        "/api": ("api", OPENAPI, _("The description of this interface")),
        "/collections": ("collections", JSON, _("All collections")),
    }
    found = {path: _call(name, "about", kind, said) for path, (name, kind, said) in about.items()}
    for one in COLLECTIONS.values():
        found |= _paths_of(one)
    return found


def _paths_of(one: Collection) -> Schema:
    at, title = f"/collections/{one.id}", title_of(one)
    by = [_by_property(field) for field in one.filters.values()]
    many = [*map(_named, ("limit", "cursor", "bbox", "bbox-crs", "datetime", "crs")), *by]
    which = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}}
    single = [which, _named("crs"), *([_named("datetime")] if one.areas else [])]
    schema = f"{one.id}Features"
    return {
        at: _call(f"describe_{one.id}", one.id, JSON, title, missing=True),
        f"{at}/queryables": _call(f"ask_{one.id}", one.id, SCHEMA, _("Properties to ask by"), missing=True),
        f"{at}/items": _call(f"get_{one.id}", one.id, GEOJSON, description_of(one), many, schema=schema),
        f"{at}/items/{{featureId}}": _call(
            f"get_one_of_{one.id}", one.id, GEOJSON, title, single, missing=True, schema=f"{one.id}Feature"
        ),
    }


def _call(
    name: str, tag: str, kind: str, summary: str, own: list[Schema] | None = None, *, missing: bool = False,
    schema: str | None = None,
) -> Schema:  # fmt: skip
    content = {"schema": {"$ref": f"#/components/schemas/{schema}"} if schema else {"type": "object"}}
    answers: Schema = {
        "200": {"description": summary, "content": {kind: content, HTML: {"schema": {"type": "string"}}}},
        "400": {"$ref": "#/components/responses/badQuery"},
        "401": {"$ref": "#/components/responses/notSignedIn"},
    }
    if missing:
        answers["404"] = {"$ref": "#/components/responses/notFound"}
    if schema:
        answers["200"]["headers"] = {"Content-Crs": {"schema": {"type": "string"}, "description": "<URI>"}}
    call = {"operationId": name, "tags": [tag], "summary": summary, "responses": answers}
    return {"get": call | {"parameters": [*(own or []), _named("f"), _named("lang")]}}


def _named(name: str) -> Schema:
    return {"$ref": f"#/components/parameters/{name}"}


def _by_property(field: Field) -> Schema:
    schema = field.schema() | ({} if field.type == "boolean" or field.words else {"maxLength": LONGEST})
    said = _("Only features with exactly this {name}.").replace("{name}", field.name)
    return _parameter(field.name, schema, said)


def _parameter(name: str, schema: Schema, description: str, **more: Any) -> Schema:
    told = {"name": name, "in": "query", "required": False, "description": description, "schema": schema}
    return told | {"style": "form", "explode": False, **more}


def parameters(zone: str) -> Schema:
    """The parameters that calls share."""
    axes = {"type": "string", "format": "uri", "enum": list(crs.KNOWN), "default": crs.CRS84}
    box = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
    count = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
    when = _("An instant (RFC 3339), a day, or start/end with .. for an open one; without an offset in {zone}.")
    every = {
        "limit": (count, _("How many features at most; more than the maximum is the maximum.")),
        "cursor": ({"type": "string"}, _("Where the page before ended: that of a next link, unchanged.")),
        "bbox": (box, _("Features that meet this box: lower left corner, upper right corner.")),
        "bbox-crs": (axes, _("The coordinate system of bbox.")),
        "crs": (axes, _("The coordinate system of the answer.")),
        "datetime": ({"type": "string"}, when.replace("{zone}", zone)),
        "f": ({"type": "string", "enum": list(FORMS)}, _("JSON or a page; else as Accept says.")),
        "lang": ({"type": "string", "enum": list(LANGUAGES)}, _("The language of titles and pages.")),
    }
    return {name: _parameter(name, schema, said) for name, (schema, said) in every.items()}


def schemas() -> Schema:
    """The shapes of the answers with features."""
    found: Schema = {"link": _object({name: {"type": "string"} for name in ("href", "rel", "type", "title")}, "href")}
    for one in COLLECTIONS.values():
        properties = {field.name: field.schema() | {"nullable": True} for field in one.fields}
        feature = {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "integer" if one.id == "summonses" else "string"},
            "geometry": {"type": "object", "nullable": True},
            "properties": {"type": "object", "properties": properties},
        }
        found[f"{one.id}Feature"] = _object(feature, "type", "geometry", "properties")
        listed = {"type": "array", "items": {"$ref": f"#/components/schemas/{one.id}Feature"}}
        found[f"{one.id}Features"] = _object({
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "features": listed,
            "numberMatched": {"type": "integer"},
            "numberReturned": {"type": "integer"},
            "timeStamp": {"type": "string", "format": "date-time"},
            "links": {"type": "array", "items": {"$ref": "#/components/schemas/link"}},
        }, "type", "features")  # fmt: skip
    return found


def _object(properties: Schema, *required: str) -> Schema:
    return {"type": "object", "required": list(required), "properties": properties}


def responses() -> Schema:
    """The answers that are none."""
    said = {
        "badQuery": _("A parameter is not known here, or its value cannot be used."),
        "notSignedIn": _("No token, or one that is not valid."),
        "notFound": _("Not there, or not yours to see."),
    }
    content = {PROBLEM: {"schema": {"type": "object"}}}
    return {name: {"description": words, "content": content} for name, words in said.items()}
