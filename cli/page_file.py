"""A file that a command writes beside its answer: whole or not at all, and refused before the work begins."""

from contextlib import suppress
from pathlib import Path

from gis.errors import Refusal


def demand_writable(out: Path | None) -> None:
    """Raise Refusal where ``out`` cannot be written; None is nothing to write."""
    if out is None:
        return
    folder = out.absolute().parent
    if not folder.is_dir():
        raise Refusal(f"{folder} is no folder: {out} cannot be written.")
    if out.is_dir():
        raise Refusal(f"{out} is a folder: name a file.")


def write_whole(out: Path, text: str) -> None:
    """Write ``out`` whole, or leave what was there. Raises Refusal."""
    draft = out.with_name(out.name + ".part")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(out)
    except OSError as error:
        raise Refusal(f"{out} cannot be written: {error.strerror or error}.") from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
