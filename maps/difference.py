"""A map of what is different between two states of the boundaries, as one file with everything inside."""

from collections.abc import Mapping
from typing import Any

from boundaries.difference import Difference
from boundaries.edition import Edition
from maps.ground import area_words, change_map, ground_words, spoken_m2

TITLES = {"zh": "边界变动:{a} → {b}", "en": "Change of boundaries: {a} → {b}"}
KINDS = {
    "zh": {
        "added": "新增", "removed": "撤销", "recoded": "改码", "split": "拆分", "merged": "合并", "moved": "边界移动",
        "reassigned": "改变隶属", "renamed": "改名",
    },
    "en": {
        "added": "added", "removed": "removed", "recoded": "re-coded", "split": "split", "merged": "merged",
        "moved": "moved", "reassigned": "reassigned", "renamed": "renamed",
    },
}  # fmt: skip
LEVELS = {
    "zh": {"township": "街镇", "community": "社区", "grid": "网格"},
    "en": {"township": "townships", "community": "communities", "grid": "cells"},
}


def difference_html(
    before: Edition, after: Edition, found: Difference, *, a: str, b: str, language: str = "zh", note: str | None = None
) -> str:
    """The file's text. ``a`` and ``b`` say what is compared, as text."""
    words, kinds = ground_words(language), KINDS.get(language, KINDS["en"])

    def ground_tip(told: Mapping[str, Any]) -> list[str]:
        sides = (area_words(told[f"{side}_name"], told[side], words.nobody) for side in ("before", "after"))
        items = [] if told["items"] is None else [words.items.format(n=told["items"])]
        return [" → ".join(sides), spoken_m2(told["m2"]), *items]

    said: dict[str, list[str]] = {}
    for change in found.of("grid"):
        for code in change.after:
            said.setdefault(code, []).append(kinds[change.kind])

    def cell_tip(told: Mapping[str, Any]) -> list[str]:
        return [area_words(told["name"], told["code"], ""), *said.get(told["code"], [])]

    title = TITLES.get(language, TITLES["en"]).format(a=a, b=b)
    return change_map(
        before, after, found, title=title, lines=summary(found, language), ground_tip=ground_tip, cell_tip=cell_tip,
        language=language, note=note,
    )  # fmt: skip


def summary(found: Difference, language: str) -> list[str]:
    """One line for each level that changes: how many changes of each kind."""
    kinds, levels = KINDS.get(language, KINDS["en"]), LEVELS.get(language, LEVELS["en"])
    told = []
    for level, name in levels.items():
        counts: dict[str, int] = {}
        for change in found.changes:
            if change.level == level:
                counts[change.kind] = counts.get(change.kind, 0) + 1
        if counts:
            told.append(f"{name}: " + ", ".join(f"{kinds[kind]} {n}" for kind, n in counts.items()))
    return told
