"""Counting attempts, so that nobody can try a secret again and again. Counts are shared by all processes."""

import hashlib
import ipaddress
from collections.abc import Sequence
from datetime import datetime, timedelta

from store.pool import Pool
from store.queries import queries

KEPT = timedelta(days=1)
"""No window may be longer: older counts are dropped."""


def digest(text: str) -> str:
    """A key for ``text`` that does not keep it: people type passwords into the field for the name."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def network(address: str | None) -> str:
    """Who is behind a client address: the IPv4 address, or the IPv6 /64, which one client changes within at will."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((int(found), 64), strict=False))
    return str(found)


class Throttle:
    """Attempts counted under keys, in a window that begins with the first. Instants are aware and passed in."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def attempt(self, limits: Sequence[tuple[str, int]], window: timedelta, at: datetime) -> float | None:
        """Count an attempt under each key until one is above its limit; then return the seconds to wait, else None.

        Count before the secret is looked at: of many attempts at once not one more than the limit gets through. Keys
        always stand in the same order, the widest first: two attempts must not wait for each other, and one that is
        stopped by its address does not count against the name.
        """
        with self._pool.transaction() as cur:
            for key, limit in limits:
                cur.execute(queries.attempt_count, {"key": key, "at": at, "window_from": at - window})
                row = cur.fetchone()
                if row["count"] > limit:
                    return max(1.0, float((row["started_at"] + window - at).total_seconds()))
        return None

    def forgive(self, right: Sequence[str], shared: Sequence[str], at: datetime) -> None:
        """After a right attempt: forget the counts of ``right``, take one back from each of ``shared``."""
        with self._pool.transaction() as cur:
            for key in shared:
                cur.execute(queries.attempt_give_back, {"key": key})
            cur.execute(queries.attempts_forget, {"keys": list(right)})
            cur.execute(queries.attempts_purge, {"before": at - KEPT})
