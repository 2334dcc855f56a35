"""Bearer tokens as they arrive in a request."""

from flask import request

BASIC_PATHS = ("/ogc/",)
"""Where GIS clients that know no Bearer may send the token as a Basic password, the user name being anything."""


def token_given() -> str | None:
    """The token that this request carries; None where it carries none.

    ``Authorization: Bearer ...`` counts everywhere, whatever it holds. Basic counts under ``BASIC_PATHS`` alone, which
    only read: a browser repeats Basic by itself, so it must not be able to change anything.
    """
    given = request.authorization
    if given is None:
        return None
    if given.type == "bearer":
        return given.token or ""
    if given.type == "basic" and f"{request.path}/".startswith(BASIC_PATHS):
        return given.password or ""
    return None


def challenge() -> str:
    """The WWW-Authenticate value of a 401 on this path."""
    if f"{request.path}/".startswith(BASIC_PATHS):
        return 'Basic realm="Firstline", charset="UTF-8"'
    invalid = ', error="invalid_token"' if token_given() is not None else ""
    return f'Bearer realm="Firstline"{invalid}'
