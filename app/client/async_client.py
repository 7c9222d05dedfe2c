"""The Python client for programs with an event loop: submit, list, cancel and watch jobs on a Transom server."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote
from uuid import uuid4

from app.client.delivery import Delivery, Item
from app.client.errors import ClientClosed, RequestRefused, ServerUnreachable
from app.client.http import IDEMPOTENCY_KEY, Http
from app.client.message import TERMINAL_STATUSES, Message, read_message
from app.client.pace import Pace
from app.client.polling import PATH, Polling
from app.client.position import Position
from app.client.transports.sse import SseTransport
from app.client.transports.transport import StreamTransport
from app.client.transports.websocket import WebSocketTransport
from app.client.uploads import LARGE_BYTES, hand_in_async, is_capped
from app.client.watch import Watch
from app.client.way import Transport, Way

logger = logging.getLogger(__name__)

_NDJSON: Final = "application/x-ndjson"
#: In the order in which they are tried.
TRANSPORTS: Final = tuple(Transport)

#: Is told over what a stream comes, whenever that changes.
OnWay = Callable[[Way], None]


class AsyncTransomClient:
    """A client of one server; an asynchronous context manager, for one event loop.

    Proxies come from the environment (`HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`), with a name and password
    where they have them, unless `proxies` is false. What the system trusts is trusted, and the `ca_bundle` too.
    `transports` are the ways in which a stream may be had, the best first.
    Every call raises `ServerUnreachable` where nobody answers, `RequestRefused` where the server says no, and
    `ProxyRefused`, which is one of those, where something on the way does. After `close`, and where that is called
    meanwhile, `ClientClosed`.
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
        self._http = Http(server, ca_bundle=ca_bundle, proxies=proxies)
        self.server = self._http.server
        realtime = f"{self.server}{PATH}"
        self._streams: dict[Transport, StreamTransport] = {
            Transport.WEBSOCKET: WebSocketTransport(realtime, tls=self._http.tls, proxy=self._http.proxy),
            Transport.SSE: SseTransport(realtime, http=self._http.client),
            Transport.SSE_POST: SseTransport(realtime, http=self._http.client, padded=True),
        }
        self._rungs = [Transport(name) for name in transports]
        self._pace = pace or Pace()
        self._watches: set[Watch] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End what is under way and let go of the connections."""
        self._http.closed = True
        for watch in self._watches:
            watch.fail(ClientClosed())
        await self._http.close()

    async def submit(
        self,
        file: Path,
        *,
        plugin: str,
        tools: Sequence[str] = (),
        options: Mapping[str, Any] | None = None,
        device: str | None = None,
    ) -> dict[str, Any]:
        """Send a file to be processed; answers the new job, of which there is one however often it had to be sent.

        A large file goes in pieces, and so does one that something on the way finds too large.
        Raises `OSError` where the file can't be read.
        """
        wish: dict[str, Any] = {"plugin": plugin}
        if tools:
            wish["tool"] = list(tools)
        if options:
            wish["options"] = dict(options)
        if device:
            wish["device"] = device
        if (await asyncio.to_thread(file.stat)).st_size <= LARGE_BYTES:
            try:
                return await self._submit_whole(file, wish)
            except RequestRefused as error:
                if not is_capped(error):
                    raise
        with self._http.answering():
            return await hand_in_async(self._http.client, file, wish)

    async def _submit_whole(self, file: Path, wish: Mapping[str, Any]) -> dict[str, Any]:
        fields = {**wish, "options": json.dumps(wish["options"])} if "options" in wish else wish
        with file.open("rb") as content:
            return await self._http.call(
                "POST",
                "/v1/jobs",
                data=fields,
                files={"file": (file.name, content)},
                headers={IDEMPOTENCY_KEY: uuid4().hex},
            )

    async def jobs(self, *, limit: int | None = None, **filters: str | None) -> dict[str, Any]:
        """A page of jobs, newest first: `jobs`, `count`, `next_after`. `filters` as in the API (`status`, …)."""
        given = {name: value for name, value in {"limit": limit, **filters}.items() if value is not None}
        return await self._http.call("GET", "/v1/jobs", params=given)

    async def job(self, job_id: str) -> dict[str, Any]:
        """All that is known of a job but its frames."""
        return await self._http.call("GET", f"{_path(job_id)}/extended", params={"frames": "false"})

    async def cancel(self, job_id: str) -> dict[str, Any]:
        """Cancel a job; one that has ended is left as it is, and its status answered."""
        return await self._http.call("POST", f"{_path(job_id)}/cancel", headers={IDEMPOTENCY_KEY: uuid4().hex})

    async def plugins(self) -> dict[str, Any]:
        """The plugins of the fleet."""
        return await self._http.call("GET", "/v1/plugins")

    async def events(self, job_id: str, *, after: str | None = None) -> AsyncIterator[str]:
        """The job's log as it is now, from a cursor on, as texts of the wire."""
        async with aclosing(self.event_batches(job_id, after=after)) as batches:
            async for texts in batches:
                for text in texts:
                    yield text

    async def watch(self, job_id: str, *, since: str = "start", on_way: OnWay | None = None) -> AsyncIterator[Message]:
        """Every message of the job's log, once and in order, as it happens, until the job has ended.

        `since`: `start`, `now`, or a cursor. Reconnects by itself, over whatever gets through: a WebSocket, an event
        stream, or long polls; `on_way` is told which, and when that changes. A `reset` says that what came before no
        longer counts; so does a higher `attempt`.
        Raises `InvalidCursor` and `StreamLost` besides what every call raises.
        """
        async with aclosing(self.watch_batches(job_id, since=since)) as batches:
            async for items in batches:
                for message in messages_of(items, on_way):
                    yield message

    async def event_batches(self, job_id: str, *, after: str | None = None) -> AsyncGenerator[list[str], None]:
        """What `events` yields, as many at a time as come together."""
        params = {"after": after} if after else {}
        async with self._http.stream(
            "GET", f"{_path(job_id)}/events", params=params, headers={"Accept": _NDJSON}
        ) as response:
            rest = ""
            async for text in response.aiter_text():
                *lines, rest = (rest + text).split("\n")
                yield [line for line in lines if line]

    async def watch_batches(self, job_id: str, *, since: str = "start") -> AsyncGenerator[list[Item], None]:
        """What `watch` yields, and the ways, as many at a time as come together."""
        job = await self.job(job_id)
        position = Position(str(job["cursor"]) if since == "now" else since)
        if job["status"] in TERMINAL_STATUSES:
            async with aclosing(self._all_there_is(job_id, position)) as rest:
                async for found in rest:
                    yield found
            return
        watch = Watch(
            job_id,
            position=position,
            http=self._http,
            transports=self._streams,
            rungs=self._rungs,
            pace=self._pace,
        )
        self._watches.add(watch)
        try:
            while items := await watch.batch():
                yield items
        finally:
            self._watches.discard(watch)
            await watch.close()

    async def _all_there_is(self, job_id: str, position: Position) -> AsyncGenerator[list[Item], None]:
        """What the log of an ended job holds after the position; no stream is opened."""
        after = None if position.since == "start" else position.since
        try:
            async with aclosing(self.event_batches(job_id, after=after)) as batches:
                async for texts in batches:
                    messages = [read_message(text) for text in texts]
                    yield [message for message in messages if position.take(message)]
        except ServerUnreachable as error:
            logger.info("The log was cut: %s", error, extra={"action": "log_cut", "job_id": job_id})
        else:
            return
        # Something on the way cuts so long an answer: the rest comes in short ones.
        delivery = Delivery(position)
        polling = Polling(job_id, http=self._http, delivery=delivery, pace=self._pace, wait=0)
        async with aclosing(polling.rest()) as rest:
            async for items in rest:
                yield items


def messages_of(items: list[Item], on_way: OnWay | None) -> Iterator[Message]:
    """The messages among what came; what is said of the way goes to whom it is for."""
    for item in items:
        if isinstance(item, Message):
            yield item
        elif on_way:
            on_way(item)


def _path(job_id: str) -> str:
    return f"/v1/jobs/{quote(job_id, safe='')}"
