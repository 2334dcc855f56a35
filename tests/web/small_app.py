"""A small Flask app around signing in, for tests that need no other part of the service."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, Response, g, jsonify
from flask.testing import FlaskClient
from flask_babel import Babel
from jinja2 import ChoiceLoader, DictLoader

from store.accounts import Accounts
from store.database import Database
from store.passwords import hash_password
from web import accounts, auth, csrf, headers, problems

PASSWORD = "a long enough password"
FRAME = "<!doctype html><title>{% block title %}{% endblock %}</title><main>{% block main %}{% endblock %}</main>"


class Clock:
    """A clock that the test sets. It starts at the real time, which the cookie's own signature is dated by."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)


def small_app(database: Database, clock: Clock, *, tiles: str | None = None, **options: Any) -> Flask:
    """``options`` are those of ``auth.init``."""
    app = Flask("web", root_path=str(accounts.__file__).rpartition("/")[0])
    app.jinja_loader = ChoiceLoader([DictLoader({"base.html": FRAME}), app.jinja_loader])  # type: ignore[list-item]
    Babel(app)
    problems.install(app)
    headers.install(app, tiles=tiles)
    auth.init(app, Accounts(database.pool), b"a secret for tests", clock=clock, **options)
    accounts.install(app)
    _views(app)
    return app


def _views(app: Flask) -> None:
    @app.get("/work")
    @auth.signed_in()
    def work() -> Response:
        return Response(f"the work of {g.account.name}")

    @app.route("/api/v1/anyone", methods=["GET", "POST"])
    @auth.signed_in()
    def anyone() -> Response:
        return jsonify(name=g.account.name)

    @app.route("/api/v1/supervisors", methods=["GET", "POST"])
    @app.get("/supervisors")
    @auth.signed_in("supervisor", "admin")
    def supervisors() -> Response:
        return jsonify(name=g.account.name)

    @app.get("/ogc/collections")
    @auth.signed_in()
    def collections() -> Response:
        return jsonify(name=g.account.name)

    @app.post("/citizen")
    @csrf.without_csrf
    def citizen() -> Response:
        return jsonify(nobody=g.account is None)

    @app.get("/address")
    def address() -> Response:
        from flask import request

        return jsonify(address=request.remote_addr)


def an_account(database: Database, name: str = "lin", role: str = "dispatcher", **more: Any) -> Accounts:
    """One account with ``PASSWORD``; the accounts it is among."""
    book = Accounts(database.pool)
    unit = more.pop("unit", None)
    book.add(name, role, unit, hash_password(PASSWORD), datetime.now(UTC), **more)
    return book


def sign_in(client: FlaskClient, name: str = "lin", password: str = PASSWORD, **form: str) -> Any:
    """Send the login form as a browser does."""
    return client.post("/login", data={"name": name, "password": password, **form}, headers={"Accept": "text/html"})


def token_of_session(client: FlaskClient) -> str:
    """The CSRF token that a page of this session would carry."""
    return str(client.get("/api/v1/me").get_json()["csrf_token"])
