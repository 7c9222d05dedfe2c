"""This process's streams and the installation's jobs in numbers, for Prometheus. The only file that knows it.

Nothing names a tenant, a job or a user. What is of the database is the same on every web node, so a sum over nodes
would count it several times: take the maximum. It is read at most once a second, however many ask.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Final

from prometheus_client import CollectorRegistry, Metric, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

from app.database.engine import Database
from app.jobs.figures import Figures, figures
from app.realtime.connection import State
from app.realtime.connection_manager import ConnectionManager
from app.realtime.counts import Buckets
from app.realtime.relay import Relay
from app.version import VERSION

logger = logging.getLogger(__name__)

#: How old the database's numbers may be.
FRESH_SECONDS: Final = 1.0
#: How long the database may take; what this process knows by itself is told then all the same.
READ_SECONDS: Final = 3.0
#: Upper bounds of the buckets of a tool's run, in seconds.
RUN_BOUNDS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0)
#: Tools that are told apart; further ones are counted together, as `other`.
MAX_TOOLS: Final = 200
_TRANSPORTS: Final = ("websocket", "sse", "poll")
_OTHER: Final = ("other", "other")


class Metrics(Collector):
    """The numbers of one web process. All but `collect` belongs to the event loop's thread, and so does that here."""

    def __init__(self, *, database: Database, manager: ConnectionManager, relay: Relay) -> None:
        self._registry = CollectorRegistry(auto_describe=False)
        ProcessCollector(registry=self._registry)
        self._registry.register(self)
        self._database = database
        self._manager = manager
        self._relay = relay
        self._figures: Figures | None = None
        self._read_at: float | None = None
        self._reading = asyncio.Lock()
        self._failures = 0
        self._runs: dict[tuple[str, str], Buckets] = {}
        self._outcomes: Counter[tuple[str, str, str]] = Counter()

    async def refresh(self) -> None:
        """Read the database's numbers, unless they are fresh; where that fails the old ones are left out."""
        async with self._reading:
            if self._read_at is not None and time.monotonic() - self._read_at < FRESH_SECONDS:
                return
            last = self._figures.last_run if self._figures is not None else None
            try:
                async with asyncio.timeout(READ_SECONDS):
                    found = await self._database.run_read(figures, last)
            except Exception as error:  # noqa: BLE001 - a database fails in many ways, and a scrape must not
                self._failures += 1
                self._read_at = None
                logger.warning(
                    "The jobs could not be counted: %s", type(error).__name__, extra={"action": "metrics_failed"}
                )
                return
            self._figures = found
            self._read_at = time.monotonic()
            self._count_runs(found)

    def render(self, accept: str) -> tuple[bytes, str]:
        """All of it as text and its media type, in the form that an `Accept` header prefers."""
        encode, content_type = choose_encoder(accept)
        return encode(self._registry), content_type

    def collect(self) -> Iterator[Metric]:
        """Every metric, as it is now."""
        build = GaugeMetricFamily("transom_build_info", "The version that runs; always 1.", labels=["version"])
        build.add_metric([VERSION], 1)
        yield build
        yield GaugeMetricFamily(
            "transom_process_threads", "Threads of this process.", value=float(threading.active_count())
        )
        yield from self._streams()
        yield from self._bus()
        yield CounterMetricFamily(
            "transom_database_scrape_failures",
            "Times that the jobs could not be counted for these metrics.",
            value=float(self._failures),
        )
        if self._figures is not None and self._read_at is not None:
            yield from self._jobs(self._figures)
        yield from self._tools()

    def _streams(self) -> Iterator[Metric]:
        counts, manager = self._manager.counts, self._manager
        found = manager.connections()
        open_now = GaugeMetricFamily(
            "transom_connections",
            "Connections that are open on this process; one that catches up reads the log.",
            labels=["transport", "state"],
        )
        for transport in _TRANSPORTS:
            for state in State:
                open_now.add_metric([transport, state.value], found[(transport, state)])
        yield open_now
        backlogs = manager.backlogs()
        yield GaugeMetricFamily(
            "transom_backlog_messages", "Messages that wait to be written, on all connections.", value=sum(backlogs)
        )
        yield GaugeMetricFamily(
            "transom_backlog_largest_messages",
            "Messages that wait on the connection that is furthest behind.",
            value=max(backlogs, default=0),
        )
        opened = _counter("transom_connections_opened", "Connections that were opened.", "transport")
        resumed = _counter("transom_resumes", "Connections that went on from a cursor.", "transport")
        for transport in _TRANSPORTS:
            opened.add_metric([transport], counts.opened[transport])
            resumed.add_metric([transport], counts.resumed[transport])
        yield opened
        yield resumed
        closed = _counter("transom_connections_closed", "Connections that have ended, by close code.", "code")
        for code, count in sorted(counts.closed.items()):
            closed.add_metric([str(code)], count)
        yield closed
        yield CounterMetricFamily(
            "transom_connections_refused",
            "Connections that were refused at the limit.",
            value=counts.refused,
        )
        resets = _counter("transom_resets", "Cursors that could not be continued, by reason.", "reason")
        for reason, count in sorted(counts.resets.items()):
            resets.add_metric([reason], count)
        yield resets
        delivered = _counter(
            "transom_events_delivered", "Events that were handed to the connections, by where they came from.", "source"
        )
        for source in ("bus", "log"):
            delivered.add_metric([source], counts.delivered[source])
        yield delivered
        delay = HistogramMetricFamily(
            "transom_delivery_delay_seconds", "From an event's own time to its being handed to the connections."
        )
        delay.add_metric([], counts.delay.cumulative(), counts.delay.sum)
        yield delay

    def _bus(self) -> Iterator[Metric]:
        relay = self._relay
        yield GaugeMetricFamily(
            "transom_broker_subscribed", "1 while messages arrive over the broker.", value=float(relay.subscribed)
        )
        yield GaugeMetricFamily(
            "transom_relay_healthy", "1 while streams are complete; see /readyz.", value=float(relay.healthy)
        )
        age = relay.describe()["seconds_since_comparison"]
        if isinstance(age, float):
            yield GaugeMetricFamily(
                "transom_relay_comparison_age_seconds", "Since the hub was last compared with the log.", value=age
            )
        reads = _counter(
            "transom_relay_log_reads",
            "Reads of the log in the broker's place: hole, behind, or large where a batch was too large for it.",
            "reason",
        )
        for reason in ("hole", "behind", "large"):
            reads.add_metric([reason], self._manager.counts.log_reads[reason])
        yield reads

    def _jobs(self, found: Figures) -> Iterator[Metric]:
        jobs = GaugeMetricFamily(
            "transom_jobs", "Jobs by status, of the whole installation; counted up to 100000.", labels=["status"]
        )
        for status, count in found.jobs.items():
            jobs.add_metric([status], count)
        yield jobs
        oldest = GaugeMetricFamily(
            "transom_queue_age_seconds",
            "Since the oldest job that waits in a queue was submitted; 0 where none waits.",
            labels=["queue"],
        )
        for queue, seconds in found.oldest_seconds.items():
            oldest.add_metric([queue], seconds)
        yield oldest
        yield GaugeMetricFamily("transom_workers", "Workers that are there.", value=found.workers)
        processes = GaugeMetricFamily(
            "transom_worker_processes", "Tool processes that serve a queue.", labels=["queue"]
        )
        for queue, count in found.processes.items():
            processes.add_metric([queue], count)
        yield processes
        webhooks = GaugeMetricFamily(
            "transom_webhooks",
            "Webhooks that wait to be delivered, and those that were given up; counted up to 100000.",
            labels=["status"],
        )
        for status, count in found.webhooks.items():
            webhooks.add_metric([status], count)
        yield webhooks

    def _tools(self) -> Iterator[Metric]:
        runs = CounterMetricFamily(
            "transom_tool_runs",
            "Runs of tools that have ended, of the whole installation, since this process was first asked.",
            labels=["plugin", "tool", "outcome"],
        )
        for key, count in sorted(self._outcomes.items()):
            runs.add_metric(key, count)
        yield runs
        times = HistogramMetricFamily(
            "transom_tool_run_seconds",
            "How long a tool ran over one input, without decoding it; as above.",
            labels=["plugin", "tool"],
        )
        for names, buckets in sorted(self._runs.items()):
            times.add_metric(names, buckets.cumulative(), buckets.sum)
        yield times

    def _count_runs(self, found: Figures) -> None:
        for run in found.runs:
            names = (run.plugin, run.tool)
            if names not in self._runs:
                names = names if len(self._runs) < MAX_TOOLS else _OTHER
                self._runs.setdefault(names, Buckets(RUN_BOUNDS))
            self._outcomes[(*names, "failed" if run.failed else "completed")] += 1
            if run.seconds is not None:
                self._runs[names].add(run.seconds)


def _counter(name: str, meaning: str, label: str) -> CounterMetricFamily:
    return CounterMetricFamily(name, meaning, labels=[label])
