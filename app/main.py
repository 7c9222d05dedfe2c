"""The web process: the route table, top to bottom, and the server that it runs in."""

from __future__ import annotations

import ipaddress
import logging
import socket

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route

from app.api import analyze, docs, fleet, health, job_files, job_log, jobs, submit
from app.errors import ConfigurationError, TransomError
from app.lifespan import make_lifespan
from app.logs import configure_logging
from app.middleware import RequestContext
from app.problems import on_crash, on_http_exception, on_transom_error
from app.realtime.routes import realtime_routes
from app.settings import Settings

logger = logging.getLogger(__name__)

#: Load balancers keep idle connections for 60 s; a server that closes them earlier loses requests.
KEEP_ALIVE_SECONDS = 75
#: What a stopping server gives its requests.
SHUTDOWN_SECONDS = 5


def routes() -> list[BaseRoute]:
    """Every address of the web process."""
    return [
        Route("/v1/jobs", submit.submit_job, methods=["POST"]),
        Route("/v1/jobs", jobs.list_jobs, methods=["GET"]),
        Route("/v1/jobs/{job_id}", jobs.get_job, methods=["GET"]),
        Route("/v1/jobs/{job_id}", jobs.delete_job, methods=["DELETE"]),
        Route("/v1/jobs/{job_id}/cancel", jobs.cancel_job, methods=["POST"]),
        Route("/v1/jobs/{job_id}/result", jobs.get_result, methods=["GET"]),
        Route("/v1/jobs/{job_id}/extended", jobs.get_extended, methods=["GET"]),
        Route("/v1/jobs/{job_id}/frames", job_log.get_frames, methods=["GET"]),
        Route("/v1/jobs/{job_id}/events", job_log.get_events, methods=["GET"]),
        Route("/v1/jobs/{job_id}/input", job_files.get_input, methods=["GET"]),
        Route("/v1/jobs/{job_id}/frames/{frame_index:int}.jpg", job_files.get_preview, methods=["GET"]),
        Route("/v1/analyze", analyze.analyze, methods=["POST"]),
        Route("/v1/plugins", fleet.list_plugins, methods=["GET"]),
        Route("/v1/plugins/{plugin}", fleet.get_plugin, methods=["GET"]),
        Route("/v1/plugins/{plugin}/manifest", fleet.get_manifest, methods=["GET"]),
        Route("/v1/plugins/{plugin}/health", fleet.get_plugin_health, methods=["GET"]),
        Route("/v1/plugins/{plugin}/tools/{tool}/run", analyze.run_tool, methods=["POST"]),
        Route("/v1/devices", fleet.list_devices, methods=["GET"]),
        *realtime_routes(),
        Route("/v1/health", health.health, methods=["GET"]),
        Route("/livez", health.livez, methods=["GET"]),
        Route("/readyz", health.readyz, methods=["GET"]),
        Route("/openapi.json", docs.openapi, methods=["GET"]),
        Route("/docs", docs.docs, methods=["GET"]),
        Route("/docs/assets/{name}", docs.docs_asset, methods=["GET"]),
    ]


def create_app(settings: Settings) -> Starlette:
    """The ASGI application with these settings."""
    return Starlette(
        routes=routes(),
        middleware=[Middleware(RequestContext)],
        exception_handlers={
            TransomError: on_transom_error,
            HTTPException: on_http_exception,
            Exception: on_crash,
        },
        lifespan=make_lifespan(settings),
    )


def refuse_open_address(settings: Settings) -> None:
    """Raise `ConfigurationError` for an address that others reach, unless it was allowed in so many words."""
    if is_loopback(settings.host):
        return
    if not settings.allow_open:
        raise ConfigurationError(
            f"TRANSOM_HOST={settings.host!r} can be reached by others, and there is no authentication yet. "
            "Listen on 127.0.0.1, or set TRANSOM_ALLOW_OPEN=1 where the network is trusted."
        )
    logger.warning(
        "OPEN: anybody who reaches %s can submit, read and cancel jobs: there is no authentication",
        settings.host,
        extra={"action": "open_address"},
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def serve(settings: Settings, *, fd: int | None = None) -> None:
    """Run the web process until it is told to stop; listens on the socket `fd` where one is given.

    Raises `ConfigurationError` for an address that is not allowed.
    """
    refuse_open_address(settings)
    configure_logging(settings)
    config = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        root_path=settings.root_path,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        ws="websockets-sansio",
        # Our own heartbeat finds a dead peer; uvicorn's would close a stalled reader with 1011 before it.
        ws_ping_interval=None,
        # It costs 60 KB a connection.
        ws_per_message_deflate=False,
    )
    # uvicorn's own `fd` takes any socket for a Unix one, and asyncio then leaves TCP_NODELAY off.
    uvicorn.Server(config).run(sockets=None if fd is None else [socket.socket(fileno=fd)])
