"""Handing in a large file: in pieces (tus 1.0), past proxies that cap bodies, refuse methods or cut connections.

What to send next is decided without sending anything, by a generator; `hand_in_async` carries it out.

Pieces begin large. They halve when one is refused for its size or the connection breaks, and grow again as far as was
not refused. After a break the server is asked how far it is: what arrived of a piece counts.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final
from uuid import uuid4

import httpx

from app.client.backoff import Backoff
from app.client.errors import ProxyRefused, RequestRefused, ServerUnreachable, refusal
from app.client.tls import distrust

#: Files above this go in pieces.
LARGE_BYTES: Final = 8 * 1024 * 1024
MOST_BYTES: Final = 8 * 1024 * 1024
LEAST_BYTES: Final = 64 * 1024
#: Between attempts without any progress; together longer than a server takes to start again.
PAUSES_SECONDS: Final = (0.1, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 16.0)
#: A piece is small: an answer that does not come within this was lost.
_TIMEOUT: Final = httpx.Timeout(60.0, connect=10.0)
#: How often an upload that the server has lost is begun again.
_BEGINNINGS: Final = 3
_PATH: Final = "/v1/uploads"
_TUS: Final = {"Tus-Resumable": "1.0.0"}
#: What proxies answer to methods that they do not let pass.
_REFUSED_METHOD: Final = frozenset({400, 403, 405, 501})
#: What may go well a moment later, whoever says it.
_LATER: Final = frozenset({408, 425, 429, 500, 502, 503, 504})

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Ask:
    """A request to make."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    json: Mapping[str, Any] | None = None

    def arguments(self) -> dict[str, Any]:
        """As httpx's `request` takes them."""
        body = {"content": self.content} if self.json is None else {"json": self.json}
        return {"method": self.method, "url": self.path, "headers": self.headers, "timeout": _TIMEOUT, **body}


@dataclass(frozen=True, slots=True)
class Pause:
    """A time to wait."""

    seconds: float


#: What came of a request: an answer that is read, or the connection's end. Nothing comes of a pause.
Outcome = httpx.Response | httpx.TransportError | None
Steps = Generator[Ask | Pause, Outcome, dict[str, Any]]


async def hand_in_async(
    http: httpx.AsyncClient, file: Path, fields: Mapping[str, Any], *, progress: Progress | None = None
) -> dict[str, Any]:
    """Upload a file and hand it in as a job with these fields; answers the new job.

    `progress` is told how many bytes are with the server, and of how many. Raises `OSError` where the file can't be
    read, `RequestRefused`, `ServerUnreachable` after several attempts without progress, and at once the
    `httpx.TransportError` of a certificate that is not trusted.
    """
    with await asyncio.to_thread(file.open, "rb") as content:
        steps = hand_in_steps(str(http.base_url), content, file.name, fields, progress)
        outcome: Outcome = None
        while True:
            try:
                # A piece is read from the file on the way.
                step = await asyncio.to_thread(_next, steps, outcome)
            except _Ended as end:
                return end.job
            outcome = None
            if isinstance(step, Pause):
                await asyncio.sleep(step.seconds)
                continue
            try:
                outcome = await http.request(**step.arguments())
            except httpx.TransportError as error:
                if distrust(error):
                    # No other attempt would change that, and none is to hide what it was.
                    raise
                outcome = error


class _Ended(Exception):
    """The steps' end, as no coroutine may raise `StopIteration`."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.job = job


def _next(steps: Steps, outcome: Outcome) -> Ask | Pause:
    try:
        return steps.send(outcome)
    except StopIteration as end:
        raise _Ended(end.value) from None


def hand_in_steps(
    server: str, content: BinaryIO, name: str, fields: Mapping[str, Any], progress: Progress | None = None
) -> Steps:
    """What to send, one after the other; the job's answer at the end."""
    length = content.seek(0, 2)
    sending = _Sending(server, content, length, progress)
    for _ in range(_BEGINNINGS):
        path = yield from sending.begin(name)
        if (yield from sending.send_pieces(path)):
            break
    else:
        raise ServerUnreachable(server, "it loses what is uploaded")
    wish = {**fields, "upload_id": path.rsplit("/", maxsplit=1)[-1]}
    answer = yield from sending.until_answered(Ask("POST", "/v1/jobs", {"Idempotency-Key": uuid4().hex}, json=wish))
    return _object_in(answer, server)


