"""The documentation names what there is, and nothing that is not: commands, settings, codes, calls, words, links."""

import argparse
import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest

from boundaries import check
from boundaries.gazetteer import AMBIGUOUS, UNKNOWN
from dispatch import categories, deadlines, kinds, limits, workflow
from dispatch.account import ROLES
from dispatch.channels import SHIPPED
from dispatch.figures import FIGURES, MARKS, PARTS
from dispatch.rulebook import LIST_FILES, RULE_FILES
from gis.datum import DATUMS
from gis.place import NoPlace
from gis.resolution import OUTSIDE
from tests.repository import ROOT, files, python_files
from web import asked, problems

DOCS = ROOT / "docs"
PRODUCT = {"gis", "boundaries", "dispatch", "store", "maps", "web", "cli", "app.py"}
SETTING = re.compile(r"\b(FIRSTLINE_[A-Z_]*[A-Z]|DATABASE_URL)\b")
VARIABLE = re.compile(r"<(?:[a-z]+:)?([a-z_]+)>")
REASONS = ("no-location", "not-a-number", "out-of-range", "swapped-axes", "null-island", "unknown-datum")


def pages() -> list[Path]:
    """Everything a reader reads."""
    return [path for path in files() if path.suffix == ".md"]


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def coded(text: str) -> set[str]:
    """The words that stand in code, alone or in a list such as ``a, b, c``."""
    spans = re.findall(r"`([^`\n]+)`", text)
    return {word for span in spans for word in (span, *re.split(r"[\s,|:]+", span))}


def product_files() -> Iterator[Path]:
    return (path for path in python_files() if path.relative_to(ROOT).parts[0] in PRODUCT)


# -- commands ----------------------------------------------------------------------------------------------------------

Commands = dict[str, argparse.ArgumentParser]


def commands_of(parser: argparse.ArgumentParser, before: str = "") -> Commands:
    """``boundaries check`` -> its parser, for every command that does something."""
    found: Commands = {}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, child in action.choices.items():
                found |= commands_of(child, f"{before} {name}".strip()) or {f"{before} {name}".strip(): child}
    return found


@pytest.fixture(scope="module")
def commands() -> Commands:
    from cli import parser

    return commands_of(parser())


def options_of(parser: argparse.ArgumentParser) -> set[str]:
    return {word for action in parser._actions for word in action.option_strings} - {"-h", "--help", "--out"}


def test_every_command_and_option_is_documented(commands: Commands) -> None:
    text = page("commands.md")
    assert not [name for name in commands if not re.search(rf"`python app\.py {name}(?![\w-])", text)]
    section = re.split(r"(?m)^(?=#{2,3} )", text)
    missing = []
    for name, parser in commands.items():
        own = "".join(part for part in section if f"`python app.py {name}" in part)
        missing += [f"{name} {option}" for option in options_of(parser) if option not in own]
    assert not missing


def spoken_commands() -> Iterator[tuple[str, list[str]]]:
    """(place, words after app.py) of every command that a page speaks of."""
    for path in pages():
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            for said in re.findall(r"app\.py((?: [^`|;&)\n]+)?)", line):
                plain = re.sub(r'"[^"]*"?', "TEXT", said)
                yield f"{path.relative_to(ROOT)}:{number}", re.split(r"[\s\[\]]+", plain.strip())


def test_commands_that_pages_speak_of_exist(commands: Commands) -> None:
    wrong = []
    for place, words in spoken_commands():
        if not re.fullmatch("[a-z]+", words[0]):
            continue
        name = next((" ".join(words[:n]) for n in (2, 1) if " ".join(words[:n]) in commands), None)
        if name is None:
            wrong.append(f"{place}: no command {' '.join(words[:2])}")
            continue
        given = {word for word in words if re.fullmatch("--?[a-z-]+", word)} - {"--help"}
        wrong += [f"{place}: {name} has no {option}" for option in given - options_of(commands[name])]
    assert not wrong, "\n".join(wrong)


def test_every_make_target_is_documented() -> None:
    targets = re.findall(r"(?m)^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"))[0].split()
    assert not [target for target in targets if target != "python" and f"`make {target}`" not in page("commands.md")]


# -- settings ----------------------------------------------------------------------------------------------------------


def test_every_setting_is_documented_and_every_documented_one_is_read() -> None:
    read = {name for path in product_files() for name in SETTING.findall(path.read_text(encoding="utf-8"))}
    table = set(re.findall(r"(?m)^\| `([A-Z_]+)` \|", page("commands.md")))
    assert read == table
    spoken = {name for path in pages() for name in SETTING.findall(path.read_text(encoding="utf-8"))}
    assert spoken <= read


# -- codes and words ---------------------------------------------------------------------------------------------------


