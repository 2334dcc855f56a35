"""The columns of a table of points: which of them count, and what they are called beside the answers."""

from collections.abc import Sequence
from dataclasses import dataclass

from boundaries.errors import TableError


@dataclass(frozen=True, slots=True)
class Heading:
    """The columns of a table, in order, as they are to be called, and where those are that count."""

    columns: list[str]
    lon: int
    lat: int
    accuracy: int | None


def heading(name: str, given: Sequence[str], added: Sequence[str]) -> Heading:
    """The Heading of table ``name`` with the columns ``given``: ``lon``, ``lat``, perhaps ``accuracy_m``, in any case.

    Columns that are called like one of ``added`` become ``given_...``. Raises TableError where ``lon`` or ``lat`` is
    not there just once.
    """
    plain = [column.strip().lower() for column in given]
    for wanted in ("lon", "lat"):
        if plain.count(wanted) != 1:
            found = ", ".join(given)[:500]
            how = "no column" if wanted not in plain else "more than one column"
            raise TableError(f"{name}: there is {how} {wanted}; the columns found are: {found}.")
    columns = list(given)
    for i, column in enumerate(plain):
        if column in added:
            columns[i] = f"given_{column}"
            while columns[i] in given:
                columns[i] = f"given_{columns[i]}"
    accuracy = plain.index("accuracy_m") if plain.count("accuracy_m") == 1 else None
    return Heading(columns, plain.index("lon"), plain.index("lat"), accuracy)
