"""Whom a summons proposes: the item's handlers, the catalogue's units, and those that others called for the like."""

from dataclasses import replace

from dispatch.item import Handler
from dispatch.proposing import Proposed, proposed_units
from tests.factories import a_world, an_item

WORLD = a_world()


def proposed(
    called: dict[str, int], summonses: int, *, category: str, handlers: tuple[Handler, ...]
) -> dict[str, Proposed]:
    item = replace(an_item(WORLD, category=category), handlers=handlers)
    return {one.unit: one for one in proposed_units(item, WORLD.rules, WORLD.units, called, summonses)}


def test_handlers_and_the_catalogue_are_chosen() -> None:
    found = proposed({}, 0, category="1.01", handlers=(Handler("housing-bureau", "main"),))
    assert found["housing-bureau"].why == ("handler",) and found["housing-bureau"].chosen
    assert all("catalogue" in one.why for code, one in found.items() if code != "housing-bureau")


def test_who_gave_it_back_is_not_proposed_for_having_had_it() -> None:
    given_back = Handler("housing-bureau", "main", "returned")
    assert "housing-bureau" not in proposed({}, 0, category="unclassified", handlers=(given_back,))


def test_history_names_a_unit_and_chooses_it_where_it_is_a_habit() -> None:
    found = proposed({"civil-affairs": 2, "housing-bureau": 1}, 4, category="unclassified", handlers=())
    assert found["civil-affairs"] == Proposed("civil-affairs", ("history",), 2, True)
    assert found["housing-bureau"] == Proposed("housing-bureau", ("history",), 1, False)
    assert not proposed({"civil-affairs": 2}, 5, category="unclassified", handlers=())["civil-affairs"].chosen
    assert not proposed({"civil-affairs": 1}, 1, category="unclassified", handlers=())["civil-affairs"].chosen


def test_the_chosen_stand_first_then_the_oftenest() -> None:
    called = {"civil-affairs": 1, "market-supervision": 3, "housing-bureau": 9}
    handlers = (Handler("civil-affairs", "main"),)
    order = list(proposed(called, 20, category="unclassified", handlers=handlers))
    assert order == ["civil-affairs", "housing-bureau", "market-supervision"], order


def test_nobody_unknown_nor_the_lead_itself_is_called() -> None:
    found = proposed(
        {"T1": 5, "gone-unit": 5, "centre": 5}, 5, category="unclassified", handlers=(Handler("T1", "main"),)
    )
    assert not found
