"""Watching a job or a batch: every message of its log once and in order, whatever stands between here and the server.

It polls from the first moment, so nobody waits for a verdict. Beside that the transports are tried, the best first;
once one has proved by what came through it that it works, the polls end. What breaks is taken up again from the
cursor, what fails is left alone for a while, and better ways are tried beside the one that works.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.client.backoff import Backoff
from app.client.delivery import Delivery, Item, Outdated
from app.client.errors import StreamLost
from app.client.http import Http
from app.client.ladder import Ladder
from app.client.line import Line
from app.client.memory import MEMORY, Memory
from app.client.pace import Pace
from app.client.polling import Polling
from app.client.position import Position
from app.client.subject import Subject
from app.client.transports.transport import StreamBroken, StreamTransport, TransportFailed
from app.client.way import Transport, Way

logger = logging.getLogger(__name__)


class _Inquiry(NamedTuple):
    """A line that ended for a reason that is not known yet, and the question whether the server is there at all."""

    line: Line
    error: TransportFailed | StreamBroken
    server_answers: asyncio.Task[bool]


class Watch:
    """One watch, from `position` on, until the last message; it begins to work when it is made."""

    def __init__(
        self,
        subject: Subject,
        *,
        position: Position,
        http: Http,
        transports: Mapping[Transport, StreamTransport],
        rungs: Sequence[Transport],
        pace: Pace,
        memory: Memory = MEMORY,
    ) -> None:
        self._subject = subject
        self._http = http
        self._transports = transports
        self._polls = Transport.POLL in rungs
        self._pace = pace
        self._memory = memory
        self._clock = asyncio.get_running_loop().time
        self._delivery = Delivery(position)
        self._ladder = Ladder(rungs, rest=pace.climb, clock=self._clock)
        self._backoff = Backoff(pace.pauses)
        wait = pace.poll
        known = memory.recall(http.origin)
        if known and known.transport in rungs:
            wait = known.poll_seconds
            self._ladder.begin_at(known.transport, rest=memory.left(http.origin), reason=known.reason)
        self._polling = Polling(subject, http=http, delivery=self._delivery, pace=pace, wait=wait)
        self._poller: asyncio.Task[Any] | None = None
        self._current: Line | None = None
        self._trying: Line | None = None
        self._inquiry: _Inquiry | None = None
        #: No stream is tried before then.
        self._not_before = 0.0
        self._told: Transport | None = None
        self._supervisor = asyncio.create_task(self._supervise(), name=f"watch-{subject.id}")

    async def batch(self) -> list[Item]:
        """Wait for what comes next: messages of the log, `reset` where what was said no longer counts, and ways.

        Nothing once it has ended. Raises `StreamLost` when nothing gets through any more, `RequestRefused` when
        the server will not have it, and what `fail` was told.
        """
        return await self._delivery.batch()

    def fail(self, error: Exception) -> None:
        """End it with an error; may be called from within the loop only."""
        self._delivery.fail(error)

    async def close(self) -> None:
        """End whatever is still under way."""
        self._supervisor.cancel()
        await asyncio.gather(self._supervisor, return_exceptions=True)

    async def _supervise(self) -> None:
        try:
            while True:
                self._begin_what_is_missing()
                await asyncio.wait(
                    self._awaited(), timeout=self._seconds_to_next_try(), return_when=asyncio.FIRST_COMPLETED
                )
                self._look_at_poller()
                self._look_at_current()
                await self._look_at_trial()
                self._look_at_inquiry()
        except Exception as error:  # noqa: BLE001 - told to whoever reads
            self._delivery.fail(error)
        finally:
            await self._close_all()

    def _awaited(self) -> set[asyncio.Future[Any]]:
        lines = [line for line in (self._current, self._trying) if line]
        awaited: set[asyncio.Future[Any]] = {line.task for line in lines}
        if self._trying and not self._trying.proven.done():
            awaited.add(self._trying.proven)
        if self._poller:
            awaited.add(self._poller)
        if self._inquiry:
            awaited.add(self._inquiry.server_answers)
        # Where there is nothing at all, it is only time that is waited for.
        return awaited or {asyncio.get_running_loop().create_future()}

    def _above(self) -> Transport | None:
        return self._current.name if self._current else None

    def _seconds_to_next_try(self) -> float | None:
        if self._trying or self._inquiry:
            return None
        seconds = self._ladder.seconds_to_next(self._above())
        return None if seconds is None else max(seconds, self._not_before - self._clock(), 0.0)

    def _begin_what_is_missing(self) -> None:
        if self._current is None and self._poller is None and self._polls:
            self._poller = asyncio.create_task(self._polling.run(), name=f"poll-{self._subject.id}")
        if self._trying is None and self._inquiry is None and self._clock() >= self._not_before:
            rung = self._ladder.next(self._above())
            if rung is not None:
                self._trying = self._line(rung)
            elif self._current is None:
                self._rest()

    def _line(self, rung: Transport) -> Line:
        return Line(
            self._transports[rung],
            subject=self._subject,
            delivery=self._delivery,
            polling=self._polling,
            pace=self._pace,
        )

    def _rest(self) -> None:
        """Nothing but polls works, or nothing at all."""
        if self._polls:
            self._ladder.rest()
            self._settle(Transport.POLL)
            return
        self._wait_before_next(self._ladder.reason(Transport.POLL) or "no transport gets through", last=True)
        self._ladder.forgive()

    def _look_at_poller(self) -> None:
        if self._poller and self._poller.done():
            # It only ever ends by an error.
            self._poller.result()

    def _look_at_current(self) -> None:
        line = self._current
        if line and line.task.done():
            self._current = None
            self._look_at_end(line)

    async def _look_at_trial(self) -> None:
        line = self._trying
        if line and line.task.done():
            self._trying = None
            self._look_at_end(line)
        elif line and line.proven.done():
            # The new one works already: only now the old one is let go.
            previous, self._current, self._trying = self._current, line, None
            self._ladder.works(line.name)
            self._backoff.reset()
            self._settle(line.name)
            if previous:
                await previous.close()
            await self._stop_polling()

    def _look_at_end(self, line: Line) -> None:
        """What a line's end means for the next try; raises what no other try would change."""
        try:
            line.task.result()
        except Outdated:
            return
        except (TransportFailed, StreamBroken) as error:
            if isinstance(error, StreamBroken) and error.planned:
                # It says nothing about the way here.
                self._wait_before_next(str(error), pause=error.pause)
                return
            self._memory.forget(self._http.origin)
            # A server that is not there does not make a transport a bad one.
            asking = asyncio.create_task(self._polling.reachable(), name=f"reachable-{self._subject.id}")
            self._inquiry = _Inquiry(line, error, asking)

    def _look_at_inquiry(self) -> None:
        if not self._inquiry or not self._inquiry.server_answers.done():
            return
        line, error, server_answers = self._inquiry
        self._inquiry = None
        logger.info("Not over %s: %s", line.name, error, extra={"action": "transport_failed"})
        if not server_answers.result():
            self._wait_before_next(str(error))
        elif isinstance(error, StreamBroken):
            if not self._ladder.may_have_failed(line.name, line.cut_reason):
                self._wait_before_next(str(error))
        elif error.doubtful:
            self._ladder.may_have_failed(line.name, str(error))
        else:
            self._ladder.failed(line.name, str(error))

    def _wait_before_next(self, reason: str, *, pause: float | None = None, last: bool = False) -> None:
        if pause is None:
            pause = self._backoff.next_pause()
        if pause is None:
            if last or not self._polls:
                raise StreamLost(reason)
            # The polls are what gives up.
            self._backoff.reset()
            pause = self._pace.poll
        self._not_before = self._clock() + pause
        logger.info(
            "Connecting again in %.1f s: %s",
            pause,
            reason,
            extra={"action": "reconnect", self._subject.kind.value: self._subject.id},
        )

    def _settle(self, transport: Transport) -> None:
        reason = self._ladder.reason(transport)
        self._memory.remember(
            self._http.origin,
            transport,
            poll_seconds=self._polling.wait,
            reason=reason,
            ttl=self._pace.remember,
        )
        if transport is not self._told:
            self._told = transport
            self._delivery.tell(Way(transport, reason))

    async def _stop_polling(self) -> None:
        if self._poller:
            poller, self._poller = self._poller, None
            poller.cancel()
            await asyncio.gather(poller, return_exceptions=True)

    async def _close_all(self) -> None:
        await self._stop_polling()
        if self._inquiry:
            self._inquiry.server_answers.cancel()
            await asyncio.gather(self._inquiry.server_answers, return_exceptions=True)
        for line in (self._current, self._trying):
            if line:
                await line.close()
