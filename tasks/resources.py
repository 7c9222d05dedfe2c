"""What the processes of a worker are made of: opened here in order, closed in reverse."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from app.database.engine import Database
from app.errors import ConfigurationError
from app.jobs.queue import JobQueue
from app.realtime.event_bus import EventPublisher
from app.settings import Settings, load_settings
from app.storage.blobs import BlobStore
from plugins.registry import PluginRegistry
from tasks.link import Link


@dataclass(frozen=True, slots=True, kw_only=True)
class ScribeResources:
    """What the scribe works with."""

    settings: Settings
    database: Database
    publisher: EventPublisher
    queue: JobQueue
    blobs: BlobStore


@contextmanager
def open_scribe_resources(settings: Settings) -> Iterator[ScribeResources]:
    """Open the scribe's database, bus and bell; raises `ConfigurationError` where a setting is missing."""
    for name in ("broker_url", "scribe_socket", "worker_id"):
        if not getattr(settings, name):
            raise ConfigurationError(f"TRANSOM_{name.upper()} must be set: start workers with `transom worker`")
    with ExitStack() as stack:
        # The scribe has one thread of transactions; reads of its own it has none.
        database = Database(settings.resolved_database_url, read_threads=1)
        stack.callback(database.close)
        publisher = EventPublisher(settings.resolved_broker_url, namespace=settings.namespace)
        publisher.start()
        stack.callback(publisher.close)
        queue = JobQueue(settings.resolved_broker_url, namespace=settings.namespace)
        queue.start()
        stack.callback(queue.close)
        blobs = BlobStore(settings.resolved_storage_url)
        yield ScribeResources(settings=settings, database=database, publisher=publisher, queue=queue, blobs=blobs)


class ChildResources:
    """What a child of the worker works with: the plugins, the blobs, and the way to the scribe."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.registry = PluginRegistry.load(extra=settings.plugin_classes)
        self.blobs = BlobStore(settings.resolved_storage_url)
        #: Makes the previews, beside the tool.
        self.preview_maker = ThreadPoolExecutor(1, "previews")
        self._link: Link | None = None

    def link(self) -> Link:
        """The connection to the scribe, made anew where it was lost; raises `ScribeLost`."""
        if self._link is None or self._link.lost:
            self._link = Link(self.settings.scribe_socket)
        return self._link


def open_child_resources() -> ChildResources:
    """What the environment names; they live as long as the process."""
    return ChildResources(load_settings())
