"""Calls from a thread without an event loop."""

from __future__ import annotations

import gc
import signal
import threading
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
    assert bridge.call(_answer) == 7

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        with bridge._lock:
            # The caller's turn never comes: the lock is held by this thread, and the interrupt is what ends the wait.
            threading.Timer(0.05, signal.pthread_kill, (here, signal.SIGINT)).start()
            with pytest.raises(KeyboardInterrupt):
                bridge.call(_answer)
        gc.collect()

    assert [str(each.message) for each in said] == []
    assert bridge.call(_answer) == 7
    bridge.close(_nothing)
