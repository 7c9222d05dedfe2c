"""What the client's tests share."""

from __future__ import annotations

import pytest

from app.client.memory import MEMORY


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port that an earlier test had is another server's now: what worked there is not known here."""
    monkeypatch.setattr(MEMORY, "_known", {})
