"""Predictable tools in a process whose messages are stamped to the microsecond, as a figure of milliseconds needs them.

On the wire a timestamp is cut to milliseconds, and a delay that is reckoned from it seems up to 1 ms longer than it
was: as much as the commit itself takes.
"""

from __future__ import annotations

from datetime import UTC, datetime

import tasks.wire_observer
from tests.plugins_for_tests import Numbered, Sleepy, Spin

__all__ = ["Numbered", "Sleepy", "Spin"]


def exactly_now() -> str:
    """The present moment, RFC 3339, with microseconds."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


vars(tasks.wire_observer)["timestamp_now"] = exactly_now
