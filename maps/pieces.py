"""A folium figure taken apart into what a page puts in its head, its body and a script; no link leads outside."""

import re
from dataclasses import dataclass, replace

import folium
from branca.element import CssLink, Element, Figure, Link

from maps import vendor

VENDOR_BASE = "/static/vendor/"
_NONCE = "@@nonce@@"


class OutsideLink(Exception):
    """A rendered map would fetch something from another server."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """The three parts of a rendered figure. Cached, they hold a mark where each page puts its own nonce."""

    head: str
    body: str
    script: str

    def with_nonce(self, nonce: str) -> "Pieces":
        """The same with every inline script and style carrying ``nonce``."""
        parts = {name: getattr(self, name).replace(_NONCE, nonce) for name in ("head", "body", "script")}
        return replace(self, **parts)


def take_apart(chart: folium.Map, *, inline: bool = False) -> Pieces:
    """Renders ``chart``. ``inline`` writes the libraries into the head instead of linking our own copies.

    Raises MissingAsset for a library that maps/vendor.py does not know and OutsideLink for any address left over.
    """
    figure = chart.get_root()
    if not isinstance(figure, Figure):
        raise TypeError("a map belongs into a figure")
    for child in list(figure._children.values()):
        child.render()  # libraries are registered while rendering
    for name, element in list(figure.header._children.items()):
        if isinstance(element, Link):
            _send_home(figure, name, element, inline)
        elif name == "meta_http":
            del figure.header._children[name]  # the page says its own
    head = re.sub(r"<meta\b[^>]*>", "", figure.header.render())  # a map must not forbid the page to be zoomed
    head = re.sub(r"<style>html, body \{.*?</style>", "", head, flags=re.DOTALL)
    body, script = figure.html.render(), f"<script>\n{figure.script.render()}\n</script>"
    if inline:
        return Pieces(head, body, script)
    pieces = Pieces(_marked(head), _marked(body), _marked(script))
    _refuse_outside(pieces)
    return pieces


def _send_home(figure: Figure, name: str, link: Link, inline: bool) -> None:
    """Points one of folium's links at our copy of the file, or takes it away."""
    local = vendor.local_link(name)
    if local is None:
        del figure.header._children[name]
    elif inline:
        tag = "style" if isinstance(link, CssLink) else "script"
        text = vendor.text_of(local)
        if f"</{tag}" in text:
            raise OutsideLink(f"{local} holds a closing {tag} tag and cannot be written into a page")
        figure.header._children[name] = Element("{% raw %}" + f"<{tag}>{text}</{tag}>" + "{% endraw %}")
    else:
        link.url = VENDOR_BASE + local


def _marked(html: str) -> str:
    return re.sub(r"<(script|style)\b(?![^>]*\bnonce=)", rf'<\1 nonce="{_NONCE}"', html)


def _refuse_outside(pieces: Pieces) -> None:
    for part in (pieces.head, pieces.body):
        if found := re.search(r"""(?:src|href)\s*=\s*["'](?:https?:)?//[^"']*""", part):
            raise OutsideLink(f"the map would fetch {found[0]}")
