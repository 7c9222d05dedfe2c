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
    hearing = Hearing(now=0, processes=2)

    answers = [hearing.deaf(now, jobs_wait=True, processes_free=2) for now in range(120)]

    assert int(DEAF_AT_START_SECONDS) < answers.index(True) <= int(DEAF_AT_START_SECONDS + DEAF_AFTER_SECONDS) + 2


def test_processes_that_are_ready_are_free_though_none_has_asked() -> None:
    """A worker that goes deaf before its first job is noticed as soon as any other."""
    hearing = Hearing(now=0, processes=2)
    hearing.there()
    hearing.there()

    answers = [hearing.deaf(now, jobs_wait=True, processes_free=2) for now in range(20)]

    assert answers.index(True) == int(DEAF_AFTER_SECONDS) + 1


def test_worker_that_was_there_before_its_scribe_has_started_already() -> None:
    """A scribe that was started again beside a deaf worker notices it as soon as any other."""
    hearing = Hearing(now=1000, processes=2, up_seconds=300)

    answers = [hearing.deaf(now, jobs_wait=True, processes_free=2) for now in range(1000, 1020)]

    assert answers.index(True) == int(DEAF_AFTER_SECONDS) + 1


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


def test_a_process_that_starts_in_the_place_of_another_is_not_free() -> None:
    """Where a tool has ended its process the next one imports first: the worker hears, and is not ended for it."""
    hearing = Hearing(now=0)
    hearing.asked(0)
    hearing.lost(1)

    # The other process is busy: nobody is free until the new one asks.
    assert not any(hearing.deaf(now, jobs_wait=True, processes_free=1) for now in range(1, 60))
    hearing.there()
    hearing.asked(60)
    answers = [hearing.deaf(now, jobs_wait=True, processes_free=1) for now in range(60, 90)]
    assert answers.index(True) == int(DEAF_AFTER_SECONDS) + 1


def test_a_process_that_never_comes_back_is_noticed() -> None:
    """Not even the next one asks: after the time of a start it counts as free."""
    hearing = Hearing(now=0)
    hearing.asked(0)
    hearing.lost(1)

    answers = [hearing.deaf(now, jobs_wait=True, processes_free=1) for now in range(200)]

    assert int(DEAF_AT_START_SECONDS) < answers.index(True) <= int(DEAF_AT_START_SECONDS + DEAF_AFTER_SECONDS) + 3


def test_each_process_starts_for_itself() -> None:
    """The first that asks says nothing of the others: with all of them lost, nobody is free before one has come."""
    hearing = Hearing(now=0, processes=2)
    for now in (1, 2):
        hearing.there()
        hearing.asked(now)
        hearing.lost(now)

    assert not any(hearing.deaf(now, jobs_wait=True, processes_free=2) for now in range(2, 60))
