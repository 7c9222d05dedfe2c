"""Writing to a connection's transport directly, past its protocol's own `send`.

A server that can do it says so by an extension of the ASGI scope (`app/direct_writers.py`). What a connection says at
its beginning and its end, and all of it where the extension is absent, goes the ordinary way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol, cast

from app.realtime.outgoing import WireForm

#: The extension's name in the scope; its value is a `DirectWriter`.
EXTENSION: Final = "transom.direct"


class DirectWriter(Protocol):
    """One connection's transport."""

    @property
    def form(self) -> WireForm:
        """How messages are bytes there."""

    def write(self, data: bytes, /) -> bool:
        """Write whole messages and return True; False where that is not possible now, and nothing was written.

        It is not before the connection has begun, once it has begun to end, or while what was written waits.
        """

    def abort(self) -> None:
        """Let go of the connection, with what it has not taken."""


def direct_writer(scope: Mapping[str, Any]) -> DirectWriter | None:
    """The writer of this connection, where its server has one."""
    return cast("DirectWriter | None", scope.get("extensions", {}).get(EXTENSION))
