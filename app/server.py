"""The server that the web process runs in: where it may listen, how it speaks HTTP, and how it stops."""

from __future__ import annotations

import logging
import socket
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from app.addresses import is_loopback, require_loopback
from app.draining import Draining
from app.patience import KEEP_ALIVE_SECONDS, PatientHttp, PatientWebSocket
from app.settings import Settings

logger = logging.getLogger(__name__)

#: The longest message that a WebSocket's client may say, in bytes; it says pings, and the ids of jobs.
MAX_SAID_BYTES: Final = 64 * 1024
#: What a stopping server gives its requests.
SHUTDOWN_SECONDS: Final = 5


class Server(uvicorn.Server):
    """A server whose streams end before its connections do."""

    def __init__(self, config: uvicorn.Config, draining: Draining) -> None:
        super().__init__(config)
        self._draining = draining

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End every stream, then stop as any server does.

        uvicorn closes WebSockets by itself before the lifespan ends, and would wait for event streams until its
        time is over.
        """
        self._draining.drain()
        manager = self.lifespan.state.get("manager")
        if manager is not None:
            await manager.close()
        await super().shutdown(sockets)


def make_server(app: ASGIApp, settings: Settings) -> Server:
    """The server for this application; `run` serves until it is told to stop."""
    draining = Draining(app)
    config = uvicorn.Config(
        draining,
        host=settings.host,
        port=settings.port,
        # The faster class answers HTTP/1.0, which some proxies speak, in chunks that 1.0 does not know.
        http=PatientHttp,
        ws=PatientWebSocket,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        # Our own heartbeat finds a dead peer; uvicorn's would close a stalled reader with 1011 before it.
        ws_ping_interval=None,
        # It costs 60 KB a connection.
        ws_per_message_deflate=False,
        ws_max_size=MAX_SAID_BYTES,
    )
    return Server(config, draining)


def warn_of_open_address(settings: Settings) -> None:
    """Say loudly that others reach the address; raises `ConfigurationError` where that was not allowed."""
    require_loopback(settings.host, settings=settings)
    if not is_loopback(settings.host):
        logger.warning(
            "OPEN: anybody who reaches %s can submit, read and cancel jobs: there is no authentication",
            settings.host,
            extra={"action": "open_address"},
        )
