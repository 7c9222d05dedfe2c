"""The Python client: submit, list, cancel and watch jobs on a Transom server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from app.client.async_client import TRANSPORTS, AsyncTransomClient, OnWay, messages_of
from app.client.bridge import Bridge
from app.client.message import Message
from app.client.pace import Pace


class TransomClient:
    """`AsyncTransomClient` for programs without an event loop: the same calls; a context manager.

    `close` may be called from another thread: what is under way then raises `ClientClosed`.
    """

    def __init__(
        self,
        server: str,
        *,
        ca_bundle: Path | None = None,
        proxies: bool = True,
        transports: Sequence[str] = TRANSPORTS,
        pace: Pace | None = None,
    ) -> None:
        self._client = AsyncTransomClient(
            server, ca_bundle=ca_bundle, proxies=proxies, transports=transports, pace=pace
        )
        self._bridge = Bridge()
        self.server = self._client.server

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End what is under way and let go of the connections."""
        self._bridge.close(self._client.close)

    def submit(
        self,
        file: Path,
        *,
        plugin: str,
        tools: Sequence[str] = (),
        options: Mapping[str, Any] | None = None,
        device: str | None = None,
    ) -> dict[str, Any]:
        """See `AsyncTransomClient.submit`."""
        return self._bridge.call(self._client.submit, file, plugin=plugin, tools=tools, options=options, device=device)

    def jobs(self, *, limit: int | None = None, **filters: str | None) -> dict[str, Any]:
        """See `AsyncTransomClient.jobs`."""
        return self._bridge.call(self._client.jobs, limit=limit, **filters)

    def job(self, job_id: str) -> dict[str, Any]:
        """See `AsyncTransomClient.job`."""
        return self._bridge.call(self._client.job, job_id)

    def cancel(self, job_id: str) -> dict[str, Any]:
        """See `AsyncTransomClient.cancel`."""
        return self._bridge.call(self._client.cancel, job_id)

    def plugins(self) -> dict[str, Any]:
        """See `AsyncTransomClient.plugins`."""
        return self._bridge.call(self._client.plugins)

    def events(self, job_id: str, *, after: str | None = None) -> Iterator[str]:
        """See `AsyncTransomClient.events`."""
        for texts in self._bridge.iterate(self._client.event_batches(job_id, after=after)):
            yield from texts

    def watch(self, job_id: str, *, since: str = "start", on_way: OnWay | None = None) -> Iterator[Message]:
        """See `AsyncTransomClient.watch`."""
        for items in self._bridge.iterate(self._client.watch_batches(job_id, since=since)):
            yield from messages_of(items, on_way)
