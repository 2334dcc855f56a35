"""What may go wrong when somebody acts on an item."""

from gis.errors import Refusal


class Forbidden(Refusal):
    """The account may never do this to this item, whatever its state."""

    code = "forbidden"


class WrongState(Refusal):
    """The account may do this, but not as the item stands. ``members["allowed"]`` names what it may do now."""

    code = "wrong-state"


class BadArguments(Refusal):
    """What the action needs is missing or cannot be used. ``members["errors"]`` lists ``{field, detail}``."""

    code = "bad-arguments"

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(detail, errors=[{"field": field, "detail": detail}])


class UnknownAction(Refusal):
    """No action of the workflow has this name."""

    code = "unknown-action"


class Changed(Refusal):
    """The item is no longer at the version the asker saw. ``members["events"]`` holds what came since."""

    code = "changed"


class UnknownItem(Refusal):
    """No such item, or not in the asker's scope: the two are never told apart."""

    code = "not-found"
