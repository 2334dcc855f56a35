"""Reading the history line by line, as PostgreSQL copies it out, and holding each line against the one before.

One row of COPY comes in one call of ``write``: nothing is gathered, so memory stays the same for any number of events.
The hashes are computed here, in the client: a server that was tampered with is not asked whether it was.
"""

import json
import re
from collections.abc import Callable
from hashlib import sha256

from dispatch.events import START
from store.relay import SEED

NOTHING = b"\\N"
TELL_EVERY = 1 << 14
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_MEANT = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}
_RULES = re.compile(rb'"rules":"([^"]*)"')
_REVEAL = b'{"action":"reveal",'
_REVEALS = len(_REVEAL)


class Broken(Exception):
    """The first line that is not what was written; its text says which and how."""


def plain(text: bytes) -> bytes:
    """A value of COPY's text form without its escapes."""
    return _ESCAPED.sub(lambda found: _MEANT.get(found[1], found[1]), text)


class Chains:
    """Takes the rows of ``audit_events``; raises Broken at the first that is wrong. Call ``end`` after the last.

    ``rules`` is every rule set that an event names, with the first event that does; ``reveals`` the lines of the access
    log that unmaskings name, with their item's number. ``tell`` hears from time to time how many events were looked at.
    """

    def __init__(self, tell: Callable[[int], None]) -> None:
        self.events = self.items = 0
        self.rules: dict[str, str] = {}
        self.reveals: dict[int, str] = {}
        self._tell = tell
        self._item, self._number, self._named = b"", b"", b""
        self._seq, self._head, self._body = 0, START.encode(), b""
        self._says = (b"", b"", b"")
        self._rules = b"no rules yet"
        self._empty = sha256().copy

    def write(self, line: bytes) -> None:
        """One event: its item's id, seq, hash, prev_hash, body; its item's number, chain_seq, chain_hash, status."""
        item, place, hash, prev, body, number, chain_seq, chain_hash, status = line.split(b"\t")
        if b"\\" in body:
            body = plain(body)
        hashing = self._empty()  # a copy of one that is begun costs less than a new one
        hashing.update(prev)
        hashing.update(body)
        if item != self._item:
            self._turn(item, number, (chain_seq, chain_hash, status[:-1]))
        self.events = events = self.events + 1
        self._seq = seq = self._seq + 1
        if prev != self._head or int(place) != seq or number == NOTHING:
            raise Broken(self._broken_link(number, int(place)))
        if hashing.hexdigest().encode() != hash:
            raise Broken(f"{self._where()}: its text is not what was written")
        if seq == 1:
            self._stand(body)
        if body.rfind(self._rules) < 0:  # it stands near the end
            self._turn_rules(body)
        if body[:_REVEALS] == _REVEAL:
            self.reveals[int(json.loads(body)["log"])] = self._number.decode()
        self._head, self._body = hash, body
        if not events % TELL_EVERY:
            self._tell(events)

    def end(self) -> None:
        """The last chain is at its end: it must be the end that its item remembers."""
        if not self._item:
            return
        self._stand(self._body)
        chain_seq, chain_hash, status = self._says
        number = self._number.decode()
        if (chain_seq, chain_hash) != (b"%d" % self._seq, self._head):
            raise Broken(f"item {number}: the history ends at event {self._seq}, the item says {chain_seq.decode()}")
        if b'"status":"' + status + b'"' not in self._body:
            raise Broken(f"item {number}: it is {status.decode()}, which its history does not say")

    def _stand(self, body: bytes) -> None:
        """The first and the last line must name their item and their place; those between hang on them by hashes."""
        if self._named not in body or b'"seq":%d,' % self._seq not in body:
            raise Broken(f"{self._where()}: it stands in another place than it was written for")

    def _turn(self, item: bytes, number: bytes, says: tuple[bytes, bytes, bytes]) -> None:
        self.end()
        self.items += 1
        self._item, self._number, self._says = item, plain(number), says
        self._named = b'"number":"' + self._number + b'"'
        self._seq, self._head = 0, START.encode()

    def _turn_rules(self, body: bytes) -> None:
        found = _RULES.search(body)
        if found is None:
            raise Broken(f"{self._where()}: it names no rule set")
        self._rules = found[0]
        self.rules.setdefault(found[1].decode(errors="replace"), self._where())

    def _broken_link(self, number: bytes, seq: int) -> str:
        if number == NOTHING:
            return f"item {self._item.decode()}, event {seq}: the item itself is gone"
        if seq != self._seq:
            return f"item {self._number.decode()}, event {seq}: event {self._seq} is missing"
        return f"{self._where()}: it does not follow the event before it"

    def _where(self) -> str:
        return f"item {self._number.decode()}, event {self._seq}"


class Seals:
    """Takes the rows of ``audit_seals``; raises Broken at the first that is not what its events give.

    ``short`` is the first seal of which an event is gone; what comes after it is not looked at."""

    def __init__(self) -> None:
        self.seals = 0
        self.short: int | None = None
        self._head, self._last = SEED.encode(), ""

    def write(self, line: bytes) -> None:
        """One seal: id, prev_hash, hash, how many events it names, how many of them are there, their hashes."""
        id, prev, hash, named, there, hashes = line[:-1].split(b"\t")
        if self.short is not None:
            return
        self.seals += 1
        if named != there:
            self.short = int(id)
            return
        joined = b"" if hashes == NOTHING else hashes
        if prev != self._head or sha256(prev + joined).hexdigest().encode() != hash:
            raise Broken(f"seal {int(id)}: it is not what its events give" + self._last)
        self._head, self._last = hash, f" after seal {int(id)}"
