"""A proxy with every bad habit on demand, and a log of all that it did.

It stands before a server (origin-form requests), is a proxy that clients are told of (absolute-form and `CONNECT`),
or both. HTTP inside a `CONNECT` is seen and treated too, since browsers take WebSockets through one; TLS is not.

In a test it is a context manager with a loop on a thread of its own. As a process it prints its address:
`python -m tests.proxies.hostile --to http://127.0.0.1:8000 --mode hold-bodies --log proxy.log`, and takes commands as
lines of JSON: `{"switch": "http://127.0.0.1:8001"}`, `{"modes": ["pass"]}`, `{"cut": true}`.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import json
import signal
import sys
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Self, TextIO
from urllib.parse import urlsplit

from tests.proxies.bodies import Body, compressed, held, lumped
from tests.proxies.http_wire import Hangup, Head, Peer, request_body, response_body
from tests.proxies.modes import Behaviour, Mode, behaviour_of

USER: Final = "user"
PASSWORD: Final = "secret"  # noqa: S105 - the proxy's, which guards nothing
_CREDENTIALS: Final = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
#: What RFC 6455 has a server append to the key before it hashes it.
_WEBSOCKET_GUID: Final = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_HOP_BY_HOP: Final = (
    "connection",
    "keep-alive",
    "proxy-connection",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "expect",
)
_TLS_HANDSHAKE: Final = 0x16
#: How long a refused body is still listened to, so that the refusal is read before the connection ends.
_LINGER_SECONDS: Final = 5.0
_START_SECONDS: Final = 30.0
_TITLES: Final = {
    403: "Forbidden",
    405: "Method Not Allowed",
    407: "Proxy Authentication Required",
    413: "Request Entity Too Large",
    414: "Request-URI Too Large",
    502: "Bad Gateway",
    504: "Gateway Time-out",
}

Address = tuple[str, int]


@dataclass(slots=True)
class Entry:
    """One request, and what became of it; it is in the log from its beginning, and filled in as it goes."""

    number: int
    method: str
    path: str
    #: Whether it asked for a WebSocket.
    upgrade: bool
    #: Whether it named its server, as clients of a known proxy do; and whether it came through a `CONNECT`.
    forward: bool
    tunnelled: bool
    status: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    #: What was done to it, in the names of `Behaviour`'s fields, or `hung_up` where the client went.
    done: list[str] = field(default_factory=list)
    finished: bool = False


class _Refused(Exception):
    """The proxy answers itself."""

    def __init__(self, status: int, what: str) -> None:
        super().__init__(what)
        self.status = status
        self.what = what


class HostileProxy:
    """One proxy before one server; a context manager for tests of any kind."""

    def __init__(self, to: str, *modes: Mode, port: int = 0, log_file: Path | None = None, **numbers: Any) -> None:
        self._behaviour = behaviour_of(*modes, **numbers)
        self._changed_after = 0
        self._first_to = self._to = _address(to)
        self._port = port
        self._log_file = log_file
        self._lines: TextIO | None = None
        self._log: list[Entry] = []
        self._open: set[Peer] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._started: Future[str] = Future()
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="hostile-proxy", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self.url = self._started.result(_START_SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    @property
    def log(self) -> list[Entry]:
        """All requests so far, those under way too."""
        return list(self._log)

    @property
    def forward_url(self) -> str:
        """Its address with a name and a password, for clients that are told of a proxy."""
        return self.url.replace("://", f"://{USER}:{PASSWORD}@")

    def switch(self, to: str) -> None:
        """From the next request on, another server stands behind."""
        self._to = _address(to)

    def change(self, *modes: Mode, **numbers: Any) -> None:
        """From the next request on, which counts as the first, do these things and no others."""
        self._changed_after = len(self._log)
        self._behaviour = behaviour_of(*modes, **numbers)

    def cut(self) -> None:
        """Hang up on whoever is connected."""

        def abort() -> None:
            for peer in self._open:
                peer.abort()

        self._loop.call_soon_threadsafe(abort)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._main())

    async def _main(self) -> None:
        try:
            server = await asyncio.start_server(self._serve, "127.0.0.1", self._port, backlog=1024)
        except OSError as error:
            self._started.set_exception(error)
            return
        if self._log_file is not None:
            self._lines = self._log_file.open("a", buffering=1)
        self._started.set_result(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        await self._stop.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._lines is not None:
            self._lines.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = Peer(reader, writer)
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._open.add(client)
        try:
            await self._converse(client, None)
            await client.close()
        except (Hangup, asyncio.CancelledError):
            client.abort()
        finally:
            self._open.discard(client)
            self._tasks.discard(task)

    async def _converse(self, client: Peer, tunnel: Address | None) -> None:
        """One request after the other, until either side has had enough."""
        while True:
            received, sent = client.received, client.sent
            if (head := await client.read_head()) is None:
                return
            method, target, _ = head.start.split(" ", 2)
            entry = Entry(
                number=len(self._log) + 1,
                method=method,
                path=_path(target),
                upgrade="websocket" in head.get("upgrade").lower(),
                forward=not target.startswith("/"),
                tunnelled=tunnel is not None,
            )
            self._log.append(entry)
            exchange = _Exchange(client, head, entry, self._behaviour, nth=entry.number - self._changed_after)
            address = tunnel or (self._moved(_named(target)) if entry.forward else self._to)
            try:
                again = await exchange.run(address)
            except Hangup:
                entry.done.append("hung_up")
                raise
            finally:
                entry.bytes_in, entry.bytes_out = client.received - received, client.sent - sent
                if method != "CONNECT":
                    self._note(entry)
            if method == "CONNECT" and entry.status == 200:
                await self._inside(client, entry, address)
                return
            if not again:
                return

    async def _inside(self, client: Peer, entry: Entry, address: Address) -> None:
        """What goes through a `CONNECT`: HTTP is treated like any other, TLS is passed on."""
        self._note(entry)
        first = await client.peek()
        if first and first[0] == _TLS_HANDSHAKE:
            server = await _connect(address)
            try:
                await _first_of(_pump(client, server), _pump(server, client))
            finally:
                server.abort()
            return
        await self._converse(client, address)

    def _moved(self, address: Address) -> Address:
        """Who named the server that was here at first means the one that is here now."""
        return self._to if address == self._first_to else address

    def _note(self, entry: Entry) -> None:
        entry.finished = True
        if self._lines is not None:
            self._lines.write(json.dumps(asdict(entry)) + "\n")


class _Exchange:
    """One request and its answer."""

    def __init__(self, client: Peer, head: Head, entry: Entry, behaviour: Behaviour, *, nth: int) -> None:
        self._client = client
        self._head = head
        self._entry = entry
        self._does = behaviour
        self._nth = nth
        self._loop = asyncio.get_running_loop()
        self._began = self._last_byte = self._loop.time()
        client.on_byte = self._heard
        self._answering = False
        self._chunked = "chunked" in head.get("transfer-encoding").lower()

    def _heard(self) -> None:
        self._last_byte = self._loop.time()

    async def run(self, address: Address) -> bool:
        """Carry it out; whether another may follow on the connection."""
        try:
            return bool(await _first_of(self._carry_out(address), self._until_due()))
        except _Refused as refused:
            await self._refuse(refused)
            return False

    async def _until_due(self) -> bool:
        """Wait until it is to be cut, and cut it."""
        does, due = self._does, "cut_after_seconds"
        while True:
            now = self._loop.time()
            ends = [self._began + does.cut_after_seconds] if does.cut_after_seconds else []
            if does.cut_idle_seconds:
                ends.append(self._last_byte + does.cut_idle_seconds)
            if not ends:
                await asyncio.Event().wait()
            if min(ends) <= now:
                break
            await asyncio.sleep(min(ends) - now)
        if does.cut_idle_seconds and now >= self._last_byte + does.cut_idle_seconds:
            due = "cut_idle_seconds"
            if not self._answering:
                raise _Refused(504, due)
        self._entry.done.append(due)
        self._client.abort()
        return False

    async def _carry_out(self, address: Address) -> bool:
        self._check()
        if self._head.start.startswith("CONNECT"):
            self._entry.status = 200
            await self._client.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            return False
        if self._entry.upgrade and self._does.mute_upgrades:
            await self._stay_mute()
            return False
        try:
            server = await _connect(address)
        except OSError:
            raise _Refused(502, "unreachable") from None
        server.on_byte = self._heard
        try:
            return await self._relay(server)
        finally:
            server.abort()

    def _check(self) -> None:
        """What is refused before anything goes on; raises `_Refused`."""
        does, entry, head = self._does, self._entry, self._head
        named = entry.forward and not entry.tunnelled
        if does.authenticate and named and head.get("proxy-authorization") != _CREDENTIALS:
            raise _Refused(407, "authenticate")
        if does.refuse_connect and entry.method == "CONNECT":
            raise _Refused(403, "refuse_connect")
        if self._nth <= does.bad_gateway_first:
            raise _Refused(502, "bad_gateway_first")
        if does.bad_gateway_every and self._nth % does.bad_gateway_every == 0:
            raise _Refused(502, "bad_gateway_every")
        if entry.method in does.refuse_methods:
            raise _Refused(405, "refuse_methods")
        if does.max_address_bytes and len(entry.path) > does.max_address_bytes:
            raise _Refused(414, "max_address_bytes")
        if does.max_body_bytes and int(head.get("content-length") or 0) > does.max_body_bytes:
            raise _Refused(413, "max_body_bytes")
        if entry.upgrade and does.refuse_upgrades:
            raise _Refused(403, "refuse_upgrades")

    async def _relay(self, server: Peer) -> bool:
        client, entry = self._client, self._entry
        await server.write(self._onward().encode())
        await self._send_body(server)
        answer = await _first_of(_final_head(server), client.gone())
        if answer is None:
            raise Hangup
        entry.status = int(answer.start.split()[1])
        if entry.status == 101:
            self._answering = True
            await client.write(answer.encode())
            await _first_of(_pump(client, server), _pump(server, client))
            return False
        delivered = await _first_of(self._deliver(answer, server), client.gone())
        if delivered is None:
            raise Hangup
        return bool(delivered)

    def _onward(self) -> Head:
        """The request as the server gets it."""
        does, entry = self._does, self._entry
        upgrade = entry.upgrade and not does.strip_upgrades and not does.http_1_0
        dropped = {name for name in does.strip_headers if self._head.get(name)}
        entry.done.extend(f"strip_headers: {name}" for name in sorted(dropped))
        if entry.upgrade and not upgrade:
            entry.done.append("http_1_0" if does.http_1_0 else "strip_upgrades")
            dropped |= {key.lower() for key, _ in self._head.headers if key.lower().startswith("sec-websocket")}
        if upgrade:
            dropped |= {"proxy-authorization", "proxy-connection"}
        else:
            dropped |= set(_HOP_BY_HOP)
        headers = self._head.without(*dropped)
        if not upgrade:
            headers.append(("Connection", "close"))
        if self._chunked:
            headers.append(("Transfer-Encoding", "chunked"))
        return Head(f"{entry.method} {entry.path} HTTP/{'1.0' if does.http_1_0 else '1.1'}", headers)

    async def _send_body(self, server: Peer) -> None:
        length = 0
        async for data in request_body(self._head, self._client):
            length += len(data)
            if self._does.max_body_bytes and length > self._does.max_body_bytes:
                raise _Refused(413, "max_body_bytes")
            await server.write(b"%x\r\n%s\r\n" % (len(data), data) if self._chunked else data)
        if self._chunked:
            await server.write(b"0\r\n\r\n")

    async def _deliver(self, answer: Head, server: Peer) -> bool:
        client, entry = self._client, self._entry
        headers = answer.without(*_HOP_BY_HOP)
        body, transformed = self._through(response_body(answer, server, method=entry.method), answer)
        if transformed:
            headers = [(name, value) for name, value in headers if name.lower() != "content-length"]
            headers.append(("Content-Encoding", "gzip"))
        bodiless = entry.method == "HEAD" or entry.status in {204, 304}
        sized = bodiless or any(name.lower() == "content-length" for name, _ in headers)
        modern = self._head.start.endswith("HTTP/1.1")
        chunked = modern and not sized
        if chunked:
            headers.append(("Transfer-Encoding", "chunked"))
        again = modern and "close" not in self._head.get("connection").lower()
        headers.append(("Connection", "keep-alive" if again else "close"))
        head = Head(f"HTTP/1.1 {answer.start.split(' ', 1)[1]}", headers).encode()
        if self._does.hold_headers:
            entry.done.append("hold_headers")
        else:
            self._answering = True
            await client.write(head)
            head = b""
        async for data in body:
            self._answering = True
            await client.write(head + (b"%x\r\n%s\r\n" % (len(data), data) if chunked else data))
            head = b""
        await client.write(head + (b"0\r\n\r\n" if chunked else b""))
        return again and (chunked or sized)

    def _through(self, body: Body, answer: Head) -> tuple[Body, bool]:
        """The body after what is done to it, and whether it was compressed."""
        does, done = self._does, self._entry.done
        squeezed = does.compress and "gzip" in self._head.get("accept-encoding") and not answer.get("content-encoding")
        if squeezed:
            body = compressed(body)
            done.append("compress")
        if does.lump_bytes:
            body = lumped(body, does.lump_bytes)
            done.append("lump_bytes")
        if self._entry.method in does.hold_bodies_of:
            body = held(body)
            done.append("hold_bodies_of")
        return body, squeezed

    async def _stay_mute(self) -> None:
        key = self._head.get("sec-websocket-key")
        digest = hashlib.sha1(f"{key}{_WEBSOCKET_GUID}".encode()).digest()  # noqa: S324 - what RFC 6455 asks for
        accept = base64.b64encode(digest).decode()
        headers = [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", accept)]
        self._entry.status = 101
        self._entry.done.append("mute_upgrades")
        self._answering = True
        await self._client.write(Head("HTTP/1.1 101 Switching Protocols", headers).encode())
        while await self._client.read_some():
            continue

    async def _refuse(self, refused: _Refused) -> None:
        """Answer as such machines do: in HTML, and by hanging up."""
        self._entry.status = refused.status
        self._entry.done.append(refused.what)
        title = f"{refused.status} {_TITLES[refused.status]}"
        page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1><hr>a proxy</body></html>".encode()
        headers = [("Content-Type", "text/html"), ("Content-Length", str(len(page))), ("Connection", "close")]
        if refused.status == 407:
            headers.append(("Proxy-Authenticate", 'Basic realm="a proxy"'))
        if refused.status == 405:
            headers.append(("Allow", "GET, HEAD, POST, OPTIONS"))
        body = b"" if self._entry.method == "HEAD" else page
        await self._client.write(Head(f"HTTP/1.1 {title}", headers).encode() + body)
        if self._head.get("content-length") or self._head.get("transfer-encoding"):
            await self._drain()

    async def _drain(self) -> None:
        """Take what the client is still sending: one whose connection is reset never sees its answer."""
        try:
            async with asyncio.timeout(_LINGER_SECONDS):
                async for _ in request_body(self._head, self._client):
                    continue
        except TimeoutError:
            self._entry.done.append("hung_up")


async def _connect(address: Address) -> Peer:
    return Peer(*await asyncio.open_connection(*address))


async def _final_head(server: Peer) -> Head:
    """The answer's head, after whatever was said ahead of it."""
    while True:
        head = await server.read_head()
        if head is None:
            raise Hangup
        if int(head.start.split()[1]) not in {100, 102, 103}:
            return head


