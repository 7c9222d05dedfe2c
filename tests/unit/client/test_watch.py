"""Watching a job over connections that break, stay mute, repeat themselves or leave things out."""

from __future__ import annotations

import json
import threading

import pytest

from app.client import ClientClosed, RequestRefused, ServerUnreachable, StreamLost, TransomClient
from app.client.backoff import Backoff
from app.client.position import Position
from app.client.transports.websocket import WebSocketTransport
from app.client.watch import Watch
from tests.unit.client.scripted_server import HELLO, JOB, Close, Script, ScriptedServer, said, wire

QUEUED = wire(1, "job_status", status="queued")
DONE = wire(9, "job_status", status="done")


def _watch(server: ScriptedServer, since: str = "start") -> list[str]:
    with TransomClient(server.url) as client:
        return [message.text for message in client.watch(JOB, since=since)]


def test_every_message_of_the_log_comes_as_it_was_sent() -> None:
    """The texts are those of the wire; what the connection itself says is not among them."""
    with ScriptedServer([HELLO, QUEUED, said("ping", cursor="a-1", tail=1), wire(2, progress=50), DONE]) as server:
        assert _watch(server) == [QUEUED, wire(2, progress=50), DONE]

        assert server.asked == [{"job_id": JOB, "since": "start", "heartbeat": "15"}]
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
        assert _watch(server) == [QUEUED, DONE]

        assert [asked["since"] for asked in server.asked] == ["start", "a-1"]


def test_a_gap_is_filled_from_the_log() -> None:
    """What this connection was not sent is read from the log, in its place."""
    log = [QUEUED, wire(2), wire(3), wire(4), DONE]
    gap = said("gap", **{"from": "a-2", "to": "a-3", "reason": "slow", "dropped": {"progress": 2}})
    with ScriptedServer([HELLO, QUEUED, gap, wire(4), DONE], log=log[:4]) as server:
        assert _watch(server) == log


def test_a_reset_is_told_and_begins_anew_from_the_log() -> None:
    """After a reset comes everything that the new log holds, then what the stream adds."""
    anew = [wire(1, "job_status", epoch="b", status="queued"), wire(2, epoch="b")]
    done = wire(3, "job_status", epoch="b", status="done")
    reset = said("reset", reason="epoch_changed", cursor="b-2")
    with ScriptedServer([HELLO, QUEUED, Close(1001)], [HELLO, reset, anew[1], done], log=anew) as server:
        assert _watch(server) == [QUEUED, reset, *anew, done]


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
    with ScriptedServer(*([script] * 20)) as server:
        watch = Watch(
            job_id=JOB,
            position=Position(),
            transports=[WebSocketTransport(f"{server.url}/v1/realtime", tls=None, proxies=True)],
            read_log=lambda job_id, after: iter(()),
            closing=threading.Event(),
            backoff=Backoff((0.0,) * 5),
        )
        with pytest.raises(StreamLost, match="1001"):
            list(watch.messages())

        assert len(server.asked) == 6


def test_closing_the_client_ends_a_watch() -> None:
    """Another thread can end a watch that waits to connect again."""
    with ScriptedServer([HELLO, QUEUED, Close(1001)]) as server, TransomClient(server.url) as client:
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
