"""How many connections a web process takes, and how often it pings them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Limits(Protocol):
    """The limits of a hub; the settings are one."""

    @property
    def connections_per_session(self) -> int:
        """Connections one session may hold on this node; one more closes the oldest."""

    @property
    def max_connections(self) -> int:
        """Connections this process takes; more are refused."""

    @property
    def heartbeat_seconds(self) -> float:
        """Time between two pings."""


@dataclass(frozen=True, slots=True)
class DefaultLimits:
    """The limits of a hub that is told none."""

    connections_per_session: int = 5
    max_connections: int = 5000
    heartbeat_seconds: float = 30
