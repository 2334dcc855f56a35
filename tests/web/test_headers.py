"""What every answer tells the browser."""

import re

import pytest
from flask import Flask, Response, render_template_string

from web import headers


def an_app(tiles: str | None = None) -> Flask:
    app = Flask("small")
    headers.install(app, tiles=tiles)

    @app.get("/page")
    def page() -> str:
        return render_template_string('<script nonce="{{ csp_nonce() }}"></script><style nonce="{{ csp_nonce() }}">')

    @app.get("/own")
    def own() -> Response:
        return Response("own", headers={"Content-Security-Policy": "sandbox", "Referrer-Policy": "no-referrer"})

    return app


def policy(answer: Response) -> dict[str, list[str]]:
    parts = [part.split() for part in answer.headers["Content-Security-Policy"].split(";")]
    assert len({part[0] for part in parts}) == len(parts)
    return {name: sources for name, *sources in parts}


def test_the_policy_is_strict() -> None:
    found = policy(an_app().test_client().get("/page"))
    assert found["default-src"] == found["object-src"] == found["base-uri"] == ["'none'"]
    assert found["frame-ancestors"] == found["connect-src"] == found["form-action"] == ["'self'"]
    assert found["manifest-src"] == found["worker-src"] == found["frame-src"] == ["'self'"]
    assert found["img-src"] == ["'self'", "data:", "blob:"]
    assert "unsafe" not in str(found) and "*" not in str(found)


def test_the_nonce_of_the_page_is_that_of_the_policy_and_used_once() -> None:
    client = an_app().test_client()
    seen = set()
    for _ in range(2):
        answer = client.get("/page")
        nonces = set(re.findall(r'nonce="([^"]+)"', answer.text))
        assert len(nonces) == 1
        (nonce,) = nonces
        found = policy(answer)
        assert found["script-src"] == found["style-src"] == ["'self'", f"'nonce-{nonce}'"]
        assert len(nonce) >= 22
        seen.add(nonce)
    assert len(seen) == 2


def test_a_route_may_be_stricter() -> None:
    answer = an_app().test_client().get("/own")
    assert answer.headers["Content-Security-Policy"] == "sandbox"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("path", ["/page", "/nothing"])
def test_the_other_headers_stand_on_errors_too(path: str) -> None:
    found = an_app().test_client().get(path).headers
    assert found["X-Content-Type-Options"] == "nosniff"
    assert found["Referrer-Policy"] == "same-origin"
    assert "geolocation=(self)" in found["Permissions-Policy"] and "camera=(self)" in found["Permissions-Policy"]
    assert found["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Content-Security-Policy" in found and "Strict-Transport-Security" not in found


def test_https_is_asked_to_stay() -> None:
    answer = an_app().test_client().get("/page", base_url="https://localhost")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize(
    "template, source",
    [
        (None, None),
        ("", None),
        ("/tiles/{z}/{x}/{y}.png", None),
        ("https://tiles.example/{z}/{x}/{y}.png", "https://tiles.example"),
        ("http://10.1.2.3:8080/{z}/{x}/{y}.png", "http://10.1.2.3:8080"),
        ("https://{s}.tiles.example/{z}/{x}/{y}.png?tk=1", "https://*.tiles.example"),
        ("https://t{s}.map.example/{z}/{x}/{y}", "https://*.map.example"),
        ("https://user:word@tiles.example/{z}", "https://tiles.example"),
    ],
)
def test_the_tiles_host_may_serve_images(template: str | None, source: str | None) -> None:
    assert headers.tile_source(template) == source
    answer = an_app(template).test_client().get("/page")
    assert policy(answer)["img-src"][3:] == ([source] if source else [])
    assert answer.headers["Referrer-Policy"] == ("strict-origin-when-cross-origin" if source else "same-origin")


@pytest.mark.parametrize(
    "template",
    [
        "https://a.example; script-src *",
        "javascript:alert(1)",
        "//tiles.example/{z}",
        "https://{s}",
        "tiles.example/{z}",
        "https://a b.example/{z}",
        "ftp://tiles.example/{z}",
        "https://*/{z}",
    ],
)
def test_a_template_that_names_no_host_stops_the_start(template: str) -> None:
    with pytest.raises(ValueError, match="map tiles"):
        an_app(template)
