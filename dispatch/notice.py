"""What people of the service are told in it: plain facts for one recipient.

A recipient is a key, as in scope.py: ``role:dispatcher`` (whoever holds that role), ``unit:CODE`` (who acts for the
unit), ``leader:CODE`` (its leaders), ``worker:NAME``, ``account:ID``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice for one recipient. ``facts`` hold codes, numbers and instants, nothing personal: the page says it in
    the reader's language, by ``kind``."""

    to: str
    kind: str
    facts: Mapping[str, Any] = field(default_factory=dict)
