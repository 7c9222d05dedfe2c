"""Watching a job over connections that break, stay mute, repeat themselves or leave things out."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.client import (
    AsyncTransomClient,
    ClientClosed,
    RequestRefused,
    ServerUnreachable,
    StreamLost,
    TransomClient,
    Transport,
    Way,
)
from app.client.pace import Pace
from tests.stack import wait_until
from tests.unit.client.scripted_server import HELLO, JOB, Close, Retry, Script, ScriptedServer, said, wire

QUEUED = wire(1, "job_status", status="queued")
DONE = wire(9, "job_status", status="done")
PING = said("ping", cursor="a-0", tail=0)
#: Where impatience is not what is tested, no slow machine is taken for a bad way, and no real pause is waited for.
PATIENT = Pace(hello=60, ping=60, early=60, pauses=(0.01,) * 5)
#: All ways but polls, where those would tell everything before a stream could.
STREAMS = ("websocket", "sse", "sse-post")


def _watch(
    server: ScriptedServer, since: str = "start", transports: Sequence[str] = tuple(Transport), pace: Pace = PATIENT
) -> list[str]:
    with TransomClient(server.url, transports=transports, pace=pace) as client:
        return [message.text for message in client.watch(JOB, since=since)]


def test_every_message_of_the_log_comes_as_it_was_sent() -> None:
    """The texts are those of the wire; what the connection itself says is not among them."""
    with ScriptedServer([HELLO, QUEUED, said("ping", cursor="a-1", tail=1), wire(2, progress=50), DONE]) as server:
        assert _watch(server) == [QUEUED, wire(2, progress=50), DONE]

        assert server.asked == [{"job_id": JOB, "since": "start", "heartbeat": "10", "probe": "1"}]
        assert [json.loads(text)["type"] for text in server.heard] == ["pong"]


def test_a_broken_connection_goes_on_from_the_last_message() -> None:
    """After a cut, and after a polite goodbye, the same cursor continues; what comes twice is shown once."""
    with ScriptedServer(
        [HELLO, QUEUED, wire(2), Close(None)],
        [HELLO, wire(2), wire(3), Close(1012)],
        [HELLO, wire(4), DONE],
    ) as server:
        assert _watch(server) == [QUEUED, wire(2), wire(3), wire(4), DONE]

        assert [asked["since"] for asked in server.asked] == ["start", "a-2", "a-3"]


def test_a_ping_moves_the_cursor_that_is_gone_on_from() -> None:
    """Where nothing of this job was said for long, one does not go on from far back."""
    with ScriptedServer([HELLO, QUEUED, said("ping", cursor="a-7"), Close(1001)], [HELLO, DONE]) as server:
        _watch(server)

        assert [asked["since"] for asked in server.asked] == ["start", "a-7"]


def test_sse_takes_over_where_no_websocket_gets_through() -> None:
    """A refused upgrade is not the end: the same messages come as events, and go on after a cut."""
    with ScriptedServer([HELLO, QUEUED, Close(None)], [HELLO, DONE], websocket=False) as server:
        assert _watch(server, transports=STREAMS) == [QUEUED, DONE]

        assert server.transports == ["sse", "sse"]

        assert [asked["since"] for asked in server.asked] == ["start", "a-1"]


def test_a_gap_is_filled_from_the_log() -> None:
    """What this connection was not sent is read from the log, in its place."""
    log = [QUEUED, wire(2), wire(3), wire(4), DONE]
    gap = said("gap", **{"from": "a-2", "to": "a-3", "reason": "slow", "dropped": {"progress": 2}})
    with ScriptedServer([HELLO, QUEUED, gap, wire(4), DONE], log=log[:4]) as server:
        assert _watch(server, transports=STREAMS) == log


def test_a_reset_is_told_and_begins_anew_from_the_log() -> None:
    """After a reset comes everything that the new log holds, then what the stream adds."""
    anew = [wire(1, "job_status", epoch="b", status="queued"), wire(2, epoch="b")]
    done = wire(3, "job_status", epoch="b", status="done")
    reset = said("reset", reason="epoch_changed", cursor="b-2")
    with ScriptedServer([HELLO, QUEUED, Close(1001)], [HELLO, reset, anew[1], done], log=anew) as server:
        assert _watch(server, transports=STREAMS) == [QUEUED, reset, *anew, done]


def test_now_begins_at_the_snapshot() -> None:
    """`now` is the cursor at which the job's snapshot was true."""
    with ScriptedServer([HELLO, DONE]) as server:
        assert _watch(server, "now") == [DONE]

        assert server.asked[0]["since"] == "a-2"


