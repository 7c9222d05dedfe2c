"""What handlers find in `request.state`: the resources that lifespan.py opens."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from starlette.requests import Request

from app.api.breaking import Networks
from app.batches.clerk import Clerk
from app.database.engine import Database
from app.jobs.queue import JobQueue
from app.metrics import Metrics
from app.outbound.client import Outbound
from app.realtime.connection_manager import ConnectionManager
from app.realtime.event_bus import EventPublisher
from app.realtime.relay import Relay
from app.settings import Settings
from app.storage.blobs import BlobStore
from app.webhooks.deliverer import Deliverer

if TYPE_CHECKING:
    # It reads requests' forms, so what it is made of knows this file.
    from app.api.expanding import Expander


class AppState(TypedDict):
    """The resources of a web process."""

    settings: Settings
    database: Database
    blobs: BlobStore
    queue: JobQueue
    publisher: EventPublisher
    manager: ConnectionManager
    relay: Relay
    metrics: Metrics
    networks: Networks
    clerk: Clerk
    expander: Expander
    #: Fetches inputs by their addresses; None where that is not enabled.
    input_urls: Outbound | None
    #: None where webhooks are not enabled.
    deliverer: Deliverer | None
    #: The folder of the built web UI; empty or missing where it is not built.
    web_ui: Path


#: A request whose `state` is typed.
ApiRequest = Request[AppState]
