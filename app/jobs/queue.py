"""The bell: tells workers that a job waits. The message carries no job; whoever answers claims the next one.

So a bell that is lost costs nothing but a moment: the sweep rings again while jobs wait.
"""

from __future__ import annotations

import logging
import threading
from typing import Any, Final

from celery import Celery

from app.broker_address import read_broker
from app.realtime.broker_lines import let_go

logger = logging.getLogger(__name__)

RUN_NEXT_TASK: Final = "transom.run_next"
#: Seconds that a bell is worth anything; the sweep rings again.
BELL_EXPIRES_SECONDS: Final = 60


def celery_queue(namespace: str, queue: str) -> str:
    """The Celery queue behind one of ours ("cpu", "gpu")."""
    return f"{namespace}.{queue}"


class JobQueue:
    """Rings for the queues of one broker, from a thread of its own: a broker that is away delays nobody."""

    def __init__(self, broker_url: str, *, namespace: str) -> None:
        self._namespace = namespace
        address = read_broker(broker_url)
        # Each address once: kombu would try for as long as a connection may take, and whoever stops would wait for it.
        options: dict[str, Any] = {"max_retries": address.url.count(";")}
        if not broker_url.startswith("redis+socket"):
            options["socket_connect_timeout"] = 2
        self._celery = Celery("transom", broker=address.url)
        self._celery.conf.update(
            broker_use_ssl=address.tls,
            task_ignore_result=True,
            task_publish_retry=False,
            broker_connection_timeout=2,
            broker_transport_options=options,
        )
        #: The bell's thread's own; none before the first ring, and after one that failed.
        self._connection: Any = None
        #: Whether the last bell reached the broker.
        self.reached = True
        self._wanted: dict[str, int] = {}
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="bell", daemon=True)

    def start(self) -> None:
        """Begin; returns at once, also where the broker is away."""
        self._thread.start()

    def ring(self, queue: str, times: int = 1) -> None:
        """Ask for `times` more claims on a queue; never waits and never raises."""
        with self._changed:
            # More bells than any fleet has children say nothing more.
            self._wanted[queue] = min(self._wanted.get(queue, 0) + times, 1000)
            self._changed.notify()

    def close(self, timeout: float = 2.0) -> None:
        """Ring what was asked for, for at most `timeout` seconds, and end the thread."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(timeout)
        self._celery.close()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._wanted or self._closing)
                wanted, self._wanted = self._wanted, {}
            if not wanted:
                self._hang_up()
                return
            for queue, times in wanted.items():
                self._send(queue, times)

    def _send(self, queue: str, times: int) -> None:
        connection = self._connection = self._connection or self._celery.connection_for_write()
        try:
            for _ in range(times):
                self._celery.send_task(
                    RUN_NEXT_TASK,
                    args=(queue,),
                    queue=celery_queue(self._namespace, queue),
                    expires=BELL_EXPIRES_SECONDS,
                    retry=False,
                    connection=connection,
                )
            self.reached = True
        except Exception as error:  # noqa: BLE001 - whatever the broker's library raises, the sweep rings again
            # A broker that is away is away for each job; once is enough.
            logger.log(
                logging.WARNING if self.reached else logging.DEBUG,
                "The bell could not be rung; the sweep will try again: %s",
                error,
                extra={"action": "bell_failed", "queue": queue},
            )
            self.reached = False
            self._hang_up()

    def _hang_up(self) -> None:
        if self._connection is not None:
            let_go(self._connection)
            self._connection = None
