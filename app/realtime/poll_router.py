"""Long poll at `/v1/realtime`: answers that end, for where nothing else gets through."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from app.realtime.opening import open_subscription
from app.realtime.query import RealtimeQuery
from app.realtime.subscription import Subscription
from app.state import AppState


async def realtime_poll(request: Request[AppState], query: RealtimeQuery) -> Response:
    """What waits, at once, or what comes within `wait` seconds; `cursor` is where to ask on."""
    subscription = await open_subscription(request, query, "poll", None)
    answer = asyncio.create_task(_answer(subscription, query.wait), name="poll")
    gone = asyncio.create_task(_until_gone(request), name="poll-gone")
    try:
        await asyncio.wait({answer, gone}, return_when=asyncio.FIRST_COMPLETED)
        # Nobody reads what is answered to a client that has gone.
        body = answer.result() if answer.done() else ""
    finally:
        request.state["manager"].remove(subscription)
        answer.cancel()
        gone.cancel()
        await asyncio.gather(answer, gone, return_exceptions=True)
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})


async def _answer(subscription: Subscription, wait: float) -> str:
    messages = await subscription.next_batch(wait) or []
    # Read in the same turn of the loop: what the hub hands out later moves the cursor, and is not in this answer.
    cursor = subscription.connection.safe_cursor
    # The texts are JSON already.
    return f'{{"cursor":"{cursor}","messages":[{",".join(message.text for message in messages)}]}}'


async def _until_gone(request: Request[AppState]) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        continue
