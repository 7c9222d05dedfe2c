"""The Python client for programs with an event loop: submit, list, cancel and watch jobs and batches."""

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

from app.client import subject as subjects
from app.client.delivery import Delivery, Item
from app.client.errors import ClientClosed, RequestRefused, ServerUnreachable
from app.client.exports import OnProgress, save
from app.client.form import Form, Part
from app.client.http import IDEMPOTENCY_KEY, Http
from app.client.message import TERMINAL_STATUSES, Message, read_message
from app.client.pace import Pace
from app.client.polling import PATH, Polling
from app.client.position import Position
from app.client.subject import Subject
from app.client.transports.sse import SseTransport
from app.client.transports.transport import StreamTransport
from app.client.transports.websocket import WebSocketTransport
from app.client.uploads import LARGE_BYTES, hand_in_async, is_capped
from app.client.watch import Watch
from app.client.way import Transport, Way

logger = logging.getLogger(__name__)

_NDJSON: Final = "application/x-ndjson"
_BATCHES: Final = "/v1/batches"
_WEBHOOKS: Final = "/v1/webhooks"
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
        priority: str | None = None,
        webhook_url: str | None = None,
    ) -> dict[str, Any]:
        """Send a file to be processed; answers the new job, of which there is one however often it had to be sent.

        A large file goes in pieces, and so does one that something on the way finds too large. `webhook_url` is told
        how the job ended.
        Raises `OSError` where the file can't be read.
        """
        more = {"device": device, "priority": priority, "webhook_url": webhook_url}
        wish = _wish(plugin, tool=list(tools), options=options, **more)
        if (await asyncio.to_thread(file.stat)).st_size <= LARGE_BYTES:
            try:
                return await self._submit_whole(file, wish)
            except RequestRefused as error:
                if not is_capped(error):
                    raise
        with self._http.answering():
            return await hand_in_async(self._http.client, file, wish)

    async def _submit_whole(self, file: Path, wish: Mapping[str, Any]) -> dict[str, Any]:
        with file.open("rb") as content:
            return await self._http.call(
                "POST",
                "/v1/jobs",
                data=_fields(wish),
                files={"file": (file.name, content)},
                headers={IDEMPOTENCY_KEY: uuid4().hex},
            )

    async def submit_url(
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
        """Have the server fetch what is to be processed; answers the new job once it has, of which there is one.

        The server asks those hosts only that it was told it may. `webhook_url` is told of the job's end.
        """
        more = {"device": device, "priority": priority, "webhook_url": webhook_url}
        wish = _wish(plugin, tool=list(tools), options=options, **more)
        return await self._http.call(
            "POST", "/v1/jobs", json={"input_url": url, **wish}, headers={IDEMPOTENCY_KEY: uuid4().hex}
        )

    async def jobs(self, *, limit: int | None = None, **filters: str | None) -> dict[str, Any]:
        """A page of jobs, newest first: `jobs`, `count`, `next_after`. `filters` as in the API (`status`, …)."""
        return await self._http.call("GET", "/v1/jobs", params=_given(limit=limit, **filters))

    async def job(self, job_id: str) -> dict[str, Any]:
        """All that is known of a job but its frames."""
        return await self._http.call("GET", f"{_path(job_id)}/extended", params={"frames": "false"})

    async def cancel(self, job_id: str) -> dict[str, Any]:
        """Cancel a job; one that has ended is left as it is, and its status answered."""
        return await self._http.call("POST", f"{_path(job_id)}/cancel", headers={IDEMPOTENCY_KEY: uuid4().hex})

    async def retry(self, job_id: str) -> dict[str, Any]:
        """A new job over the input and options of one that has ended, which is answered."""
        return await self._http.call("POST", f"{_path(job_id)}/retry", headers={IDEMPOTENCY_KEY: uuid4().hex})

    async def submit_batch(
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
        """Send files to be processed under one id; answers the new batch, which is one however often it had to be sent.

        They go in one request, and are read on the way. What is at `urls` the server fetches itself, after the answer:
        these items stand behind the files. `webhook_url` is told once all have ended. Raises `OSError` where a file
        can't be read.
        """
        more = {"device": device, "priority": priority, "name": name, "webhook_url": webhook_url}
        wish = _wish(plugin, tool=list(tools), options=options, **more)
        parts = [Part("file", file, file.name) for file in files]
        if urls:
            lines = "".join(f"{json.dumps({'url': url})}\n" for url in urls).encode()
            parts.append(Part("manifest", lines, "urls.ndjson", "application/x-ndjson"))
        return await self._hand_in(wish, parts)

    async def submit_manifest(
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
        """Have what a manifest lists processed under one id; answers the new batch.

        How it is written says the file's name, or `media_type`: `text/csv`, `application/x-ndjson`, `application/json`.
        """
        more = {"device": device, "priority": priority, "name": name, "webhook_url": webhook_url}
        wish = _wish(plugin, tool=list(tools), options=options, **more)
        shown = "" if isinstance(manifest, bytes) else manifest.name
        return await self._hand_in(wish, [Part("manifest", manifest, shown, media_type or "application/octet-stream")])

    async def _hand_in(self, wish: Mapping[str, Any], parts: Sequence[Part]) -> dict[str, Any]:
        # Looking at thousands of files takes its time.
        form = await asyncio.to_thread(Form, _fields(wish), parts)
        headers = {**form.headers, IDEMPOTENCY_KEY: uuid4().hex}
        return await self._http.call("POST", _BATCHES, content=form, headers=headers)

    async def batches(self, *, limit: int | None = None, after: str | None = None) -> dict[str, Any]:
        """A page of batches, newest first: `batches`, `count`, `next_after`."""
        return await self._http.call("GET", _BATCHES, params=_given(limit=limit, after=after))

    async def batch(self, batch_id: str) -> dict[str, Any]:
        """How a batch stands."""
        return await self._http.call("GET", _batch_path(batch_id))

    async def batch_items(
        self, batch_id: str, *, status: str | None = None, after: int | None = None, limit: int | None = None
    ) -> dict[str, Any]:
        """A page of a batch's items by their numbers, each with its newest job: `items`, `next_after`."""
        asked = _given(status=status, after=after, limit=limit)
        return await self._http.call("GET", f"{_batch_path(batch_id)}/items", params=asked)

    async def cancel_batch(self, batch_id: str) -> dict[str, Any]:
        """Cancel what of a batch has not ended; when it answers, all of it has."""
        return await self._http.call("POST", f"{_batch_path(batch_id)}/cancel", headers={IDEMPOTENCY_KEY: uuid4().hex})

    async def retry_batch(self, batch_id: str, *, status: str | None = None) -> dict[str, Any]:
        """New jobs for a batch's items that failed, or with `cancelled` for those; `retried` is how many."""
        return await self._http.call("POST", f"{_batch_path(batch_id)}/retry", params=_given(status=status))

    async def purge_batch(self, batch_id: str) -> dict[str, Any]:
        """Delete a batch that has ended, with all its jobs."""
        return await self._http.call("POST", f"{_batch_path(batch_id)}/purge")

    async def export(
        self,
        job_id: str,
        target: Path,
        *,
        kind: str = "json",
        overwrite: bool = False,
        on_progress: OnProgress | None = None,
    ) -> Path:
        """What was found in a job's input as a file: `json`, `ndjson`, `csv`, `coco` or `video`; answers its path.

        `target` is the file, or a folder in which it gets the name that the server gives it. A video is waited for
        until it is made: `on_progress` is told how many per cent are. Raises `FileExistsError`, and other `OSError`s
        where the file can't be written; then nothing is left of it.
        """
        address = f"{_path(job_id)}/export"
        return await save(self._http, address, target, kind=kind, overwrite=overwrite, on_progress=on_progress)

    async def export_batch(self, batch_id: str, target: Path, *, kind: str = "json", overwrite: bool = False) -> Path:
        """The exports of a batch's jobs as one archive, which comes as `export`'s file does."""
        address = f"{_batch_path(batch_id)}/export"
        return await save(self._http, address, target, kind=kind, overwrite=overwrite, on_progress=None)

    async def webhooks(self, *, limit: int | None = None, **filters: str | None) -> dict[str, Any]:
        """A page of webhooks, newest first: `webhooks`, `count`, `next_after`. `filters` as in the API."""
        return await self._http.call("GET", _WEBHOOKS, params=_given(limit=limit, **filters))

    async def webhook(self, webhook_id: str) -> dict[str, Any]:
        """A webhook, with what its receiver is sent."""
        return await self._http.call("GET", _webhook_path(webhook_id))

    async def replay_webhook(self, webhook_id: str) -> dict[str, Any]:
        """Have a webhook sent again, under the same id; answers how it stands then."""
        return await self._http.call("POST", f"{_webhook_path(webhook_id)}/replay")

    async def replay_webhooks(self) -> int:
        """Have all dead webhooks sent again; how many there were."""
        replayed = 0
        while True:
            answer = await self._http.call("POST", f"{_WEBHOOKS}/replay")
            replayed += int(answer["replayed"])
            if not answer["more"]:
                return replayed

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

    async def watch_batch(
        self, batch_id: str, *, since: str = "start", on_way: OnWay | None = None
    ) -> AsyncIterator[Message]:
        """What happens to a batch and to its jobs, once and in order, until all its items have ended.

        Comes as `watch` does, and has the types `batch_status`, `job_status` and `error`.
        """
        async with aclosing(self.batch_watch_batches(batch_id, since=since)) as batches:
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
        subject = subjects.job(job_id)
        position = Position(str(job["cursor"]) if since == "now" else since, ended_by=subject.ended_by)
        if job["status"] in TERMINAL_STATUSES:
            async with aclosing(self._all_there_is(subject, position)) as rest:
                async for found in rest:
                    yield found
            return
        async with aclosing(self._follow(subject, position)) as live:
            async for items in live:
                yield items

    async def batch_watch_batches(self, batch_id: str, *, since: str = "start") -> AsyncGenerator[list[Item], None]:
        """What `watch_batch` yields, and the ways, as many at a time as come together."""
        subject = subjects.batch(batch_id)
        position = Position(await self.batch_cursor(batch_id) if since == "now" else since, ended_by=subject.ended_by)
        while (await self.batch(batch_id))["finished_at"] is None:
            # What its log says of an end may be from before something of it was tried again.
            position.ended = False
            async with aclosing(self._follow(subject, position)) as live:
                async for items in live:
                    yield items
        # All that its log has is there now, whatever else of it says that it ended.
        position = Position(position.since, ended_by=lambda _: False)
        async with aclosing(self._short_answers(subject, position)) as rest:
            async for items in rest:
                yield items

    async def batch_cursor(self, batch_id: str) -> str:
        """The cursor behind all that is said of a batch by now: `watch_batch` goes on from it."""
        asked = {**subjects.batch(batch_id).parameters(), "transport": "poll", "wait": "0", "since": "now"}
        return str((await self._http.call("GET", PATH, params=asked))["cursor"])

    async def _follow(self, subject: Subject, position: Position) -> AsyncGenerator[list[Item], None]:
        """What comes behind the position, until the end, over whatever gets through."""
        watch = Watch(
            subject,
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

    async def _all_there_is(self, subject: Subject, position: Position) -> AsyncGenerator[list[Item], None]:
        """What the log of an ended job holds after the position; no stream is opened."""
        after = None if position.since == "start" else position.since
        try:
            async with aclosing(self.event_batches(subject.id, after=after)) as batches:
                async for texts in batches:
                    messages = [read_message(text) for text in texts]
                    yield [message for message in messages if position.take(message)]
        except ServerUnreachable as error:
            logger.info("The log was cut: %s", error, extra={"action": "log_cut", "job_id": subject.id})
        else:
            return
        # Something on the way cuts so long an answer: the rest comes in short ones.
        async with aclosing(self._short_answers(subject, position)) as rest:
            async for items in rest:
                yield items

    async def _short_answers(self, subject: Subject, position: Position) -> AsyncGenerator[list[Item], None]:
        """What the log holds after the position, some at a time."""
        delivery = Delivery(position)
        polling = Polling(subject, http=self._http, delivery=delivery, pace=self._pace, wait=0)
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


def _batch_path(batch_id: str) -> str:
    return f"{_BATCHES}/{quote(batch_id, safe='')}"


def _webhook_path(webhook_id: str) -> str:
    return f"{_WEBHOOKS}/{quote(webhook_id, safe='')}"


def _given(**values: str | int | None) -> dict[str, str | int]:
    return {name: value for name, value in values.items() if value is not None}


def _wish(plugin: str, *, options: Mapping[str, Any] | None, **more: list[str] | str | None) -> dict[str, Any]:
    """How it is to be run, as the API names it; what is not said is left out."""
    wish = {"options": dict(options or {}), **more}
    return {"plugin": plugin, **{field: value for field, value in wish.items() if value}}


def _fields(wish: Mapping[str, Any]) -> dict[str, Any]:
    """The same as fields of a form."""
    return {**wish, "options": json.dumps(wish["options"])} if "options" in wish else dict(wish)
