"""Firstline: the web application and ``python app.py COMMAND``. Wiring only."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from cli.service import Service


def create_app(service: "Service", *, demonstration: bool = False, most_streams: int = 100) -> "Flask":
    """The web application on an opened service. ``most_streams``: live maps that this process serves at once."""
    from flask import Flask

    from cli.service import clock
    from store import publishing
    from store.health import ready
    from web import accounts, api, assets, auth, editions, headers, health, i18n, live, map_api, pages, places, problems
    from web.services import EXTENSION, Services

    database, settings = service.database, service.database.settings
    app = Flask("web")
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions[EXTENSION] = Services(
        desk=service.desk,
        maps=service.maps,
        stream=service.hub,
        rules=service.rules,
        edition=service.shelf.live,
        edition_at=service.shelf.at,
        editions=lambda: publishing.listed(database.pool),
        people=service.worlds.people,
        clock=clock,
        ready=lambda: ready(database),
        secret=settings.secret,
        most_streams=most_streams,
    )
    problems.install(app)
    headers.install(app, tiles=settings.tiles)
    auth.init(
        app, service.accounts, settings.secret, clock=clock, proxy=bool(settings.proxy), demonstration=demonstration
    )
    i18n.install(app)
    assets.install(app)
    accounts.install(app)
    pages.install(app, tiles=settings.tiles, note=settings.map_note)
    for module in (api, places, map_api, live, editions, health):
        app.register_blueprint(module.blueprint)
    return app


if __name__ == "__main__":
    from cli import main

    sys.exit(main())
