"""Server-Sent Events at `/v1/realtime`: the same messages over one long HTTP response."""

from __future__ import annotations

import asyncio
import logging
import os
import random
from base64 import b64encode
from collections.abc import AsyncIterator
from typing import Final

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.realtime.close_codes import CloseCode
from app.realtime.connection_manager import ConnectionManager
from app.realtime.direct import direct_writer
from app.realtime.opening import open_subscription
from app.realtime.outgoing import WireForm, together
from app.realtime.query import RealtimeQuery
from app.realtime.subscription import Subscription
from app.state import AppState

logger = logging.getLogger(__name__)

#: A comment this often keeps what is in between from taking the response for dead.
COMMENT_SECONDS: Final = 10
#: What is in between may hold back until it has so much: a compressor waits for about 1 KB, others for 2.
COMMENT_BYTES: Final = 1024
HELLO_BYTES: Final = 2048
#: How long one write may take.
SEND_SECONDS: Final = 60
#: When a client is asked to come back to a server that stops, at the earliest and at the latest.
RETRY_MS: Final = (500, 2000)
#: And to a response that has ended as planned: at once, as nothing has failed.
RETRY_PLANNED_MS: Final = 100
#: A planned end comes up to so much of the time earlier, or all that began together would come back together.
EARLIER: Final = 0.2
HEADERS: Final = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}


def padding(size: int) -> bytes:
    """A comment of about `size` bytes, which no compressor makes much less of.

    No empty line follows: some parsers take one for an event without data.
    """
    return b": " + b64encode(os.urandom(size * 3 // 4)) + b"\n"


class RealtimeStream(EventSourceResponse):
    """A subscription as an event stream; it leaves the hub when the response ends, however that comes about."""

    def __init__(self, subscription: Subscription, manager: ConnectionManager, *, pad: int) -> None:
        super().__init__(
            _events(subscription, pad),
            headers=HEADERS,
            ping=COMMENT_SECONDS,
            ping_message_factory=lambda: ServerSentEvent(
                comment=padding(max(pad, COMMENT_BYTES))[2:-1].decode(), sep="\n"
            ),
            sep="\n",
            send_timeout=SEND_SECONDS,
        )
        self._subscription = subscription
        self._manager = manager

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream until either side ends it."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(None) as deadline:
                # The response's own time-out is for its pieces; its end may wait for a reader too.
                self._subscription.when_closing(lambda: deadline.reschedule(loop.time() + SEND_SECONDS))
                await super().__call__(scope, receive, send)
        except* TimeoutError:
            logger.warning(
                "A stalled connection is dropped",
                extra={
                    "action": "connection_stalled",
                    "session_id": self._subscription.session_id,
                    "transport": "sse",
                },
            )
            writer = direct_writer(scope)
            if writer is not None:
                # What it does not read keeps it open for as long as the other end likes.
                writer.abort()
        finally:
            self._subscription.when_closing(None)
            self._manager.remove(self._subscription)


async def realtime_sse(request: Request[AppState], query: RealtimeQuery) -> Response:
    """The stream; raises what `open_subscription` raises. It ends as planned after a while, to be resumed."""
    if request.method == "HEAD":
        return Response(headers=HEADERS, media_type="text/event-stream")
    subscription = await open_subscription(request, query, "sse", None)
    seconds = request.state["settings"].stream_seconds
    subscription.end_after(seconds * random.uniform(1 - EARLIER, 1))  # noqa: S311 - nobody gains by guessing it
    return RealtimeStream(subscription, request.state["manager"], pad=query.pad)


async def _events(subscription: Subscription, pad: int) -> AsyncIterator[bytes]:
    """Each batch as one piece: what waits together leaves in one write.

    A page of the log is read between two pieces of a replay, so one into an empty buffer suspends all the same, and
    whoever notices that its client has gone has a turn.
    """
    after = padding(max(pad, HELLO_BYTES))
    while (batch := await subscription.next_batch()) is not None:
        yield together(batch, WireForm.EVENTS) + after
        after = padding(pad) if pad else b""
    if subscription.planned_end:
        yield b"retry: %d\n\n" % RETRY_PLANNED_MS
    elif subscription.close_code is CloseCode.SERVICE_RESTART:
        # All of them come back, but not all in one moment.
        yield b"retry: %d\n\n" % random.randint(*RETRY_MS)  # noqa: S311 - nobody gains by guessing it
