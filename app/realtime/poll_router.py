"""Long poll at `/v1/realtime`: answers that end, for where nothing else gets through."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from app.realtime.opening import open_subscription
from app.realtime.query import RealtimeQuery
from app.state import AppState


async def realtime_poll(request: Request[AppState], query: RealtimeQuery) -> Response:
    """What waits, at once, or what comes within `wait` seconds; `cursor` is where to ask on."""
    subscription = await open_subscription(request, query, "poll", None)
    batch = asyncio.create_task(subscription.next_batch(query.wait), name="poll")
    gone = asyncio.create_task(_until_gone(request), name="poll-gone")
    try:
        await asyncio.wait({batch, gone}, return_when=asyncio.FIRST_COMPLETED)
        messages = (batch.result() if batch.done() else None) or []
        cursor = subscription.connection.safe_cursor
    finally:
        request.state["manager"].remove(subscription)
        batch.cancel()
        gone.cancel()
        await asyncio.gather(batch, gone, return_exceptions=True)
    # The texts are JSON already.
    body = f'{{"cursor":"{cursor}","messages":[{",".join(message.text for message in messages)}]}}'
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})


async def _until_gone(request: Request[AppState]) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        continue
