"""`POST /v1/demo/network`: what is done to the streams of the page that asked for it, and to nobody else's."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from secrets import token_hex
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from starlette.routing import WebSocketRoute
from starlette.types import Message, Receive, Scope, Send
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from app.api import breaking
from app.api.breaking import Habit, Networks, breakable
from app.database.schema import DEFAULT_TENANT
from app.errors import TooBusy
from tests.stack import PATIENCE_SECONDS
from tests.unit.api.web import Web, problem_of

#: How long nothing is listened to until it counts as nothing.
SILENCE_SECONDS = 1.5

# Whose stream is broken, and how, is known by the web process alone.
pytestmark = pytest.mark.only_over("sqlite")


@pytest.fixture
def session() -> str:
    """A page's own name."""
    return f"demo-{token_hex(16)}"


@pytest.fixture
def job(web: Web) -> str:
    """A job that has ended, with a log to read."""
    job_id = web.submit()
    run = web.worker.begin(job_id)
    run.progress(50)
    run.done()
    return job_id


def ask(web: Web, session: str, habit: str) -> None:
    """What the page's switch does."""
    answer = web.client.post("/v1/demo/network", json={"session_id": session, "break": habit})
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"session_id": session, "break": habit, "seconds": 600}


@contextmanager
def websocket(web: Web, **query: str) -> Iterator[ClientConnection]:
    """An open WebSocket."""
    address = f"{web.url.replace('http', 'ws', 1)}/v1/realtime?{urlencode(query)}"
    with connect(address, proxy=None, compression=None, open_timeout=PATIENCE_SECONDS, ping_timeout=None) as client:
        yield client


@contextmanager
def stream(web: Web, *, post: bool = False, **query: Any) -> Iterator[httpx.Response]:
    """An event stream."""
    how: dict[str, Any] = {"json": query} if post else {"params": query}
    with (
        httpx.Client(base_url=web.url, trust_env=False, timeout=PATIENCE_SECONDS) as client,
        client.stream(
            "POST" if post else "GET", "/v1/realtime", headers={"Accept": "text/event-stream"}, **how
        ) as answer,
    ):
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield answer


def types_of(answer: httpx.Response, count: int) -> list[str]:
    """The types of the first messages of a stream."""
    found: list[str] = []
    for line in answer.iter_lines():
        if line.startswith("data: "):
            found.append(json.loads(line.removeprefix("data: "))["type"])
            if len(found) == count:
                break
    return found


def says_hello(client: ClientConnection) -> bool:
    """Whether it does."""
    return bool(json.loads(client.recv(timeout=PATIENCE_SECONDS))["type"] == "hello")


def test_stripped_upgrades_are_refused_and_event_streams_pass(web: Web, session: str, job: str) -> None:
    """As behind a proxy that knows no upgrades."""
    ask(web, session, "strip")

    with pytest.raises(InvalidStatus), websocket(web, session_id=session):
        pass
    with stream(web, session_id=session, job_id=job, since="start", probe="1") as answer:
        assert types_of(answer, 2)[0] == "hello"
    with websocket(web, session_id=f"demo-{token_hex(16)}") as other:
        assert says_hello(other)


@pytest.mark.parametrize("post", [False, True])
def test_held_streams_begin_and_say_nothing(web: Web, session: str, job: str, post: bool) -> None:
    """By `GET` and by `POST`, padded or not; another page's stream says everything meanwhile, and a poll answers."""
    ask(web, session, "hold")

    with stream(web, post=post, session_id=session, job_id=job, since="start", pad=16384) as held:
        # Only now: a server that is slow to answer is not one that holds the answer back.
        held.request.extensions["timeout"]["read"] = SILENCE_SECONDS
        with pytest.raises(httpx.ReadTimeout):
            next(held.iter_bytes())
    with stream(web, post=post, session_id=f"demo-{token_hex(16)}", job_id=job, since="start") as other:
        assert types_of(other, 3)[0] == "hello"
    with pytest.raises(InvalidStatus), websocket(web, session_id=session):
        pass
    answer = web.client.get("/v1/realtime", params={"session_id": session, "job_id": job, "since": "start"})
    assert [message["type"] for message in answer.json()["messages"]][-1] == "job_status"


def test_what_is_held_comes_with_the_end(own_web: Callable[..., Web], session: str) -> None:
    """All of it: the client has missed nothing, it has only waited."""
    web = own_web(stream_seconds=5)
    ask(web, session, "hold")

    with stream(web, session_id=session, probe="1") as held:
        text = held.read().decode()

    kinds = [json.loads(line.removeprefix("data: "))["type"] for line in text.splitlines() if line.startswith("data: ")]
    assert kinds[:2] == ["hello", "ping"]
    assert "retry: " in text


