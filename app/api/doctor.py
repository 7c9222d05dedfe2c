"""What an administrator's `transom doctor` asks: what of a request arrived, and a stream of known pace to measure by.

Neither touches a job, and nothing that a request carried comes back but lengths, names of headers and the values of a
few that machines on the way write.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from app.api.parameters import flag, integer, number
from app.errors import BadRequest, TooBusy, TooLarge
from app.models_phase10 import DoctorEcho
from app.realtime.direct import direct_writer
from app.realtime.query import MAX_PAD_BYTES
from app.realtime.sse_router import HEADERS, HELLO_BYTES, padding
from app.state import ApiRequest

logger = logging.getLogger(__name__)

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
MAX_BODY_BYTES: Final = 8 * 1024 * 1024
#: What machines on the way write or change, and no one's secret.
_SHOWN: Final = frozenset(
    {
        "via",
        "forwarded",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-port",
        "x-forwarded-proto",
        "accept-encoding",
        "connection",
        "last-event-id",
    }
)
_MAX_VALUE: Final = 300
_MAX_NAMES: Final = 100

MAX_STREAM_SECONDS: Final = 130.0
MAX_OPEN: Final = 20
#: The header by which nginx and others are asked to pass an answer on at once.
_MARK: Final = "X-Accel-Buffering"
_EVERY_SECONDS: Final = (0.05, 60.0)
#: How long over its own time a stream may take, where its client reads slowly.
_GRACE_SECONDS: Final = 15.0


async def doctor(request: ApiRequest) -> Response:
    """`/v1/doctor`: what of this request arrived; its body is counted and thrown away.

    Raises `TooLarge`.
    """
    received = await _count(request)
    headers = request.headers
    raw_path: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    query: bytes = request.scope["query_string"]
    echo = DoctorEcho(
        method=request.method,
        http_version=str(request.scope["http_version"]),
        header_names=sorted(set(headers.keys()))[:_MAX_NAMES],
        headers={name: ", ".join(headers.getlist(name))[:_MAX_VALUE] for name in sorted(_SHOWN) if name in headers},
        authorization="authorization" in headers,
        address_length=len(raw_path) + (len(query) + 1 if query else 0),
        body_bytes=received,
    )
    return JSONResponse(echo.model_dump(), headers={"Cache-Control": "no-store"})


async def doctor_stream(request: ApiRequest) -> Response:
    """`/v1/doctor/stream`: numbered events at a known pace, or silence, and an end; raises `TooBusy`."""
    pace = Pace.of(request)
    if request.method == "HEAD":
        return Response(headers=HEADERS, media_type="text/event-stream")
    return DoctorStream(pace)


@dataclass(frozen=True, slots=True)
class Pace:
    """When events are sent, in seconds: the first at once, then one `every` so often, the last at the end.

    Between `silent_after` and the end there are none.
    """

    seconds: float
    every: float
    silent_after: float
    pad: int
    #: Without the header that asks machines on the way to pass it on at once.
    unmarked: bool

    @classmethod
    def of(cls, request: ApiRequest) -> Pace:
        """As the query names it; raises `InvalidQuery`."""
        seconds = number(request, "seconds", default=3.0, low=0.0, high=MAX_STREAM_SECONDS)
        return cls(
            seconds=seconds,
            every=number(request, "every", default=0.2, low=_EVERY_SECONDS[0], high=_EVERY_SECONDS[1]),
            silent_after=number(request, "silent_after", default=seconds, low=0.0, high=MAX_STREAM_SECONDS),
            pad=integer(request, "pad", default=0, low=0, high=MAX_PAD_BYTES),
            unmarked=flag(request, "unmarked", default=False),
        )

    def moments(self) -> Iterator[float]:
        """Each event's time, from the beginning."""
        number = 0
        while (at := number * self.every) < min(self.seconds, self.silent_after):
            yield at
            number += 1
        yield self.seconds


class _Places:
    """So many streams at once in one process."""

    def __init__(self, most: int) -> None:
        self._free = most

    @contextmanager
    def one(self) -> Iterator[None]:
        """Hold a place; raises `TooBusy` where there is none."""
        if not self._free:
            raise TooBusy(f"{MAX_OPEN} such streams are open; try again in a minute")
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1


_PLACES: Final = _Places(MAX_OPEN)


class DoctorStream(StreamingResponse):
    """An event stream with the same headers as the real one."""

    def __init__(self, pace: Pace) -> None:
        headers = {name: value for name, value in HEADERS.items() if not (pace.unmarked and name == _MARK)}
        super().__init__(_events(pace), headers=headers, media_type="text/event-stream")
        self._longest = pace.seconds + _GRACE_SECONDS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream until the end, or until the client goes or reads nothing; raises `TooBusy`."""
        with _PLACES.one():
            try:
                async with asyncio.timeout(self._longest):
                    await super().__call__(scope, receive, send)
            except TimeoutError:
                logger.info("Nobody reads a stream to measure by", extra={"action": "doctor_stalled"})
                if writer := direct_writer(scope):
                    writer.abort()


async def _events(pace: Pace) -> AsyncIterator[bytes]:
    clock = asyncio.get_running_loop().time
    began = clock()
    for place, at in enumerate(pace.moments()):
        await asyncio.sleep(max(0.0, began + at - clock()))
        event = {"number": place, "sent_ms": round((clock() - began) * 1000), "last": at == pace.seconds}
        # What the real stream begins with, so that what passes that on passes this on too.
        pad = pace.pad if place else max(pace.pad, HELLO_BYTES)
        yield f"event: doctor\ndata: {json.dumps(event)}\n\n".encode() + (padding(pad) if pad else b"")


async def _count(request: ApiRequest) -> int:
    received = 0
    try:
        async for chunk in request.stream():
            received += len(chunk)
            if received > MAX_BODY_BYTES:
                raise TooLarge(f"At most {MAX_BODY_BYTES} bytes are counted", limit_bytes=MAX_BODY_BYTES)
    except ClientDisconnect as error:
        raise BadRequest("The connection ended before the body did") from error
    return received
