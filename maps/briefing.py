"""The page around a map file for a briefing: title, legend and everything inside, nothing fetched from anywhere."""

from html import escape

from maps.pieces import Pieces

_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
{head}
<style>html, body {{ height: 100%; margin: 0; }}
.folium-map {{ position: absolute !important; inset: 0; }}
.legend {{ position: absolute; z-index: 800; left: 12px; bottom: 12px; }}</style>
</head>
<body>
{body}
{legend}
{script}
</body>
</html>
"""


def page(pieces: Pieces, title: str, legend: str, language: str) -> str:
    """The file's text. ``title`` is printed as text, ``legend`` is HTML."""
    parts = {"head": pieces.head, "body": pieces.body, "script": pieces.script, "legend": legend}
    return _PAGE.format(language=language, title=escape(title), **parts)
