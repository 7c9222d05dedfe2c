"""A Celery application with one task that does nothing; run as a program it sends so many of them."""

from __future__ import annotations

import os
import sys

from celery import Celery

app = Celery("noop", broker=os.environ.get("BENCH_BROKER"))
app.conf.update(task_ignore_result=True, broker_connection_retry_on_startup=True)


@app.task(name="noop")  # type: ignore[untyped-decorator]  # Celery has no types
def noop() -> None:
    """Do nothing."""


if __name__ == "__main__":
    for _ in range(int(sys.argv[1])):
        noop.delay()
