"""The grid worker's page as an app of the phone: its manifest, and the service worker that opens it offline."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Flask, Response, jsonify, url_for
from flask_babel import gettext as _

from maps import vendor
from web.i18n import TAGS, language

blueprint = Blueprint("phone", __name__)

HERE = Path(__file__).resolve().parent
STATIC = HERE / "static"
SCRIPT = STATIC / "offline.js"
ICONS = (("icon-192.png", "192x192"), ("icon-512.png", "512x512"))
KEPT = (".js", ".css", ".svg", ".png")
"""Which of our own files a phone keeps."""
MADE_OF = ("static/*", "templates/*", "translations/*/LC_MESSAGES/*.po")
"""What the page is made of: another digest of it is another version of the app."""


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    """What a phone needs to install the page."""
    icons = [{"src": url_for("static", filename=name), "sizes": size, "type": "image/png"} for name, size in ICONS]
    icons.append({"src": url_for("static", filename="icon.svg"), "sizes": "any", "type": "image/svg+xml"})
    answer = jsonify(
        {
            "id": "/work",
            "name": _("Firstline: my tasks"),
            "short_name": _("My tasks"),
            "lang": TAGS[language()],
            "start_url": "/work",
            "scope": "/",
            "display": "standalone",
            "background_color": "#f4f7f8",
            "theme_color": "#0b6e8f",
            "icons": icons,
        }
    )
    answer.headers["Content-Type"] = "application/manifest+json"
    answer.headers["Vary"] = "Accept-Language, Cookie"
    return answer


@blueprint.get("/service-worker.js")
def service_worker() -> Response:
    """The service worker of this version: its own name and the files that it keeps stand before its text."""
    head = f"const VERSION = {json.dumps(version())};\nconst ASSETS = {json.dumps(assets())};\n"
    answer = Response(head + SCRIPT.read_text(encoding="utf-8"), content_type="text/javascript; charset=utf-8")
    answer.headers["Service-Worker-Allowed"] = "/"
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def install(app: Flask) -> None:
    """Give ``app`` manifest and service worker."""
    app.register_blueprint(blueprint)


@lru_cache(maxsize=1)
def assets() -> list[str]:
    """Addresses of what the page needs besides itself."""
    own = [f"/static/{path.name}" for path in sorted(STATIC.iterdir()) if path.suffix in KEPT and path != SCRIPT]
    return own + [f"/static/vendor/{name}" for name in sorted(vendor.FILES) if vendor.path_of(name).is_file()]


@lru_cache(maxsize=1)
def version() -> str:
    """A digest of all that the page is made of, read once: a server that is updated starts anew."""
    files = [path for pattern in MADE_OF for path in sorted(HERE.glob(pattern)) if path.is_file()]
    files += [path for name in sorted(vendor.FILES) if (path := vendor.path_of(name)).is_file()]
    whole = hashlib.sha256()
    for path in files:
        whole.update(f"{path.name}\0{path.stat().st_size}\0".encode())
        whole.update(path.read_bytes())
    return whole.hexdigest()[:16]
