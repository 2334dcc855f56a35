"""Opening the service for a command: settings from the environment, the database, and what stands on it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from dispatch.rulebook import RULES, RuleError, Rules, read_rules
from dispatch.staff import read_staff
from store import publishing
from store.accounts import Accounts
from store.callers import Callers
from store.citizens import Citizens
from store.closing import close_unrated
from store.database import Database
from store.desk import Desk
from store.errors import SchemaFault
from store.escalator import Steps
from store.features import FeatureDesk
from store.figures import FigureDesk
from store.hub import Hub
from store.likes import Likes
from store.map_desk import MapDesk
from store.migrate import behind
from store.mutual_desk import MutualDesk
from store.notices import Notices, prune
from store.orders import Orders
from store.pauses import end_pauses
from store.photos import Photos
from store.picture_files import Folder
from store.planning import Planning
from store.presence import Presence
from store.public import PublicDesk
from store.publisher import Publisher
from store.relay import Relay
from store.reviews import tell_overdue_orders, tell_reviews
from store.saving import Pen
from store.settings import Settings
from store.shelf import Shelf
from store.summons_desk import SummonsDesk
from store.sweep_desk import SweepDesk
from store.text_roads import road_of
from store.texts import Texts
from store.world import Worlds, import_people

CONNECTIONS = 10
"""Database connections of one process. Threads beyond that wait for each other, which costs less than connections."""


def clock() -> datetime:
    """Now, aware. The one place where the programme looks at the time."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Service:
    """The opened service of one process; everything is made on its first use."""

    database: Database
    rules: Rules

    @cached_property
    def shelf(self) -> Shelf:
        return Shelf(self.database.pool)

    @cached_property
    def worlds(self) -> Worlds:
        return Worlds(self.database.pool, self.shelf, self.rules, clock)

    @cached_property
    def desk(self) -> Desk:
        return Desk(self.database.pool, self.worlds, self.database.settings.secret)

    @cached_property
    def photos(self) -> Photos:
        return Photos(self.database.pool, self.pen, Folder(self.database.settings.photos), clock)

    @cached_property
    def citizens(self) -> Citizens:
        return Citizens(self.database.pool, self.worlds, self.pen, Folder(self.database.settings.photos))

    @cached_property
    def texts(self) -> Texts:
        settings = self.database.settings
        return Texts(self.database.pool, self.worlds, settings.secret, road_of(settings.sms, settings.home))

    @cached_property
    def summonses(self) -> SummonsDesk:
        return SummonsDesk(self.database.pool, self.worlds, self.database.settings.secret)

    @cached_property
    def mutual(self) -> MutualDesk:
        return MutualDesk(self.database.pool, self.worlds, self.database.settings.secret)

    @cached_property
    def maps(self) -> MapDesk:
        return MapDesk(self.database.pool, self.worlds)

    @cached_property
    def features(self) -> FeatureDesk:
        return FeatureDesk(self.database.pool)

    @cached_property
    def likes(self) -> Likes:
        return Likes(self.database.pool, self.worlds)

    @cached_property
    def callers(self) -> Callers:
        return Callers(self.database.pool, self.worlds, self.database.settings.secret)

    @cached_property
    def public(self) -> PublicDesk:
        return PublicDesk(self.database.pool, self.worlds, Folder(self.database.settings.photos))

    @cached_property
    def planning(self) -> Planning:
        return Planning(self.database.pool, self.worlds, self.pen, clock)

    @cached_property
    def presence(self) -> Presence:
        return Presence(self.database.pool, clock)

    @cached_property
    def sweeps(self) -> SweepDesk:
        return SweepDesk(self.desk)

    @cached_property
    def figures(self) -> FigureDesk:
        return FigureDesk(self.database.pool, self.worlds)

    @cached_property
    def hub(self) -> Hub:
        return Hub(self.database.pool, self.shelf, self.worlds.forget_people)

    @cached_property
    def notices(self) -> Notices:
        return Notices(self.database.pool, clock)

    @cached_property
    def accounts(self) -> Accounts:
        return Accounts(self.database.pool)

    def relay(self) -> Relay:
        """The background work: a new thread, not started."""
        chores = (
            lambda now: end_pauses(self.desk, now),
            lambda now: close_unrated(self.desk, now),
            lambda now: tell_reviews(self.database.pool, now),
            lambda now: tell_overdue_orders(self.database.pool, now),
            lambda now: prune(self.database.pool, now),
            lambda now: self.mutual.tell_of_ratings(now),
        )
        return Relay(self.database.pool, clock, more=chores)

    def publisher(self) -> Publisher:
        """What lets planned Editions go live: a new thread, not started."""
        return Publisher(lambda: publishing.carry_out_due(self.database.pool, self.worlds, self.pen, clock))

    @cached_property
    def steps(self) -> Steps:
        return Steps(self.database.pool, self.pen, clock)

    @cached_property
    def orders(self) -> Orders:
        return Orders(self.desk)

    @cached_property
    def pen(self) -> Pen:
        return Pen(self.rules, self.database.settings.secret, self.worlds.units)


@contextmanager
def opened(*, check_schema: bool = True) -> Iterator[Service]:
    """The service as the environment names it. Raises NoDatabase, RuleError, SchemaFault (a schema that is behind)."""
    rules = read_rules(RULES)
    with Database.open(Settings.read(os.environ), size=CONNECTIONS) as database:
        if check_schema:
            demand_schema(database)
        yield Service(database, rules)


def demand_schema(database: Database) -> None:
    """Raise SchemaFault, with the command that helps, where the schema is behind."""
    lacking = behind(database.admin_dsn)
    if lacking:
        raise SchemaFault(f"The database's schema is behind ({', '.join(lacking)}): run `python app.py migrate`.")


def prepare(service: Service) -> None:
    """What must be in the database before the first item: the rule set, and units and staff where there are none."""
    staff, faults = read_staff(RULES / "staff.csv")
    if faults:
        raise RuleError(list(faults))
    service.worlds.keep_rules()
    import_people(service.database.pool, list(service.rules.units.values()), list(staff), if_empty=True)
    service.worlds.forget_people()
