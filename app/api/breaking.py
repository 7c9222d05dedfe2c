"""What the demonstration does to its own page's connections: the habits of the proxies that Transom gets past.

A page names itself by a session that nobody can guess and no other client uses. Whoever asks for a habit asks it for
that session, for some minutes: streams that are open are cut, as they are for who comes into another network, and
those that come then are treated as such a network would. Polls pass, and so does everybody else. It is known to this
process only, and costs those that it isn't meant for a look at the name in their address.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any, Final

import pydantic_core
from starlette.datastructures import Headers, QueryParams
from starlette.requests import HTTPConnection
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.caller import tenant_of
from app.errors import TooBusy
from app.realtime.direct import EXTENSION, direct_writer

#: Names of sessions that may be treated badly: as many random bits as an id of a job has.
SESSION: Final = re.compile(r"demo-[0-9a-f]{32}")
#: What every query has in it that names such a session.
_IN_QUERY: Final = b"session_id=demo-"
#: How long it is done, unless it is asked for again.
WISH_SECONDS: Final = 600
MAX_WISHES: Final = 1000
#: After how long a connection is cut where all are.
CUT_SECONDS: Final = 4.0
#: How long a WebSocket that says nothing is kept for a client that does not go.
MUTE_SECONDS: Final = 60.0
#: What is held of one answer; one that is longer is cut off.
MAX_HELD_BYTES: Final = 256 * 1024
#: A longer body is not looked into: the page sends none.
_MAX_BODY_BYTES: Final = 16 * 1024

#: A page's session, and whose it is.
_Name = tuple[str, str]


class Habit(StrEnum):
    """What a network does to streams."""

    #: WebSocket upgrades are refused.
    STRIP = "strip"
    #: Upgrades are refused, and of an event stream only the headers pass before its end.
    HOLD = "hold"
    #: Upgrades are accepted, and then nothing passes.
    MUTE = "mute"
    #: Every stream is cut after a few seconds.
    CUT = "cut"


class Networks:
    """Which sessions are treated how, and their connections that are open."""

    def __init__(self) -> None:
        self._wishes: dict[_Name, tuple[Habit, float]] = {}
        self._open: dict[_Name, set[_Passage]] = {}

    def __bool__(self) -> bool:
        """Whether anybody is treated in any way."""
        return bool(self._wishes)

    def habit(self, name: _Name) -> Habit | None:
        """How this session is treated now."""
        habit, until = self._wishes.get(name, (None, 0.0))
        return habit if time.monotonic() < until else None

    def ask(self, name: _Name, habit: Habit | None) -> None:
        """Treat it so from now on, None: as everybody else; its streams are cut where that changes.

        Raises `TooBusy` where too many are treated.
        """
        now = time.monotonic()
        before = self.habit(name)
        self._wishes = {each: wish for each, wish in self._wishes.items() if now < wish[1] and each != name}
        if habit is not None:
            if len(self._wishes) >= MAX_WISHES:
                raise TooBusy("Too many networks are broken at once; try again in a few minutes")
            self._wishes[name] = habit, now + WISH_SECONDS
        if habit is not before:
            for passage in list(self._open.get(name, ())):
                passage.leave()

    @contextmanager
    def passing(self, name: _Name, passage: _Passage) -> Iterator[None]:
        """While a connection lasts."""
        self._open.setdefault(name, set()).add(passage)
        try:
            yield
        finally:
            self._open[name].discard(passage)
            if not self._open[name]:
                del self._open[name]


def breakable(routes: list[BaseRoute]) -> list[BaseRoute]:
    """The same routes, through which `Networks` reaches."""
    for route in routes:
        if isinstance(route, Route | WebSocketRoute):
            route.app = _Breakable(route.app)
    return routes


class _Breakable:
    """Passes connections on; those of a session that was named so, as its network would."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        networks: Networks = scope["state"]["networks"]
        session_id = _in_query(scope)
        if session_id is None and networks and scope.get("method") == "POST":
            session_id, receive = await _in_body(scope, receive)
        if session_id is None:
            await self._app(scope, receive, send)
            return
        name = tenant_of(HTTPConnection(scope)), session_id
        passage = _Passage(networks.habit(name), scope, receive, send)
        with networks.passing(name, passage):
            await passage.run(self._app)


