"""A server that plays what a test wrote down: the faults that a watch has to get over, each at a known moment.

The happy path is tested with the real server; this one exists because no real server can be asked to break so exactly.
"""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

JOB = "job1"


def wire(seq: int, kind: str = "progress", *, attempt: int = 1, epoch: str = "a", **payload: Any) -> str:
    """A message of the log."""
    return json.dumps(
        {"type": kind, "payload": payload, "timestamp": "t", "id": f"{epoch}-{seq}", "job_id": JOB, "attempt": attempt}
    )


def said(kind: str, **payload: Any) -> str:
    """A message of the connection's own."""
    return json.dumps({"type": kind, "payload": payload, "timestamp": "t"})


HELLO = said("hello", session_id="s", transport="websocket", cursor="a-0")


class Close:
    """The end of a WebSocket, with a code; None just breaks it (so it does a response)."""

    def __init__(self, code: int | None) -> None:
        self.code = code


class Retry:
    """The planned end of an event stream, with the pause before the client is to come back, in milliseconds."""

    def __init__(self, ms: int) -> None:
        self.ms = ms


#: What one stream is sent, in order.
Script = Sequence[str | Close | Retry]


class ScriptedServer:
    """Plays one script a stream, in order; a stream for which there is none is refused with 503.

    Polls are answered from the `log`, to which a test may add at any time; `longest_poll` is after how many seconds
    something on the way cuts them, `gets` whether it lets them through as `GET`, and `tails` whether it lets the
    question for the tail through.
    """

    def __init__(
        self,
        *scripts: Script,
        websocket: bool = True,
        log: Sequence[str] = (),
        status: str = "running",
        longest_poll: float = 60,
        gets: bool = True,
        tails: bool = True,
    ) -> None:
        self._scripts = list(scripts)
        self.websocket = websocket
        self.log = list(log)
        self._status = status
        self._longest_poll = longest_poll
        self._gets = gets
        self._tails = tails
        self._answered_polls = 0
        #: Whether something on the way answers in its place.
        self.login_page = False
        #: The query of each stream, and by which transport it was asked for; what the client said; the polls' waits.
        self.asked: list[dict[str, str]] = []
        self.transports: list[str] = []
        self.heard: list[str] = []
        self.waits: list[float] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        app = Starlette(
            routes=[
                Route("/v1/jobs/{job_id}/extended", self._job),
                Route("/v1/jobs/{job_id}/events", self._events),
                Route("/v1/plugins", self._not_transom),
                WebSocketRoute("/v1/realtime", self._stream_websocket),
                Route("/v1/realtime", self._realtime, methods=["GET", "POST"]),
                Route("/v1/realtime/tail", self._tail, methods=["GET", "POST"]),
            ],
            lifespan=_nothing,
        )
        self._server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._listener]})

    def __enter__(self) -> ScriptedServer:
        self._thread.start()
        deadline = time.monotonic() + 30
        while not self._server.started:
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()

    async def _job(self, request: Request) -> Response:
        if request.path_params["job_id"] != JOB:
            problem = {"title": "There is no such job", "status": 404, "detail": "no job x", "code": "JOB_NOT_FOUND"}
            return JSONResponse(problem, 404, media_type="application/problem+json")
        return JSONResponse({"job_id": JOB, "status": self._status, "cursor": "a-2"})

    async def _events(self, request: Request) -> Response:
        texts = self._after(request.query_params.get("after") or "start")
        return PlainTextResponse("".join(f"{text}\n" for text in texts), media_type="application/x-ndjson")

    async def _not_transom(self, request: Request) -> Response:
        del request
        return PlainTextResponse("<html>please log in</html>", media_type="text/html")

    async def _tail(self, request: Request) -> Response:
        del request
        if not self._tails:
            # As a gateway does that waits for an answer, and long enough for a poll to be answered meanwhile.
            enough = self._answered_polls + 2
            while self._answered_polls < enough:  # noqa: ASYNC110 - see log
                await asyncio.sleep(0.02)
            return PlainTextResponse("<h1>504 Gateway Time-out</h1>", 504, media_type="text/html")
        epoch, seq = _place(json.loads(self.log[-1])["id"]) if self.log else ("a", 0)
        return JSONResponse({"tail": seq, "epoch": epoch})

    async def _realtime(self, request: Request) -> Response:
        if self.login_page:
            return await self._not_transom(request)
        asked = dict(request.query_params) if request.method == "GET" else await request.json()
        if request.method == "GET" and not self._gets:
            return PlainTextResponse("<h1>405 Method Not Allowed</h1>", 405, media_type="text/html")
        if asked.get("transport") == "poll":
            return await self._poll(asked)
        return await self._stream_sse(request.method, asked)

    async def _poll(self, asked: dict[str, str]) -> Response:
        wait = float(asked["wait"])
        self.waits.append(wait)
        deadline = time.monotonic() + min(wait, self._longest_poll)
        while not (found := self._after(asked["since"])) and time.monotonic() < deadline:  # noqa: ASYNC110 - see log
            await asyncio.sleep(0.02)
        if not found and wait > self._longest_poll:
            return PlainTextResponse("<h1>504 Gateway Time-out</h1>", 504, media_type="text/html")
        self._answered_polls += 1
        cursor = json.loads(found[-1])["id"] if found else "a-0"
        return PlainTextResponse(f'{{"cursor":"{cursor}","messages":[{",".join(found)}]}}')

    def _after(self, since: str) -> list[str]:
        return [text for text in self.log if since == "start" or _place(json.loads(text)["id"]) > _place(since)]

    def _next_script(self, transport: str, query: dict[str, str]) -> Script | None:
        if not self._scripts:
            return None
        self.asked.append(query)
        self.transports.append(transport)
        return self._scripts.pop(0)

    async def _stream_websocket(self, websocket: WebSocket) -> None:
        script = self._next_script("websocket", dict(websocket.query_params)) if self.websocket else None
        if script is None:
            await websocket.close()
            return
        await websocket.accept()
        for item in script:
            if isinstance(item, Close):
                if item.code is not None:
                    await websocket.close(item.code, "as the test wants it")
                    return
                # Without a close frame: what a broken network looks like.
                raise ConnectionResetError
            assert isinstance(item, str)
            await websocket.send_text(item)
            if json.loads(item)["type"] == "ping":
                self.heard.append(await websocket.receive_text())
        try:
            while True:
                await websocket.receive_text()
        except WebSocketDisconnect:
            return

    async def _stream_sse(self, method: str, asked: dict[str, str]) -> Response:
        script = self._next_script("sse" if method == "GET" else "sse-post", asked)
        if script is None:
            return Response(status_code=503)

        async def events() -> AsyncIterator[ServerSentEvent]:
            for item in script:
                if isinstance(item, Close):
                    return
                if isinstance(item, Retry):
                    yield ServerSentEvent(retry=item.ms)
                    return
                yield ServerSentEvent(item, event=json.loads(item)["type"], id=json.loads(item).get("id"))
            await asyncio.Event().wait()

        return EventSourceResponse(events())


def _place(cursor: str) -> tuple[str, int]:
    epoch, _, seq = cursor.partition("-")
    return epoch, int(seq)


@asynccontextmanager
async def _nothing(app: Starlette) -> AsyncIterator[None]:
    del app
    yield
