"""Twenty faults, at random, over each back end; `make chaos` runs as many as one likes."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.back_ends import BACK_ENDS, REQUIRED_VARIABLE
from tests.chaos.faults import schedule
from tests.chaos.run import run_chaos
from tests.chaos.servers import NotInstalled

FAULTS = 20


def test_the_same_seed_gives_the_same_faults() -> None:
    """What a seed gave once it gives again, and a longer run begins as a shorter one."""
    assert schedule(7, 30)[:20] == schedule(7, 20)
    assert schedule(7, 20) != schedule(8, 20)


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("name", BACK_ENDS)
def test_it_does_not_break(name: str, tmp_path: Path) -> None:
    """Every accepted job ends once, every watcher has its whole log, no job runs twice at a time, nothing is left."""
    seed = random.SystemRandom().randrange(1_000_000)
    try:
        figures = run_chaos(name, seed=seed, faults=FAULTS, folder=tmp_path / name, say=print)
    except NotInstalled as missing:
        if set(BACK_ENDS[name]) & set(os.environ.get(REQUIRED_VARIABLE, "").split(",")):
            pytest.fail(f"{missing} has to be there where {REQUIRED_VARIABLE} names it", pytrace=False)
        pytest.skip(f"needs the program {missing}")

    again = f'make chaos ARGS="{name} --faults {FAULTS} --seed {seed}"'
    assert figures.breaches == [], f"run it again: {again}"
    assert figures.faults == FAULTS
    assert figures.jobs > 0
