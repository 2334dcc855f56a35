"""Who may read what: the keys of an item and of an account, for every role."""

from dataclasses import replace

import pytest

from dispatch.account import ROLES, Account
from dispatch.item import Handler
from dispatch.scope import can_read, keys_of, readers_of, sees_reporters
from tests.factories import PEOPLE, RUBBISH, a_task, an_account, an_item

ALL = {"dispatcher", "supervisor", "planner", "admin"}


def readers(item: object = None) -> set[str]:
    seen = readers_of(item or an_item())  # type: ignore[arg-type]
    return {name for name in PEOPLE if can_read(keys_of(an_account(name)), seen)}


def test_an_item_is_read_by_its_own() -> None:
    assert readers() == ALL | {"officer", "leader-T1", "w-T1G1", "department", "leader"}


def test_a_maker_reads_what_it_made() -> None:
    assert can_read(keys_of(Account(5, "x", "channel")), readers_of(an_item(maker=5)))
    assert not can_read(keys_of(Account(6, "y", "channel")), readers_of(an_item(maker=5)))


def test_making_an_item_gives_no_other_role_a_right_to_it() -> None:
    assert not can_read(keys_of(Account(5, "x", "officer", "T2")), readers_of(an_item(maker=5)))


def test_a_void_task_and_a_returned_item_are_no_longer_theirs() -> None:
    item = replace(an_item(), tasks=(a_task(state="void"),), handlers=(Handler("city-management", "main", "returned"),))
    assert readers(item) == ALL | {"officer", "leader-T1"}


def test_a_done_task_still_is() -> None:
    assert "w-T1G1" in readers(replace(an_item(), tasks=(a_task(state="done"),)))


def test_an_unlocated_item_is_the_centres_alone() -> None:
    assert readers(an_item(lon=None, lat=None, category=RUBBISH)) >= ALL
    assert not readers(an_item(lon=None, lat=None, category=None)) - ALL


def test_a_township_reads_what_it_handles_for_another() -> None:
    helped = replace(an_item(), handlers=(Handler("T2", "main"),))
    assert {"officer", "officer-T2"} <= readers(helped)


def test_every_role_has_a_scope() -> None:
    for role in ROLES:
        keys = keys_of(Account(1, "somebody", role, "T1"))
        assert keys is None if role in ALL else keys


def test_a_name_cannot_be_taken_for_another_key() -> None:
    assert not can_read(keys_of(Account(9, "T1", "worker")), readers_of(an_item()))
    assert not can_read(keys_of(Account(9, "x", "department", "w-T1G1")), readers_of(an_item()))


@pytest.mark.parametrize("name", PEOPLE)
def test_reporters(name: str) -> None:
    account, role = an_account(name), PEOPLE[name][0]
    assert sees_reporters(account, an_item()) is (role != "planner")
    for secret in (an_item(kind="report"), an_item(confidential=True)):
        assert sees_reporters(account, secret) is (role == "dispatcher")
