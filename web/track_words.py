"""What the citizen's page says of an item, in plain words of the reader's language."""

from typing import Any

from flask_babel import gettext as _

from dispatch.arguments import LONGEST
from gis.errors import Refusal


def status_words(told: dict[str, Any], until: str) -> str:
    """One sentence of how things stand. ``until``: when what is held is looked at again, ready to be read."""
    units = _(", ").join(told["handlers"]) or told["lead"]
    hold = told["hold"]
    if told["contested"]:
        return _("You are not satisfied: the supervisor looks at it now.")
    if hold and hold["kind"] == "pause":
        return _("%(units)s needs to hear something from you. Add it below.", units=units)
    return {
        "received": _("We have it, and are finding out whose it is."),
        "dispatched": _("It was sent to %(units)s, who has not taken it on yet.", units=units),
        "accepted": _("%(units)s is working on it.", units=units),
        "settled": _("The work is done; it is checked before you get the answer."),
        "verified": _("The work was checked. The answer comes next."),
        "answered": _("It was answered. Please say whether that is good."),
        "closed": _("It is closed."),
        "suspended": _("It cannot be settled for now. It is looked at again on %(until)s.", until=until),
        "declined": _("It was not taken on."),
        "transferred": _("It was handed on to those whose it is."),
        "merged": _(
            "Others reported the same. It is dealt with together with theirs. %(progress)s",
            progress=together_words(told["progress"]),
        ),
    }[told["status"]]


def together_words(progress: str | None) -> str:
    """How far the work is that a merged item shares with others."""
    return {
        "accepted": _("The work has begun."),
        "suspended": _("It cannot be settled for now."),
        "settled": _("The work is done; it is checked before you get the answer."),
        "verified": _("The work was checked. The answer comes next."),
    }.get(progress or "", _("It was sent to those who deal with it."))


def step_words() -> dict[str, str]:
    """What each step of the history is called."""
    return {
        "received": _("We received it"),
        "dispatched": _("Sent to those who deal with it"),
        "accepted": _("Taken on"),
        "settled": _("Work done"),
        "verified": _("Checked"),
        "answered": _("Answered"),
        "reopened": _("Taken up again"),
        "suspended": _("Put off"),
        "resumed": _("Work went on"),
        "closed": _("Closed"),
        "unrated": _("Closed without your rating, since the time for it was over"),
        "declined": _("Not taken on"),
        "transferred": _("Handed on"),
        "merged": _("Joined with other reports of the same"),
        "rated": _("You rated it"),
        "urged": _("You urged"),
        "supplemented": _("You added something"),
        "appealed": _("You appealed"),
    }


def level_words() -> dict[int, str]:
    """The five levels, best first."""
    return {
        5: _("Very satisfied"),
        4: _("Satisfied"),
        3: _("Neither"),
        2: _("Dissatisfied"),
        1: _("Very dissatisfied"),
    }


def done_words(done: str | None, most: int) -> str | None:
    """What is said after something was done; None for nothing. ``most``: urgings that count on one day."""
    return {
        "rating": _("Thank you. Your rating is stored."),
        "urge": _("Those who deal with it see that you urged."),
        "urged": _(
            "They see that you urged. At most %(most)s a day counts, so this one was not noted again.", most=most
        ),
        "supplement": _("It is stored, and those who deal with it see it."),
        "appeal": _("Your appeal is with the supervisor."),
    }.get(done or "")


def fault_words(refusal: Refusal, *, too_long: bool = False) -> str:
    """A refusal as the page says it; ``too_long``: because of how much was written."""
    fields = [error["field"] for error in refusal.members.get("errors", [])]
    if refusal.code == "throttled":
        minutes = max(1, round(refusal.members.get("retry_after", 60) / 60))
        if minutes > 60:
            return _("You have added as much as is taken in one day. Add the rest tomorrow, or call 12345.")
        return _("Too many attempts. Wait %(minutes)s minutes, then try again.", minutes=minutes)
    if refusal.code == "not-found":
        return _("No item has this number and code. Check both: they stand in the text you got, or ask 12345.")
    if too_long:
        return _("That is too long: at most %(most)s characters are taken. Shorten it.", most=LONGEST)
    if "comment" in fields:
        return _("Please say why you are not satisfied: then it is taken up again.")
    if "level" in fields:
        return _("Choose one of the five levels.")
    if "text" in fields:
        return _("Write something first.")
    return _("That is not possible any more. See below how things stand.")
