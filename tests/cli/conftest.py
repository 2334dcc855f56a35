"""What tests of commands may ask for: the service that a command opens, and files to give it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cli.service import Service
from store.database import Database
from tests.boundaries.sheets import a_district
from tests.cli.importing import as_opened, open_service


@pytest.fixture
def service(database: Database, monkeypatch: pytest.MonkeyPatch) -> Service:
    """The service of two small townships, as the commands open it."""
    return as_opened(open_service(database, a_district()), monkeypatch)


@pytest.fixture
def sheet(tmp_path: Path) -> Callable[..., Path]:
    """``sheet("text")`` is a file that holds it."""

    def make(text: str | bytes, name: str = "items.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return make
