"""Firstline: the web application and ``python app.py COMMAND``. Wiring only."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from cli.service import Service
    from web.services import Services

MOST_BODY = 17 * 1024 * 1024
"""Bytes that no body may exceed."""


def create_app(
    service: "Service", *, demonstration: bool = False, most_streams: int = 100, hosts: "list[str] | None" = None
) -> "Flask":
    """The web application on an opened service. ``most_streams``: live maps that this process serves at once.

    ``hosts``: the only values of the Host header that are answered, all where None. A demonstration names its own
    address, so that no page of the internet can point its own name here and sign in by the demonstration's buttons.
    """
    from flask import Flask

    from cli.service import clock
    from web import accounts, answers, assets, auth, headers, i18n, pages, phone, problems
    from web.services import EXTENSION

    settings = service.database.settings
    app = Flask("web")
    answers.install(app)
    app.config["MAX_CONTENT_LENGTH"] = MOST_BODY  # whatever is read, and before any view says that it takes less
    app.extensions[EXTENSION] = _services(service, most_streams)
    if hosts is not None:
        app.before_request(lambda: headers.demand_host(hosts))
    problems.install(app)
    headers.install(app, tiles=settings.tiles)
    auth.init(
        app, service.accounts, settings.secret, clock=clock, proxy=bool(settings.proxy), demonstration=demonstration
    )
    i18n.install(app)
    assets.install(app)
    accounts.install(app)
    pages.install(app, tiles=settings.tiles, note=settings.map_note)
    phone.install(app)
    _register(app)
    return app


def _register(app: "Flask") -> None:
    """Give ``app`` its calls and pages that need no more than the services."""
    from web import (
        api,
        console_api,
        editions,
        health,
        kpi,
        likes_api,
        live,
        map_api,
        mutual_api,
        notices_api,
        orders_api,
        photos,
        places,
        plan_api,
        plan_publish_api,
        public_api,
        replay_api,
        report_pages,
        summons_api,
        sweeps_api,
        township_api,
        track_api,
        track_pages,
    )
    from web.ogc import views as ogc

    first = (api, photos, places, map_api, live, editions, health, summons_api, kpi, track_api, track_pages)
    for module in (*first, likes_api, sweeps_api, notices_api, mutual_api, orders_api, console_api):
        app.register_blueprint(module.blueprint)
    for module in (public_api, report_pages, replay_api, township_api, plan_api, plan_publish_api, ogc):
        app.register_blueprint(module.blueprint)


def _services(service: "Service", most_streams: int) -> "Services":
    """What the web may ask for, wired to the store."""
    from cli.service import clock
    from store import publishing
    from store.health import ready
    from web.services import Services

    return Services(
        desk=service.desk,
        photos=service.photos,
        citizens=service.citizens,
        maps=service.maps,
        features=service.features,
        figures=service.figures,
        likes=service.likes,
        sweeps=service.sweeps,
        summonses=service.summonses,
        mutual=service.mutual,
        orders=service.orders,
        notices=service.notices,
        callers=service.callers,
        presence=service.presence,
        public=service.public,
        planning=service.planning,
        find_places=lambda address: service.worlds.now().gazetteer.match(address),
        stream=service.hub,
        rules=service.rules,
        edition=service.shelf.live,
        edition_at=service.shelf.at,
        edition_of=lambda id: service.shelf.get(id)[0],
        editions=lambda: publishing.listed(service.database.pool),
        people=service.worlds.people,
        clock=clock,
        ready=lambda: ready(service.database),
        secret=service.database.settings.secret,
        most_streams=most_streams,
    )


if __name__ == "__main__":
    from cli import main

    sys.exit(main())
