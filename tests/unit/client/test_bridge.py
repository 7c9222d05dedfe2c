"""Calls from a thread without an event loop."""

from __future__ import annotations

import gc
import signal
import threading
import time
import warnings

import pytest

from app.client.bridge import Bridge


async def _answer() -> int:
    return 7


async def _nothing() -> None:
    return None


def test_an_interrupt_before_a_call_began_leaves_nothing_behind() -> None:
    """Ctrl-C may come at any moment, also while the call waits for its turn: no coroutine is left unawaited."""
    bridge = Bridge()
    here = threading.get_ident()
    calling = threading.Event()

    def interrupt() -> None:
        calling.wait()
        # Nothing tells that the call has got as far as the lock; an interrupt before that is one of those moments too.
        time.sleep(0.05)
        signal.pthread_kill(here, signal.SIGINT)

    assert bridge.call(_answer) == 7

    def call() -> None:
        calling.set()
        bridge.call(_answer)

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        with bridge._lock:
            # The caller's turn never comes: the lock is held by this thread, and the interrupt is what ends the wait.
            interrupting = threading.Thread(target=interrupt)
            interrupting.start()
            with pytest.raises(KeyboardInterrupt):
                call()
        interrupting.join()
        gc.collect()

    # Other tests' leftovers may be collected here too, and complain of themselves.
    assert [text for each in said if "never awaited" in (text := str(each.message))] == []
    assert bridge.call(_answer) == 7
    bridge.close(_nothing)
