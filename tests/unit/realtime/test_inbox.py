"""What the bus brings reaches the loop whole and in order, and together where handing out takes long."""

from __future__ import annotations

import asyncio
import threading

from app.realtime.event_bus import BusBatch, Segment, merged
from app.realtime.events import LogEvent
from app.realtime.inbox import MAX_WAITING, Inbox
from app.realtime.message_types import MessageType
from tests.phase10.recording_sink import until


def _batch(seq: int, tenant: str = "default") -> BusBatch:
    event = LogEvent(tenant, seq, MessageType.JOB_STATUS, "{}", "2026-03-14T09:26:53.000Z", "job-a", 1)
    return BusBatch("0123456789abcdef", [Segment(tenant, seq, seq, [event])])


def _seqs(batches: list[BusBatch]) -> list[int]:
    return [segment.first for batch in batches for segment in batch.segments]


def test_what_comes_while_it_is_costly_goes_out_together() -> None:
    """The first goes at once; what comes before the loop can afford more goes in one hand-out, in order."""

    async def scenario() -> None:
        taken: list[list[int]] = []
        now = 0.0

        def take(batches: list[BusBatch]) -> None:
            nonlocal now
            taken.append(_seqs(batches))
            now += 3600.0

        inbox = Inbox(take, longest=7200.0, clock=lambda: now)
        inbox.open()
        inbox.put(_batch(1))
        await until(lambda: taken == [[1]])
        inbox.put(_batch(2))
        inbox.put(_batch(3))
        for _ in range(3):
            await asyncio.sleep(0)
        assert taken == [[1]]
        assert inbox
        inbox.flush()
        assert taken == [[1], [2, 3]]
        assert not inbox

    asyncio.run(scenario())


def test_what_waits_goes_out_by_itself() -> None:
    """Nobody has to ask for what waits for company: the longest wait is short."""

    async def scenario() -> None:
        taken: list[int] = []
        inbox = Inbox(lambda batches: taken.extend(_seqs(batches)), longest=0.001)
        inbox.open()
        for seq in range(1, 200):
            inbox.put(_batch(seq))
            if seq % 7 == 0:
                await asyncio.sleep(0)
        await until(lambda: taken == list(range(1, 200)))

    asyncio.run(scenario())


def test_nothing_is_lost_between_a_thread_and_the_loop() -> None:
    """A thread that puts as fast as it can, with never more than the limit waiting: each comes, once, in order."""

    async def scenario() -> None:
        taken: list[int] = []
        room = threading.Semaphore(MAX_WAITING)

        def take(batches: list[BusBatch]) -> None:
            taken.extend(_seqs(batches))
            room.release(len(batches))

        inbox = Inbox(take)
        inbox.open()

        def put_all() -> None:
            for seq in range(20_000):
                room.acquire()
                inbox.put(_batch(seq))

        await asyncio.to_thread(put_all)
        await until(lambda: len(taken) == 20_000)
        assert taken == list(range(20_000))

    asyncio.run(scenario())


def test_neighbours_are_one_segment() -> None:
    """Only what follows without a hole and is carried whole is joined; other tenants' segments may lie between."""
    large = Segment("default", 4, 9, None)
    segments = [
        *_batch(1).segments,
        *_batch(7, "other").segments,
        *_batch(2).segments,
        large,
        *_batch(10).segments,
        *_batch(12).segments,
        *_batch(13).segments,
    ]

    assert [(segment.tenant, segment.first, segment.last) for segment in merged(segments)] == [
        ("default", 1, 2),
        ("other", 7, 7),
        ("default", 4, 9),
        ("default", 10, 10),
        ("default", 12, 13),
    ]
    assert [event.seq for event in merged(segments)[0].events or ()] == [1, 2]
