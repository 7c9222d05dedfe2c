"""What a web process is made of: opened here in order, closed in reverse, handed to handlers as typed state."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path

import sqlalchemy as sa
from starlette.applications import Starlette

from app.api.breaking import Networks
from app.api.expanding import Expander
from app.api.web_ui import BUILT
from app.batches import store
from app.batches.clerk import Clerk, RollUp
from app.database.engine import Database
from app.database.lifecycle import ensure_epoch
from app.errors import ConfigurationError
from app.jobs.queue import JobQueue
from app.metrics import Metrics
from app.outbound.client import outbound_to
from app.realtime.connection_manager import ConnectionManager
from app.realtime.event_bus import EventPublisher, batch_of
from app.realtime.event_log import epoch_of
from app.realtime.events import LogEvent
from app.realtime.relay import Relay
from app.settings import Settings
from app.state import AppState
from app.storage.blobs import BlobStore
from app.webhooks.deliverer import Deliverer

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[AppState]]


def make_lifespan(settings: Settings, *, built_ui: Path = BUILT) -> Lifespan:
    """The lifespan of a web process with these settings; `built_ui` is the folder of the web UI."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[AppState]:
        if not settings.broker_url:
            raise ConfigurationError("TRANSOM_BROKER_URL must be set; `transom up` starts a broker of its own")
        async with AsyncExitStack() as stack:
            database = Database(settings.resolved_database_url)
            stack.callback(database.close)
            await database.run_write(ensure_epoch)
            blobs = BlobStore(settings.resolved_storage_url)
            publisher = EventPublisher(settings.resolved_broker_url, namespace=settings.namespace)
            publisher.start()
            stack.callback(publisher.close)
            queue = JobQueue(settings.resolved_broker_url, namespace=settings.namespace)
            queue.start()
            stack.callback(queue.close)
            manager = ConnectionManager(settings=settings)
            stack.push_async_callback(manager.close)
            relay = Relay(settings=settings, database=database, manager=manager)
            await relay.start()
            stack.push_async_callback(relay.close)
            clerk = Clerk(_roll_up(database, publisher))
            stack.push_async_callback(clerk.close)
            input_urls = outbound_to(settings.input_url_hosts, settings) if settings.input_url_hosts else None
            if input_urls is not None:
                stack.push_async_callback(input_urls.close)
            expander = Expander(
                settings=settings,
                database=database,
                blobs=blobs,
                publisher=publisher,
                queue=queue,
                clerk=clerk,
                input_urls=input_urls,
            )
            expander.start()
            stack.push_async_callback(expander.close)
            deliverer = _deliverer(settings, database)
            if deliverer is not None:
                deliverer.start()
                stack.push_async_callback(deliverer.close)
            metrics = Metrics(database=database, manager=manager, relay=relay)
            yield AppState(
                settings=settings,
                database=database,
                blobs=blobs,
                queue=queue,
                publisher=publisher,
                manager=manager,
                relay=relay,
                metrics=metrics,
                networks=Networks(),
                clerk=clerk,
                expander=expander,
                input_urls=input_urls,
                deliverer=deliverer,
                web_ui=built_ui,
            )

    return lifespan


def _deliverer(settings: Settings, database: Database) -> Deliverer | None:
    if not settings.webhook_hosts:
        return None
    outbound = outbound_to(settings.webhook_hosts, settings)
    return Deliverer(database=database, outbound=outbound, keys=settings.webhook_keys)


def _roll_up(database: Database, publisher: EventPublisher) -> RollUp:
    def count(connection: sa.Connection, tenant: str, batch_id: str) -> tuple[list[LogEvent], str]:
        return store.roll_up(connection, tenant, batch_id), epoch_of(connection)

    async def roll_up(tenant: str, batch_id: str) -> None:
        events, epoch = await database.run_write(count, tenant, batch_id)
        if events:
            publisher.publish(batch_of(epoch, events))

    return roll_up
