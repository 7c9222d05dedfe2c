"""Messages from several connections at once, handed to one reader once and in order.

Each connection brings everything from the position at which it was opened, in order. So whichever comes first with a
message may hand it over, and what the others bring of it is dropped: nothing is missed and nothing doubled.
"""

from __future__ import annotations

import asyncio
from typing import Final

from app.client.message import Message
from app.client.position import Position
from app.client.way import Way
from app.realtime.cursor import Cursor

#: So many messages wait for the reader; then the connections are not read from, until there is room again.
WAITING: Final = 1000

Item = Message | Way


class Outdated(Exception):
    """The log has begun anew since this connection was opened: what it says is of the old one."""


class Delivery:
    """Where all connections of one watch lead to. A reset begins a new life, in which the old connections are mute."""

    def __init__(self, position: Position) -> None:
        self.position = position
        self.life = 0
        self._items: list[Item] = []
        self._failure: Exception | None = None
        #: It lets those that wait through in the order in which they came.
        self._order = asyncio.Lock()
        self._some = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()

    async def hand(self, message: Message, life: int) -> None:
        """A message of the log; waits for room. Raises `Outdated`."""
        async with self._order:
            self._require(life)
            if not self.position.ended and self.position.take(message):
                await self._put(message)

    async def begin_anew(self, reset: Message, life: int) -> int:
        """The cursor can't be continued: what was said no longer counts. The number of the new life."""
        async with self._order:
            self._require(life)
            self.life += 1
            self.position.forget()
            await self._put(reset)
            return self.life

    def advance(self, cursor: Cursor, life: int) -> None:
        """All that there is up to here has been handed over."""
        if life == self.life:
            self.position.advance(cursor)

    def tell(self, way: Way) -> None:
        """Say over what it comes from here on."""
        self._items.append(way)
        self._some.set()

    def fail(self, error: Exception) -> None:
        """Nothing more will come, and why."""
        self._failure = self._failure or error
        self._some.set()

    async def batch(self) -> list[Item]:
        """Wait for what comes next; nothing once the job has ended. Raises what `fail` was told, after all the rest."""
        while not self._items:
            if self._failure is not None:
                raise self._failure
            if self.position.ended:
                return []
            self._some.clear()
            await self._some.wait()
        return self.waiting()

    def waiting(self) -> list[Item]:
        """What has come already."""
        items, self._items = self._items, []
        self._room.set()
        return items

    def _require(self, life: int) -> None:
        if life != self.life:
            raise Outdated

    async def _put(self, message: Message) -> None:
        self._items.append(message)
        self._some.set()
        if len(self._items) >= WAITING:
            self._room.clear()
            await self._room.wait()
