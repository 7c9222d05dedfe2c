"""The Celery application of a worker, and `python -m tasks.celery_app`, which runs it.

The message that a task is sent with carries no job (see run_next.py), so none of Celery's ways to keep, retry or
revoke a message matter here: a message that is lost is rung for again by the sweep.
"""

from __future__ import annotations

import logging
from typing import Any, Final

from celery import Celery, signals
from celery.worker import state

from app.broker_address import read_broker
from app.jobs.queue import celery_queue
from app.logs import configure_logging
from app.settings import Settings, load_settings
from tasks.announcer import Announcer
from tasks.devices import served_queues
from tasks.orphans import adopt

logger = logging.getLogger(__name__)

DEFAULT_QUEUE: Final = "cpu"


def make_celery(settings: Settings) -> Celery:
    """The application as these settings want it."""
    broker = read_broker(settings.resolved_broker_url) if settings.broker_url else None
    celery = Celery("transom", broker=broker.url if broker else None, include=["tasks.run_next"])
    celery.conf.update(
        broker_use_ssl=broker.tls if broker else False,
        # Spawned children share no lock, thread or GPU context with their parent.
        worker_pool="prefork",
        worker_pool_start_method="spawn",
        worker_concurrency=settings.child_processes,
        # A spawned child imports the vision libraries before it says that it is up; the default of 4 s is tight.
        worker_proc_alive_timeout=60.0,
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        task_ignore_result=True,
        task_default_queue=celery_queue(settings.namespace, DEFAULT_QUEUE),
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
    )
    return celery


celery_app = make_celery(load_settings())


@signals.setup_logging.connect  # type: ignore[untyped-decorator]  # Celery has no types
def _set_up_logging(**_: Any) -> None:
    configure_logging(load_settings())


def _busy() -> dict[str, int]:
    return {request.id: request.worker_pid for request in list(state.active_requests) if request.worker_pid}


def main() -> None:
    """Run the worker that the environment names, until SIGTERM."""
    settings = load_settings()
    configure_logging(settings)
    queues = served_queues(settings)
    adopt()
    announcer = Announcer(settings, queues, busy=_busy)
    signals.worker_ready.connect(lambda **_: announcer.start(), weak=False)
    signals.worker_shutting_down.connect(lambda **_: announcer.drain(), weak=False)
    celery_app.worker_main(
        [
            "--quiet",
            "worker",
            f"--queues={','.join(celery_queue(settings.namespace, queue) for queue in queues)}",
            f"--hostname={settings.worker_id or 'worker'}",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
            f"--loglevel={settings.log_level}",
        ]
    )


if __name__ == "__main__":
    main()
