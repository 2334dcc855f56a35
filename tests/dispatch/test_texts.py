"""Which changes call for a text to the citizen, and which texts never leave."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dispatch.citizen_rules import TextRules, template
from dispatch.item import Item, Reporter
from dispatch.texts import LONGEST_WAIT, dropped, texts_of, wait_after
from tests.dispatch.test_rating import answered, rated
from tests.factories import NOON, an_item, rules

RULES = rules().thresholds.texts
PHONE = "13812345678"


def kinds(before: Item | None, after: Item, told: TextRules = RULES) -> list[str]:
    return [text.kind for text in texts_of(before, after, told)]


def test_each_stage_has_its_text() -> None:
    new = an_item()
    accepted = replace(new, status="accepted")
    assert (kinds(None, new), kinds(new, accepted)) == (["received"], ["accepted"])
    done = answered(replace(accepted, updated_at=NOON))
    assert kinds(accepted, done) == ["answered", "rate"]
    assert kinds(done, rated(done, 1, level=1, comment="否")) == [] and kinds(done, done) == []
    assert kinds(replace(new, status="settled"), accepted) == []
    reminder = texts_of(accepted, done, RULES)[1]
    assert done.close_at and NOON < reminder.due_at < done.close_at


@pytest.mark.parametrize(
    "fields",
    [
        {"demonstration": True}, {"anonymous": True}, {"confidential": True}, {"kind": "report"},
        {"reporter": Reporter()}, {"reporter": Reporter("林", "110")}, {"received_at": NOON - timedelta(days=2)},
    ],
)  # fmt: skip
def test_who_is_never_texted(fields: dict[str, Any]) -> None:
    assert kinds(None, replace(an_item(), **fields)) == []


def test_the_rules_may_allow_secret_ones_and_switch_kinds_off() -> None:
    secret = replace(an_item(), confidential=True)
    assert kinds(None, secret, replace(RULES, secret=True)) == ["received"]
    assert kinds(None, an_item(), replace(RULES, words={})) == []


def test_why_a_text_is_dropped_when_its_turn_comes() -> None:
    item, done = an_item(), answered()
    assert dropped("received", item, PHONE, 0, RULES) is None
    assert dropped("received", item, "", 0, RULES) == "no-phone"
    assert dropped("received", replace(item, confidential=True), PHONE, 0, RULES) == "not-allowed"
    assert dropped("received", item, PHONE, 0, replace(RULES, words={})) == "off"
    assert dropped("received", item, PHONE, RULES.a_day, RULES) == "limit"
    assert dropped("rate", done, PHONE, 0, RULES) is None
    for kind in ("answered", "rate"):
        assert dropped(kind, rated(done, 1, level=5), PHONE, 0, RULES) == "past"
        assert dropped(kind, rated(done, 1, level=1, comment="没修好"), PHONE, 0, RULES) == "past"
    assert dropped("answered", replace(done, status="closed"), PHONE, 0, RULES) is None
    assert dropped("rate", replace(done, status="closed"), PHONE, 0, RULES) == "past"


def test_what_speaks_of_an_answer_that_was_taken_back_never_leaves() -> None:
    anew = replace(answered(), restarted_at=NOON)
    for kind in ("answered", "rate"):
        assert dropped(kind, anew, PHONE, 0, RULES, NOON - timedelta(hours=1)) == "past"
        assert dropped(kind, anew, PHONE, 0, RULES, NOON + timedelta(hours=1)) is None


def test_quiet_hours_reach_over_midnight() -> None:
    assert [hour for hour in range(24) if RULES.is_quiet(hour)] == [0, 1, 2, 3, 4, 5, 6, 7, 22, 23]
    assert not any(replace(RULES, quiet_from=8, quiet_to=8).is_quiet(hour) for hour in range(24))
    assert [h for h in range(24) if replace(RULES, quiet_from=1, quiet_to=3).is_quiet(h)] == [1, 2]


def test_each_failure_waits_longer() -> None:
    waits = [wait_after(tries) for tries in range(1, 40)]
    assert waits == sorted(waits) and waits[0] == timedelta(seconds=30) and waits[-1] == LONGEST_WAIT


@pytest.mark.parametrize("words", ["{phone}", "{number!r}", "{number:>9}", "{", 7, "{}"])
def test_words_that_cannot_be_filled_in_are_a_fault_of_the_rules(words: Any) -> None:
    with pytest.raises(ValueError):
        template(words, ("number",))
