"""What the repository holds: nothing huge, nothing of one machine, small rooms."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.repository import ROOT, files, python_files, text_of

LARGEST = 1_000_000
LONGEST_FILE = 300
LONGEST_FUNCTION = 50

LONG_FILES = {
    "tests/boundaries/test_read.py": "one table of files that are read or refused, kept together",
    "tests/store/test_backup.py": "one round of a backup, step by step, with its own fixtures",
    "tests/store/test_embedded.py": "every way a server process can be left behind, in one place",
}
"""Python files above LONGEST_FILE lines, each with its reason."""

MACHINE = re.compile("|".join(re.escape("/" + folder) for folder in ("work/", "tmp/fl", "home/")) + r"|/" r"root\b")
"""Paths of somebody's machine."""
LEFT_OVER = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
INDEX = re.compile(r"(?im)--(extra-)?index-url|^\s*-[if]\s|^\s*registry\s*=|https?://")
PINNED = re.compile(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+(\s*;.*)?|-r requirements[a-z-]*\.txt")
NOT_OURS = {"LICENSE"}


def places(pattern: re.Pattern[str]) -> Iterator[str]:
    """Where the pattern stands in our texts, as ``file:line: the line``."""
    for path in files():
        name = path.relative_to(ROOT).as_posix()
        text = None if name in NOT_OURS else text_of(path)
        for number, line in enumerate((text or "").split("\n"), 1):
            if pattern.search(line):
                yield f"{name}:{number}: {line.strip()[:120]}"


def test_no_file_is_above_a_megabyte() -> None:
    large = {path.relative_to(ROOT).as_posix(): path.stat().st_size for path in files()}
    assert not {name: size for name, size in large.items() if size > LARGEST}


def test_no_path_of_one_machine() -> None:
    assert not list(places(MACHINE))


def test_nothing_is_left_to_be_done_in_comments() -> None:
    assert not list(places(LEFT_OVER))


def requirements() -> list[Path]:
    found = [path for path in files() if path.name.startswith("requirements")]
    assert len(found) >= 2
    return found


def test_no_package_index_is_named() -> None:
    """Which mirror is near is a matter of the machine, never of the repository."""
    for path in (*requirements(), ROOT / ".npmrc"):
        assert not INDEX.search(path.read_text(encoding="utf-8")), path.name
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert not [name for name, package in packages.items() if "resolved" in package]


def test_requirements_are_pinned() -> None:
    for path in requirements():
        lines = [line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").split("\n")]
        loose = [line for line in lines if line and not PINNED.fullmatch(line)]
        assert not loose, f"{path.name}: {', '.join(loose)}"


def test_licence_and_notice_are_there() -> None:
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in licence
    assert "END OF TERMS AND CONDITIONS" in licence
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    others = [path.relative_to(ROOT).as_posix() for path in files() if path.parent.name == "source"]
    assert others
    assert not [name for name in others if name not in notice]


def long_functions(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            lines = node.end_lineno - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                yield f"{path.relative_to(ROOT).as_posix()}:{node.lineno}: {node.name} has {lines} lines"


def test_functions_are_short() -> None:
    assert not [found for path in python_files() for found in long_functions(path)]


def test_files_are_short() -> None:
    counted = {path.relative_to(ROOT).as_posix(): len((text_of(path) or "").splitlines()) for path in python_files()}
    long = {name: lines for name, lines in counted.items() if lines > LONGEST_FILE}
    assert not {name: lines for name, lines in long.items() if name not in LONG_FILES}
    assert not [name for name in LONG_FILES if name not in long], "no longer long: take it off the list"


@pytest.mark.parametrize("line", ["see /" + "root/x", "open /" + "work/x", "-> /" + "tmp/fl-home"])
def test_paths_of_a_machine_are_recognised(line: str) -> None:
    assert MACHINE.search(line)
