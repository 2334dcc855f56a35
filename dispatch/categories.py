"""The catalogue of what citizens ask for: two levels, major and minor, with what each needs."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from dispatch.faults import Fault
from dispatch.kinds import KINDS, URGENCIES
from dispatch.limits import Limit, stage_limits
from dispatch.tables import keep, table

COLUMNS = (
    "code",
    "major",
    "major_en",
    "minor",
    "minor_en",
    "kind",
    "urgency",
    "needs_place",
    "needs_verification",
    "needs_photo",
    "limits",
    "filing",
    "closing",
)


@dataclass(frozen=True, slots=True)
class Category:
    """One minor category. ``kind`` and ``urgency`` hold where the item names none.

    ``verify``: settled work must be verified before it is answered; ``photo``: settling needs a photo taken after the
    work. ``limits`` names only the stages that differ from the urgency's. ``filing`` and ``closing`` say in the
    city's words when such an item is taken on and when it is done.
    """

    code: str
    major: str
    minor: str
    name_en: str
    major_en: str = ""
    kind: str = "complaint"
    urgency: str = "normal"
    needs_place: bool = True
    verify: bool = False
    photo: bool = False
    limits: dict[str, tuple[Limit, ...]] = field(default_factory=dict)
    filing: str = ""
    closing: str = ""


def read_categories(text: str, file: str, faults: list[Fault]) -> tuple[dict[str, Category], dict[str, int]]:
    """Categories by code, in the order of the file, and the line of each."""
    categories: dict[str, Category] = {}
    lines: dict[str, int] = {}
    for row in table(text, file, faults, columns=COLUMNS):
        category = Category(
            code=row.required("code"),
            major=row.required("major"),
            minor=row.required("minor"),
            name_en=row.required("minor_en"),
            major_en=row.required("major_en"),
            kind=row.one_of("kind", KINDS),
            urgency=row.one_of("urgency", URGENCIES),
            needs_place=row.yes_no("needs_place"),
            verify=row.yes_no("needs_verification"),
            photo=row.yes_no("needs_photo"),
            limits=stage_limits(row),
            filing=row.required("filing"),
            closing=row.required("closing"),
        )
        keep(categories, category.code, category, row)
        lines.setdefault(category.code, row.line)
    if not categories and not any(fault.file == file for fault in faults):
        faults.append(Fault(file, 0, "no category", "write at least one line below the header"))
    return categories, lines


def words(categories: Iterable[Category]) -> dict[str, Category | None]:
    """What may stand for a category: its code, its minor name in Chinese or English, case-folded.

    A code always means its own category; a name that two categories share means none.
    """
    known: dict[str, Category | None] = {}
    codes = {category.code.casefold(): category for category in categories}
    for category in codes.values():
        for name in {category.minor.casefold(), category.name_en.casefold()}:
            known[name] = None if name in known else category
    return {**known, **codes}
