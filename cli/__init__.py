"""The commands of ``python app.py``, one module for each group. Heavy imports wait until a command runs."""

import argparse
import signal
import sys
import threading
from importlib import import_module

GROUPS = ("server", "database", "boundaries", "resolve", "items", "staff", "accounts", "maps", "reports", "audit")


def parser() -> argparse.ArgumentParser:
    """All commands, with their help."""
    root = argparse.ArgumentParser(prog="python app.py", description="Firstline 一线处置: dispatch for a hotline")
    commands = root.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for group in GROUPS:
        import_module(f"cli.{group}").add(commands)
    return root


def main(argv: list[str] | None = None) -> int:
    """Run one command; its exit code: 0 done, 1 the input has faults, 2 wrong usage or nothing could be done."""
    args = parser().parse_args(argv)
    from gis.errors import Refusal

    if threading.current_thread() is threading.main_thread():
        # leaving in order, so that the last process to leave stops the embedded database
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))

    try:
        return int(args.run(args))
    except Refusal as refusal:
        print(refusal.detail, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
