"""What stands around the features: links that lead somewhere, a description that is true, pages in two languages."""

import base64
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest

from app import create_app
from store import passwords
from tests.web.ogc.conftest import Town
from web.ogc.catalogue import COLLECTIONS
from web.ogc.crs import KNOWN

PATHS = ["/", "/conformance", "/api", "/collections"]
PATHS += [
    f"/collections/{one}{part}" for one in COLLECTIONS for part in ("", "/queryables", "/items", "/items?limit=1")
]


def links_in(value: Any) -> Iterator[dict[str, str]]:
    if isinstance(value, dict):
        if "href" in value and "rel" in value:
            yield value
        for child in value.values():
            yield from links_in(child)
    elif isinstance(value, list):
        for child in value:
            yield from links_in(child)


@pytest.mark.parametrize("path", [path for path in PATHS if path != "/api"])
def test_every_link_leads_to_what_it_says(town: Town, path: str) -> None:
    for link in links_in(town.get("dispatcher", path).get_json()):
        assert link["href"].startswith("http://localhost/ogc/")
        found = town.get("dispatcher", link["href"].partition("/ogc")[2])
        assert found.status_code == 200, link
        assert found.content_type.partition(";")[0] == link["type"].partition(";")[0], link


@pytest.mark.parametrize("root", ["/ogc/", "/ogc"])
def test_the_landing_page(town: Town, root: str) -> None:
    told = town.get("dispatcher", root.removeprefix("/ogc")).get_json()
    rels = {link["rel"] for link in told["links"]}
    assert {"self", "alternate", "service-desc", "service-doc", "conformance", "data"} <= rels
    assert "Squares" in told["title"]


def test_conformance_names_what_is_kept(town: Town) -> None:
    told = town.get("dispatcher", "/conformance").get_json()["conformsTo"]
    parts = {one.rpartition("/spec/")[2] for one in told}
    assert {f"ogcapi-features-1/1.0/conf/{part}" for part in ("core", "oas30", "html", "geojson")} <= parts
    assert "ogcapi-features-2/1.0/conf/crs" in parts


def test_collections(town: Town) -> None:
    told = town.get("dispatcher", "/collections").get_json()["collections"]
    assert [one["id"] for one in told] == list(COLLECTIONS)
    for one in told:
        assert (one["itemType"], one["crs"], one["storageCrs"]) == ("feature", list(KNOWN), KNOWN[0])
        assert one["extent"]["spatial"]["bbox"] == [[119.3, 26.08, 119.32, 26.1]]
        assert {"self", "items"} <= {link["rel"] for link in one["links"]}
        alone = town.get("dispatcher", f"/collections/{one['id']}").get_json()
        assert {**alone, "links": 0} == {**one, "links": 0}
    ((since, until),) = told[0]["extent"]["temporal"]["interval"]
    assert since.startswith("20") and until is None


def test_queryables_are_the_filters(town: Town) -> None:
    for name, collection in COLLECTIONS.items():
        answer = town.get("dispatcher", f"/collections/{name}/queryables")
        assert answer.content_type == "application/schema+json"
        assert list(answer.get_json()["properties"]) == ["geometry", *collection.filters]


# -- the description ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def description(town: Town) -> dict[str, Any]:
    answer = town.get("dispatcher", "/api")
    assert answer.content_type == "application/vnd.oai.openapi+json;version=3.0"
    return dict(answer.get_json())


def resolved(description: dict[str, Any], value: Any) -> Any:
    while isinstance(value, dict) and "$ref" in value:
        found: Any = description
        for step in value["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        value = found
    return value


def test_the_description_is_openapi_3_0(description: dict[str, Any]) -> None:
    assert re.fullmatch(r"3\.0\.\d", description["openapi"])
    assert set(description) <= {"openapi", "info", "servers", "paths", "components", "security", "tags"}
    assert {"title", "version"} <= set(description["info"])
    names = [call["get"]["operationId"] for call in description["paths"].values()]
    assert len(names) == len(set(names))
    for path, item in description["paths"].items():
        _check_call(description, path, item["get"])
    for schemes in description["security"]:
        assert set(schemes) <= set(description["components"]["securitySchemes"])
    for schema in description["components"]["schemas"].values():
        _check_schema(description, schema)


def _check_call(description: dict[str, Any], path: str, call: dict[str, Any]) -> None:
    assert path.startswith("/") and set(call) <= {"operationId", "tags", "summary", "responses", "parameters"}
    parameters = [resolved(description, one) for one in call["parameters"]]
    keys = [(one["in"], one["name"]) for one in parameters]
    assert len(keys) == len(set(keys)), path
    assert {name for place, name in keys if place == "path"} == set(re.findall(r"\{(\w+)\}", path))
    for one in parameters:
        assert one["in"] in ("path", "query") and (one["in"] == "query" or one["required"] is True)
        _check_schema(description, one["schema"])
    for status, answer in call["responses"].items():
        told = resolved(description, answer)
        assert re.fullmatch(r"[1-5]\d\d", status) and told["description"]
        for media in told["content"].values():
            _check_schema(description, media["schema"])


def _check_schema(description: dict[str, Any], schema: Any) -> None:
    found = resolved(description, schema)
    assert found["type"] in ("object", "array", "string", "number", "integer", "boolean")
    assert (found["type"] == "array") == ("items" in found)
    for child in [*found.get("properties", {}).values(), *([found["items"]] if "items" in found else [])]:
        _check_schema(description, child)
    assert set(found.get("required", ())) <= set(found.get("properties", {}))


def test_the_description_names_what_is_served(town: Town, description: dict[str, Any]) -> None:
    rules = {rule.rule for rule in town.service.app.url_map.iter_rules() if rule.endpoint.startswith("ogc.")}
    served = {
        rule.removeprefix("/ogc").replace("<collection>", one).replace("<path:feature>", "{featureId}")
        for rule in rules for one in COLLECTIONS
    }  # fmt: skip
    assert set(description["paths"]) == served
    assert description["servers"] == [{"url": "http://localhost/ogc"}]
    limit = description["components"]["parameters"]["limit"]["schema"]
    assert (limit["maximum"], limit["default"]) == (10_000, 100)


def test_every_described_parameter_is_taken_and_no_other(town: Town, description: dict[str, Any]) -> None:
    values = {"bbox": "1,1,2,2", "datetime": "2026-01-01", "limit": "1", "number": "1", "f": "json", "lang": "en"}
    for path, item in description["paths"].items():
        for one in (resolved(description, each) for each in item["get"]["parameters"]):
            if one["in"] == "path" or one["name"] == "cursor":
                continue
            schema = one["schema"]
            value = "true" if schema["type"] == "boolean" else schema.get("enum", [values.get(one["name"], "x")])[0]
            where = path.replace("{featureId}", "no")
            answer = town.get("dispatcher", where, **{one["name"].replace("-", "_"): value})
            assert answer.status_code == (404 if where != path else 200), (path, one["name"], answer.text)


# -- pages -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", [*PATHS[:7], "/collections/grids/items", "/collections/items/items", "/collections/grids/items/T1G1"]
)
def test_everything_is_a_page_too(town: Town, path: str) -> None:
    for language, word in (("zh", "供地图程序使用的要素"), ("en", "Features for map programs")):
        answer = town.get("dispatcher", path, headers={"Accept": "text/html"}, lang=language)
        assert answer.status_code == 200 and answer.content_type == "text/html; charset=utf-8"
        assert word in answer.text
    assert "json" in town.get("dispatcher", path, headers={"Accept": "text/html"}, f="json").content_type


