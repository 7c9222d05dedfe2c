"""What is said of event streams, by how they came."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from app.client.doctor.asking import Asker
from app.client.doctor.listening import Ending, Heard
from app.client.doctor.streams import heads_are_held

LATE = Heard(status=200, head_at=1.5, bytes_at=[(1.5, 100)], ending=Ending.ENDED, ended_at=1.5)
EARLY = Heard(status=200, head_at=0.0, bytes_at=[(1.5, 100)], ending=Ending.ENDED, ended_at=1.5)


class Scripted(Asker):
    """Hears what a test wrote down, one after the other."""

    def __init__(self, *heard: Heard) -> None:
        super().__init__(httpx.AsyncClient())
        self._heard = list(heard)

    async def listen(self, method: str, path: str, **arguments: Any) -> Heard:
        """The next."""
        del method, path, arguments
        return self._heard.pop(0)


@pytest.mark.parametrize(
    ("heard", "held"),
    [((LATE, LATE), True), ((LATE, EARLY), False), ((EARLY,), False)],
    ids=["late twice", "late once", "early"],
)
def test_heads_are_held_when_they_are_late_twice(heard: tuple[Heard, ...], held: bool) -> None:
    """A busy machine is late once, and no proxy is accused of that."""
    assert asyncio.run(heads_are_held(Scripted(*heard))) is held
