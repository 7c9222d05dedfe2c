"""`make chaos`: faults by the hundred, over each back end; see docs/chaos.md."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from pathlib import Path

from tests.chaos.run import run_chaos
from tests.chaos.servers import NotInstalled
from tests.chaos.stands import STANDS


def main() -> int:
    """Run what the command line names; 1 where something did not hold."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("back_ends", nargs="*", metavar="BACK_END", help=f"any of {', '.join(STANDS)}; all of them")
    parser.add_argument("--faults", type=int, default=200, help="how many faults (200)")
    parser.add_argument("--seed", type=int, help="replays the schedule of an earlier run")
    parser.add_argument("--folder", type=Path, help="where data and logs go, and stay")
    given = parser.parse_args()
    unknown = set(given.back_ends) - set(STANDS)
    if unknown:
        parser.error(f"there is no back end {', '.join(sorted(unknown))}; choose from {', '.join(STANDS)}")
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(1_000_000)
    folder = given.folder or Path(tempfile.mkdtemp(prefix="transom-chaos-"))
    held = True
    rows = []
    for back_end in given.back_ends or list(STANDS):
        print(f"{back_end}: {given.faults} faults, seed {seed}; logs are in {folder / back_end}", flush=True)
        try:
            figures = run_chaos(back_end, seed=seed, faults=given.faults, folder=folder / back_end, say=_say)
        except NotInstalled as missing:
            print(f"{back_end}: left out, {missing} is not installed", flush=True)
            continue
        rows.append(figures.row())
        print(figures, flush=True)
        for breach in figures.breaches:
            print(f"  BROKEN: {breach}", flush=True)
        if figures.breaches:
            held = False
            print(f'  again: make chaos ARGS="{back_end} --faults {given.faults} --seed {seed}"', flush=True)
    print("\n".join(rows))
    return 0 if held else 1


def _say(line: str) -> None:
    print(f"  {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
