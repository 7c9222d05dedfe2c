"""WebSockets: does one open, and does what is said over it come in time?"""

from __future__ import annotations

import asyncio
import json
from typing import Any, Final
from urllib.parse import urlencode

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidMessage,
    InvalidProxyStatus,
    InvalidStatus,
    ProxyError,
)

from app.client.doctor.asking import Asker
from app.client.doctor.observations import Lasting, Upgrade, UpgradeSeen
from app.client.errors import GATEWAY_STATUSES
from app.client.http import Http
from app.client.polling import PATH
from app.version import VERSION

#: How long the first message, and the second, may take.
PATIENCE_SECONDS: Final = 6.0
#: The two are sent 0.6 s apart: nearer to each other they were kept back.
TOGETHER_SECONDS: Final = 0.3
#: Says next to nothing by itself, and its pings are as rare as can be.
QUIET: Final = {"types": "batch_status", "heartbeat": "60"}
_TIMES: Final = 3
_PAUSE_SECONDS: Final = 0.3
_CONNECT_SECONDS: Final = 10.0
_MOST_QUIET_SECONDS: Final = 55.0


def _connecting(http: Http, query: dict[str, str]) -> Any:
    tls: dict[str, Any] = {"ssl": http.tls} if http.tls and http.server.startswith("https:") else {}
    if http.tls and http.proxy and http.proxy.startswith("https:"):
        tls["proxy_ssl"] = http.tls
    return connect(
        f"ws{http.server.removeprefix('http')}{PATH}?{urlencode(query)}",
        proxy=http.proxy,
        compression=None,
        user_agent_header=f"transom/{VERSION}",
        open_timeout=_CONNECT_SECONDS,
        close_timeout=1.0,
        ping_interval=None,
        **tls,
    )


async def try_websocket(http: Http, asker: Asker) -> UpgradeSeen:
    """Open one as clients do, and wait for its first two messages."""
    seen = UpgradeSeen(Upgrade.BROKEN)
    for attempt in range(_TIMES):
        if attempt:
            await asyncio.sleep(_PAUSE_SECONDS)
        asker.requests += 1
        seen = await _try_once(http, asker)
        if seen.status in GATEWAY_STATUSES:
            asker.failed_on_the_way(seen.status)
        elif seen.outcome is not Upgrade.BUFFERED or attempt:
            # That it is buffered depends on how punctual this process is, and is believed when it is so twice.
            break
    return seen


async def _try_once(http: Http, asker: Asker) -> UpgradeSeen:
    try:
        async with _connecting(http, {**QUIET, "probe": "1"}) as connection:
            return await _hear(connection)
    except InvalidStatus as error:
        page = bytes(error.response.body or b"").decode(errors="replace")
        asker.note(dict(error.response.headers.raw_items()), page if error.response.status_code >= 400 else "")
        return _answered(error.response.status_code, page)
    except InvalidProxyStatus as error:
        asker.note(dict(error.response.headers.raw_items()))
        return UpgradeSeen(Upgrade.CONNECT_REFUSED, error.response.status_code)
    except (InvalidMessage, EOFError, OSError, TimeoutError, ProxyError, InvalidHandshake, ConnectionClosed) as error:
        return UpgradeSeen(Upgrade.BROKEN, detail=str(error) or type(error).__name__)


async def _hear(connection: ClientConnection) -> UpgradeSeen:
    clock = asyncio.get_running_loop().time
    times: list[float] = []
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(times) < 2:
                await connection.recv()
                times.append(clock())
    except TimeoutError:
        connection.transport.abort()
        return UpgradeSeen(Upgrade.MUTE if not times else Upgrade.BUFFERED, 101)
    together = times[1] - times[0] < TOGETHER_SECONDS
    return UpgradeSeen(Upgrade.BUFFERED if together else Upgrade.WORKS, 101)


def _answered(status: int, page: str) -> UpgradeSeen:
    """What an answer says that is not 101: Transom answers a plain `GET` of this address as a poll."""
    if status < 400:
        return UpgradeSeen(Upgrade.STRIPPED if is_poll(page) else Upgrade.REFUSED, status)
    return UpgradeSeen(Upgrade.REFUSED, status)


def is_poll(text: str) -> bool:
    """Whether it is what Transom answers a poll with."""
    try:
        document = json.loads(text)
    except ValueError:
        return False
    return isinstance(document, dict) and {"cursor", "messages"} <= document.keys()


async def try_plain_upgrade(asker: Asker) -> UpgradeSeen:
    """Ask a proxy for a WebSocket as for a page, without a `CONNECT`."""
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dHJhbnNvbSBkb2N0b3IgMQ==",
    }
    answer = await asker.ask("GET", f"{PATH}?{urlencode(QUIET)}", headers=headers)
    if answer.status == 101:
        return UpgradeSeen(Upgrade.WORKS, 101)
    return _answered(answer.status, json.dumps(answer.document)) if answer.status else UpgradeSeen(Upgrade.BROKEN)


async def keep_websocket(http: Http, seconds: float) -> Lasting | None:
    """Keep one open that says nothing; None where none opens."""
    asked = min(seconds, _MOST_QUIET_SECONDS)
    clock = asyncio.get_running_loop().time
    try:
        async with _connecting(http, QUIET) as connection:
            began = clock()
            try:
                async with asyncio.timeout(asked):
                    while True:
                        await connection.recv()
            except TimeoutError:
                return Lasting(asked)
            except ConnectionClosed:
                return Lasting(asked, cut_after=clock() - began)
    except (InvalidHandshake, ProxyError, ConnectionClosed, EOFError, OSError, TimeoutError):
        return None
