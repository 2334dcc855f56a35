"""One service for a whole file: the small district, drawn again once, with items of every sort and two summonses."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from store.database import Database
from store.settings import Settings
from tests.conftest import SECRET, drop, new_home
from tests.factories import IN_T1G2, IN_T2G1, OUTSIDE, POLICY, RUBBISH, RunningService, a_redrawn_town, a_service
from tests.summoning import summon

PRIVATE = ("林小明", "13812345678", "公厕脏污", "隔壁王阿姨说", "幸福里7幢", "钥匙在门卫", "甲某")
"""Words, names and places that citizens and officers gave: no export may hold any of them."""


@dataclass
class Town:
    """The service, and what was done in it."""

    service: RunningService
    editions: list[int] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    summonses: list[int] = field(default_factory=list)

    def get(self, name: str, path: str = "/", /, headers: dict[str, str] | None = None, **query: Any) -> TestResponse:
        """GET a path below /ogc as one of PEOPLE; ``_`` in the name of a parameter stands for ``-``."""
        caller = self.service[name]
        told = {"Authorization": f"Bearer {caller.token}", **(headers or {})}
        asked = {key.replace("_", "-"): value for key, value in query.items()}
        return caller.client.get(f"/ogc{path}", query_string=asked or None, headers=told)

    def features(self, name: str, collection: str, /, **query: Any) -> dict[str, Any]:
        """A page of features."""
        answer = self.get(name, f"/collections/{collection}/items", **query)
        assert answer.status_code == 200, answer.text
        assert answer.content_type == "application/geo+json"
        return dict(answer.get_json())

    def ids(self, name: str, collection: str, /, **query: Any) -> list[Any]:
        """Their ids."""
        return [one["id"] for one in self.features(name, collection, **query)["features"]]


@pytest.fixture(scope="module")
def town(clone: Callable[..., str], template: str, cluster: str) -> Iterator[Town]:
    home, dsn = new_home(), clone(template)
    with Database.open(Settings(home=Path(home), database_url=dsn, given_secret=SECRET)) as database:
        town = Town(a_service(database))
        _fill(town)
        yield town
    drop(cluster, dsn)
    home.rmdir()


def _fill(town: Town) -> None:
    service = town.service
    told: tuple[dict[str, Any], ...] = (
        {"description": "公厕脏污 隔壁王阿姨说", "address": "幸福里7幢", "given_by": "甲某"},
        {"lon": IN_T1G2[0], "lat": IN_T1G2[1], "category": RUBBISH},
        {"lon": IN_T2G1[0], "channel": "web"},
        {"lon": None, "lat": None, "category": POLICY},
        {"lon": OUTSIDE[0], "kind": "report", "confidential": True},
    )
    town.numbers = [service["channel"].report(**fields)["number"] for fields in told]
    service["dispatcher"].act(town.numbers[2], "classify", category=RUBBISH, urgency="critical")
    service["dispatcher"].act(town.numbers[3], "reply", text="钥匙在门卫")
    for number, place in ((town.numbers[0], None), (town.numbers[1], "钥匙在门卫")):
        town.summonses.append(
            summon(service, number=number, note="钥匙在门卫", **({"place": place} if place else {}))["id"]
        )
    town.editions = [1, service.publish(a_redrawn_town())]
