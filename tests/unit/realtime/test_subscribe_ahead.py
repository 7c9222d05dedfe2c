"""Subscribing to a job from a snapshot that is newer than what this node has handed out."""

from __future__ import annotations

from app.realtime.connection import Connection
from app.realtime.events import Filter, LogEvent
from app.realtime.outgoing import from_log
from tests.phase10.log_events import progress

EPOCH = "aaaa"


def watching_a(*, cursor: int) -> Connection:
    """A live connection that named one job."""
    return Connection(epoch=EPOCH, wanted=Filter(job_ids=frozenset({"job-a"})), cursor=cursor, live=True)


def both(first: int, last: int) -> list[LogEvent]:
    """Events of two jobs in turn: even seqs are job-a's, odd ones job-b's."""
    return [progress(seq, job_id="job-a" if seq % 2 == 0 else "job-b") for seq in range(first, last + 1)]


def taken(of: Connection) -> list[int]:
    """The seqs of what waits."""
    return [int(str(message.id).split("-")[1]) for message in of.take()]


def test_what_the_snapshot_had_does_not_come_from_the_hub() -> None:
    """A job that was read at 14 goes on after 14, though the connection stands at 10; other jobs miss nothing."""
    one = watching_a(cursor=10)
    assert one.subscribe("job-b", 14)
    for event in both(11, 18):
        one.offer(event, from_log(event, EPOCH))
    assert taken(one) == [12, 14, 15, 16, 17, 18]


def test_what_the_snapshot_had_does_not_come_from_the_log() -> None:
    """The same, where the connection reads the log itself."""
    one = watching_a(cursor=10)
    one.head_moved(18)
    assert one.subscribe("job-b", 14)
    read = one.next_read(0)
    assert read is not None
    one.feed(read, both(read.after + 1, 18), 18, head=18)
    assert taken(one) == [12, 14, 15, 16, 17, 18]
    assert one.tail == 18


def test_subscribing_again_begins_anew() -> None:
    """What was said of an earlier subscription to the same job does not count for a later one."""
    one = watching_a(cursor=10)
    assert one.subscribe("job-b", 14)
    assert one.unsubscribe("job-b")
    assert one.subscribe("job-b", None)
    for event in both(11, 14):
        one.offer(event, from_log(event, EPOCH))
    assert taken(one) == [11, 12, 13, 14]


def test_after_a_reset_everything_counts() -> None:
    """Another life of the log gives the same numbers to other events."""
    one = watching_a(cursor=10)
    assert one.subscribe("job-b", 14)
    one.reset("bbbb", 2, "epoch_changed", head=2)
    one.take()
    for event in both(3, 5):
        one.offer(event, from_log(event, "bbbb"))
    assert taken(one) == [3, 4, 5]


def test_once_it_has_caught_up_it_goes_with_the_others() -> None:
    """What the snapshot was ahead by is behind the connection one day: then it needs no looking after of its own."""
    one = watching_a(cursor=10)
    assert one.subscribe("job-b", 14)
    assert not one.follows(10)
    for event in both(11, 15):
        one.offer(event, from_log(event, EPOCH))
    one.take()
    assert one.follows(15)
