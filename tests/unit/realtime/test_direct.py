"""What is written past a connection's protocol: the same messages, once and in order, whatever the transport takes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from app.realtime.connection_manager import ConnectionManager
from app.realtime.events import Filter
from app.realtime.message_types import MessageType, ProgressPayload, RealtimeMessage
from app.realtime.outgoing import WireForm
from app.realtime.subscription import Subscription
from tests.phase10.log_events import TENANT, progress, warning
from tests.phase10.recording_sink import RecordingSink, until


class Line(RecordingSink):
    """A transport that takes messages both ways into one list; `full`, it takes none directly."""

    form = WireForm.FRAMES

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes] = []
        #: Writes after which it has enough.
        self.room = 1_000_000
        self._stopped: Callable[[], None] | None = None

    def write(self, data: bytes, /) -> None:
        """See `DirectWriter.write`."""
        assert self.room > 0, "it was written to past what it takes"
        self.writes.append(data)
        self.messages.extend(unframed(data))
        self.room -= 1
        if self.room == 0 and self._stopped is not None:
            self._stopped()

    def ready(self) -> bool:
        """See `DirectWriter.ready`."""
        return self.room > 0

    def when_stopped(self, call: Callable[[], None] | None, /) -> None:
        """See `DirectWriter.when_stopped`."""
        self._stopped = call

    def abort(self) -> None:
        """See `DirectWriter.abort`."""
        raise AssertionError("nothing has stalled")


def unframed(data: bytes) -> list[dict[str, Any]]:
    """The messages of WebSocket frames, as RFC 6455 lays them out."""
    messages = []
    while data:
        assert data[0] == 0x81, "a final frame of text"
        length, begin = data[1], 2
        if length == 126:
            length, begin = int.from_bytes(data[2:4]), 4
        elif length == 127:
            length, begin = int.from_bytes(data[2:10]), 10
        messages.append(json.loads(data[begin : begin + length]))
        data = data[begin + length :]
    return messages


async def connect(manager: ConnectionManager, line: Line, **query: Any) -> Subscription:
    """A connection that waits for what comes next."""
    subscription = await manager.connect("ada", line, writer=line, **query)
    await until(lambda: subscription.lane)
    return subscription


def test_who_is_up_to_date_is_written_to_at_once() -> None:
    """What comes together leaves in one write, before anything else of the loop has a turn."""

    async def scenario() -> None:
        manager, line = ConnectionManager(), Line()
        await connect(manager, line)
        before = len(line.writes)
        manager.deliver(TENANT, [progress(1), progress(2), progress(3)])
        assert line.ids() == [f"{manager.epoch}-{seq}" for seq in (1, 2, 3)]
        assert len(line.writes) == before + 1
        await manager.close()

    asyncio.run(scenario())


def test_what_was_not_taken_directly_comes_in_order_all_the_same() -> None:
    """A transport that is full for a while: nothing is lost, doubled or out of order."""

    async def scenario() -> None:
        manager, line = ConnectionManager(), Line()
        await connect(manager, line)
        for seq in range(1, 301):
            if seq % 40 == 0:
                line.room = 15
            manager.deliver(TENANT, [progress(seq)])
            if seq % 7 == 0:
                await asyncio.sleep(0)
        await until(lambda: len(line.ids()) == 300)
        assert line.ids() == [f"{manager.epoch}-{seq}" for seq in range(1, 301)]
        await manager.close()

    asyncio.run(scenario())


def test_nothing_overtakes_what_a_connection_says_itself() -> None:
    """A message of the connection's own that waits goes out before what the hub has next."""

    async def scenario() -> None:
        manager, line = ConnectionManager(), Line()
        subscription = await connect(manager, line)
        subscription.say(RealtimeMessage(type=MessageType.PROGRESS, payload=ProgressPayload(job_id="own", progress=1)))
        manager.deliver(TENANT, [progress(1)])
        await until(lambda: len(line.ids()) == 1)
        assert [message["payload"].get("job_id") for message in line.messages[1:]] == ["own", "job-a"]
        await manager.close()

    asyncio.run(scenario())


def test_each_gets_what_it_wants() -> None:
    """Filters hold, and a connection that wanted nothing of a batch goes on with the next."""

    async def scenario() -> None:
        manager, all_of_it, warnings = ConnectionManager(), Line(), Line()
        await connect(manager, all_of_it)
        await connect(manager, warnings, wanted=Filter(types=frozenset({MessageType.WARNING})))
        manager.deliver(TENANT, [progress(1), warning(2)])
        manager.deliver(TENANT, [progress(3)])
        manager.deliver(TENANT, [warning(4)])
        assert all_of_it.ids() == [f"{manager.epoch}-{seq}" for seq in (1, 2, 3, 4)]
        assert warnings.ids() == [f"{manager.epoch}-{seq}" for seq in (2, 4)]
        await manager.close()

    asyncio.run(scenario())


def test_a_poll_is_never_written_to_directly() -> None:
    """Its answer has all that came; there is no stream to write to."""

    async def scenario() -> None:
        manager, line = ConnectionManager(), Line()
        poll = await manager.connect("ada", None, transport="poll", writer=line)
        waiting = asyncio.create_task(poll.next_batch(30))
        await asyncio.sleep(0)
        manager.deliver(TENANT, [progress(1)])
        assert [message.id for message in await waiting or []] == [f"{manager.epoch}-1"]
        assert line.writes == []
        manager.remove(poll)
        await manager.close()

    asyncio.run(scenario())
