"""Messages from several connections, handed to one reader."""

from __future__ import annotations

import asyncio

import pytest

from app.client.delivery import WAITING, Delivery, Outdated
from app.client.message import Message, read_message
from app.client.position import Position
from tests.unit.client.scripted_server import said, wire


def _message(seq: int, epoch: str = "a") -> Message:
    return read_message(wire(seq, epoch=epoch))


def test_what_several_connections_bring_comes_once_and_in_order() -> None:
    """Whichever is first with a message hands it over."""

    async def hand() -> list[str]:
        delivery = Delivery(Position())

        async def bring(seqs: range) -> None:
            for seq in seqs:
                await delivery.hand(_message(seq), 0)
                await asyncio.sleep(0)

        await asyncio.gather(bring(range(1, 40)), bring(range(1, 60)), bring(range(1, 50)))
        return [str(item.cursor) for item in await delivery.batch() if isinstance(item, Message)]

    assert asyncio.run(hand()) == [f"a-{seq}" for seq in range(1, 60)]


def test_a_slow_reader_is_waited_for() -> None:
    """No more is kept than the limit, and the order stays."""

    async def hand() -> list[str]:
        delivery = Delivery(Position())

        async def bring() -> None:
            for seq in range(1, 3 * WAITING):
                await delivery.hand(_message(seq), 0)

        tasks = [asyncio.create_task(bring()) for _ in range(3)]
        seen: list[str] = []
        while len(seen) < 3 * WAITING - 1:
            batch = await delivery.batch()
            assert len(batch) <= WAITING
            seen += [str(item.cursor) for item in batch if isinstance(item, Message)]
            await asyncio.sleep(0)
        await asyncio.gather(*tasks)
        return seen

    assert asyncio.run(hand()) == [f"a-{seq}" for seq in range(1, 3 * WAITING)]


def test_after_a_reset_the_old_connections_are_not_heard() -> None:
    """What they still bring is of a log that is no more; a second reset of the same is not told."""

    async def hand() -> list[str]:
        delivery = Delivery(Position())
        reset = read_message(said("reset", reason="epoch_changed", cursor="b-1"))
        await delivery.hand(_message(7), 0)
        life = await delivery.begin_anew(reset, 0)
        with pytest.raises(Outdated):
            await delivery.hand(_message(8), 0)
        with pytest.raises(Outdated):
            await delivery.begin_anew(reset, 0)
        await delivery.hand(_message(1, epoch="b"), life)
        return [item.type for item in await delivery.batch() if isinstance(item, Message)]

    assert asyncio.run(hand()) == ["progress", "reset", "progress"]


def test_the_end_comes_after_all_that_was_before_it() -> None:
    """Nothing follows a job's last message; an error waits until what came before it was read."""

    async def hand() -> None:
        delivery = Delivery(Position())
        await delivery.hand(read_message(wire(1, "job_status", status="done")), 0)
        await delivery.hand(_message(2), 0)
        assert len(await delivery.batch()) == 1
        assert await delivery.batch() == []

        failing = Delivery(Position())
        await failing.hand(_message(1), 0)
        failing.fail(ValueError("as the test wants it"))
        assert len(await failing.batch()) == 1
        with pytest.raises(ValueError, match="as the test wants it"):
            await failing.batch()

    asyncio.run(hand())
