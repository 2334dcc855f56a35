"""Running one group of commands in the process, as the root command would."""

import argparse
from types import ModuleType


def run(module: ModuleType, *words: object) -> int:
    """The exit code of the command line ``words`` with only ``module``'s commands known."""
    parser = argparse.ArgumentParser(prog="app.py")
    module.add(parser.add_subparsers(required=True))
    try:
        args = parser.parse_args([str(word) for word in words])
    except SystemExit as leaving:
        return int(leaving.code or 0)
    return int(args.run(args))
