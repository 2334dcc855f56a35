"""Every named query is well made, loads on the real schema, and is used."""

import re
from pathlib import Path

import pytest

from store.database import Database
from store.queries import Queries, Query, QueryFault, queries
from store.settings import ROOT

USE = re.compile(r"\bqueries(?:\.([a-z][a-z0-9_]*)|\[\s*f?[\"']([^\"']+)[\"']\s*\])")
UTILITY = re.compile(r"(LOCK|SET|NOTIFY|LISTEN|UNLISTEN|COPY|REFRESH|ANALYZE)\b")
PARAMETER = re.compile(r"%\((\w+)\)s")


def references() -> set[str]:
    texts = [file.read_text() for file in (ROOT / "store").glob("*.py") if file.name != "queries.py"]
    found = {match[1] or match[2] for text in texts for match in USE.finditer(text)}
    return {name for name in found if name not in ("all", "sql")}


@pytest.mark.parametrize("query", queries.all(), ids=lambda query: query.name)
def test_it_loads_on_the_real_schema(database: Database, query: Query) -> None:
    """It is planned with nothing given for every parameter, as the role that will run it."""
    text = PARAMETER.sub("NULL", query.sql)
    text = re.sub(r"(INSERT INTO[^(]*\(([^)]*)\)\s*)VALUES %s", _one_row, text)
    text = text.replace("%%", "%")
    with database.pool.transaction() as cur:
        cur.execute(text if UTILITY.match(text) else "EXPLAIN " + text)


def _one_row(match: "re.Match[str]") -> str:
    return f"{match[1]}VALUES ({', '.join('NULL' for _ in match[2].split(','))})"


def test_every_query_is_used_and_every_use_is_a_query() -> None:
    assert references() == {query.name for query in queries.all()}


def test_values_come_as_named_parameters() -> None:
    for query in queries.all():
        rest = PARAMETER.sub("", query.sql).replace("%%", "").replace("VALUES %s", "")
        assert "%" not in rest, f"{query.file}: {query.name} has a bare percent sign"
        assert ";" not in rest, f"{query.file}: {query.name} is more than one statement"


@pytest.mark.parametrize(("text", "words"), [
    ("-- name: a\n-- why\nSELECT 1\n-- name: a\n-- why\nSELECT 2", "already"),
    ("-- name: a\nSELECT 1", "what it is for"),
    ("-- name: a\n-- why\n", "no statement"),
    ("-- name: A-b\n-- why\nSELECT 1", "no name"),
    ("SELECT 1\n-- name: a\n-- why\nSELECT 1", "before the first name"),
])
def test_a_badly_made_file_is_a_fault(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "some.sql").write_text(text)
    with pytest.raises(QueryFault, match=words):
        Queries(tmp_path)


def test_names_are_unique_over_files(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.sql").write_text("-- name: a\n-- why\n-- and how\nSELECT 1;\n")
    with pytest.raises(QueryFault, match=r"two\.sql: a stands in one\.sql already"):
        Queries(tmp_path)
    (tmp_path / "two.sql").unlink()
    assert Queries(tmp_path).all() == (Query("a", "why and how", "SELECT 1", "one.sql"),)


def test_an_unknown_name_is_a_fault() -> None:
    with pytest.raises(QueryFault):
        _ = queries.no_such_query
    assert queries["health_edition_live"] == queries.health_edition_live
