"""The limits of a running job, by the clock alone; that what is over one is ended is tested with real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable

import psutil
import pytest

from app.errors import ConfigurationError
from app.jobs.job import Job
from app.settings import Settings, load_settings
from tasks.limits import Limits
from tasks.process_tree import ProcessTree
from tasks.run import Run

LIMITS = Limits(
    Settings(
        soft_time_limit_seconds=100,
        time_limit_seconds=200,
        lease_seconds=5,
        no_progress_seconds=30,
        memory_limit_bytes=1024**3,
    )
)


def _name(run: Run, now: float) -> str | None:
    breach = LIMITS.time(run, now)
    return None if breach is None else breach.limit


@pytest.fixture
def run(new_job: Callable[..., Job]) -> Run:
    """A run that began at 0 and was just heard of."""
    return Run(new_job(), began_at=0.0, heard_at=0.0)


def test_silence_is_counted_from_the_last_word(run: Run) -> None:
    """A run that was heard of goes on, however long it has been running; a silent one is over the limit."""
    assert _name(run, 29) is None
    assert _name(run, 31) == "no_progress"
    run.heard_at = 31
    assert _name(run, 60) is None
    assert _name(run, 62) == "no_progress"


def test_child_whose_words_wait_for_a_commit_is_not_silent(run: Run) -> None:
    """While the database is away the child can't speak: that is not its silence, nor is it when it may again."""
    run.emit(1, "progress", "2026-03-14T09:26:53.000Z", "{}", {})
    run.heard_at = 0.0
    assert _name(run, 90) is None
    entry = run.take(10)
    assert entry is not None
    run.settle(entry)
    assert run.heard_at > 0


def test_soft_limit_is_told_once_and_the_hard_one_follows(run: Run) -> None:
    """Told to stop at the one, ended at the other."""
    run.heard_at = 1000
    breach = LIMITS.time(run, 101)
    assert breach is not None
    assert (breach.limit, breach.code, breach.soft) == ("soft_time_limit", "PLUGIN_TIMEOUT", True)
    run.breach = breach
    assert _name(run, 199) is None
    hard = LIMITS.time(run, 201)
    assert hard is not None
    assert (hard.limit, hard.soft) == ("time_limit", False)


def test_memory_is_held_at_its_limit_and_can_be_let_go() -> None:
    """More than the limit is over it; 0 is no limit."""
    assert LIMITS.memory(1024**3) is None
    breach = LIMITS.memory(1024**3 + 1)
    assert breach is not None
    assert breach.code == "OUT_OF_MEMORY"
    assert "1024 MiB" in breach.message
    assert Limits(Settings(memory_limit_bytes=0)).memory(2**60) is None


def test_silence_must_be_allowed_for_longer_than_a_lease() -> None:
    """A setting that would end jobs before their lease is refused, also where only the lease was set."""
    with pytest.raises(ConfigurationError, match=r"TRANSOM_NO_PROGRESS_SECONDS.*TRANSOM_LEASE_SECONDS"):
        load_settings(lease_seconds=600)


def test_process_tree_ends_whole_and_counts_shared_memory_once() -> None:
    """All that a process forked counts as memory of its own once, and goes when it is killed."""
    program = (
        "import os, time\nos.setpgid(0, 0)\nkept = b'x' * 64 * 2**20\n"
        "for _ in range(3):\n    if os.fork() == 0:\n        time.sleep(600)\n"
        "print('ready', flush=True)\ntime.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            tree = ProcessTree(process.pid)
            family = [psutil.Process(process.pid), *psutil.Process(process.pid).children()]
            assert len(family) == 4
            assert 64 * 2**20 < tree.memory_bytes(limit=1) < 2 * 64 * 2**20
            # Beneath the limit nobody looks so closely: the shared pages count four times.
            assert tree.memory_bytes(limit=2**40) > 3 * 64 * 2**20
            tree.kill()
        finally:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert psutil.wait_procs(family[1:], timeout=15)[1] == []


def test_what_a_dead_process_forked_is_found_by_its_group() -> None:
    """A process that has gone leaves nothing of its group behind."""
    program = (
        "import os, time\nos.setpgid(0, 0)\nif os.fork() == 0:\n    time.sleep(600)\nprint(flush=True)\ntime.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        tree = ProcessTree(process.pid)
        [fork] = psutil.Process(process.pid).children()
        tree.kill_rest()
        assert fork.is_running()
        process.kill()
        process.wait()
        tree.kill_rest()
    assert psutil.wait_procs([fork], timeout=15)[1] == []
