"""The one base class for "the user asked wrongly"."""

from typing import Any


class Refusal(Exception):
    """What was asked cannot be done, and the asker can mend it.

    ``code`` is the stable word that programs read (``"outside-district"``), ``detail`` a sentence that says what
    happened and what to do, ``members`` further facts (``{"distance_m": 412.0}``). A subclass sets ``code``; where one
    class serves several codes the instance sets it. The text of an error is never parsed.
    """

    code: str = "refused"

    def __init__(self, detail: str, *, code: str | None = None, **members: Any) -> None:
        super().__init__(detail)
        if code is not None:
            self.code = code
        self.detail = detail
        self.members = members