def test_an_ended_job_is_read_from_the_log() -> None:
    """For a job that has ended no stream is opened, also where nothing is left to say."""
    with ScriptedServer(log=[QUEUED, DONE], status="done") as server:
        assert _watch(server) == [QUEUED, DONE]
        assert _watch(server, "a-9") == []

        assert server.asked == []


def test_a_malformed_message_is_passed_over() -> None:
    """Noise on the wire, and messages of other jobs, don't end a watch."""
    other = QUEUED.replace(JOB, "another")
    with ScriptedServer([HELLO, '{"type":"noise"}', other, QUEUED, said("novelty"), DONE]) as server:
        assert _watch(server) == [QUEUED, DONE]


def test_a_job_that_is_not_there_is_refused() -> None:
    """The server's own words and code reach the caller."""
    with ScriptedServer() as server, TransomClient(server.url) as client:
        with pytest.raises(RequestRefused, match="no job x") as caught:
            next(client.watch("x"))

        assert (caught.value.code, caught.value.status) == ("JOB_NOT_FOUND", 404)


def test_a_final_close_code_is_not_tried_again() -> None:
    """4000 to 4007 say that coming back changes nothing."""
    with ScriptedServer([HELLO, QUEUED, Close(4003)], [HELLO, DONE]) as server:
        with pytest.raises(RequestRefused, match="4003: as the test wants it"):
            _watch(server)

        assert len(server.asked) == 1


def test_attempts_end_when_nothing_comes_any_more() -> None:
    """Five attempts without a message are enough; a hello alone is no sign of life."""
    script: Script = [HELLO, Close(1001)]
    pace = replace(PATIENT, pauses=(0.0,) * 5)
    with ScriptedServer(*([script] * 20)) as server:
        with pytest.raises(StreamLost, match="1001"):
            _watch(server, transports=["websocket"], pace=pace)

        assert len(server.asked) == 6


def test_polls_end_when_nothing_answers_any_more() -> None:
    """Where not even polls are answered, it is said that the stream was lost."""
    with ScriptedServer() as server, TransomClient(server.url, pace=Pace(pauses=(0.0,) * 5)) as client:
        server.login_page = True
        with pytest.raises(StreamLost, match="not Transom"):
            next(client.watch(JOB))


def test_closing_the_client_ends_a_watch() -> None:
    """Another thread can end a watch that waits to connect again."""
    pace = replace(PATIENT, pauses=(60.0,) * 5)
    with ScriptedServer([HELLO, QUEUED, Close(1001)]) as server, TransomClient(server.url, pace=pace) as client:
        watching = client.watch(JOB)
        next(watching)
        closing = threading.Timer(0.1, client.close)
        closing.start()

        with pytest.raises(ClientClosed):
            next(watching)
        closing.join()


def test_what_is_not_transom_is_said() -> None:
    """A login page in the server's place is not taken for an answer."""
    with (
        ScriptedServer() as server,
        TransomClient(server.url) as client,
        pytest.raises(ServerUnreachable, match="is not Transom"),
    ):
        client.plugins()


