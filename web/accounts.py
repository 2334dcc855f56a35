"""Signing in and out, and who one is."""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, current_app, g, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from dispatch.account import Account
from gis.errors import Refusal
from web import csrf, sessions
from web.auth import Forbidden, auth, require, signed_in
from web.problems import wants_page

blueprint = Blueprint("accounts", __name__)

HOME = {
    "dispatcher": "/",
    "supervisor": "/",
    "admin": "/",
    "worker": "/work",
    "officer": "/township",
    "department": "/department",
    "planner": "/plan",
    "leader": "/supervise",
}
"""Role -> the page that a sign-in leads to. A page that this server does not have, or a role without one: ``/``."""


class WrongLogin(Refusal):
    """Name and password do not belong together; which of them is wrong is not told."""

    code = "wrong-login"


class Throttled(Refusal):
    """Too many attempts; ``retry_after`` in seconds."""

    code = "throttled"


@blueprint.get("/login")
def login() -> BaseResponse:
    """The login page; who is signed in already goes on to the page that was asked for."""
    wanted = local_path(request.args.get("next"))
    if g.account is not None:
        return redirect(wanted or home_of(g.account), code=303)
    return _login_page(wanted)


@blueprint.post("/login")
@csrf.without_csrf
def sign_in() -> BaseResponse:
    """Sign in by ``name`` and ``password`` of a form, and go to ``next`` or the role's own page."""
    csrf.check_origin()
    name, password = request.form.get("name", ""), request.form.get("password", "")
    wanted = local_path(request.form.get("next") or request.args.get("next"))
    try:
        account, epoch = _check(name, password)
    except (WrongLogin, Throttled) as refusal:
        if not wants_page():
            raise
        return _login_page(wanted, name=name, refusal=refusal)
    return _enter(account, epoch, wanted)


@blueprint.post("/login/demonstration")
@csrf.without_csrf
def demonstrate() -> BaseResponse:
    """Sign in, without a password, as the demonstration account of ``role``, where the server offers that."""
    csrf.check_origin()
    found = _demonstrators().get(request.form.get("role", ""))
    if found is None:
        raise Forbidden("There is no demonstration account for this role here.")
    return _enter(*found, local_path(request.form.get("next")))


@blueprint.post("/logout")
def logout() -> BaseResponse:
    """Sign out of this browser; with ``everywhere=1`` end every session of the account."""
    if g.by_session and request.form.get("everywhere") == "1":
        auth().accounts.end_sessions(g.account.id)
    sessions.end()
    return redirect("/login", code=303)


@blueprint.get("/api/v1/me")
@signed_in()
def me() -> Response:
    """The account that asks, its page, and the CSRF token of its session."""
    account = require()
    answer: dict[str, Any] = {
        "id": account.id,
        "name": account.name,
        "role": account.role,
        "unit": account.unit,
        "demonstration": account.demonstration,
        "home": home_of(account),
    }
    if g.by_session:
        answer["csrf_token"] = csrf.csrf_token()
    return jsonify(answer)


def install(app: Flask) -> None:
    """Give ``app`` these pages. ``auth.init`` comes first."""
    app.register_blueprint(blueprint)


def local_path(text: str | None) -> str | None:
    """``text`` where it is a path on this server, else None: a login must not lead to somebody else's page.

    Browsers read ``//host``, a backslash for a slash, and drop tabs and line ends: none of these passes.
    """
    if not text or not text.startswith("/") or text.startswith("//") or "\\" in text or not text.isprintable():
        return None
    parts = urlsplit(text)
    return None if parts.scheme or parts.netloc or parts.path.startswith("/login") else text


def home_of(account: Account) -> str:
    """The page that a sign-in leads this account to, by ``HOME``."""
    page = HOME.get(account.role, "/")
    return page if any(rule.rule == page for rule in current_app.url_map.iter_rules()) else "/"


def _check(name: str, password: str) -> tuple[Account, int]:
    """Count the attempt before the hash is computed, which is the costly part. Raises what is wrong."""
    book, now, address = auth().accounts, auth().clock(), request.remote_addr or ""
    wait = book.attempt(name, address, now)
    if wait is not None:
        raise Throttled("Too many attempts. Wait, then try again.", retry_after=round(wait))
    found = book.check_password(name, password)
    if found is None:
        raise WrongLogin("This name and password do not belong together.")
    book.forgive(name, address, now)
    return found


def _enter(account: Account, epoch: int, wanted: str | None) -> BaseResponse:
    sessions.begin(account, epoch, auth().clock())
    csrf.csrf_token()
    return redirect(wanted or home_of(account), code=303)


def _demonstrators() -> dict[str, tuple[Account, int]]:
    return auth().accounts.demonstrators() if auth().demonstration else {}


def _login_page(wanted: str | None, *, name: str = "", refusal: Refusal | None = None) -> Response:
    code = refusal.code if refusal else None
    minutes = max(1, round((refusal.members.get("retry_after", 0) if refusal else 0) / 60))
    roles = tuple(_demonstrators())
    html = render_template(
        "login.html", wanted=wanted, name=name, code=code, minutes=minutes, demonstration_roles=roles
    )
    answer = Response(html, status={"wrong-login": 401, "throttled": 429}.get(code or "", 200))
    answer.headers["Cache-Control"] = "no-store"
    if code == "throttled":
        answer.headers["Retry-After"] = str(refusal.members["retry_after"]) if refusal else "60"
    return answer
