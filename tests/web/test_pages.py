"""The page routes: frames that hold words, names and a map, and our own copies of libraries."""

import json
import re
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from dispatch.account import Account
from dispatch.rulebook import RULES, read_rules
from dispatch.staff import StaffRow
from maps import vendor
from tests.maps.district import HARMFUL, an_edition
from web import assets, headers, i18n, pages, problems
from web.services import EXTENSION

ROLES = {"dispatcher": None, "officer": "T0", "worker": None, "department": "city-management"}


@pytest.fixture(scope="module")
def app() -> Flask:
    app = Flask("web", root_path=str(pages.__file__).rpartition("/")[0])
    staff = {"T0-G0": StaffRow("T0-G0", "w-1", "王", phone="13800000000"), "T1-G0": StaffRow("T1-G0", "w-2", "李")}
    app.extensions[EXTENSION] = SimpleNamespace(
        rules=read_rules(RULES),
        edition=an_edition,
        people=lambda: ({}, staff),
        clock=lambda: datetime(2026, 11, 24, 4, tzinfo=UTC),
    )
    problems.install(app)
    headers.install(app)
    i18n.install(app)
    assets.install(app)
    pages.install(app, note="审图号 GS(2026)1")
    app.jinja_env.globals["csrf_token"] = lambda: "the-token"
    app.add_url_rule("/login", "accounts.login", lambda: "login")

    @app.before_request
    def _sign_in() -> None:
        from flask import request

        role = request.headers.get("X-Role")
        g.account = Account(1, HARMFUL, role, ROLES[role]) if role else None

    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def a_page(client: FlaskClient, address: str, role: str, language: str = "zh") -> Any:
    headers_ = {"X-Role": role, "Accept-Language": language, "Accept": "text/html"}
    return client.get(address, headers=headers_)


def page_data(html: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="page-data">(.*?)</script>', html, re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


@pytest.mark.parametrize("address", ["/", "/work"])
def test_pages_ask_to_sign_in(client: FlaskClient, address: str) -> None:
    answer = client.get(address, headers={"Accept": "text/html"})
    assert answer.status_code == 303 and answer.location.startswith("/login?next=")


def test_each_role_gets_its_page(client: FlaskClient) -> None:
    assert a_page(client, "/", "dispatcher").status_code == 200
    assert a_page(client, "/", "department").status_code == 200
    assert a_page(client, "/", "worker").location == "/work"
    assert a_page(client, "/work", "worker").status_code == 200
    assert a_page(client, "/work", "dispatcher").status_code == 403


@pytest.mark.parametrize(("address", "role"), [("/", "dispatcher"), ("/work", "worker")])
def test_a_page_is_safe_and_whole(client: FlaskClient, address: str, role: str) -> None:
    answer = a_page(client, address, role)
    html = answer.get_data(as_text=True)
    nonce = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
    assert nonce
    inline = re.findall(r"<(?:script|style)(?![^>]*type=.application/json)(?![^>]*\bsrc=)[^>]*>", html)
    assert inline and all(f'nonce="{nonce[1]}"' in tag for tag in inline)
    assert HARMFUL not in html
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", html)
    assert not re.search(r"<[a-z][^>]*\s(?:style|on[a-z]+)=", html), "the policy would drop them"
    assert '<meta name="csrf-token" content="the-token">' in html
    assert "审图号 GS(2026)1" in html and "illustrative, not legal boundaries" in html


def test_everything_that_a_page_links_is_there(client: FlaskClient) -> None:
    html = a_page(client, "/", "dispatcher").get_data(as_text=True)
    links = set(re.findall(r"""(?:src|href)="(/static/[^"]+)""", html))
    assert len(links) >= 6
    for link in links:
        assert client.get(link, buffered=True).status_code == 200, link


@pytest.mark.parametrize(
    ("language", "tag", "title", "status"),
    [("zh", "zh-CN", "地图与派单", "待签收"), ("en", "en", "Map and dispatch", "Awaiting")],
)
def test_both_languages(client: FlaskClient, language: str, tag: str, title: str, status: str) -> None:
    html = a_page(client, "/", "dispatcher", language).get_data(as_text=True)
    assert f'<html lang="{tag}">' in html and f"<title>{title}" in html
    names = page_data(html)["names"]
    assert names["statuses"]["dispatched"].startswith(status)
    assert len(names["categories"]) > 20 and set(names["categories"]) - {"unclassified"} == set(names["majors"])


def test_only_an_officer_sees_who_may_be_sent_and_nobody_a_phone(client: FlaskClient) -> None:
    officer = a_page(client, "/", "officer").get_data(as_text=True)
    assert page_data(officer)["workers"] == [{"worker": "w-1", "name": "王", "grid": "T0-G0", "cell": "格00"}]
    assert page_data(a_page(client, "/", "dispatcher").get_data(as_text=True))["workers"] == []
    assert "13800000000" not in officer


@pytest.mark.parametrize("name", sorted(vendor.FILES))
def test_listed_libraries_are_served_and_may_be_kept(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/static/vendor/{name}", buffered=True)
    assert answer.status_code == 200 and answer.data
    assert "max-age=86400" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    "name",
    ["leaflet/leaflet-src.js", "leaflet/../../package.json", "../app.css", "leaflet/package.json", "", "leaflet/"],
)
def test_nothing_else_is_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/vendor/{name}").status_code == 404


def test_summonses_have_a_page_for_each_side(client: FlaskClient) -> None:
    for address, role, other in (("/township", "officer", "department"), ("/department", "department", "dispatcher")):
        html = a_page(client, address, role).text
        data = page_data(html)
        assert data["next_meeting"] == "2026-11-24T14:30" and data["names"]["calls"]["absent"] == "缺席"
        assert a_page(client, address, other).status_code == 403