@pytest.mark.parametrize(
    ("mute", "pace"),
    [
        ([], Pace(hello=1.0)),
        ([HELLO], Pace(hello=1.0, ping=0.6)),
        ([HELLO, PING], Pace(hello=1.0, ping=3, early=0, apart=3)),
    ],
)
def test_polls_tell_everything_where_streams_open_and_do_not_work(mute: Script, pace: Pace) -> None:
    """Mute from the start, mute after hello, or both in one lump: the messages come by polls all the while."""
    ways: list[Way] = []

    def settled(way: Way) -> None:
        ways.append(way)
        server.log.append(DONE)

    with (
        ScriptedServer(*([mute] * 6), log=[QUEUED]) as server,
        TransomClient(server.url, pace=pace) as client,
    ):
        texts = [message.text for message in client.watch(JOB, on_way=settled)]

        assert texts == [QUEUED, DONE]
        assert list(dict.fromkeys(server.transports)) == ["websocket", "sse", "sse-post"]
        assert [way.transport for way in ways] == [Transport.POLL]
        assert ways[0].sentence.startswith("Watching by long polling: WebSockets open here and stay mute; the way here")


def test_the_way_down_ends_at_polls_however_long_it_takes() -> None:
    """Where each try takes longer than what failed is left alone, as on a machine that is very busy."""
    ways: list[Transport] = []

    def settled(way: Way) -> None:
        ways.append(way.transport)
        server.log.append(DONE)

    scripts: list[Script] = [[] for _ in range(9)]
    with ScriptedServer(*scripts, log=[QUEUED]) as server:
        with TransomClient(server.url, pace=Pace(hello=1.0, climb=0.2)) as client:
            list(client.watch(JOB, on_way=settled))

        assert ways == [Transport.POLL]
        assert server.transports[:3] == ["websocket", "sse", "sse-post"]


def test_polls_that_are_answered_show_that_the_server_is_there() -> None:
    """Where the question for the tail gets no answer, what opens and stays mute is left all the same."""
    ways: list[Transport] = []

    def settled(way: Way) -> None:
        ways.append(way.transport)
        server.log.append(DONE)

    with ScriptedServer([], [], [], log=[QUEUED], tails=False) as server:
        with TransomClient(server.url, pace=Pace(hello=1.0, poll=0.1)) as client:
            list(client.watch(JOB, on_way=settled))

        assert ways == [Transport.POLL]
        assert server.transports == ["websocket", "sse", "sse-post"]


def test_a_stream_that_proves_itself_takes_over_from_polls() -> None:
    """What works is said, and why it is nothing better."""
    ways: list[Way] = []
    with (
        ScriptedServer([HELLO, PING, QUEUED, wire(2), DONE], websocket=False, log=[QUEUED]) as server,
        TransomClient(server.url, pace=PATIENT) as client,
    ):
        texts = [message.text for message in client.watch(JOB, on_way=ways.append)]

    assert texts == [QUEUED, wire(2), DONE]
    assert [way.sentence for way in ways] in (
        [],
        ["Watching over Server-Sent Events: the way here refuses WebSockets"],
    )


def test_a_stream_that_falls_silent_while_the_log_goes_on_is_left() -> None:
    """However open it looks: the tail says that something should have come."""
    ways: list[Way] = []

    def go_on(way: Way) -> None:
        ways.append(way)
        server.log.append(wire(len(ways)) if len(ways) < 2 else DONE)

    pace = replace(PATIENT, heartbeat=0.4, behind=0.1)
    with ScriptedServer([HELLO, PING]) as server:
        with TransomClient(server.url, transports=["websocket", "poll"], pace=pace) as client:
            texts = [message.text for message in client.watch(JOB, on_way=go_on)]

        assert texts == [wire(1), DONE]
    assert [way.sentence for way in ways] == [
        "Watching over a WebSocket",
        "Watching by long polling: WebSockets open here and stay mute",
    ]


def test_a_stream_that_is_cut_twice_is_left() -> None:
    """It begins well each time, and is given up all the same."""
    script: Script = [HELLO, PING, Close(None)]
    with ScriptedServer(script, script, [HELLO, PING, DONE]) as server:
        assert _watch(server, transports=STREAMS) == [DONE]

        assert server.transports == ["websocket", "websocket", "sse"]


