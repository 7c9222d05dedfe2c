"""The Python client: submit, list, cancel and watch jobs and batches on a Transom server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from app.client.async_client import TRANSPORTS, AsyncTransomClient, OnWay, messages_of
from app.client.bridge import Bridge
from app.client.exports import OnProgress
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
        priority: str | None = None,
        webhook_url: str | None = None,
    ) -> dict[str, Any]:
        """See `AsyncTransomClient.submit`."""
        return self._bridge.call(
            self._client.submit,
            file,
            plugin=plugin,
            tools=tools,
            options=options,
            device=device,
            priority=priority,
            webhook_url=webhook_url,
        )

    def submit_url(
        self,
        url: str,
        *,
        plugin: str,
        tools: Sequence[str] = (),
        options: Mapping[str, Any] | None = None,
        device: str | None = None,
        priority: str | None = None,
        webhook_url: str | None = None,
    ) -> dict[str, Any]:
        """See `AsyncTransomClient.submit_url`."""
        return self._bridge.call(
            self._client.submit_url,
            url,
            plugin=plugin,
            tools=tools,
            options=options,
            device=device,
            priority=priority,
            webhook_url=webhook_url,
        )

    def jobs(self, *, limit: int | None = None, **filters: str | None) -> dict[str, Any]:
        """See `AsyncTransomClient.jobs`."""
        return self._bridge.call(self._client.jobs, limit=limit, **filters)

    def job(self, job_id: str) -> dict[str, Any]:
        """See `AsyncTransomClient.job`."""
        return self._bridge.call(self._client.job, job_id)

    def cancel(self, job_id: str) -> dict[str, Any]:
        """See `AsyncTransomClient.cancel`."""
        return self._bridge.call(self._client.cancel, job_id)

    def retry(self, job_id: str) -> dict[str, Any]:
        """See `AsyncTransomClient.retry`."""
        return self._bridge.call(self._client.retry, job_id)

    def submit_batch(
        self,
        files: Sequence[Path],
        *,
        plugin: str,
        tools: Sequence[str] = (),
        options: Mapping[str, Any] | None = None,
        device: str | None = None,
        priority: str | None = None,
        name: str | None = None,
        urls: Sequence[str] = (),
        webhook_url: str | None = None,
    ) -> dict[str, Any]:
        """See `AsyncTransomClient.submit_batch`."""
        return self._bridge.call(
            self._client.submit_batch,
            files,
            plugin=plugin,
            tools=tools,
            options=options,
            device=device,
            priority=priority,
            name=name,
            urls=urls,
            webhook_url=webhook_url,
        )

    def submit_manifest(
        self,
        manifest: Path | bytes,
        *,
        plugin: str,
        tools: Sequence[str] = (),
        options: Mapping[str, Any] | None = None,
        device: str | None = None,
        priority: str | None = None,
        name: str | None = None,
        media_type: str | None = None,
        webhook_url: str | None = None,
    ) -> dict[str, Any]:
        """See `AsyncTransomClient.submit_manifest`."""
        return self._bridge.call(
            self._client.submit_manifest,
            manifest,
            plugin=plugin,
            tools=tools,
            options=options,
            device=device,
            priority=priority,
            name=name,
            media_type=media_type,
            webhook_url=webhook_url,
        )

    def batches(self, *, limit: int | None = None, after: str | None = None) -> dict[str, Any]:
        """See `AsyncTransomClient.batches`."""
        return self._bridge.call(self._client.batches, limit=limit, after=after)

    def batch(self, batch_id: str) -> dict[str, Any]:
        """See `AsyncTransomClient.batch`."""
        return self._bridge.call(self._client.batch, batch_id)

    def batch_cursor(self, batch_id: str) -> str:
        """See `AsyncTransomClient.batch_cursor`."""
        return self._bridge.call(self._client.batch_cursor, batch_id)

    def batch_items(
        self, batch_id: str, *, status: str | None = None, after: int | None = None, limit: int | None = None
    ) -> dict[str, Any]:
        """See `AsyncTransomClient.batch_items`."""
        return self._bridge.call(self._client.batch_items, batch_id, status=status, after=after, limit=limit)

    def cancel_batch(self, batch_id: str) -> dict[str, Any]:
        """See `AsyncTransomClient.cancel_batch`."""
        return self._bridge.call(self._client.cancel_batch, batch_id)

    def retry_batch(self, batch_id: str, *, status: str | None = None) -> dict[str, Any]:
        """See `AsyncTransomClient.retry_batch`."""
        return self._bridge.call(self._client.retry_batch, batch_id, status=status)

    def purge_batch(self, batch_id: str) -> dict[str, Any]:
        """See `AsyncTransomClient.purge_batch`."""
        return self._bridge.call(self._client.purge_batch, batch_id)

    def export(
        self,
        job_id: str,
        target: Path,
        *,
        kind: str = "json",
        overwrite: bool = False,
        on_progress: OnProgress | None = None,
    ) -> Path:
        """See `AsyncTransomClient.export`; `on_progress` is called on a thread of the client's."""
        return self._bridge.call(
            self._client.export, job_id, target, kind=kind, overwrite=overwrite, on_progress=on_progress
        )

    def export_batch(self, batch_id: str, target: Path, *, kind: str = "json", overwrite: bool = False) -> Path:
        """See `AsyncTransomClient.export_batch`."""
        return self._bridge.call(self._client.export_batch, batch_id, target, kind=kind, overwrite=overwrite)

    def webhooks(self, *, limit: int | None = None, **filters: str | None) -> dict[str, Any]:
        """See `AsyncTransomClient.webhooks`."""
        return self._bridge.call(self._client.webhooks, limit=limit, **filters)

    def webhook(self, webhook_id: str) -> dict[str, Any]:
        """See `AsyncTransomClient.webhook`."""
        return self._bridge.call(self._client.webhook, webhook_id)

    def replay_webhook(self, webhook_id: str) -> dict[str, Any]:
        """See `AsyncTransomClient.replay_webhook`."""
        return self._bridge.call(self._client.replay_webhook, webhook_id)

    def replay_webhooks(self) -> int:
        """See `AsyncTransomClient.replay_webhooks`."""
        return self._bridge.call(self._client.replay_webhooks)

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

    def watch_batch(self, batch_id: str, *, since: str = "start", on_way: OnWay | None = None) -> Iterator[Message]:
        """See `AsyncTransomClient.watch_batch`."""
        for items in self._bridge.iterate(self._client.batch_watch_batches(batch_id, since=since)):
            yield from messages_of(items, on_way)