def test_a_page_shows_the_features_and_leads_on(town: Town) -> None:
    page = town.get("dispatcher", "/collections/items/items", f="html", limit=2, lang="en").text
    assert "2 of 5" in page and town.numbers[4] in page and town.numbers[0] not in page
    onward = re.search(r'href="http://localhost/ogc([^"]+)" rel="next"', page)
    assert onward
    following = town.get("dispatcher", onward[1].replace("&amp;", "&"))
    assert following.content_type.startswith("text/html") and town.numbers[2] in following.text
    assert (
        "Nothing here matches."
        in town.get("dispatcher", "/collections/items/items", f="html", grid="no", lang="en").text
    )


# -- who may come in ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "/", "/collections", "/collections/items/items"])
def test_without_a_token(town: Town, path: str) -> None:
    client = town.service.app.test_client()
    bad = [{}, {"Authorization": "Bearer fl_no"}, {"Authorization": "Basic " + base64.b64encode(b"x:fl_no").decode()}]
    for headers in [*bad, {"Accept": "text/html"}]:
        answer = client.get(f"/ogc{path}", headers=headers)
        assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
        assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")


@pytest.mark.parametrize("path", ["", "/", "/collections/items/items"])
def test_the_token_is_taken_as_a_basic_password_and_no_hash_is_made(town: Town, path: str) -> None:
    token = town.service["officer"].token
    client = town.service.app.test_client()
    with patch.object(passwords, "verify", side_effect=AssertionError("argon2")):
        for name in ("officer", "", "anything", "名"):
            word = base64.b64encode(f"{name}:{token}".encode()).decode()
            assert client.get(f"/ogc{path}", headers={"Authorization": f"Basic {word}"}).status_code == 200


def test_behind_a_prefix_links_keep_it(town: Town) -> None:
    caller = town.service["dispatcher"]
    told = {"Authorization": f"Bearer {caller.token}", "Host": "gis.example.org"}
    for path in (
        "/ogc/",
        "/ogc/collections",
        "/ogc/collections/items/items?limit=1",
        "/ogc/collections/grids/items/T1G1",
    ):
        answer = caller.client.get(path, headers=told, environ_overrides={"SCRIPT_NAME": "/one/line"})
        found = list(links_in(answer.get_json()))
        assert found and all(link["href"].startswith("http://gis.example.org/one/line/ogc/") for link in found)
    page = caller.client.get("/ogc/collections/grids/items?f=html", headers=told,
                             environ_overrides={"SCRIPT_NAME": "/one/line"}).text  # fmt: skip
    assert 'src="/static' not in page and 'href="/static' not in page and "/one/line/static/vendor/" in page


def test_a_trusted_proxy_tells_the_prefix(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    service = town.service.service
    token = town.service["dispatcher"].token
    told = {"Authorization": f"Bearer {token}", "X-Forwarded-Prefix": "/line", "X-Forwarded-Proto": "https"}
    plain = town.service.app.test_client().get("/ogc/collections", headers=told).get_json()
    assert {link["href"][:21] for link in links_in(plain)} == {"http://localhost/ogc/"}, "nobody told us of a proxy"
    monkeypatch.setattr(service.database, "settings", replace(service.database.settings, proxy="1"))
    behind = create_app(service).test_client().get("/ogc/collections", headers=told).get_json()
    assert {link["href"][:27] for link in links_in(behind)} == {"https://localhost/line/ogc/"}
