"""Proof that a change was asked for by one of our own pages.

Only the session cookie travels by itself, so only requests signed in by it need the proof: the header
``X-CSRF-Token``, or the form field ``csrf_token``. A bearer token is proof enough.
"""

import hmac
import secrets
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import current_app, request, session

from gis.errors import Refusal

HEADER = "X-CSRF-Token"
FIELD = "csrf_token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

View = TypeVar("View", bound=Callable[..., Any])


class ForeignRequest(Refusal):
    """The request may have been sent by another site in the reader's name."""

    code = "csrf"


def csrf_token() -> str:
    """The token of this session, made when first asked for. Also a function of the templates."""
    if not isinstance(session.get("csrf"), str):
        session["csrf"] = secrets.token_urlsafe(24)
    return str(session["csrf"])


def without_csrf(view: View) -> View:
    """Mark a view that acts for nobody's account (a citizen's form): it takes requests without a token.

    What it changes, it changes as nobody: there ``g.account`` is None whatever session comes along.
    """
    view.without_csrf = True  # type: ignore[attr-defined]
    return view


def unguarded() -> bool:
    """Whether this request changes something through a view that is marked ``without_csrf``."""
    view = current_app.view_functions.get(request.endpoint or "")
    return request.method not in SAFE_METHODS and getattr(view, "without_csrf", False)


def check() -> None:
    """Raise ``ForeignRequest`` where a request that changes something lacks the session's token."""
    if request.method in SAFE_METHODS:
        return
    given = request.headers.get(HEADER)
    if given is None and request.mimetype in FORMS:
        given = request.form.get(FIELD)
    known = session.get("csrf")
    if not given or not isinstance(known, str) or not hmac.compare_digest(given.encode(), known.encode()):
        raise ForeignRequest("The page is out of date. Load it again, then repeat what you did.")


def check_origin() -> None:
    """Raise ``ForeignRequest`` where a browser says that another site sent this request.

    For the login, which has no session yet: nobody shall be signed in to an account not their own. A browser always
    says so of a POST from elsewhere; a program that says nothing has no reader to deceive.
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None:
        own = site in ("same-origin", "none")
    else:
        own = origin is None or urlsplit(origin).netloc == request.host
    if not own:
        raise ForeignRequest("The request came from another site. Open the login page here and sign in again.")
