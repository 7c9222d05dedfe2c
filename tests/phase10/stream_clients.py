"""Clients of the running product's stream, as a user would write them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import httpx
from httpx_sse import connect_sse
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.stack import PATIENCE_SECONDS, Product

Message = dict[str, Any]
ENDED = frozenset({"done", "error", "cancelled"})


@contextmanager
def websocket(product: Product, **query: str) -> Iterator[ClientConnection]:
    """An open WebSocket."""
    with connect(
        f"{product.websocket_url}?{urlencode(query)}",
        proxy=None,
        compression=None,
        open_timeout=PATIENCE_SECONDS,
        ping_timeout=None,
    ) as client:
        yield client


def receive(client: ClientConnection) -> Message:
    """The next message."""
    return dict(json.loads(client.recv(timeout=PATIENCE_SECONDS)))


def receive_until(client: ClientConnection, last: Callable[[Message], bool]) -> list[Message]:
    """All messages up to the first of which `last` is true, that one included."""
    messages = [receive(client)]
    while not last(messages[-1]):
        messages.append(receive(client))
    return messages


def receive_until_closed(client: ClientConnection) -> list[Message]:
    """All messages until the server closes the connection."""
    messages = []
    while True:
        try:
            messages.append(receive(client))
        except ConnectionClosed:
            return messages


def ends(message: Message) -> bool:
    """Whether this message ends its job."""
    return message["type"] == "job_status" and message["payload"]["status"] in ENDED


def logged(messages: list[Message]) -> list[Message]:
    """Those that have a place in the log."""
    return [message for message in messages if "id" in message]


def sse_until(product: Product, last: Callable[[Message], bool], **query: str) -> list[tuple[str, str, Message]]:
    """Event ids, event types and messages of an event stream, up to the first of which `last` is true."""
    found = []
    url = f"{product.url}/v1/realtime?{urlencode(query)}"
    with (
        httpx.Client(timeout=PATIENCE_SECONDS, trust_env=False) as client,
        connect_sse(client, "GET", url) as source,
    ):
        for event in source.iter_sse():
            found.append((event.id, event.event, dict(json.loads(event.data))))
            if last(found[-1][2]):
                return found
    raise AssertionError("the stream ended before its time")


def poll_until(product: Product, last: Callable[[Message], bool], **query: str) -> list[Message]:
    """The messages of as many polls as it takes, up to the first of which `last` is true."""
    messages: list[Message] = []
    while not messages or not last(messages[-1]):
        answer = product.client.get("/v1/realtime", params={"wait": "10", **query})
        assert answer.status_code == 200, answer.text
        messages += answer.json()["messages"]
        query["since"] = answer.json()["cursor"]
    return messages
