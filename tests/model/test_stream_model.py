"""Half of the examples of the stream's promise; `test_stream_model_again.py` has the other half."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.model.stream import Stream, try_out


class First(Stream):
    """Its examples are those of its name."""


# What it drives makes threads and files by the hundred, and a busy machine takes its time over them.
@pytest.mark.timeout(600)
def test_every_message_once_and_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the bus, the readers and the database do, each client gets what it subscribed to."""
    try_out(First, tmp_path, monkeypatch)