def codes_in(path: Path) -> Iterator[str]:
    """Codes of Refusals: ``code = "..."`` in a class, ``code="..."`` in a call."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef):
            for line in node.body:
                target = line.targets[0] if isinstance(line, ast.Assign) else getattr(line, "target", None)
                if isinstance(target, ast.Name) and target.id == "code":
                    yield from _constant(getattr(line, "value", None))
        elif isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg == "code":
                    yield from _constant(keyword.value)


def _constant(node: Any) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def known_codes() -> set[str]:
    return {*problems.STATUS, *REASONS, *(code for path in product_files() for code in codes_in(path))}


def documented_codes() -> set[str]:
    tables = page("http.md").split("## Error codes")[1]
    return {code for cell in re.findall(r"(?m)^\| (`[^|]+) \|", tables) for code in re.findall(r"`([^`]+)`", cell)}


def test_every_error_code_is_documented_and_every_documented_one_exists() -> None:
    assert documented_codes() == known_codes()


def test_the_status_of_every_error_code_is_documented() -> None:
    rows = dict(re.findall(r"(?m)^\| `([a-z-]+)` \| (\d*) ?\|", page("http.md").split("## Error codes")[1]))
    told = {code: int(status or problems.OTHERWISE) for code, status in rows.items()}
    assert not {code: status for code, status in told.items() if problems.STATUS.get(code, 422) != status}


def test_reasons_are_those_of_the_code() -> None:
    assert [NoPlace(reason).code for reason in REASONS] == list(REASONS)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("http.md", asked.STATUSES),
        ("http.md", asked.QUEUES),
        ("http.md", tuple(workflow.MOVES)),
        ("http.md", (*REASONS, OUTSIDE, UNKNOWN, AMBIGUOUS)),
        ("http.md", DATUMS),
        ("http.md", SHIPPED),
        ("http.md", kinds.KINDS),
        ("http.md", kinds.URGENCIES),
        ("http.md", limits.STAGES),
        ("http.md", deadlines.STATES),
        ("figures.md", (*FIGURES, *PARTS, *MARKS)),
        ("glossary.md", asked.STATUSES),
        ("glossary.md", kinds.KINDS),
        ("commands.md", ROLES),
        ("overview.md", ROLES),
        ("howto/staff.md", ROLES),
        ("howto/boundaries.md", check.KINDS),
        ("howto/rules.md", (*RULE_FILES, *LIST_FILES)),
        ("howto/rules.md", limits.UNITS),
    ],
)
def test_the_words_of_the_work_are_documented(name: str, words: tuple[str, ...]) -> None:
    written = coded(page(name)) | {word for span in coded(page(name)) for word in span.split(" ")}
    assert not sorted(set(words) - written)


def test_columns_of_the_rules_are_documented_beside_them() -> None:
    text = (ROOT / "dispatch" / "rules" / "README.md").read_text(encoding="utf-8")
    assert {"limits", "filing", "closing"} <= set(categories.COLUMNS) & coded(text)


# -- calls and pages ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def calls() -> set[str]:
    """``GET /api/v1/items/{number}`` for every rule that the application serves."""
    from app import create_app

    service = MagicMock()
    for name, value in {"tiles": None, "map_note": None, "proxy": None, "secret": b"a secret for tests"}.items():
        setattr(service.database.settings, name, value)
    rules = create_app(service).url_map.iter_rules()
    return {
        method + " " + VARIABLE.sub(r"{\1}", rule.rule)
        for rule in rules
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_call_and_page_is_documented_and_every_documented_one_is_served(calls: set[str]) -> None:
    headings = re.findall(r"(?m)^### `([A-Z]+ /[^`]*)`", page("http.md"))
    rows = re.findall(r"(?m)^\| `((?:GET|POST|PUT|DELETE) /[^`]*)` \|", page("http.md"))
    assert {*headings, *rows} == calls


# -- links -------------------------------------------------------------------------------------------------------------


def anchors_of(path: Path) -> set[str]:
    """The anchors of a page's headings, as code hosts make them."""
    heads = re.findall(r"(?m)^#+ (.+)$", path.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


def test_links_lead_somewhere() -> None:
    broken = []
    for path in pages():
        text = path.read_text(encoding="utf-8")
        for link in [*re.findall(r"\]\(([^)\s]+)\)", text), *re.findall(r'(?:src|href)="([^"]+)"', text)]:
            file, _, anchor = link.partition("#")
            if re.match(r"[a-z]+:", link):
                continue
            target = (path.parent / file).resolve() if file else path
            if not target.exists() or (anchor and anchor not in anchors_of(target)):
                broken.append(f"{path.relative_to(ROOT)}: {link}")
    assert not broken, "\n".join(broken)


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        path = waiting.pop()
        if path in reached or not path.is_file() or path.suffix != ".md":
            continue
        reached.add(path)
        links = re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8"))
        waiting += [(path.parent / link).resolve() for link in links if ":" not in link]
    lost = [path.relative_to(ROOT).as_posix() for path in pages() if DOCS in path.parents and path not in reached]
    assert not lost


def test_the_readme_begins_with_the_two_commands_and_a_picture() -> None:
    first = (ROOT / "README.md").read_text(encoding="utf-8").split("\n")[:10]
    assert [word for word in ("make run", "make test", "<img") if any(line.startswith(word) for line in first)] == [
        "make run", "make test", "<img",
    ]  # fmt: skip
