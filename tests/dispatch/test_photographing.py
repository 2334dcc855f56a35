"""Who may add photographs to which item, and what a photograph tells its reader."""

from dataclasses import replace

import pytest

from dispatch.errors import BadArguments, Forbidden, WrongState
from dispatch.photo import STAGES, Photo, Twin
from dispatch.photographing import ENDED, admit, distance_m, stages_for, twins_seen_by
from tests.factories import IN_T1G1, NOON, PEOPLE, a_task, an_account, an_item
from web.asked import STATUSES


def a_photo(**fields: object) -> Photo:
    told = {"id": 1, "stage": "before", "sha256": "s", "thumbnail": "t", "width": 4, "height": 3, "lon": None}
    told |= {"lat": None, "taken_at": None, "role": "worker", "unit": None, "at": NOON}
    return Photo(**(told | fields))  # type: ignore[arg-type]


MAY = {"dispatcher", "officer", "w-T1G1", "department"}


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("status", STATUSES)
def test_who_may_add_when(name: str, status: str) -> None:
    item = replace(an_item(), status=status)
    account = an_account(name)
    may = name in MAY and status not in ENDED
    assert stages_for(item, account) == (STAGES if may else ())
    if may:
        assert admit(item, account, "scene") == "scene"
        return
    with pytest.raises(WrongState if name in MAY else Forbidden):
        admit(item, account, "scene")


def test_the_channel_adds_to_what_it_brought() -> None:
    item = an_item(maker=7)
    assert stages_for(item, an_account("channel", 7)) == STAGES
    assert stages_for(item, an_account("channel", 8)) == ()


def test_who_gave_the_item_back_adds_nothing_more() -> None:
    item = an_item()
    returned = replace(item, handlers=tuple(replace(h, state="returned") for h in item.handlers))
    assert stages_for(returned, an_account("department")) == ()
    void = replace(item, tasks=(a_task(state="void"),))
    assert stages_for(void, an_account("w-T1G1")) == ()
    assert stages_for(replace(item, tasks=(a_task(state="done"),)), an_account("w-T1G1")) == STAGES


@pytest.mark.parametrize("stage", [None, "", "during", "Before"])
def test_stages_that_are_none(stage: str | None) -> None:
    with pytest.raises(BadArguments):
        admit(an_item(), an_account("dispatcher"), stage)


def test_the_distance_is_the_geodesic_one() -> None:
    """A thousandth of a degree of latitude at 26.085 north is 110.78 m (the meridian's radius there, Snyder 4-18)."""
    item = an_item()
    assert distance_m(item, a_photo(lon=IN_T1G1[0], lat=IN_T1G1[1] + 0.001)) == pytest.approx(110.78, abs=0.02)
    assert distance_m(item, a_photo()) is None
    assert distance_m(replace(item, spot=None), a_photo(lon=119.3, lat=26.0)) is None


def test_twins_are_named_to_those_who_may_read_them() -> None:
    twins = (Twin("1", ("township:T1",)), Twin("2", ("township:T2",)), Twin("1", ("township:T1",)))
    photo = a_photo(twins=twins)
    assert twins_seen_by(photo, an_account("dispatcher")) == ("1", "2")
    assert twins_seen_by(photo, an_account("officer")) == ("1",)
    assert twins_seen_by(photo, an_account("w-T1G1")) == ()
