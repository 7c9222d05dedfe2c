"""The fleet: what each worker has announced. The web reads plugins and devices here and imports none of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

import sqlalchemy as sa

from app.database.schema import EVERYONE
from app.database.schema import workers as table
from app.jobs.ids import now_ms

#: A worker that was not heard of for this long is not there; it renews every five seconds.
SILENT_AFTER_MS: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """One worker: its processes, queues, devices, and the manifests of its plugins.

    `devices` are `{"name": "cpu", …}`. `plugins` are `{"manifest": {…}}` or, for one that could not be loaded,
    `{"name", "error"}`.
    """

    id: str
    host: str
    pid: int
    processes: int
    queues: list[str]
    devices: list[dict[str, Any]]
    plugins: list[dict[str, Any]]
    started_at_ms: int
    heartbeat_at_ms: int

    def plugin_names(self) -> set[str]:
        """The plugins that it can run."""
        return {announced["manifest"]["name"] for announced in self.plugins if "manifest" in announced}


def announce(connection: sa.Connection, worker: Worker) -> None:
    """Write or renew a worker's row."""
    row = asdict(worker)
    updated = connection.execute(sa.update(table).where(table.c.id == worker.id).values(row))
    if updated.rowcount == 0:
        connection.execute(sa.insert(table).values(tenant=EVERYONE, **row))


def forget(connection: sa.Connection, worker_id: str) -> None:
    """Take a worker out of the fleet."""
    connection.execute(sa.delete(table).where(table.c.id == worker_id))


def forget_silent(connection: sa.Connection, at_ms: int) -> None:
    """Take the workers out of the fleet that were not heard of for long."""
    connection.execute(sa.delete(table).where(table.c.heartbeat_at_ms < at_ms - SILENT_AFTER_MS))


def workers(connection: sa.Connection) -> list[Worker]:
    """The workers that are there now."""
    statement = sa.select(table).where(table.c.heartbeat_at_ms >= now_ms() - SILENT_AFTER_MS).order_by(table.c.id)
    return [
        Worker(**{name: value for name, value in row._mapping.items() if name != "tenant"})  # noqa: SLF001
        for row in connection.execute(statement)
    ]
