"""A connection's place in the log: what it takes from the hub, what it reads itself, and what it says it has."""

from __future__ import annotations

import json

import pytest

from app.realtime.connection import CONTROL_ROOM, LAG_LIMIT, OUTBOX_LIMIT, Connection, Read, State
from app.realtime.cursor import Cursor
from app.realtime.events import EVERYTHING, Filter
from app.realtime.message_types import LOGGED, SKIPPABLE, MessageType
from app.realtime.outgoing import Outgoing, from_log
from tests.phase10.log_events import progress, warning

EPOCH = "aaaa"


def connection(*, cursor: int = 0, live: bool = True, wanted: Filter = EVERYTHING) -> Connection:
    """A connection at `cursor`."""
    return Connection(epoch=EPOCH, wanted=wanted, cursor=cursor, live=live)


def offer(to: Connection, *seqs: int, job_id: str = "job-a") -> None:
    """The hub's next events."""
    for seq in seqs:
        event = progress(seq, job_id=job_id)
        to.offer(event, from_log(event, EPOCH))


def taken(of: Connection) -> list[int]:
    """The seqs of what waits."""
    return [int(str(message.id).split("-")[1]) for message in of.take()]


def next_read(of: Connection) -> Read:
    """The page that it wants to read."""
    read = of.next_read(0)
    assert read is not None
    return read


def test_what_it_has_is_passed_over() -> None:
    """An event at or below the cursor does not come again."""
    one = connection(cursor=2)
    offer(one, 1, 2, 3, 3, 4)
    assert taken(one) == [3, 4]


def test_a_hole_makes_it_catch_up() -> None:
    """After an event that is not the next, it reads from where it was, and nothing of what was offered is lost."""
    one = connection()
    offer(one, 1, 3, 4)
    assert taken(one) == [1]
    assert one.state is State.CATCHING_UP
    assert next_read(one).after == 1


def test_a_full_backlog_makes_it_catch_up_from_its_own_cursor() -> None:
    """What did not fit is read later; what fitted stays."""
    one = connection()
    offer(one, *range(1, OUTBOX_LIMIT + 100))
    assert one.next_read(0) is None, "a page would not fit"
    assert taken(one) == list(range(1, OUTBOX_LIMIT + 1))
    assert next_read(one).after == OUTBOX_LIMIT


def test_it_is_live_again_at_the_head_and_not_before() -> None:
    """Only when it has read as far as the hub has handed out does it take from the hub again."""
    one = connection(live=False)
    one.feed(next_read(one), [progress(1), progress(2)], 2, head=3)
    offer(one, 4)
    assert taken(one) == [1, 2]
    one.feed(next_read(one), [progress(3), progress(4)], 4, head=4)
    offer(one, 4, 5)
    assert taken(one) == [3, 4, 5]


def test_what_is_not_wanted_moves_the_cursor_too() -> None:
    """The cursor covers events of other jobs, so that a quiet subscription can be resumed at little cost."""
    one = connection(wanted=Filter(job_ids=frozenset({"job-a"})))
    offer(one, 1)
    offer(one, 2, 3, job_id="job-b")
    assert one.safe_cursor == Cursor(EPOCH, 3)
    assert one.tail == 1


def test_the_past_of_a_job_comes_before_anything_newer() -> None:
    """A job that is subscribed to with its past: first the past up to where the connection stands, then the rest."""
    one = connection(cursor=10, wanted=Filter(job_ids=frozenset({"job-a"})))
    assert one.subscribe("job-b", 4)
    offer(one, 11, job_id="job-b")
    read = next_read(one)
    assert (read.after, read.through, read.wanted.job_ids) == (4, 10, frozenset({"job-b"}))
    assert one.safe_cursor == Cursor(EPOCH, 4), "resuming from further on would miss the past"
    one.feed(read, [progress(5, job_id="job-b")], 10, head=11)
    assert one.state is State.CATCHING_UP, "11 was offered meanwhile"
    read = next_read(one)
    assert (read.after, read.through) == (10, None)
    one.feed(read, [progress(11, job_id="job-b")], 11, head=11)
    assert taken(one) == [5, 11]
    assert one.next_read(0) is None


