"""One town for all scenarios: its servers are ready whenever a scenario begins."""

import shutil
from collections.abc import Iterator

import pytest

from store import embedded
from tests import factories
from tests.conftest import new_home
from tests.scenarios.servers import Town, a_town


@pytest.fixture(scope="session")
def shared_town() -> Iterator[Town]:
    home = new_home()
    try:
        with a_town(home, factories.a_town()) as town:
            yield town
    finally:
        embedded.stop(home)
        shutil.rmtree(home)


@pytest.fixture
def town(shared_town: Town) -> Town:
    """The town; what a scenario before ended is started again."""
    for server in shared_town.servers:
        if server.process is None or server.process.poll() is not None:
            server.start()
    for server in shared_town.servers:
        server.ready()
    return shared_town
