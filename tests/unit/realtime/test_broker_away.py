"""A broker that is away for long: trying again costs nothing that stays."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable, Iterator

import psutil
import pytest

from app.jobs.queue import JobQueue
from app.realtime import broker_lines, event_bus
from app.realtime.event_bus import EventConsumer, EventPublisher
from tests.stack import wait_until

#: Nobody listens there.
AWAY = "redis://127.0.0.1:1/0"
TRIES = 30
#: So many may be open for something else meanwhile; what is kept of each try is one of each.
FEW = 15


@pytest.fixture
def no_collection() -> Iterator[None]:
    """What a process does that has little to do: it collects no garbage by itself."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def descriptors_after(tries: Callable[[], int]) -> int:
    """How many more this process has after so many tries than after the first few."""
    wait_until(lambda: tries() >= 3, what="the first tries")
    before = psutil.Process().num_fds()
    wait_until(lambda: tries() >= TRIES, what="all tries")
    return psutil.Process().num_fds() - before


@pytest.mark.usefixtures("no_collection")
@pytest.mark.parametrize("kind", ["publisher", "consumer"])
def test_the_bus_keeps_nothing_of_its_tries(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Not one descriptor a try, until there are none left."""
    tries = 0
    connected = broker_lines._connected

    def counted(url: str, *, heartbeat: int) -> object:
        nonlocal tries
        tries += 1
        return connected(url, heartbeat=heartbeat)

    monkeypatch.setattr(broker_lines, "_connected", counted)
    monkeypatch.setattr(event_bus, "RECONNECT_SECONDS", (0.01,))
    bus: EventPublisher | EventConsumer = (
        EventPublisher(AWAY, namespace="away")
        if kind == "publisher"
        else EventConsumer(AWAY, namespace="away", node_id="n", on_batch=lambda batch: None, on_subscribed=lambda: None)
    )
    bus.start()

    more = descriptors_after(lambda: tries)
    bus.close()

    assert more < FEW


@pytest.mark.usefixtures("no_collection")
def test_the_bell_keeps_nothing_of_its_tries(caplog: pytest.LogCaptureFixture) -> None:
    """The same for the bell, which says once that it can't be rung."""
    caplog.set_level(logging.DEBUG, logger="app.jobs.queue")
    bell = JobQueue(AWAY, namespace="away")
    bell.start()

    def tries() -> int:
        bell.ring("cpu")
        return caplog.text.count("could not be rung")

    more = descriptors_after(tries)
    bell.close()

    assert more < FEW
    assert sum(record.levelno == logging.WARNING for record in caplog.records) == 1


def test_a_process_that_stops_does_not_wait_for_the_next_try(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """However long a pause is under way, closing ends it."""
    monkeypatch.setattr(event_bus, "RECONNECT_SECONDS", (3600.0,))
    publisher = EventPublisher(AWAY, namespace="away")
    publisher.start()
    wait_until(lambda: "takes nothing" in caplog.text, what="the first try failing")

    publisher.close(timeout=60)

    assert "event-publisher" not in [thread.name for thread in threading.enumerate()]