class _Sending:
    """One file on its way."""

    def __init__(self, server: str, content: BinaryIO, length: int, progress: Progress | None) -> None:
        self._server = server
        self._content = content
        self._length = length
        self._progress = progress
        self._offset = self._furthest = 0
        self._piece = self._most = MOST_BYTES
        self._override = False
        self._backoff = Backoff(PAUSES_SECONDS)

    def begin(self, name: str) -> Generator[Ask | Pause, Outcome, str]:
        """Announce the file; the path of its upload."""
        about = f"filename {base64.b64encode(name.encode()).decode()}"
        # Whoever asks again for an answer that was lost gets that one.
        key = {"Idempotency-Key": uuid4().hex}
        headers = {**_TUS, **key, "Upload-Length": str(self._length), "Upload-Metadata": about}
        answer = yield from self.until_answered(Ask("POST", _PATH, headers))
        self._offset = self._furthest = 0
        return f"{_PATH}/{_object_in(answer, self._server).get('upload_id', '')}"

    def send_pieces(self, path: str) -> Generator[Ask | Pause, Outcome, bool]:
        """Send what is missing; False where the server has lost the upload."""
        while self._offset < self._length:
            outcome = yield self._piece_at(path)
            if isinstance(outcome, httpx.Response):
                told = outcome.headers.get("upload-offset", "")
                if outcome.is_success and told.isdigit() and self._move_to(int(told)):
                    self._piece = min(self._piece * 2, self._most)
                    continue
                if self._has_adapted(outcome):
                    continue
                if _code(outcome) and outcome.status_code in {404, 410}:
                    return False
                self._raise_final(outcome)
            else:
                self._halve()
            yield from self._pause(outcome)
            answer = yield from self.until_answered(Ask("GET", path, _TUS), gone_is_an_answer=True)
            if answer.is_error:
                return False
            self._move_to(int(_object_in(answer, self._server).get("offset", 0)))
        return True

    def until_answered(
        self, ask: Ask, *, gone_is_an_answer: bool = False
    ) -> Generator[Ask | Pause, Outcome, httpx.Response]:
        """Ask until the server itself answers; raises `RequestRefused`, and `ServerUnreachable` in the end."""
        while True:
            outcome = yield ask
            if isinstance(outcome, httpx.Response):
                gone = _code(outcome) and outcome.status_code in {404, 410}
                if outcome.is_success or (gone and gone_is_an_answer):
                    return outcome
                self._raise_final(outcome)
            yield from self._pause(outcome)

    def _piece_at(self, path: str) -> Ask:
        self._content.seek(self._offset)
        content = self._content.read(min(self._piece, self._length - self._offset))
        if not content:
            raise OSError("the file has become shorter while it was sent")
        headers = {**_TUS, "Content-Type": "application/offset+octet-stream", "Upload-Offset": str(self._offset)}
        if self._override:
            return Ask("POST", path, {**headers, "X-HTTP-Method-Override": "PATCH"}, content)
        return Ask("PATCH", path, headers, content)

    def _has_adapted(self, answer: httpx.Response) -> bool:
        """Whether a piece was refused on the way, and may pass in another form."""
        if _code(answer):
            return False
        if answer.status_code == 413 and self._piece > LEAST_BYTES:
            self._halve()
            self._most = self._piece
            return True
        if answer.status_code in _REFUSED_METHOD and not self._override:
            self._override = True
            return True
        return False

    def _halve(self) -> None:
        self._piece = max(LEAST_BYTES, self._piece // 2)

    def _move_to(self, offset: int) -> bool:
        """Go on from there; whether that is further than before."""
        further = offset > self._furthest
        self._offset = offset
        if further:
            self._furthest = offset
            self._backoff.reset()
            if self._progress is not None:
                self._progress(offset, self._length)
        return further

    def _raise_final(self, answer: httpx.Response) -> None:
        """Raise what asking again would not change."""
        if answer.is_success or answer.status_code in _LATER | {423}:
            return
        if answer.status_code == 409 and _code(answer) in {"UPLOAD_OFFSET_CONFLICT", "REQUEST_IN_PROGRESS"}:
            return
        raise refusal(answer)

    def _pause(self, outcome: Outcome) -> Generator[Ask | Pause, Outcome, None]:
        seconds = self._backoff.next_pause()
        if seconds is not None:
            yield Pause(seconds)
        elif isinstance(outcome, httpx.Response) and outcome.is_error:
            raise refusal(outcome)
        else:
            reason = str(outcome) or type(outcome).__name__
            raise ServerUnreachable(self._server, f"the upload makes no progress: {reason}")


def is_capped(error: RequestRefused) -> bool:
    """Whether something on the way refused a body for its size, and not the server."""
    return isinstance(error, ProxyRefused) and error.status == 413


def _code(answer: httpx.Response) -> str:
    """The code of a problem document; empty where something on the way answered."""
    try:
        document = answer.json()
    except ValueError:
        return ""
    return str(document.get("code") or "") if isinstance(document, dict) else ""


def _object_in(answer: httpx.Response, server: str) -> dict[str, Any]:
    try:
        document = answer.json()
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise ServerUnreachable(server, f"what answers at {answer.url} is not Transom")
    return document
