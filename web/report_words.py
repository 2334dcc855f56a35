"""What the citizen's form says of kinds and of what went wrong, in the reader's language."""

from flask_babel import gettext as _

from gis.errors import Refusal


def kind_words() -> dict[str, str]:
    """The kinds a citizen may choose; none chosen is what the category says."""
    return {
        "": _("Something to be put right"),
        "help": _("I need help"),
        "consultation": _("I have a question"),
        "suggestion": _("A suggestion"),
        "praise": _("Praise"),
        "report": _("A report (举报): kept confidential"),
    }


def fault_words(refusal: Refusal) -> str:
    """What went wrong, what is safe, and what to do next."""
    minutes = max(1, round(refusal.members.get("retry_after", 60) / 60))
    known = {
        "question": _("The answer was not right. Everything you wrote is still here.")
        if refusal.members.get("again")
        else _("Please answer one question, then send again. Everything you wrote is still here."),
        "empty-item": _("Say what it is or where it is; one of them is enough."),
        "throttled": _(
            "Much was sent from your network. Everything you wrote is still here: wait %(minutes)s minutes, or call "
            "12345.",
            minutes=minutes,
        ),
        "bad-arguments": _("The words are too long: at most 10000 characters. Everything you wrote is still here."),
    }
    return known.get(
        refusal.code,
        _("The service cannot take it just now. Everything you wrote is still here: send again in a moment."),
    )


def photo_words(code: str | None) -> tuple[bool, str] | None:
    """Whether the photograph was kept, and what is said of it; None where there was none."""
    if not code:
        return None
    if code == "kept":
        return True, _("The photograph is in as well.")
    if code == "bad-photo":
        return False, _("Your report is in. The photograph could not be read: choose a JPEG, PNG or WebP picture.")
    if code == "too-large":
        return False, _("Your report is in. The photograph is larger than 15 MB: choose a smaller one below.")
    return False, _("Your report is in. The photograph could not be kept: try it again below.")
