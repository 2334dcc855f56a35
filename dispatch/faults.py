"""What is wrong in a file that a city edits: where, what, and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass

from gis.errors import Refusal


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. ``line`` counts from 1 as an editor shows it; 0 means the file as a whole."""

    file: str
    line: int
    detail: str
    remedy: str

    def __str__(self) -> str:
        """``categories.csv:12: what is wrong - what to do``, as an editor's error list reads it."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.detail} - {self.remedy}"


class RuleError(Refusal):
    """A rule folder that cannot be used. ``faults`` holds every fault found, ``detail`` prints them one a line."""

    code = "faulty-rule"

    def __init__(self, faults: Sequence[Fault]) -> None:
        errors = [{"file": f.file, "line": f.line, "detail": f.detail, "remedy": f.remedy} for f in faults]
        super().__init__("\n".join(str(fault) for fault in faults), errors=errors)
        self.faults = tuple(faults)
