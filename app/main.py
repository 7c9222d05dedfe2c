"""The web process: the route table, top to bottom, and the server that it runs in."""

from __future__ import annotations

import socket
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route

from app.api import (
    analyze,
    batches,
    breaking,
    bulk,
    demo,
    docs,
    doctor,
    exports,
    fleet,
    health,
    job_files,
    job_log,
    jobs,
    metrics,
    playback,
    retries,
    submit,
    tus,
    web_ui,
    webhooks,
)
from app.errors import TransomError
from app.lifespan import make_lifespan
from app.logs import configure_logging
from app.middleware import OwnPages, RequestContext, SubPath
from app.problems import on_http_exception, on_os_error, on_transom_error
from app.realtime.routes import realtime_routes
from app.server import make_server, warn_of_open_address
from app.settings import Settings


def routes() -> list[BaseRoute]:
    """Every address of the web process."""
    return [
        Route("/", web_ui.front, methods=["GET"]),
        Route("/v1/jobs", submit.submit_job, methods=["POST"]),
        Route("/v1/jobs", jobs.list_jobs, methods=["GET"]),
        Route("/v1/jobs/cancel", bulk.cancel_jobs, methods=["POST"]),
        Route("/v1/jobs/purge", bulk.purge_jobs, methods=["POST"]),
        Route("/v1/jobs/retry", bulk.retry_jobs, methods=["POST"]),
        Route("/v1/jobs/{job_id}", jobs.get_job, methods=["GET"]),
        Route("/v1/jobs/{job_id}", jobs.delete_job, methods=["DELETE"]),
        Route("/v1/jobs/{job_id}/cancel", jobs.cancel_job, methods=["POST"]),
        Route("/v1/jobs/{job_id}/purge", jobs.purge_job, methods=["POST"]),
        Route("/v1/jobs/{job_id}/retry", retries.retry_job, methods=["POST"]),
        Route("/v1/jobs/{job_id}/result", jobs.get_result, methods=["GET"]),
        Route("/v1/jobs/{job_id}/extended", jobs.get_extended, methods=["GET"]),
        Route("/v1/jobs/{job_id}/frames", job_log.get_frames, methods=["GET"]),
        Route("/v1/jobs/{job_id}/events", job_log.get_events, methods=["GET"]),
        Route("/v1/jobs/{job_id}/input", job_files.get_input, methods=["GET"]),
        Route("/v1/jobs/{job_id}/frames/{frame_index:int}.jpg", job_files.get_preview, methods=["GET"]),
        Route("/v1/jobs/{job_id}/thumbnail", job_files.get_thumbnail, methods=["GET"]),
        Route("/v1/jobs/{job_id}/playback", playback.get_playback, methods=["GET"]),
        Route("/v1/jobs/{job_id}/export", exports.export_job, methods=["GET"]),
        Route("/v1/jobs/{job_id}/previews", job_files.get_previews, methods=["GET"]),
        *tus.tus_routes(),
        Route("/v1/batches", batches.submit_batch, methods=["POST"]),
        Route("/v1/batches", batches.list_batches, methods=["GET"]),
        Route("/v1/batches/{batch_id}", batches.get_batch, methods=["GET"]),
        Route("/v1/batches/{batch_id}", batches.delete_batch, methods=["DELETE"]),
        Route("/v1/batches/{batch_id}/items", batches.list_items, methods=["GET"]),
        Route("/v1/batches/{batch_id}/export", exports.export_batch, methods=["GET"]),
        Route("/v1/batches/{batch_id}/cancel", batches.cancel_batch, methods=["POST"]),
        Route("/v1/batches/{batch_id}/retry", batches.retry_batch, methods=["POST"]),
        Route("/v1/batches/{batch_id}/purge", batches.purge_batch, methods=["POST"]),
        Route("/v1/webhooks", webhooks.list_webhooks, methods=["GET"]),
        Route("/v1/webhooks/replay", webhooks.replay_webhooks, methods=["POST"]),
        Route("/v1/webhooks/{webhook_id}", webhooks.get_webhook, methods=["GET"]),
        Route("/v1/webhooks/{webhook_id}/replay", webhooks.replay_webhook, methods=["POST"]),
        Route("/v1/demo", demo.submit_demo, methods=["POST"]),
        Route("/v1/demo/network", demo.break_network, methods=["POST"]),
        Route("/v1/analyze", analyze.analyze, methods=["POST"]),
        Route("/v1/plugins", fleet.list_plugins, methods=["GET"]),
        Route("/v1/plugins/{plugin}", fleet.get_plugin, methods=["GET"]),
        Route("/v1/plugins/{plugin}/manifest", fleet.get_manifest, methods=["GET"]),
        Route("/v1/plugins/{plugin}/health", fleet.get_plugin_health, methods=["GET"]),
        Route("/v1/plugins/{plugin}/tools/{tool}/run", analyze.run_tool, methods=["POST"]),
        Route("/v1/devices", fleet.list_devices, methods=["GET"]),
        *breaking.breakable(realtime_routes()),
        Route("/v1/doctor", doctor.doctor, methods=list(doctor.METHODS)),
        Route("/v1/doctor/stream", doctor.doctor_stream, methods=["GET", "POST"]),
        Route("/v1/health", health.health, methods=["GET"]),
        Route("/livez", health.livez, methods=["GET"]),
        Route("/readyz", health.readyz, methods=["GET"]),
        Route("/metrics", metrics.metrics, methods=["GET"]),
        Route("/openapi.json", docs.openapi, methods=["GET"]),
        Route("/docs", docs.docs, methods=["GET"]),
        Route("/docs/errors", docs.errors, methods=["GET"]),
        Route("/docs/assets/{name}", docs.docs_asset, methods=["GET"]),
    ]


def create_app(settings: Settings, *, built_ui: Path = web_ui.BUILT) -> Starlette:
    """The ASGI application with these settings; it serves the web UI that lies in `built_ui`."""
    middleware = [Middleware(RequestContext), Middleware(OwnPages)]
    if settings.public_path:
        middleware.insert(0, Middleware(SubPath, root_path=settings.public_path))
    table = routes()
    app = Starlette(
        routes=table,
        middleware=middleware,
        exception_handlers={
            TransomError: on_transom_error,
            HTTPException: on_http_exception,
            OSError: on_os_error,
        },
        lifespan=make_lifespan(settings, built_ui=built_ui),
    )
    # It would name an address that is true before the proxy only.
    app.router.redirect_slashes = False
    # Not a route: one that takes every path would hide which methods the others take.
    app.router.default = web_ui.pages_elsewhere(
        frozenset(route.path.split("/")[1] for route in table if isinstance(route, Route)) - {""}
    )
    return app


def serve(settings: Settings, *, fd: int | None = None) -> None:
    """Run the web process until it is told to stop; listens on the socket `fd` where one is given.

    Raises `ConfigurationError` for an address that is not allowed.
    """
    configure_logging(settings)
    warn_of_open_address(settings)
    # uvicorn's own `fd` takes any socket for a Unix one, and asyncio then leaves TCP_NODELAY off.
    make_server(create_app(settings), settings).run(sockets=None if fd is None else [socket.socket(fileno=fd)])
