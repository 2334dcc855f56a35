"""Which language a reader gets, and the words of pages and scripts in it.

Source strings are English; ``translations/zh_CN`` holds the Chinese ones. The catalogue is read as it is written
(.po), so that there is no compiled copy to go stale.
"""

import io
from functools import lru_cache
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, Response, g, has_request_context, request
from flask_babel import Babel, Domain

HERE = Path(__file__).resolve().parent
LANGUAGES = {"zh": "zh_CN", "en": "en"}
"""Language as pages and maps name it -> locale of its catalogue."""

DEFAULT = "zh"
COOKIE = "lang"
YEAR_SECONDS = 31_536_000
TAGS = {"zh": "zh-CN", "en": "en"}
"""What ``<html lang>`` says."""


def language() -> str:
    """The language of this request: the switch (``?lang=``), else the cookie, else the browser's, else Chinese."""
    if not has_request_context():
        return DEFAULT
    if "language" not in g:
        asked = (request.args.get(COOKIE), request.cookies.get(COOKIE), _by_browser())
        g.language = next((one for one in asked if one in LANGUAGES), DEFAULT)
    return str(g.language)


def install(app: Flask) -> None:
    """Give ``app`` its languages. Templates get ``_()``, ``language()`` and ``language_tag()``."""
    babel = Babel(app, default_locale="en", locale_selector=lambda: LANGUAGES[language()])
    babel.domain_instance = _Catalogues()
    app.jinja_env.globals["language"] = language
    app.jinja_env.globals["language_tag"] = lambda: TAGS[language()]
    app.after_request(_remember)


def script_words(for_language: str) -> dict[str, str]:
    """What the scripts under static/ may say, English to ``for_language``; empty for English itself."""
    if for_language == "en":
        return {}
    catalogue = _catalogue(LANGUAGES[for_language])
    return {message: catalogue.gettext(message) for message in _script_messages()}


@lru_cache(maxsize=1)
def _script_messages() -> tuple[str, ...]:
    found = extract_from_dir(HERE / "static", method_map=[("**.js", "javascript")], keywords={"_": None})
    return tuple(sorted({message for _file, _line, message, _comments, _context in found if isinstance(message, str)}))


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(locale: str) -> NullTranslations:
    path = HERE / "translations" / locale / "LC_MESSAGES" / "messages.po"
    if not path.is_file():
        return Translations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=locale))
    compiled.seek(0)
    return Translations(compiled)


class _Catalogues(Domain):
    """Flask-Babel's way to a catalogue, without compiled files."""

    def get_translations(self) -> NullTranslations:
        return _catalogue(LANGUAGES[language()])


def _by_browser() -> str | None:
    best = request.accept_languages.best_match(["zh", "zh-CN", "zh-Hans-CN", "zh-TW", "zh-HK", "en", "en-US", "en-GB"])
    return best[:2] if best else None


def _remember(response: Response) -> Response:
    if request.args.get(COOKIE) in LANGUAGES:
        response.set_cookie(
            COOKIE, language(), max_age=YEAR_SECONDS, samesite="Lax", secure=request.is_secure, httponly=True
        )
    return response
