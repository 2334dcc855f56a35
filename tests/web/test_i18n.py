"""Two languages, and not a string left without its Chinese."""

import re
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import gettext

from web import i18n

WEB = Path(i18n.__file__).parent
SOURCES = [("**.py", "python"), ("templates/**.html", "jinja2"), ("static/**.js", "javascript")]
HOLES = re.compile(r"%\(\w+\)s|\{\w+\}")


def source_strings() -> dict[str, str]:
    """Every string that pages or scripts may show, with a file that holds it."""
    found = extract_from_dir(WEB, method_map=SOURCES, keywords={"_": None, "gettext": None, "lazy_gettext": None})
    return {message: file for file, _line, message, _comments, _context in found}


def catalogue() -> dict[str, str]:
    with (WEB / "translations/zh_CN/LC_MESSAGES/messages.po").open("rb") as file:
        return {message.id: message.string for message in read_po(file) if message.id and not message.fuzzy}


def test_every_string_has_its_chinese() -> None:
    known = catalogue()
    missing = {message: file for message, file in source_strings().items() if not known.get(message)}
    assert missing == {}


def test_the_catalogue_holds_nothing_that_is_gone() -> None:
    assert set(catalogue()) - set(source_strings()) == set()


def test_translations_keep_their_holes() -> None:
    broken = {m: t for m, t in catalogue().items() if sorted(HOLES.findall(m)) != sorted(HOLES.findall(t))}
    assert broken == {}


def test_strings_are_found_in_all_three_kinds_of_file() -> None:
    kinds = {Path(file).suffix for file in source_strings().values()}
    assert kinds == {".py", ".html", ".js"}


@pytest.fixture
def app() -> Flask:
    app = Flask("web", root_path=str(WEB))
    i18n.install(app)

    @app.get("/say")
    def say() -> dict[str, Any]:
        return {"language": i18n.language(), "word": gettext("In work")}

    return app


@pytest.mark.parametrize(
    ("address", "browser", "language"),
    [
        ("/say", "zh-CN,zh;q=0.9,en;q=0.5", "zh"),
        ("/say", "en-GB,en;q=0.9", "en"),
        ("/say", "de,en;q=0.5", "en"),
        ("/say", "fr", "zh"),
        ("/say", "", "zh"),
        ("/say?lang=en", "zh", "en"),
        ("/say?lang=zh", "en", "zh"),
        ("/say?lang=xx", "en", "en"),
    ],
)
def test_language_by_switch_then_browser_then_chinese(app: Flask, address: str, browser: str, language: str) -> None:
    answer = app.test_client().get(address, headers={"Accept-Language": browser} if browser else {}).get_json()
    assert answer == {"language": language, "word": {"zh": "处置中", "en": "In work"}[language]}


def test_the_switch_is_remembered(app: Flask) -> None:
    client = app.test_client()
    chinese = {"Accept-Language": "zh"}
    assert "lang=en" in client.get("/say?lang=en", headers=chinese).headers["Set-Cookie"]
    assert client.get("/say", headers=chinese).get_json()["language"] == "en"
    assert "Set-Cookie" not in client.get("/say?lang=xx", headers=chinese).headers
    assert client.get("/say?lang=zh", headers=chinese).get_json()["word"] == "处置中"


def test_scripts_get_their_words() -> None:
    chinese = i18n.script_words("zh")
    assert chinese["{n} min"] == "{n} 分"
    assert i18n.script_words("en") == {}