def test_so_much_is_held_and_no_more(web: Web, session: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is longer is cut off, and nothing of it is kept."""
    monkeypatch.setattr(breaking, "MAX_HELD_BYTES", 1024)
    ask(web, session, "hold")

    with stream(web, session_id=session) as held, pytest.raises(httpx.RemoteProtocolError):
        held.read()


def test_a_mute_websocket_opens_and_says_nothing(web: Web, session: str) -> None:
    """And others' speak meanwhile."""
    ask(web, session, "mute")

    with websocket(web, session_id=session, probe="1") as mute, websocket(web, session_id="demo") as other:
        assert says_hello(other)
        mute.send('{"type": "ping", "payload": {}}')
        with pytest.raises(TimeoutError):
            mute.recv(timeout=SILENCE_SECONDS)
    with stream(web, session_id=session) as answer:
        assert types_of(answer, 1) == ["hello"]


def test_streams_are_cut_in_the_middle(web: Web, session: str) -> None:
    """Without a close frame, and without the end of the answer."""
    ask(web, session, "cut")

    with websocket(web, session_id=session) as client, stream(web, session_id=session) as answer:
        assert says_hello(client)
        with pytest.raises(ConnectionClosed) as closed:
            client.recv(timeout=PATIENCE_SECONDS)
        assert closed.value.rcvd is None
        with pytest.raises(httpx.RemoteProtocolError):
            answer.read()


def test_who_is_connected_already_is_cut_and_nobody_else(web: Web, session: str) -> None:
    """Into another network one comes without one's connections, and back as well; a poll may end."""
    with (
        websocket(web, session_id=session) as client,
        websocket(web, session_id="demo") as other,
        stream(web, session_id=session) as answer,
    ):
        assert says_hello(client)
        assert says_hello(other)
        ask(web, session, "mute")
        with pytest.raises(ConnectionClosed):
            client.recv(timeout=PATIENCE_SECONDS)
        with pytest.raises(httpx.RemoteProtocolError):
            answer.read()

        with websocket(web, session_id=session) as mute:
            ask(web, session, "none")
            with pytest.raises(ConnectionClosed):
                mute.recv(timeout=PATIENCE_SECONDS)
        with websocket(web, session_id=session) as again:
            assert says_hello(again)

        other.send('{"type": "ping", "payload": {}}')
        assert json.loads(other.recv(timeout=PATIENCE_SECONDS))["type"] == "pong"


@pytest.mark.parametrize("session_id", ["", "demo", "demo-1", f"demo-{'0' * 31}x", f"x-{'0' * 32}", 7, None])
def test_only_pages_that_nobody_can_guess_are_treated_so(web: Web, session_id: object) -> None:
    """Whoever made up a session's name of another kind can't have it broken by others."""
    problem = problem_of(web.client.post("/v1/demo/network", json={"session_id": session_id, "break": "cut"}))

    assert (problem["status"], problem["errors"][0]["field"]) == (422, "session_id")


@pytest.mark.parametrize("habit", ["", "burn", ["cut"], {}, None])
def test_it_can_break_in_four_ways(web: Web, session: str, habit: object) -> None:
    """Any other is refused."""
    problem = problem_of(web.client.post("/v1/demo/network", json={"session_id": session, "break": habit}))

    assert (problem["status"], problem["errors"][0]["field"]) == (422, "break")


def test_a_page_of_elsewhere_can_not_ask(web: Web, session: str) -> None:
    """As for whatever changes something."""
    body = {"session_id": session, "break": "cut"}
    answer = web.client.post("/v1/demo/network", json=body, headers={"Origin": "http://elsewhere.example"})

    assert answer.status_code == 403


def test_so_many_are_broken_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """One more is told to come later; whoever is among them may change, and make room."""
    networks = Networks()
    monkeypatch.setattr(breaking, "MAX_WISHES", 1)
    one, other = (DEFAULT_TENANT, "demo-1"), (DEFAULT_TENANT, "demo-2")
    networks.ask(one, Habit.CUT)

    with pytest.raises(TooBusy):
        networks.ask(other, Habit.CUT)

    networks.ask(one, Habit.HOLD)
    networks.ask(one, None)
    networks.ask(other, Habit.CUT)
    assert (networks.habit(one), networks.habit(other)) == (None, Habit.CUT)


def test_it_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """After some minutes, unless it was asked for again."""
    networks = Networks()
    monkeypatch.setattr(breaking, "WISH_SECONDS", 0)
    networks.ask((DEFAULT_TENANT, "demo-1"), Habit.CUT)

    assert networks.habit((DEFAULT_TENANT, "demo-1")) is None


def test_a_server_that_lends_no_transport_ends_them_in_order(session: str) -> None:
    """A WebSocket by a close that has clients come back."""

    async def product(_: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        while (await receive())["type"] != "websocket.disconnect":
            continue

    async def scenario() -> list[Message]:
        networks, sent = Networks(), list[Message]()
        route = WebSocketRoute("/v1/realtime", lambda _: asyncio.sleep(0))
        route.app = product
        (broken,) = breakable([route])
        assert isinstance(broken, WebSocketRoute)
        told = asyncio.Queue[Message]()
        told.put_nowait({"type": "websocket.connect"})
        accepted = asyncio.Event()

        async def send(message: Message) -> None:
            sent.append(message)
            accepted.set()

        query = f"session_id={session}".encode()
        scope = {"type": "websocket", "query_string": query, "headers": [], "state": {"networks": networks}}
        running = asyncio.ensure_future(broken.app(scope, told.get, send))
        async with asyncio.timeout(PATIENCE_SECONDS):
            await accepted.wait()
            networks.ask((DEFAULT_TENANT, session), Habit.STRIP)
            await running
        return sent

    assert asyncio.run(scenario()) == [{"type": "websocket.accept"}, {"type": "websocket.close", "code": 1012}]