@pytest.mark.parametrize("jobs", [None, frozenset({"job-a"})])
def test_a_job_that_comes_anyway_is_not_sent_twice(jobs: frozenset[str] | None) -> None:
    """Subscribing to what is subscribed to changes nothing, whatever `since` says."""
    one = connection(cursor=10, wanted=Filter(job_ids=jobs))
    assert not one.subscribe("job-a", 0)
    assert one.state is State.LIVE


def test_after_unsubscribing_nothing_of_the_job_comes() -> None:
    """The others go on; a page that was asked for before does not count."""
    one = connection(cursor=2, live=False, wanted=Filter(job_ids=frozenset({"job-a", "job-b"})))
    read = next_read(one)
    assert one.unsubscribe("job-b")
    assert not one.expects(read)
    one.feed(next_read(one), [], 2, head=2)
    offer(one, 3, job_id="job-b")
    offer(one, 4, job_id="job-a")
    assert taken(one) == [4]


def test_a_page_of_before_a_reset_does_not_count() -> None:
    """What was read in the old life of the log is not taken for the new one's."""
    one = connection(cursor=5, live=False)
    read = next_read(one)
    one.reset("bbbb", 2, "epoch_changed", head=2)
    assert not one.expects(read)
    assert one.safe_cursor == Cursor("bbbb", 2)
    assert one.state is State.LIVE


def test_all_that_waits_is_bounded() -> None:
    """Events, a page that is being read, and the connection's own words: together they have a bound."""
    one = connection()
    word = Outgoing(progress(1).type, "{}")
    offer(one, *range(1, 2000))
    while one.say(word):
        assert one.waiting <= OUTBOX_LIMIT + CONTROL_ROOM
    one.take()
    read = next_read(one)
    while one.say(word):
        assert one.waiting <= OUTBOX_LIMIT + CONTROL_ROOM
    one.feed(read, [progress(read.after + seq + 1) for seq in range(read.limit)], 2000, head=2000)
    assert one.waiting <= OUTBOX_LIMIT + CONTROL_ROOM
    assert one.next_read(0) is None


def far_behind(*, wanted: Filter = EVERYTHING) -> Connection:
    """A connection that was live, and reads from where it is since it fell behind."""
    one = connection(cursor=10, wanted=wanted)
    one.head_moved(11)
    return one


def test_who_falls_far_behind_is_spared_what_only_shows_progress() -> None:
    """First a `gap` that names what is left out and where it can be read; then all else of that part, then the rest."""
    one = far_behind()
    head = 10 + LAG_LIMIT + 1
    count = one.next_read(head)
    assert count is not None
    assert count.skips
    assert count.wanted.types == SKIPPABLE
    one.feed_gap(count, {"frame": 4000, "progress": 900})
    (gap,) = one.take()
    assert gap.id is None, "who resumes from a gap gets what it names"
    assert json.loads(gap.text)["payload"] == {
        "from": f"{EPOCH}-11",
        "to": f"{EPOCH}-{head}",
        "reason": "too_slow",
        "dropped": {"frame": 4000, "progress": 900},
    }

    kept = one.next_read(head + 5)
    assert kept is not None
    assert not kept.skips
    assert (kept.after, kept.through) == (10, head)
    assert kept.wanted.types == LOGGED - SKIPPABLE
    one.feed(kept, [warning(500)], head, head=head + 5)
    assert taken(one) == [500]

    rest = one.next_read(head + 5)
    assert rest is not None
    assert (rest.after, rest.through, rest.wanted) == (head, None, EVERYTHING)


def test_who_is_not_so_far_behind_gets_everything() -> None:
    """Up to the limit nothing is left out."""
    read = far_behind().next_read(10 + LAG_LIMIT)
    assert read is not None
    assert not read.skips
    assert read.wanted == EVERYTHING


def test_who_asked_for_the_past_gets_all_of_it() -> None:
    """A connection that begins with an old cursor is not behind because it is slow."""
    read = connection(cursor=0, live=False).next_read(100 * LAG_LIMIT)
    assert read is not None
    assert not read.skips


def test_who_wants_nothing_that_may_be_left_out_is_spared_nothing() -> None:
    """Warnings are never skipped, however far behind their reader is."""
    read = far_behind(wanted=Filter(types=frozenset({MessageType.WARNING}))).next_read(100 * LAG_LIMIT)
    assert read is not None
    assert not read.skips
