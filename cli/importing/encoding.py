"""Which encoding a text file is in, told from all of its lines."""

from pathlib import Path

from cli.importing.rows import ImportFault

MOST = 1024 * 1024
"""Bytes of a line that are looked at: no row of an import is longer."""
_BOM = b"\xef\xbb\xbf"
_WIDE = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"PK\x03\x04": "a packed workbook or archive"}


def encoding_of(path: Path) -> str:
    """``utf-8``, ``utf-8-sig`` (with a mark at the start) or ``gb18030``, of which GBK and GB2312 are parts.

    A file is GB18030 only where most lines that are not plain ASCII fail as UTF-8 and most of those are sound GB18030:
    some broken lines in a UTF-8 file stay broken lines. Raises ImportFault for what is no such text, OSError.
    """
    utf8 = gb18030 = broken = 0
    with path.open("rb") as lines:
        start = lines.read(4)
        for mark, what in _WIDE.items():
            if start.startswith(mark):
                raise ImportFault(f"{path.name}: this is {what}; save it as CSV in UTF-8.")
        if start.startswith(_BOM):
            return "utf-8-sig"
        lines.seek(0)
        while line := lines.readline(MOST):
            if line.isascii():
                continue
            if decodes(line, "utf-8"):
                utf8 += 1
            elif decodes(line, "gb18030"):
                gb18030 += 1
            else:
                broken += 1
    return "gb18030" if gb18030 > utf8 + broken else "utf-8"


def decodes(line: bytes, encoding: str) -> bool:
    """Whether all of ``line`` is text in ``encoding``."""
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
