"""A worker that stopped hearing the bell is noticed, and one that is only busy or idle is left alone."""

from __future__ import annotations

from tasks.hearing import DEAF_AFTER_SECONDS, DEAF_AT_START_SECONDS, Hearing


def test_worker_with_free_processes_and_waiting_jobs_is_deaf_after_a_while() -> None:
    """Jobs wait, a process is free, and nobody asks: deaf once the time is over, not before."""
    hearing = Hearing(now=0)
    hearing.asked(0)

    answers = [hearing.deaf(now, jobs_wait=True, processes_free=True) for now in range(20)]

    assert answers.index(True) == int(DEAF_AFTER_SECONDS) + 1


def test_worker_that_starts_is_given_time() -> None:
    """A worker whose processes have not asked yet still imports: it is not taken for deaf so soon."""
    hearing = Hearing(now=0)

    answers = [hearing.deaf(now, jobs_wait=True, processes_free=True) for now in range(120)]

    assert answers.index(True) == int(DEAF_AT_START_SECONDS) + 1


def test_asking_shows_that_it_hears() -> None:
    """A worker whose children ask for jobs is not deaf, however long others wait."""
    hearing = Hearing(now=0)
    for now in range(100):
        if now % 5 == 0:
            hearing.asked(now)
        assert not hearing.deaf(now, jobs_wait=True, processes_free=True)


def test_busy_or_idle_worker_is_left_alone() -> None:
    """Neither a worker without a free process nor one without waiting jobs is deaf."""
    hearing = Hearing(now=0)

    assert not any(hearing.deaf(now, jobs_wait=True, processes_free=False) for now in range(100))
    assert not any(hearing.deaf(now, jobs_wait=False, processes_free=True) for now in range(100, 200))
    assert not hearing.deaf(201, jobs_wait=True, processes_free=True)
