"""Long polls of one watch: what is missing, asked for in answers that end, which everything lets through."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from math import inf
from typing import Any, Final, NoReturn

import httpx

from app.client.backoff import Backoff
from app.client.delivery import Delivery, Item, Outdated
from app.client.errors import (
    RETRYABLE_STATUSES,
    ClientError,
    ProxyRefused,
    RequestRefused,
    ServerUnreachable,
    StreamLost,
)
from app.client.http import Http
from app.client.message import MalformedMessage
from app.client.pace import Pace
from app.client.poll_answer import PollAnswer, read_answer
from app.client.subject import Subject
from app.client.transports.transport import CONNECT_SECONDS
from app.realtime.cursor import Cursor

logger = logging.getLogger(__name__)

PATH: Final = "/v1/realtime"
#: How much longer than its wait an answer may take, in seconds.
_SPARE_SECONDS: Final = 15.0
#: How long the small question for the tail may take, in seconds.
_TAIL_SECONDS: Final = 5.0
#: So many polls that waited in vain and were not cut make the next ones longer.
_PEACEFUL_POLLS: Final = 20
#: An answer with so many messages says that there are more.
_MANY: Final = 50
_APART_SECONDS: Final = 0.1
#: What something on the way may have against a `GET`, and not against a `POST`.
_AGAINST_GET: Final = frozenset({403, 405, 414})


class PollFailed(Exception):
    """No answer came; the next one may."""


class Polling:
    """Asks for what follows the position, and hands it over."""

    def __init__(self, subject: Subject, *, http: Http, delivery: Delivery, pace: Pace, wait: float) -> None:
        self._subject = subject
        self._http = http
        self._delivery = delivery
        self._pace = pace
        self._clock: Callable[[], float] = asyncio.get_running_loop().time
        self._backoff = Backoff(pace.pauses)
        self._method = "GET"
        self._waited_in_peace = 0
        self._answered_at = -inf
        #: How long one waits at the moment.
        self.wait = wait

    async def run(self) -> NoReturn:
        """Poll on and on; raises `StreamLost` when no answer comes any more, and `RequestRefused`."""
        while True:
            began = self._clock()
            try:
                news = await self.ask(self.wait)
            except PollFailed as error:
                took = self._clock() - began
                if took >= self._pace.shortest_poll and self.wait > self._pace.shortest_poll:
                    # Cut for its length: a shorter one may come through.
                    self.wait = max(self._pace.shortest_poll, self.wait / 2)
                    self._waited_in_peace = 0
                    logger.info("Polls wait %.1f s: %s", self.wait, error, extra={"action": "poll_shortened"})
                else:
                    await self._pause(str(error))
                continue
            except Outdated:
                continue
            self._backoff.reset()
            if not news and self._clock() - began >= self.wait:
                self._lengthen()
            # What answers at once though there is nothing would be asked without end; and where a job says much,
            # a few messages more in each answer spare everybody requests. Only who lags behind asks on at once.
            apart = self._pace.shortest_poll if not news else 0 if news >= _MANY else _APART_SECONDS
            await asyncio.sleep(max(0.0, began + apart - self._clock()))

    def _lengthen(self) -> None:
        """It was perhaps a restart that cut them: after many that were not cut, longer ones are tried again."""
        self._waited_in_peace += 1
        if self._waited_in_peace >= _PEACEFUL_POLLS and self.wait < self._pace.poll:
            self._waited_in_peace = 0
            self.wait = min(self._pace.poll, self.wait * 2)

    async def ask(self, wait: float) -> int:
        """Ask once, and hand over what comes; how many messages that were.

        Raises `PollFailed`, `Outdated` where the log began anew meanwhile, and `RequestRefused`.
        """
        life = self._delivery.life
        answer = await self._answer(wait)
        for message in answer.messages:
            if message.type == "reset":
                await self._delivery.begin_anew(message, life)
                return 1
            if message.cursor is not None and self._subject.owns(message):
                await self._delivery.hand(message, life)
        self._delivery.advance(answer.cursor, life)
        return len(answer.messages)

    async def refill(self, to: Cursor) -> None:
        """Everything up to a cursor, in its place. Raises what `ask` raises."""
        position = self._delivery.position
        while not position.ended and not position.has(to):
            if not await self.ask(0):
                return

    async def rest(self) -> AsyncGenerator[list[Item], None]:
        """What is there already, some at a time, and no more; raises `StreamLost` where no answer comes."""
        while not self._delivery.position.ended:
            try:
                if not await self.ask(0):
                    return
            except PollFailed as error:
                await self._pause(str(error))
                continue
            self._backoff.reset()
            yield self._delivery.waiting()

    async def tail(self) -> tuple[str, int]:
        """The epoch, and the last seq that there is for this watch: a small question with a small answer.

        Raises `ClientError` where there is none.
        """
        answer = await self._request(f"{PATH}/tail", seconds=_TAIL_SECONDS)
        document = self._http.document(answer)
        return str(document.get("epoch", "")), int(document.get("tail", 0))

    async def reachable(self) -> bool:
        """Whether the server answers at all at the moment: this question, or a poll that was under way meanwhile."""
        began = self._clock()
        try:
            await self.tail()
        except (ClientError, ValueError):
            return self._answered_at >= began
        return True

    async def _answer(self, wait: float) -> PollAnswer:
        try:
            response = await self._request(PATH, seconds=wait + _SPARE_SECONDS, transport="poll", wait=f"{wait:g}")
            answer = read_answer(response.text)
        except ServerUnreachable as error:
            raise PollFailed(str(error)) from error
        except RequestRefused as error:
            if error.status >= 500 or error.status in RETRYABLE_STATUSES:
                raise PollFailed(str(error)) from error
            raise
        except MalformedMessage as error:
            raise PollFailed(f"what answers is not Transom: {error}") from error
        self._answered_at = self._clock()
        return answer

    async def _request(self, path: str, *, seconds: float, **more: Any) -> httpx.Response:
        parameters = {**self._subject.parameters(), "since": self._delivery.position.since, **more}
        limits = httpx.Timeout(seconds, connect=CONNECT_SECONDS)
        if self._method == "GET":
            try:
                return await self._http.send_once("GET", path, params=parameters, timeout=limits)
            except ProxyRefused as error:
                if error.status not in _AGAINST_GET:
                    raise
                self._method = "POST"
        return await self._http.send_once("POST", path, json=parameters, timeout=limits)

    async def _pause(self, reason: str) -> None:
        pause = self._backoff.next_pause()
        if pause is None:
            raise StreamLost(reason)
        logger.info(
            "Polling again in %.1f s: %s",
            pause,
            reason,
            extra={"action": "reconnect", self._subject.kind.value: self._subject.id},
        )
        await asyncio.sleep(pause)
