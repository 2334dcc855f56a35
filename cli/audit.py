"""``audit verify`` and ``audit heads``: proving that nobody rewrote the history."""

import argparse
import json
import sys
import time
from pathlib import Path

TELL_EVERY_S = 5.0


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    audit = commands.add_parser("audit", help="recompute the history's chains and seals")
    sub = audit.add_subparsers(dest="audit", metavar="WHAT", required=True)
    verify_ = sub.add_parser("verify", help="name the first broken line, if any")
    verify_.add_argument("--heads", type=Path, metavar="FILE", help="an older heads file to hold against the history")
    verify_.add_argument("--json", action="store_true")
    verify_.set_defaults(run=verify)
    heads_ = sub.add_parser("heads", help="write the heads of all chains, to be kept elsewhere")
    heads_.add_argument("-o", dest="out", type=Path, required=True, metavar="FILE")
    heads_.set_defaults(run=heads)


def verify(args: argparse.Namespace) -> int:
    """0 where the history is whole, 1 where it is not, 2 where the heads file cannot be read."""
    from dataclasses import asdict

    from cli.service import opened
    from store import audit

    kept = None
    if args.heads:
        try:
            kept = json.loads(args.heads.read_text(encoding="utf-8"))
            assert isinstance(kept, dict)
            assert isinstance(kept["items"], dict)
        except (OSError, ValueError, AssertionError, KeyError) as error:
            print(f"{args.heads} is no heads file: {error}", file=sys.stderr)
            return 2
    with opened() as service:
        found = audit.verify(service.database.pool, str(service.rules.zone), kept, Progress().tell)
    if args.json:
        print(json.dumps(asdict(found), ensure_ascii=False))
    else:
        print(f"{found.events} events of {found.items} items, {found.seals} seals, {found.unsealed} not sealed yet")
    print(found.fault or "the history is whole", file=sys.stderr)
    return 1 if found.fault else 0


class Progress:
    """Says now and then on standard error how far the audit is."""

    def __init__(self) -> None:
        self._said_at = time.monotonic()

    def tell(self, looked_at: int, events: int) -> None:
        """So many events were looked at, of so many."""
        if time.monotonic() - self._said_at >= TELL_EVERY_S:
            self._said_at = time.monotonic()
            print(f"{looked_at:,} of {events:,} events looked at", file=sys.stderr, flush=True)


def heads(args: argparse.Namespace) -> int:
    """Write the heads file."""
    from cli.live import open_database
    from store import audit

    with open_database() as database:
        found = audit.heads(database.pool)
    draft = args.out.with_name(args.out.name + ".part")
    draft.write_text(json.dumps(found, ensure_ascii=False, indent=0), encoding="utf-8")
    draft.replace(args.out)
    print(f"{len(found['items'])} chains", file=sys.stderr)
    return 0