async def _pump(source: Peer, sink: Peer) -> None:
    while data := await source.read_some():
        await sink.write(data)


async def _first_of(first: Coroutine[Any, Any, Any], second: Coroutine[Any, Any, Any]) -> Any:
    """What the one that is done first gives; the other is cancelled."""
    tasks = [asyncio.ensure_future(first), asyncio.ensure_future(second)]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return (tasks[0] if tasks[0] in done else tasks[1]).result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _address(url: str) -> Address:
    parts = urlsplit(url)
    return parts.hostname or "127.0.0.1", parts.port or 80


def _named(target: str) -> Address:
    """The server that a request names: `host:port`, or a whole address."""
    return _address(target if "://" in target else f"//{target}")


def _path(target: str) -> str:
    if target.startswith("/") or "://" not in target:
        return target
    parts = urlsplit(target)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _obey(proxy: HostileProxy, command: dict[str, Any]) -> None:
    if "switch" in command:
        proxy.switch(command.pop("switch"))
    if command.pop("cut", False):
        proxy.cut()
    if "modes" in command:
        proxy.change(*map(Mode, command.pop("modes")), **command)


def main(arguments: list[str] | None = None) -> None:
    """Run until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description="A proxy with bad habits.")
    parser.add_argument("--to", required=True, metavar="URL", help="the server behind it")
    parser.add_argument("--mode", action="append", default=[], choices=[*Mode], help="a habit; may be repeated")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=NUMBER", help="of a habit")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", type=Path, metavar="FILE", help="a line of JSON for each request")
    given = parser.parse_args(arguments)
    numbers = {name: json.loads(value) for name, _, value in (text.partition("=") for text in given.set)}
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    modes = [Mode(name) for name in given.mode]
    with HostileProxy(given.to, *modes, port=given.port, log_file=given.log, **numbers) as proxy:
        sys.stdout.write(json.dumps({"url": proxy.url}) + "\n")
        sys.stdout.flush()

        def listen() -> None:
            for line in sys.stdin:
                _obey(proxy, json.loads(line))

        threading.Thread(target=listen, name="commands", daemon=True).start()
        stopped.wait()


if __name__ == "__main__":
    main()
