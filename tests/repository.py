"""The files of the repository, as a checkout has them: what .gitignore names is not there."""

from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@cache
def files() -> tuple[Path, ...]:
    """Every file that is, or would be, committed; in order."""
    return tuple(sorted(_below(ROOT, _ignored())))


def python_files() -> Iterator[Path]:
    """Every Python file among them."""
    return (path for path in files() if path.suffix == ".py")


def text_of(path: Path) -> str | None:
    """The text of a file, None where it is no text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def _ignored() -> tuple[str, ...]:
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").split("\n")
    return (".git", *(line.strip().rstrip("/") for line in lines if line.strip() and not line.startswith("#")))


def _below(folder: Path, ignored: tuple[str, ...]) -> Iterator[Path]:
    for path in folder.iterdir():
        if any(fnmatch(path.name, pattern) for pattern in ignored):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _below(path, ignored)
        else:
            yield path
