"""Which transport is tried next, and what is remembered of it."""

from __future__ import annotations

from app.client.ladder import Ladder
from app.client.memory import Memory
from app.client.way import Transport, Way

WEBSOCKET, SSE, SSE_POST, POLL = Transport.WEBSOCKET, Transport.SSE, Transport.SSE_POST, Transport.POLL


class Clock:
    """Time as the test wants it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def read(self) -> float:
        """The time now."""
        return self.now


def _ladder() -> tuple[Ladder, Clock]:
    clock = Clock()
    return Ladder(list(Transport), rest=180, clock=clock.read), clock


def test_the_best_that_has_not_failed_is_next() -> None:
    """Down, rung by rung; below the last there are only polls."""
    ladder, _ = _ladder()
    tried = []
    while rung := ladder.next():
        tried.append(rung)
        ladder.failed(rung, f"no {rung}")

    assert tried == [WEBSOCKET, SSE, SSE_POST]
    assert ladder.reason(POLL) == "no websocket; no sse; no sse-post"
    assert ladder.reason(SSE) == "no websocket"


def test_what_failed_is_tried_again_after_a_while_where_it_is_better() -> None:
    """Beside what works only what is above it; the time to wait is that of the first to be free."""
    ladder, clock = _ladder()
    ladder.failed(WEBSOCKET, "refused")
    assert ladder.next(above=SSE) is None
    assert ladder.seconds_to_next(above=SSE) == 180
    assert ladder.seconds_to_next(above=WEBSOCKET) is None

    clock.now += 180
    assert ladder.next(above=SSE) is WEBSOCKET
    assert ladder.next(above=WEBSOCKET) is None


def test_a_way_down_ends_however_long_it_takes() -> None:
    """On a slow machine all that failed first has rested before the last is tried: it has to wait for that one."""
    ladder, clock = _ladder()
    tried: list[Transport] = []
    while (rung := ladder.next()) and len(tried) < 10:
        tried.append(rung)
        clock.now += 181
        ladder.failed(rung, "mute")
    assert tried == [WEBSOCKET, SSE, SSE_POST]

    ladder.rest()
    assert ladder.next() is WEBSOCKET


def test_what_works_ends_a_way_down() -> None:
    """When it breaks, the best that has rested is next, however it fared before."""
    ladder, clock = _ladder()
    ladder.failed(WEBSOCKET, "mute")
    ladder.works(SSE)
    clock.now += 181

    assert ladder.next() is WEBSOCKET


def test_a_doubt_counts_when_it_comes_twice_in_a_short_time() -> None:
    """A cut now and then is life."""
    ladder, clock = _ladder()
    assert not ladder.may_have_failed(WEBSOCKET, "cut")
    clock.now += 181
    assert not ladder.may_have_failed(WEBSOCKET, "cut")
    assert not ladder.may_have_failed(SSE, "cut")
    assert ladder.may_have_failed(WEBSOCKET, "cut")
    assert ladder.next() is SSE


def test_what_worked_before_is_begun_with() -> None:
    """Until what is remembered expires; then what is better is tried."""
    ladder, clock = _ladder()
    ladder.begin_at(SSE, rest=100, reason="no WebSockets")
    assert ladder.next() is SSE
    assert ladder.reason(SSE) == "no WebSockets"
    clock.now += 100
    assert ladder.next(above=SSE) is WEBSOCKET

    ladder, _ = _ladder()
    ladder.begin_at(POLL, rest=100, reason="nothing")
    assert ladder.next() is None


def test_memory_is_by_origin_and_expires() -> None:
    """What is confirmed meanwhile is believed no longer for it; what fails is forgotten at once."""
    clock = Clock()
    memory = Memory(clock.read)
    memory.remember("a", SSE, poll_seconds=7.5, reason="no", ttl=300)
    assert memory.recall("b") is None
    clock.now += 200
    memory.remember("a", SSE, poll_seconds=3.75, reason="no", ttl=300)
    known = memory.recall("a")
    assert known is not None
    assert (known.transport, known.poll_seconds, memory.left("a")) == (SSE, 3.75, 100)
    clock.now += 100
    assert memory.recall("a") is None

    memory.remember("a", WEBSOCKET, poll_seconds=15, reason="", ttl=300)
    memory.forget("a")
    assert (memory.recall("a"), memory.left("a")) == (None, 0)


def test_a_way_in_words() -> None:
    """With the reason where there is one."""
    assert Way(WEBSOCKET).sentence == "Watching over a WebSocket"
    assert Way(SSE, "the way here refuses WebSockets").sentence == (
        "Watching over Server-Sent Events: the way here refuses WebSockets"
    )
