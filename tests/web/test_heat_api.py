"""Heat: bins whose counts add up to the items, the same bins wherever the map stands, in scope, bounded."""

import pytest

from boundaries.read import read_district
from store.database import Database
from store.settings import ROOT
from tests.factories import IN_T2G1, RUBBISH, RunningService, a_service
from web.map_api import BINS_ACROSS, bin_step

EVERYWHERE = "100,0,130,50"


@pytest.fixture
def service(database: Database) -> RunningService:
    return a_service(database)


def heat(service: RunningService, name: str, **query: str) -> dict[str, object]:
    answer = service[name].get("/map/heat", **query)
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json())


def test_bins_add_up_to_the_items_in_sight(service: RunningService) -> None:
    channel = service["channel"]
    for fields in ({}, {}, {"lon": IN_T2G1[0], "category": RUBBISH}, {"lon": None}):
        channel.report(**fields)
    answer = heat(service, "dispatcher")
    bins = answer["bins"]
    assert isinstance(bins, list) and isinstance(answer["step"], float)
    assert sum(count for _, _, count in bins) == answer["located"] == 3
    assert sorted(count for _, _, count in bins) == [1, 2]
    assert answer["total"] == 4, "one has no place"
    for west, south, _ in bins:
        for edge in (west, south):
            assert edge / answer["step"] == pytest.approx(round(edge / answer["step"]), abs=1e-3)
    assert heat(service, "dispatcher", category=RUBBISH)["located"] == 1
    assert heat(service, "dispatcher", to="2001-01-01")["bins"] == []
    assert heat(service, "dispatcher", bbox=EVERYWHERE)["located"] == 3


def test_heat_is_scoped(service: RunningService) -> None:
    for fields in ({}, {"lon": IN_T2G1[0]}):
        service["channel"].report(**fields)
    assert heat(service, "officer", bbox=EVERYWHERE)["located"] == 1
    assert heat(service, "worker", bbox=EVERYWHERE)["located"] == 0


def test_a_bin_never_wanders_and_a_view_never_holds_too_many() -> None:
    for width in (0.001, 0.03, 0.0774, 1.0, 30.0, 360.0):
        step = bin_step((119.0, 26.0, 119.0 + width, 26.0))
        assert width / step <= BINS_ACROSS
        assert (step / 0.0005).is_integer()


@pytest.mark.parametrize("query", [{"bbox": "x"}, {"status": "lost"}, {"from_": "soon"}])
def test_what_cannot_be_understood(service: RunningService, query: dict[str, str]) -> None:
    assert service["dispatcher"].get("/map/heat", **query).status_code == 422


def test_the_worst_heat_is_small(database: Database) -> None:
    """An item in every bin of the district's box, and a million in each would not make it longer than this by much."""
    service = a_service(database, read_district(ROOT / "boundaries" / "gulou"))
    number = service["channel"].report(lon=119.2905, lat=26.0985)["number"]
    with service.pool.transaction() as cur:
        cur.execute("SELECT * FROM items WHERE number = %s", (number,))
        names = [name for name in cur.fetchone() if name not in ("id", "number", "lon", "lat")]
        cur.execute(
            f"""INSERT INTO items (id, number, lon, lat, {", ".join(names)})
            SELECT 1000 + n, '261124-' || to_char(n, 'FM0000000'), 119.24 + (n %% 64) * 0.001,
            26.06 + (n / 64) * 0.001, {", ".join(names)}
            FROM items, generate_series(0, 4095) AS n WHERE number = %s""",
            (number,),
        )
    answer = service["dispatcher"].get("/map/heat", bbox="119.24,26.06,119.3039,26.1239")
    assert answer.get_json()["located"] == 4097 and len(answer.data) < 300_000
    assert len(service["dispatcher"].get("/map/heat").data) < 300_000
