"""The readers of `fan_clients.py`, started and asked from a benchmark."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bench.fan_servers import HOST, ROOT


@contextmanager
def reading(kind: str, port: int, path: str, count: int, *mark: str) -> Iterator[Callable[[int], dict[str, Any]]]:
    """So many readers, all subscribed; what is given waits for so many deliveries and tells what there was."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.fan_clients", kind, HOST, str(port), path, str(count), *mark],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    to, of = process.stdin, process.stdout

    def told(wanted: int) -> dict[str, Any]:
        to.write(f"{wanted}\n")
        to.flush()
        return dict(json.loads(of.readline()))

    try:
        if of.readline() != "ready\n":
            raise RuntimeError("the readers did not come about")
        yield told
    finally:
        to.close()
        process.wait(timeout=60)
