"""Carries one subscription's messages to its sink, in a task of its own, and closes the sink at the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Final, Protocol

from app.realtime.close_codes import CloseCode
from app.realtime.outgoing import Outgoing, together
from app.realtime.subscription import Subscription

logger = logging.getLogger(__name__)

#: How long a closing connection may take over what still waits, and its sink over closing.
CLOSE_SECONDS: Final = 2.0
#: How long a sink may take over one message: what is not read for so long is read by nobody.
SEND_SECONDS: Final = 60.0
#: A sink that never suspends would keep the loop to itself: give way after so many messages.
GIVE_WAY_EVERY: Final = 100


class SinkClosed(Exception):
    """The other end has gone; a sink raises it from `send_text`."""


class Sink(Protocol):
    """What messages are sent to. A WebSocket is one."""

    async def send_text(self, text: str, /) -> None:
        """Write one message; may take as long as it likes."""

    async def close(self, code: int, reason: str, /) -> None:
        """End the connection."""


async def carry(subscription: Subscription, sink: Sink) -> None:
    """Send until the subscription ends or the sink fails, then close both. Raises nothing but cancellation."""
    try:
        async with asyncio.timeout(None) as deadline:
            loop = asyncio.get_running_loop()
            subscription.when_closing(lambda: deadline.reschedule(loop.time() + CLOSE_SECONDS))
            try:
                await _send(subscription, sink)
            finally:
                subscription.when_closing(None)
    except SinkClosed:
        subscription.close(CloseCode.NORMAL, "the client has gone")
    except TimeoutError:
        _log_stalled(subscription)
        subscription.close(CloseCode.TOO_SLOW, "what was sent is not read")
    except Exception:
        logger.exception("A connection broke and is dropped", extra=_about(subscription, "connection_crashed"))
        subscription.close(CloseCode.INTERNAL_ERROR, "the connection broke")
    await _close(subscription, sink)


async def _send(subscription: Subscription, sink: Sink) -> None:
    sent = 0
    while (batch := await subscription.next_batch()) is not None:
        for place, message in enumerate(batch):
            if _written(subscription, batch, place):
                break
            async with asyncio.timeout(SEND_SECONDS):
                await sink.send_text(message.text)
            sent += 1
            if sent % GIVE_WAY_EVERY == 0:
                await asyncio.sleep(0)


def _written(subscription: Subscription, batch: Sequence[Outgoing], place: int) -> bool:
    """Write the rest of a batch at once, where that can be done now."""
    writer = subscription.writer
    if writer is None or not writer.ready():
        return False
    writer.write(together(batch[place:], writer.form))
    return True


async def _close(subscription: Subscription, sink: Sink) -> None:
    code = subscription.close_code or CloseCode.NORMAL
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await sink.close(int(code), subscription.close_reason)
    except TimeoutError:
        _log_stalled(subscription)
        if subscription.writer is not None:
            # What it does not read keeps it open for as long as the other end likes.
            subscription.writer.abort()
    except SinkClosed:
        logger.debug("The client had gone", extra=_about(subscription, "connection_gone"))
    except Exception:
        logger.exception("A connection could not be closed", extra=_about(subscription, "connection_close_failed"))


def _log_stalled(subscription: Subscription) -> None:
    logger.warning("A stalled connection is dropped", extra=_about(subscription, "connection_stalled"))


def _about(subscription: Subscription, action: str) -> dict[str, str]:
    return {"action": action, "session_id": subscription.session_id, "transport": subscription.transport}