def test_pings_that_come_in_lumps_are_not_believed() -> None:
    """The server sends them apart: a stream that brings several at once brings everything late."""
    script: Script = [HELLO, PING, PING, PING]
    pace = replace(PATIENT, heartbeat=60)
    with ScriptedServer(script, script, [HELLO, PING, DONE], websocket=False) as server:
        assert _watch(server, transports=STREAMS, pace=pace) == [DONE]

        assert server.transports == ["sse", "sse", "sse-post"]


def test_planned_ends_are_no_failure() -> None:
    """An event stream that says when to come back may end as often as it likes."""
    scripts: list[Script] = [[HELLO, PING, wire(seq), Retry(0)] for seq in range(1, 6)]
    with ScriptedServer(*scripts, [HELLO, DONE], websocket=False) as server:
        assert _watch(server, transports=STREAMS) == [*(wire(seq) for seq in range(1, 6)), DONE]

        assert server.transports == ["sse"] * 6
        assert [asked["since"] for asked in server.asked] == ["start", "a-1", "a-2", "a-3", "a-4", "a-5"]


def test_better_ways_are_tried_again_beside_the_one_that_works() -> None:
    """What was refused at first is found later, and taken without a break."""
    ways: list[Transport] = []

    def improve(way: Way) -> None:
        ways.append(way.transport)
        server.websocket = True

    pace = replace(PATIENT, climb=0.3)
    with ScriptedServer([HELLO, PING], [HELLO, PING, QUEUED, DONE], websocket=False) as server:
        with TransomClient(server.url, transports=STREAMS, pace=pace) as client:
            texts = [message.text for message in client.watch(JOB, on_way=improve)]

        assert texts == [QUEUED, DONE]
        assert server.transports == ["sse", "websocket"]


def test_what_worked_is_remembered_for_the_next_watch() -> None:
    """The second one does not begin with what failed the first time."""
    ways: list[Transport] = []

    def end(way: Way) -> None:
        ways.append(way.transport)
        server.log.append(DONE)

    with ScriptedServer([], [], [], [], [], []) as server:
        with TransomClient(server.url, pace=Pace(hello=1.0)) as client:
            for _ in range(2):
                server.log.clear()
                list(client.watch(JOB, on_way=end))

        assert ways == [Transport.POLL, Transport.POLL]
        assert server.transports == ["websocket", "sse", "sse-post"]


def test_polls_that_are_cut_become_shorter() -> None:
    """After a 504 the next one waits half as long, until one comes through."""
    with ScriptedServer(longest_poll=0.6) as server, TransomClient(server.url, transports=["poll"]) as client:

        def end() -> None:
            wait_until(lambda: len(server.waits) >= 3, what="the third poll")
            server.log.append(DONE)

        ending = threading.Thread(target=end)
        ending.start()
        assert [message.text for message in client.watch(JOB)] == [DONE]
        ending.join()

        halved = [server.waits[0] / 2**step for step in range(3)]
        assert server.waits[:3] == halved == [15, 7.5, 3.75]


def test_polls_go_by_post_where_no_get_passes() -> None:
    """A page of a proxy's that refuses a `GET` is not the last word."""
    with ScriptedServer(log=[QUEUED, DONE], gets=False) as server:
        assert _watch(server, transports=["poll"]) == [QUEUED, DONE]


def test_the_asynchronous_client_has_the_same_calls() -> None:
    """Nothing is lost where there is no thread in between; a close from elsewhere ends it."""

    async def watch_both(url: str) -> list[str]:
        async with AsyncTransomClient(url, transports=["websocket"], pace=PATIENT) as client:
            texts = [message.text async for message in client.watch(JOB)]
            watching = client.watch(JOB)
            assert (await anext(watching)).text == QUEUED
            asyncio.get_running_loop().call_later(0.1, lambda: closing.append(asyncio.create_task(client.close())))
            with pytest.raises(ClientClosed):
                await anext(watching)
            return texts

    closing: list[asyncio.Task[None]] = []
    with ScriptedServer([HELLO, QUEUED, DONE], [HELLO, QUEUED]) as server:
        assert asyncio.run(watch_both(server.url)) == [QUEUED, DONE]
