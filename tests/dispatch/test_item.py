"""An item is changed only by making a new one."""

from dataclasses import replace

import pytest

from tests.factories import an_item


def test_another_item_with_some_fields_changed() -> None:
    item = an_item()
    other = item.but(status="closed", reopened=2, clocks=())
    assert other == replace(item, status="closed", reopened=2, clocks=())
    assert item == an_item() and item.but() == item and item.but() is not item


def test_a_field_that_there_is_not() -> None:
    with pytest.raises(KeyError):
        an_item().but(colour="red")
