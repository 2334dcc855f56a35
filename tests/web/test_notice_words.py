"""Every kind of notice has its sentence on the page, and its line in the documentation."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from dispatch.escalation import RUNGS
from dispatch.summons_notices import ANSWERS
from tests.repository import ROOT

MAKERS = {"Notice": 1, "_told": 1, "_to_all": 1, "_main": 1, "_main_and_lead": 1, "_task": 0}
"""Function -> which of its arguments is the kind."""
OTHERS = {"settled", "verified", "urged", "supplemented", *RUNGS, *ANSWERS, "summons_unanswered", "summons_task_late"}
"""Kinds that stand in no literal beside their notice."""
SENTENCE = re.compile(r"(?m)^  (\w+): (?:\(|excused)")


def literals(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS:
            kind = node.args[MAKERS[node.func.id] :][:1]
            if kind and isinstance(kind[0], ast.Constant) and isinstance(kind[0].value, str):
                yield kind[0].value


def kinds() -> set[str]:
    files = [*(ROOT / "dispatch").glob("*.py"), *(ROOT / "store").glob("*.py")]
    return OTHERS.union(*(literals(file) for file in files))


def test_every_kind_has_a_sentence() -> None:
    found = SENTENCE.findall((ROOT / "web" / "static" / "noticewords.js").read_text(encoding="utf-8"))
    spoken = set(found)
    assert len(found) == len(spoken), "of two sentences for a kind the first would never be said"
    assert {"handler", "task", "order", "asked", "merged_in", "contested", "survey", "review"} <= kinds()
    assert kinds() == spoken


def test_every_kind_is_documented() -> None:
    text = (ROOT / "docs" / "http.md").read_text(encoding="utf-8")
    section = text[text.index("## Notices") : text.index("## The live stream")]
    assert not [kind for kind in sorted(kinds()) if f"`{kind}`" not in section]
