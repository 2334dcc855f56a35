"""Which items of a file are the same: by ``client_ref``, else by the row and its occurrence."""

import hashlib
import json
from collections import Counter

from cli.importing.reading import row_content
from cli.importing.rows import Row
from dispatch.report import Report


class Identities:
    """Gives each row of one file its key. It remembers eight bytes of each row's digest: some 60 bytes a row.

    The n-th of several equal rows has its own key, so all are kept; the same file again gives the same keys. Names
    count and their order does not, so a file saved anew in another encoding or with columns moved is the same.
    """

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._again: Counter[int] = Counter()

    def key(self, row: Row, report: Report) -> str | None:
        """The key under which the item is taken in; None where its ``client_ref`` is the identity."""
        if report.client_ref:
            return None
        text = json.dumps(row_content(row), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        digest = hashlib.sha256(text.encode()).digest()
        short = int.from_bytes(digest[:8], "big")
        if short in self._seen:
            self._again[short] += 1
        self._seen.add(short)
        return f"import:{hashlib.sha256(digest + str(self._again[short]).encode()).hexdigest()}"
