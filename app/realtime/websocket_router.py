"""The WebSocket at `/v1/realtime`: what the client says becomes actions, what the hub has becomes text."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketDisconnected

from app.api.caller import tenant_of
from app.api.origins import require_own_host, require_own_origin
from app.errors import DatabaseUnavailable, HostNotAllowed, NotAllowed, TooBusy, TransomError
from app.realtime.close_codes import CloseCode
from app.realtime.courier import SinkClosed
from app.realtime.opening import look, open_subscription, place
from app.realtime.query import MAX_NAMED, parse_query
from app.realtime.session import Action, Close, Say, Session, Subscribe, Unsubscribe, error_message
from app.realtime.subscription import Subscription
from app.state import AppState

logger = logging.getLogger(__name__)

#: A close frame carries 125 bytes: two of the code, the rest of the reason.
MAX_REASON_BYTES = 123

_REFUSALS: Final[dict[type[TransomError], CloseCode]] = {
    HostNotAllowed: CloseCode.NOT_ALLOWED,
    NotAllowed: CloseCode.NOT_ALLOWED,
    DatabaseUnavailable: CloseCode.TRY_LATER,
    TooBusy: CloseCode.TRY_LATER,
}


class WebSocketSink:
    """A WebSocket as the hub sees it."""

    def __init__(self, websocket: WebSocket[AppState]) -> None:
        self._websocket = websocket

    async def send_text(self, text: str, /) -> None:
        """See `Sink.send_text`."""
        try:
            await self._websocket.send_text(text)
        except (WebSocketDisconnect, WebSocketDisconnected) as error:
            raise SinkClosed from error

    async def close(self, code: int, reason: str, /) -> None:
        """See `Sink.close`."""
        try:
            short = reason.encode()[:MAX_REASON_BYTES].decode(errors="ignore")
            await self._websocket.close(code, short)
        except (WebSocketDisconnect, WebSocketDisconnected) as error:
            raise SinkClosed from error


async def realtime_websocket(websocket: WebSocket[AppState]) -> None:
    """Serve one WebSocket until either side ends it."""
    await websocket.accept()
    sink = WebSocketSink(websocket)
    try:
        require_own_host(websocket)
        require_own_origin(websocket)
        query = parse_query(
            websocket.query_params,
            last_event_id=websocket.headers.get("last-event-id"),
            default_heartbeat=websocket.state["settings"].heartbeat_seconds,
        )
        subscription = await open_subscription(websocket, query, "websocket", sink)
    except TransomError as error:
        await _refuse(sink, error)
        return
    reader = asyncio.create_task(_listen(websocket, subscription), name="websocket-reader")
    ended = asyncio.create_task(subscription.ended.wait(), name="websocket-ended")
    try:
        await asyncio.wait({reader, ended}, return_when=asyncio.FIRST_COMPLETED)
        if reader.done() and (crash := reader.exception()) is not None:
            logger.error("A connection's reader crashed", exc_info=crash, extra={"action": "reader_crashed"})
            subscription.close(CloseCode.INTERNAL_ERROR, "the server could not follow")
    finally:
        websocket.state["manager"].remove(subscription)
        reader.cancel()
        await asyncio.gather(reader, ended, return_exceptions=True)


async def _refuse(sink: WebSocketSink, error: TransomError) -> None:
    code = _REFUSALS.get(type(error), CloseCode.BAD_QUERY)
    try:
        await sink.send_text(error_message(error.code, error.detail).to_json())
        await sink.close(code, error.detail)
    except SinkClosed:
        logger.info("A refused client had gone", extra={"action": "connection_refused", "code": code})


async def _listen(websocket: WebSocket[AppState], subscription: Subscription) -> None:
    # It reads for as long as the connection lives: a client that is not read from is not noticed to be gone.
    session = Session()
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            return
        subscription.heard()
        said = message.get("text")
        for action in session.receive(message.get("bytes") or b"" if said is None else said):
            await _follow(websocket, subscription, action)


async def _follow(websocket: WebSocket[AppState], subscription: Subscription, action: Action) -> None:
    match action:
        case Say(message):
            subscription.say(message)
        case Unsubscribe(job_id):
            subscription.unsubscribe(job_id)
        case Close(code, reason):
            subscription.close(code, reason)
        case Subscribe():
            await _subscribe(websocket, subscription, action)


async def _subscribe(websocket: WebSocket[AppState], subscription: Subscription, action: Subscribe) -> None:
    if len(subscription.connection.wanted.job_ids or ()) >= MAX_NAMED:
        subscription.say(error_message("TOO_MANY_JOBS", f"a connection names at most {MAX_NAMED} jobs"))
        return
    try:
        log = await look(websocket, [action.job_id])
    except TransomError as error:
        subscription.say(error_message(error.code, error.detail))
        return
    since, reset = place(log, tenant_of(websocket), action.since)
    if reset is not None:
        subscription.tell_reset(reset)
    subscription.subscribe(action.job_id, since if reset is None else None)
