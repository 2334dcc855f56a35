"""Who sends a form without an account: a person, as far as that can be told with no other service or picture puzzle.

A form bears a signed word of its own with the instant it was made. Where it comes back too soon, too old, forged, with
the field filled that no person sees, or from a network that has sent much, a sum in words is asked. It keeps the
simplest programs out; the limit of a network stops the others.
"""

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _

from gis.errors import Refusal
from web.services import services

SOONEST, LATEST = timedelta(seconds=3), timedelta(hours=12)
ANSWERED_WITHIN = timedelta(minutes=30)
_CHINESE = "零一二三四五六七八九"


class Question(Refusal):
    """A sum is to be answered before the form is taken; ``question`` and its ``token`` are members."""

    code = "question"


@dataclass(frozen=True, slots=True)
class Form:
    """The word of a form and the second it was made. ``doubtful``: forged, too old, or back too soon."""

    key: str
    made: int
    doubtful: bool


def new_form(now: datetime) -> str:
    """The word for a new form."""
    return _form(secrets.token_urlsafe(12), int(now.timestamp()))


def read_form(word: str, now: datetime) -> Form:
    """The form of that word; a new one, doubtful, where it is none of ours or too old."""
    key, made, *_signature = (*word.split("."), "", "")
    ours = _is_whole(made) and hmac.compare_digest(_form(key, int(made)).encode("utf-8", "replace"), _bytes(word))
    age = now.timestamp() - int(made) if ours else -1.0
    if not 0 <= age <= LATEST.total_seconds():
        return Form(secrets.token_urlsafe(12), int(now.timestamp()), True)
    return Form(key, int(made), age < SOONEST.total_seconds())


def word_of(form: Form) -> str:
    """The word under which the same form is shown again."""
    return _form(form.key, form.made)


def ask(form: Form, now: datetime, *, again: bool = False) -> Question:
    """A new question for a form; ``again`` after a wrong answer."""
    a, b = secrets.choice(range(2, 10)), secrets.choice(range(2, 10))
    until = int((now + ANSWERED_WITHIN).timestamp())
    words = _("What is %(a)s plus %(b)s?", a=_digit(a), b=_digit(b))
    detail = "The answer was not right. Answer the new question." if again else "One question before it is sent."
    token = f"{until}.{_sum(form.key, until, a + b)}"
    return Question(detail, question=words, token=token, form=word_of(form), again=again)


def is_answered(form: Form, token: str, answer: str, now: datetime) -> bool:
    """Whether the question of ``token`` was asked for this form and is answered."""
    until, _dot, _signed_sum = token.partition(".")
    given = _number(answer)
    if not _is_whole(until) or given is None or now.timestamp() > int(until):
        return False
    return hmac.compare_digest(f"{until}.{_sum(form.key, int(until), given)}".encode(), _bytes(token))


def _digit(n: int) -> str:
    return [
        _("zero"), _("one"), _("two"), _("three"), _("four"), _("five"), _("six"), _("seven"), _("eight"), _("nine"),
    ][n]  # fmt: skip


def _number(answer: str) -> int | None:
    """12, full-width digits and 十二 are read."""
    text = unicodedata.normalize("NFKC", answer[:20]).strip()
    if _is_whole(text):
        return int(text)
    tens, ten, ones = text.partition("十")
    if not ten:
        return _CHINESE.index(text) if len(text) == 1 and text in _CHINESE else None
    if tens not in ("", "一") or len(ones) > 1 or ones not in _CHINESE:
        return None
    return 10 + (_CHINESE.index(ones) if ones else 0)


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 12


def _form(key: str, made: int) -> str:
    return f"{key}.{made}.{_signed('report form', f'{key}.{made}')}"


def _sum(key: str, until: int, answer: int) -> str:
    return _signed("report question", f"{key}.{until}.{answer}")


def _signed(purpose: str, text: str) -> str:
    key = hmac.digest(services().secret, purpose.encode(), hashlib.sha256)
    return hmac.digest(key, _bytes(text), hashlib.sha256).hex()[:32]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
