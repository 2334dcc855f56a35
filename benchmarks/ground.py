"""A service of its own for a benchmark: a PostgreSQL of its own in a new folder, the shipped district and rules."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli.demonstration import publish_shipped
from cli.service import CONNECTIONS, Service, prepare
from dispatch.account import Account
from dispatch.rulebook import RULES, read_rules
from store import embedded
from store.database import Database
from store.migrate import migrate
from store.settings import Settings


@contextmanager
def a_service() -> Iterator[Service]:
    """A service with an Edition, rules, units and staff, and no items. All of it is gone after the block."""
    home = Path(tempfile.mkdtemp(prefix="firstline-benchmark-"))
    home.chmod(0o711)  # started by root, PostgreSQL runs as another account
    try:
        with embedded.hold(home) as dsn:
            settings = Settings(home=home)
            migrate(dsn, settings)
            with Database.open(settings, size=CONNECTIONS) as database:
                service = Service(database, read_rules(RULES))
                prepare(service)
                publish_shipped(service)
                yield service
    finally:
        embedded.stop(home)
        shutil.rmtree(home)


def dispatcher() -> Account:
    """A dispatcher, as far as the desk is asked directly."""
    return Account(1, "dispatcher", "dispatcher")


def a_category(service: Service) -> str:
    """A category that a department handles, and that nobody has to verify or to photograph."""
    rules = service.rules
    plain = (one for one in rules.categories.values() if not (one.verify or one.photo) and one.code in rules.handlers)
    return next(one.code for one in plain if rules.handlers[one.code].main in rules.units)


def handler(service: Service) -> Account:
    """A handler of the department that the category goes to."""
    return Account(2, "handler", "department", service.rules.handlers[a_category(service)].main)


def a_spot(service: Service) -> tuple[float, float]:
    """A place inside the district."""
    point = service.shelf.live().index.cells[0].geometry.representative_point()
    return float(point.x), float(point.y)
