"""Writing to a connection's transport directly, past its protocol's own `send`.

A server that can do it says so by an extension of the ASGI scope (`app/direct_writers.py`). What a connection says at
its beginning and its end, and all of it where the extension is absent, goes the ordinary way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol, cast

from app.realtime.outgoing import WireForm

#: The extension's name in the scope; its value is a `DirectWriter`.
EXTENSION: Final = "transom.direct"


class DirectWriter(Protocol):
    """One connection's transport."""

    @property
    def form(self) -> WireForm:
        """How messages are bytes there."""

    @property
    def write(self) -> Callable[[bytes], None]:
        """Write whole messages; only while it is `ready`, or was and `when_stopped` has not called yet."""

    def ready(self) -> bool:
        """Whether it may be written to: it has begun, has not begun to end, and nothing that was written waits."""

    def when_stopped(self, call: Callable[[], None] | None, /) -> None:
        """Have `call` called, on the spot, once it is not ready any more; None calls that off."""

    def abort(self) -> None:
        """Let go of the connection, with what it has not taken."""


def direct_writer(scope: Mapping[str, Any]) -> DirectWriter | None:
    """The writer of this connection, where its server has one."""
    return cast("DirectWriter | None", scope.get("extensions", {}).get(EXTENSION))
