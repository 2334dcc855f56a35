"""From a report to an item: every reason of a Resolution, what goes where, and that nothing is refused."""

from datetime import timedelta
from typing import Any

import pytest

from gis.datum import from_wgs84
from tests.factories import (
    IN_T1G1,
    IN_T2G1,
    NEAR_T2,
    NOON,
    OUTSIDE,
    POLICY,
    RUBBISH,
    TOILET,
    a_town,
    a_world,
    an_item,
    with_cell,
)

REASONS: list[tuple[str, dict[str, Any]]] = [
    ("no-location", {"lon": None, "lat": None}),
    ("no-location", {"lon": 119.3, "lat": None}),
    ("not-a-number", {"lon": "east", "lat": 26.08}),
    ("not-a-number", {"lon": True}),
    ("not-a-number", {"lon": [119.3]}),
    ("out-of-range", {"lon": 1193.0}),
    ("swapped-axes", {"lon": IN_T1G1[1], "lat": IN_T1G1[0]}),
    ("null-island", {"lon": 0, "lat": 0.0}),
    ("unknown-datum", {"datum": "atlantis"}),
    ("unknown-datum", {"datum": ["gcj02"]}),
    ("outside-district", {"lon": OUTSIDE[0]}),
    ("address-unknown", {"lon": None, "lat": None, "address": "月亮背面"}),
    ("address-ambiguous", {"lon": None, "lat": None, "address": "中心公园"}),
]


@pytest.mark.parametrize(("reason", "fields"), REASONS)
def test_what_has_no_place_waits_with_its_reason(reason: str, fields: dict[str, Any]) -> None:
    item = an_item(**fields)
    assert item.resolution.reason == reason
    assert (item.status, item.lead.kind, item.is_unlocated) == ("received", "centre", True)
    assert item.main is not None and item.tasks == ()
    assert [clock.stage for clock in item.clocks] == ["dispatch"]


def test_every_reason_is_tried() -> None:
    named = (
        "no-location not-a-number out-of-range swapped-axes null-island unknown-datum outside-district "
        "address-unknown address-ambiguous"
    )
    assert {reason for reason, _ in REASONS} == set(named.split())


def test_what_has_a_place_is_dispatched_at_once() -> None:
    item = an_item()
    assert (item.status, item.dispatched_at, item.lead.code) == ("dispatched", NOON, "T1")
    assert (item.resolution.grid, item.resolution.community, item.edition) == ("T1G1", "T1C", 1)
    assert [(t.worker, t.kind, t.state) for t in item.tasks] == [("w-T1G1", "confirm", "offered")]


def test_the_lead_handles_what_nobody_else_is_named_for() -> None:
    rubbish = an_item(category=RUBBISH)
    assert [(h.unit, h.role) for h in rubbish.handlers] == [("T1", "main"), ("city-management", "assist")]
    assert [h.unit for h in an_item(category="?").handlers] == ["T1"]


def test_unknown_words_are_kept_and_stand_as_unclassified() -> None:
    item = an_item(category="火星事务", kind="gossip", channel="pigeon")
    assert (item.category, item.kind, item.channel) == ("unclassified",) * 3
    assert item.given == {"category": "火星事务", "kind": "gossip", "channel": "pigeon"}
    assert item.status == "dispatched"


@pytest.mark.parametrize("word", [TOILET, "公厕保洁与维修", "Public toilet upkeep", " public toilet UPKEEP "])
def test_a_category_by_code_or_name(word: str) -> None:
    assert an_item(category=word).category == TOILET


def test_what_needs_no_place_is_never_unlocated() -> None:
    question = an_item(category=POLICY, lon=None, lat=None)
    assert (question.status, question.is_unlocated, question.resolution.reason) == ("dispatched", False, None)
    assert (question.lead.kind, question.tasks) == ("centre", ())
    assert an_item(kind="suggestion", lon=None, lat=None).is_unlocated is False


