"""Server-Sent Events at `/v1/realtime`: the same messages over one long HTTP response."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator
from typing import Final

from sse_starlette import EventSourceResponse, ServerSentEvent
from sse_starlette.sse import SendTimeoutError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.realtime.close_codes import CloseCode
from app.realtime.connection_manager import ConnectionManager
from app.realtime.courier import GIVE_WAY_EVERY
from app.realtime.opening import open_subscription
from app.realtime.query import RealtimeQuery
from app.realtime.subscription import Subscription
from app.state import AppState

logger = logging.getLogger(__name__)

#: A comment this often keeps what is in between from taking the response for dead.
COMMENT_SECONDS: Final = 10
#: How long one write may take: two heartbeats of the slowest kind.
SEND_SECONDS: Final = 120
#: When a client is asked to come back to a server that stops, at the earliest and at the latest.
RETRY_MS: Final = (500, 2000)
HEADERS: Final = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}


class RealtimeStream(EventSourceResponse):
    """A subscription as an event stream; it leaves the hub when the response ends, however that comes about."""

    def __init__(self, subscription: Subscription, manager: ConnectionManager) -> None:
        super().__init__(
            _events(subscription),
            headers=HEADERS,
            ping=COMMENT_SECONDS,
            ping_message_factory=lambda: ServerSentEvent(comment="still here", sep="\n"),
            sep="\n",
            send_timeout=SEND_SECONDS,
        )
        self._subscription = subscription
        self._manager = manager

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream until either side ends it."""
        try:
            await super().__call__(scope, receive, send)
        except* SendTimeoutError:
            logger.warning(
                "A stalled connection is dropped",
                extra={
                    "action": "connection_stalled",
                    "session_id": self._subscription.session_id,
                    "transport": "sse",
                },
            )
        finally:
            self._manager.remove(self._subscription)


async def realtime_sse(request: Request[AppState], query: RealtimeQuery) -> Response:
    """The stream; raises what `open_subscription` raises."""
    if request.method == "HEAD":
        return Response(headers=HEADERS, media_type="text/event-stream")
    subscription = await open_subscription(request, query, "sse", None)
    return RealtimeStream(subscription, request.state["manager"])


async def _events(subscription: Subscription) -> AsyncIterator[ServerSentEvent]:
    sent = 0
    while (batch := await subscription.next_batch()) is not None:
        for message in batch:
            yield ServerSentEvent(message.text, event=message.type, id=message.id, sep="\n")
            sent += 1
            if sent % GIVE_WAY_EVERY == 0:
                # A replay into an empty buffer never suspends, and nobody would notice that its client has gone.
                await asyncio.sleep(0)
    if subscription.close_code is CloseCode.SERVICE_RESTART:
        # All of them come back, but not all in one moment.
        yield ServerSentEvent(retry=random.randint(*RETRY_MS), sep="\n")  # noqa: S311 - nobody gains by guessing it
