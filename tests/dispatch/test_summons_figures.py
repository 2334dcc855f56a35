"""Whatever officer and units do with a summons, and in whatever order: its figures add up."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch import answering, summoning
from dispatch.item import Item
from dispatch.summons import CALL_STATES, Summons, figures
from gis.errors import Refusal
from tests.dispatch.calling import ITEM, OFFICER, UNITS, at, call_units, check_in, department

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["acknowledge", "check_in", "excuse", "substitute", "reschedule", "conclude", "cancel"]),
        st.sampled_from([*UNITS, "civil-affairs"]),
        st.integers(0, 20),
    ),
    max_size=25,
)


@settings(deadline=None)
@given(STEPS)
def test_whatever_happens_the_figures_add_up(steps: list[tuple[str, str, int]]) -> None:
    summons, minutes = call_units(), 0
    for act, unit, passed in steps:
        minutes += passed
        try:
            summons = _step(summons, act, unit, minutes)
        except Refusal:
            continue
        how = figures(summons)
        waiting = sum(call.state in ("sent", "acknowledged") for call in summons.calls)
        assert how.called == how.present + how.late + how.absent + how.excused + waiting
        assert how.come == how.present + how.late and how.in_time <= how.acknowledged
        assert all(call.state in CALL_STATES for call in summons.calls)
        assert summons.state == "open" or summons.state == "cancelled" or not waiting
        for call in summons.calls:
            assert (call.state in ("present", "late")) == (call.checked_in_at is not None)
            if call.late_by_s is not None:
                assert (call.state == "late") == (call.late_by_s > 0)


def _step(summons: Summons, act: str, unit: str, minutes: int) -> Summons:
    world, account = at(minutes), department(unit)
    later = (world.now + timedelta(minutes=40)).isoformat()
    item: Item = ITEM
    if act == "acknowledge":
        return answering.acknowledge(summons, account, world).summons
    if act == "check_in":
        return check_in(summons, unit, minutes)
    if act in ("excuse", "substitute"):
        substitute = "civil-affairs" if act == "substitute" else None
        return answering.excuse(summons, item, account, {"reason": "x", "substitute": substitute}, world).summons
    if act == "reschedule":
        return summoning.reschedule(summons, item, OFFICER, {"meet_at": later}, world).summons
    if act == "conclude":
        return summoning.conclude(summons, item, OFFICER, {"plan": "x"}, world).summons
    return summoning.cancel(summons, item, OFFICER, {"reason": "x"}, world).summons