def test_a_known_address_places_the_item() -> None:
    item = an_item(lon=None, lat=None, address="东门小学")
    assert item.spot is not None and (item.spot.by, item.spot.accuracy_m) == ("address", 30.0)
    assert (item.resolution.grid, item.original) == ("T1G1", None)


def test_an_ambiguous_address_offers_the_places() -> None:
    guesses = an_item(lon=None, lat=None, address="中心公园").guesses
    assert {guess["grid"] for guess in guesses} == {"T1G2", "T2G1"}


def test_a_bad_pin_is_not_overruled_by_the_address() -> None:
    item = an_item(lon=0, lat=0, address="东门小学")
    assert (item.resolution.reason, item.spot) == ("null-island", None)
    assert item.guesses[0]["name"] == "东门小学"
    assert item.original == {"lon": 0, "lat": 0, "datum": "wgs84"}


def test_the_channel_gives_the_datum_that_the_report_does_not() -> None:
    lon, lat = from_wgs84(*IN_T1G1, "gcj02")
    wechat = an_item(channel="wechat", datum=None, lon=lon, lat=lat)
    assert wechat.spot is not None
    assert (wechat.spot.lon, wechat.spot.lat) == pytest.approx(IN_T1G1, abs=1e-9)
    assert wechat.original == {"lon": lon, "lat": lat, "datum": "gcj02"}
    phone = an_item(channel="phone", datum=None, lon=lon, lat=lat)
    assert phone.spot is not None and phone.spot.lon == lon


def test_a_gcj02_pin_declared_wgs84_is_believed_and_its_doubt_is_visible() -> None:
    """Half a kilometre off, near a border: what was declared decides, and the accuracy tells the doubt."""
    lon, lat = 119.3103, 26.085
    item = an_item(channel="phone", datum="wgs84", lon=lon, lat=lat, accuracy_m=100)
    assert (item.resolution.township, item.status, item.lead.code) == ("T2", "dispatched", "T2")
    assert item.resolution.doubtful and item.resolution.border_m == pytest.approx(30.0, abs=0.1)
    assert {c.township for c in item.resolution.candidates} == {"T1", "T2"}
    right = an_item(channel="phone", datum="gcj02", lon=lon, lat=lat)
    assert (right.resolution.township, right.resolution.doubtful) == ("T1", False)


def test_doubt_comes_from_the_accuracy_alone() -> None:
    lon, lat = NEAR_T2
    assert an_item(lon=lon, lat=lat, accuracy_m=5).resolution.doubtful is False
    near = an_item(lon=lon, lat=lat)  # the channel's own 50 m
    assert near.resolution.doubtful and near.resolution.border_m == pytest.approx(10.0, abs=0.1)
    assert (near.status, near.lead.code) == ("dispatched", "T1")


def test_a_shared_border_belongs_to_the_lowest_code() -> None:
    item = an_item(lon=119.31, lat=26.085)
    assert (item.resolution.grid, item.resolution.township, item.resolution.on_border) == ("T1G1", "T1", True)
    assert item.resolution.border_m == 0.0


def test_the_dispatch_clock_runs_from_receipt() -> None:
    received = NOON - timedelta(days=3)
    late = an_item(received_at=received.isoformat())
    assert {c.stage: c.state for c in late.clocks}["dispatch"] == "late"
    assert late.received_at == received and late.dispatched_at == NOON


def test_nobody_on_duty_leaves_the_work_to_the_township() -> None:
    town = with_cell(a_town(), "T1G1", code="T1G9")
    item = an_item(a_world(town))
    assert (item.resolution.grid, item.tasks, item.status) == ("T1G9", (), "dispatched")


def test_the_same_report_in_the_same_world_is_the_same_item() -> None:
    assert an_item(lon=IN_T2G1[0]) == an_item(lon=IN_T2G1[0])


@pytest.mark.parametrize("accuracy", [0.001, 999_999, 1e308, 0, -1, "50", "1e5", None])
def test_any_accuracy_will_do(accuracy: Any) -> None:
    assert an_item(accuracy_m=accuracy).resolution.grid == "T1G1"
