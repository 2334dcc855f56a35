"""Who is asking: ``g.account``, and what a view demands of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Protocol, TypeVar

from flask import Flask, Response, current_app, g, redirect, request, url_for
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as BaseResponse

from dispatch.account import ROLES, Account
from gis.errors import Refusal
from web import csrf, sessions, tokens
from web.problems import MACHINE_PATHS

EXTENSION = "firstline.auth"
View = TypeVar("View", bound=Callable[..., Any])


class AccountBook(Protocol):
    """What signing in needs to know of accounts."""

    def in_session(self, account_id: int, epoch: int) -> Account | None: ...
    def by_token(self, token: str, at: datetime) -> Account | None: ...
    def end_sessions(self, account_id: int) -> None: ...
    def check_password(self, name: str, password: str) -> tuple[Account, int] | None: ...
    def attempt(self, name: str, address: str, at: datetime) -> float | None: ...
    def forgive(self, name: str, address: str, at: datetime) -> None: ...
    def demonstrators(self) -> dict[str, tuple[Account, int]]: ...


@dataclass(frozen=True, slots=True)
class Auth:
    """What ``init`` was given; see there."""

    accounts: AccountBook
    clock: Callable[[], datetime]
    demonstration: bool


class NotSignedIn(Refusal):
    """The request is nobody's, and needs to be somebody's."""

    code = "not-signed-in"


class Forbidden(Refusal):
    """The account may not do this, whatever the state of things is."""

    code = "forbidden"


def init(
    app: Flask,
    accounts: AccountBook,
    secret: bytes,
    *,
    clock: Callable[[], datetime],
    proxy: bool = False,
    demonstration: bool = False,
) -> None:
    """Sign requests of ``app`` in, by session or bearer token.

    ``clock`` gives aware datetimes. ``proxy``: one trusted proxy stands before the app, which comes by https; without
    it no forwarded header is believed. ``demonstration`` offers demonstration accounts without a password.
    """
    app.extensions[EXTENSION] = Auth(accounts, clock, demonstration)
    if proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=0, x_prefix=1)  # type: ignore[method-assign]
    sessions.install(app, secret, secure=proxy)
    app.jinja_env.globals["csrf_token"] = csrf.csrf_token
    app.before_request(_identify)
    app.after_request(_challenge)


def auth() -> Auth:
    """The running app's ``Auth``."""
    found: Auth = current_app.extensions[EXTENSION]
    return found


def signed_in(*roles: str) -> Callable[[View], View]:
    """Let only signed-in accounts through, of these roles where any are named.

    Else 401, or 303 to the login for a page; 403 for another role. Asked before the view looks at any state.
    Raises ValueError, when the view is defined, for a role that does not exist.
    """
    if unknown := set(roles) - set(ROLES):
        raise ValueError(f"no such role: {', '.join(sorted(unknown))}")

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if g.account is None:
                return _ask_to_sign_in()
            require(*roles)
            return view(*args, **kwargs)

        return guarded  # type: ignore[return-value]

    return decorate


def require(*roles: str) -> Account:
    """The signed-in account, of one of ``roles`` where any are named. Raises ``NotSignedIn``, ``Forbidden``."""
    account: Account | None = g.account
    if account is None:
        raise NotSignedIn("Sign in, or send a bearer token that is valid.")
    if roles and account.role not in roles:
        raise Forbidden(f"An account with the role {account.role} may not do this.", needs=list(roles))
    return account


def _ask_to_sign_in() -> BaseResponse:
    html_will_do = not request.accept_mimetypes or request.accept_mimetypes.accept_html
    if f"{request.path}/".startswith(MACHINE_PATHS) or not html_will_do:
        require()
    wanted = request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else None
    return redirect(url_for("accounts.login", next=wanted), code=303)


def _identify() -> None:
    """A token, good or bad, settles who asks: a session beside it is not looked at."""
    g.account = None
    g.by_session = False
    if request.endpoint == "static":
        return
    now = auth().clock()
    token = tokens.token_given()
    if token is not None:
        g.account = auth().accounts.by_token(token, now)
        return
    claimed = sessions.claim(now)
    if claimed is None or csrf.unguarded():
        return
    g.account = auth().accounts.in_session(*claimed)
    if g.account is None:
        sessions.end()
        return
    g.by_session = True
    sessions.note_use(now)
    csrf.check()


def _challenge(response: Response) -> Response:
    if response.status_code == 401:
        response.headers.setdefault("WWW-Authenticate", tokens.challenge())
    return response
