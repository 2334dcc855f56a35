"""Brings the Chinese catalogue up to date with the pages: new strings are added (empty), gone ones dropped.

Usage: .venv/bin/python scripts/translations.py. It prints what still lacks its Chinese, to be written in by hand.
"""

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

WEB = Path(__file__).resolve().parent.parent / "web"
CATALOGUE = WEB / "translations" / "zh_CN" / "LC_MESSAGES" / "messages.po"
SOURCES = [("**.py", "python"), ("templates/**.html", "jinja2"), ("static/**.js", "javascript")]
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None}
COMMENT = "# Chinese words of the pages. The source strings stand in web/*.py, web/templates and web/static."
PLACEHOLDERS = (b'"Project-Id', b'"Report-', b'"POT-', b'"PO-', b'"Last-', b'"Language-Team', b'"Generated-By')


def main() -> int:
    with CATALOGUE.open("rb") as file:
        known = {message.id: message.string for message in read_po(file, locale="zh_CN") if message.id}
    fresh = Catalog(locale="zh_CN", project="Firstline", header_comment=COMMENT, fuzzy=False)
    for file_name, _line, message, _comments, _context in extract_from_dir(WEB, SOURCES, keywords=KEYWORDS):
        fresh.add(message, known.get(message, ""), locations=[(file_name, 0)])
    CATALOGUE.write_bytes(written(fresh))
    missing = [message.id for message in fresh if message.id and not message.string]
    print("\n".join(map(str, missing)))
    return 1 if missing else 0


def written(catalogue: Catalog) -> bytes:
    """The catalogue as text, without the headers that Babel fills with placeholders."""
    whole = io.BytesIO()
    write_po(whole, catalogue, width=120, include_lineno=False, sort_output=True)
    return b"".join(line for line in whole.getvalue().splitlines(keepends=True) if not line.startswith(PLACEHOLDERS))


if __name__ == "__main__":
    sys.exit(main())
