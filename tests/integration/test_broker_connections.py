"""A worker whose connections to its broker are cut, again and again, goes on answering the bell."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil
import pytest
from redis import Redis

from tests.stack import Product, wait_until
from tests.watching import BackgroundWatcher, assert_unbroken


@pytest.mark.only_over("sqlite")
def test_worker_whose_connections_are_cut_goes_on(own_product: Callable[..., Product], sample: Path) -> None:
    """Connections that end while a job runs and between two jobs cost no job, and no message of one."""
    product = own_product()
    [server] = product.child_processes("valkey-server")
    with Redis(unix_socket_path=_socket(server)) as broker:
        for _ in range(3):
            # In the middle of a job
            job_id = product.submit(sample, plugin="sleepy", options={"ms": 5})
            watcher = BackgroundWatcher(product, job_id)
            wait_until(partial(_is_under_way, watcher), what="the job being under way")
            assert _cut(broker) > 0
            messages = watcher.finish()
            assert_unbroken(messages)
            assert messages == product.events(job_id)
            assert (messages[-1]["payload"]["status"], messages[-1]["attempt"]) == ("done", 1)

            # And while nothing runs
            assert _cut(broker) > 0
            assert product.wait(product.submit(sample, plugin="numbered"))["status"] == "done"


def _is_under_way(watcher: BackgroundWatcher) -> bool:
    return len(watcher.messages) > 20


def _socket(server: psutil.Process) -> str:
    [path] = {str(connection.laddr) for connection in server.net_connections("unix") if connection.laddr}
    return path


def _cut(broker: Redis) -> int:
    """Cut all connections but this one; how many there were."""
    kinds = ("normal", "pubsub")
    return sum(int(broker.client_kill_filter(_type=kind, skipme=True)) for kind in kinds)
