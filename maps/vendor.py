"""The front-end files that maps need, and where folium's own links are sent: never outside.

folium names a link for every library it knows and points it at a public server. Each of these names is either mapped
to a file of ours or left out on purpose; a name that is in neither table stops the map from being made.
"""

import base64
import re
from pathlib import Path

NODE_MODULES = Path(__file__).resolve().parent.parent / "node_modules"

FILES = {
    "leaflet/leaflet.js": "leaflet/dist/leaflet.js",
    "leaflet/leaflet.css": "leaflet/dist/leaflet.css",
    "leaflet/images/layers.png": "leaflet/dist/images/layers.png",
    "leaflet/images/layers-2x.png": "leaflet/dist/images/layers-2x.png",
    "leaflet/images/marker-icon.png": "leaflet/dist/images/marker-icon.png",
    "leaflet/images/marker-icon-2x.png": "leaflet/dist/images/marker-icon-2x.png",
    "leaflet/images/marker-shadow.png": "leaflet/dist/images/marker-shadow.png",
    "leaflet.markercluster/leaflet.markercluster.js": "leaflet.markercluster/dist/leaflet.markercluster.js",
    "leaflet.markercluster/MarkerCluster.css": "leaflet.markercluster/dist/MarkerCluster.css",
}
"""Path under /static/vendor/ -> file under node_modules/. What is not listed is not served."""

LINKS: dict[str, str | None] = {
    "leaflet": "leaflet/leaflet.js",
    "leaflet_css": "leaflet/leaflet.css",
    "markerclusterjs": "leaflet.markercluster/leaflet.markercluster.js",
    "markerclustercss": "leaflet.markercluster/MarkerCluster.css",
    # Our own clusters say the count in the page's type and need no second look.
    "markerclusterdefaultcss": None,
    # Bootstrap's resets would restyle the page around the map; popups and icons of ours need none of these.
    "jquery": None,
    "bootstrap": None,
    "bootstrap_css": None,
    "awesome_markers": None,
    "awesome_markers_css": None,
    "awesome_markers_font_css": None,
    "awesome_rotate_css": None,
    "glyphicons_css": None,
}
"""folium's name of a link -> our file, or None where the link is left out."""


class MissingAsset(Exception):
    """A map wants a front-end file that nobody listed, or that set-up has not installed."""


def path_of(name: str) -> Path:
    """The file behind a path under /static/vendor/. Raises MissingAsset for a name that is not listed."""
    try:
        return NODE_MODULES / FILES[name]
    except KeyError:
        raise MissingAsset(f"{name} is not a listed front-end file") from None


def local_link(link: str) -> str | None:
    """Our file for one of folium's links, None to leave it out. Raises MissingAsset for a link nobody decided on."""
    try:
        return LINKS[link]
    except KeyError:
        raise MissingAsset(f"the map links {link!r}, which has no local file: add it to maps/vendor.py") from None


def text_of(name: str) -> str:
    """The text of a listed file, a stylesheet with its images written in, so that it needs nothing beside it."""
    path = path_of(name)
    if not path.is_file():
        raise MissingAsset(f"{name} is not installed: run make setup")
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".css":
        return re.sub(r"url\((images/[\w.-]+)\)", lambda found: _inline_image(path.parent / found[1]), text)
    return re.sub(r"^//# sourceMappingURL=.*$", "", text, flags=re.MULTILINE)


def _inline_image(path: Path) -> str:
    data = base64.b64encode(path.read_bytes()).decode("ascii")
    return f"url(data:image/png;base64,{data})"