class _Passage:
    """One connection of such a session, on its way through the network that it asked for."""

    def __init__(self, habit: Habit | None, scope: Scope, receive: Receive, send: Send) -> None:
        self._habit = habit
        self._scope = scope
        self._writer = direct_writer(scope)
        self._receive = receive
        self._send = send
        self._is_stream = scope["type"] == "websocket"
        self._left = self._begun = self._ended = False
        self._cut = asyncio.Event()
        #: What is held back of an answer; None where nothing is.
        self._held: bytearray | None = None

    def leave(self) -> None:
        """The client is in another network now: a stream that it has in this one is cut, a poll may end."""
        self._left = True
        if self._is_stream:
            self._break()

    async def run(self, app: ASGIApp) -> None:
        """Be that connection, until it ends."""
        if self._habit is None:
            scope = self._scope
        else:
            extensions: dict[str, Any] = self._scope.get("extensions", {})
            # What is written past the server's own way would be written past this one.
            scope = {**self._scope, "extensions": {name: it for name, it in extensions.items() if name != EXTENSION}}
        if scope["type"] == "websocket" and self._habit in {Habit.STRIP, Habit.HOLD}:
            await self._receive()
            await self._send({"type": "websocket.close"})
        elif scope["type"] == "websocket" and self._habit is Habit.MUTE:
            await self._say_nothing()
        else:
            if self._is_stream:
                self._begin()
            await app(scope, self._hear, self._say)
            await self._end()

    def _begin(self) -> None:
        """What it carries is a stream."""
        self._is_stream = True
        if self._left:
            self._break()
        elif self._habit is Habit.CUT:
            asyncio.get_running_loop().call_later(CUT_SECONDS, self._break)
        elif self._habit is Habit.HOLD:
            self._held = bytearray()

    def _break(self) -> None:
        if self._cut.is_set() or self._ended:
            return
        self._cut.set()
        if self._writer is not None:
            self._writer.abort()

    async def _end(self) -> None:
        """Where the server lends no transport to cut, what was cut ends as any other connection does."""
        if self._ended or not self._cut.is_set() or not self._begun or self._writer is not None:
            return
        is_socket = self._scope["type"] == "websocket"
        await self._send({"type": "websocket.close", "code": 1012} if is_socket else _piece(b"", more=False))

    async def _say_nothing(self) -> None:
        await self._receive()
        await self._send({"type": "websocket.accept", "headers": []})
        try:
            async with asyncio.timeout(MUTE_SECONDS):
                while (await self._hear())["type"] != "websocket.disconnect":
                    continue
        except TimeoutError:
            self._break()

    async def _hear(self) -> Message:
        """What comes from the client; once the connection was cut, that it has gone."""
        told = asyncio.ensure_future(self._receive())
        cut = asyncio.ensure_future(self._cut.wait())
        try:
            await asyncio.wait({told, cut}, return_when=asyncio.FIRST_COMPLETED)
            if told.done() and not told.cancelled():
                return told.result()
            is_socket = self._scope["type"] == "websocket"
            return {"type": "websocket.disconnect", "code": 1006} if is_socket else {"type": "http.disconnect"}
        finally:
            told.cancel()
            cut.cancel()

    async def _say(self, message: Message) -> None:
        """What goes to the client."""
        kind = message["type"]
        if kind == "http.response.start" and _is_event_stream(message):
            self._begin()
        if self._cut.is_set() and self._begun:
            return
        self._begun = True
        ends = kind == "websocket.close" or (kind == "http.response.body" and not message.get("more_body", False))
        if self._held is not None and kind == "http.response.body":
            self._held += message.get("body", b"")
            if len(self._held) > MAX_HELD_BYTES:
                self._held.clear()
                self._break()
                return
            if not ends:
                return
            message = _piece(bytes(self._held), more=False)
        self._ended = ends
        await self._send(message)


def _piece(body: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more}


def _is_event_stream(start: Message) -> bool:
    return Headers(raw=list(start.get("headers", ()))).get("content-type", "").startswith("text/event-stream")


def _in_query(scope: Scope) -> str | None:
    """The session that the address names, where it is one that may be treated badly."""
    query: bytes = scope.get("query_string", b"")
    return _one_of_ours(QueryParams(query).get("session_id")) if _IN_QUERY in query else None


async def _in_body(scope: Scope, receive: Receive) -> tuple[str | None, Receive]:
    """The session that a JSON body names, and what gives that body once more."""
    length = Headers(scope=scope).get("content-length", "")
    if not (length.isascii() and length.isdigit() and len(length) < 9) or int(length) > _MAX_BODY_BYTES:
        return None, receive
    messages: list[Message] = []
    while not messages or (messages[-1]["type"] == "http.request" and messages[-1].get("more_body", False)):
        messages.append(await receive())
    told = iter(messages)

    async def once_more() -> Message:
        message = next(told, None)
        return await receive() if message is None else message

    try:
        body = pydantic_core.from_json(b"".join(message.get("body", b"") for message in messages))
    except ValueError:
        return None, once_more
    return _one_of_ours(body.get("session_id") if isinstance(body, dict) else None), once_more


def _one_of_ours(session_id: object) -> str | None:
    return session_id if isinstance(session_id, str) and SESSION.fullmatch(session_id) else None
