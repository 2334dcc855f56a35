"""``python -m boundaries.demonstration -o FOLDER``: make the demonstration district again."""

import argparse
import sys
from pathlib import Path

from boundaries.demonstration.making import CELLS, SEED, make
from boundaries.demonstration.source import read_source
from boundaries.demonstration.writing import write

GULOU = Path(__file__).parents[1] / "gulou" / "source"


def main(words: list[str] | None = None) -> int:
    """Write the district's files; the same source, seed and number of cells give the same bytes."""
    parser = argparse.ArgumentParser(prog="python -m boundaries.demonstration", description=__doc__)
    parser.add_argument("-o", "--out", type=Path, required=True, help="folder for the files")
    parser.add_argument("--source", type=Path, default=GULOU, help="folder with the published facts")
    parser.add_argument("--cells", type=int, default=CELLS)
    parser.add_argument("--seed", type=int, default=SEED)
    args = parser.parse_args(words)
    source = read_source(args.source)
    made = make(source, args.cells, args.seed)
    write(made, source, args.out)
    print(f"{len(made.townships)} townships and {len(made.cells)} cells in {args.out}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
