"""Who answers for an item: the main handler's unit, else the lead, else the centre itself."""

from dataclasses import replace

from dispatch.item import CENTRE, Handler, Lead
from dispatch.responsible import named, responsible
from dispatch.units import Unit
from tests.factories import a_world, an_item, rules

BUREAU = Unit("housing-bureau", "区房管局", "department", "经办", "分管", "主责")


def test_the_main_handler_then_the_lead_then_the_centre() -> None:
    centre = rules().thresholds.centre
    units = {**a_world().units, BUREAU.code: BUREAU}
    item = replace(an_item(), handlers=(Handler("T1", "assist"), Handler(BUREAU.code, "main")))
    assert named(responsible(item, units, centre)) == {
        "unit": "housing-bureau", "handler": "经办", "leader_in_charge": "分管", "responsible_leader": "主责",
    }  # fmt: skip
    returned = replace(item, handlers=(Handler(BUREAU.code, "main", "returned"),))
    assert responsible(returned, units, centre) == units["T1"]
    assert named(responsible(returned, {}, centre)) == dict.fromkeys(named(BUREAU), "") | {"unit": "T1"}
    alone = replace(item, handlers=(), lead=Lead("centre", CENTRE))
    assert responsible(alone, units, centre) is centre and all(named(centre).values())
