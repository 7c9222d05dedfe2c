"""What follows a commit: the bus is told, and the bell is rung. Neither can fail the request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, ParamSpec

import sqlalchemy as sa

from app.jobs.job import Job
from app.jobs.transitions import Moved
from app.realtime.event_bus import batch_of
from app.realtime.event_log import epoch_of
from app.realtime.events import LogEvent
from app.state import ApiRequest

P = ParamSpec("P")


async def move(
    request: ApiRequest,
    transition: Callable[Concatenate[sa.Connection, P], Moved],
    *args: P.args,
    **kwargs: P.kwargs,
) -> Job:
    """Run a transition in a transaction of its own, then publish what it appended."""
    moved: list[Moved] = []

    def change(connection: sa.Connection) -> list[LogEvent]:
        moved[:] = [transition(connection, *args, **kwargs)]
        return moved[0].events

    await commit(request, change)
    return moved[0].job


async def commit(request: ApiRequest, change: Callable[[sa.Connection], list[LogEvent]]) -> None:
    """Run a change in a transaction of its own, then publish the events that it gives."""

    def transact(connection: sa.Connection) -> tuple[list[LogEvent], str]:
        return change(connection), epoch_of(connection)

    events, epoch = await request.state["database"].run_write(transact)
    if events:
        request.state["publisher"].publish(batch_of(epoch, events))
        request.state["clerk"].note(events)
