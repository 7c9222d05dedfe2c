"""Listening to an event stream, with the time at which each byte and each event comes, and how it ends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import httpx

_CONNECT_SECONDS: Final = 10.0
_DATA: Final = "data:"


class Ending(StrEnum):
    """How listening came to an end."""

    ENDED = "ended"
    #: In the middle, by whoever is on the way.
    CUT = "cut"
    #: Enough was heard.
    STOPPED = "stopped"
    #: Too little was heard for too long.
    GIVEN_UP = "given up"
    #: There was no stream: another answer, or none.
    NO_STREAM = "no stream"


@dataclass(slots=True)
class Heard:
    """What came; times are seconds since it was asked for."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    head_at: float | None = None
    #: When bytes came, and how many there had been on the wire then.
    bytes_at: list[tuple[float, int]] = field(default_factory=list)
    events_at: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    ending: Ending = Ending.NO_STREAM
    ended_at: float = 0.0
    error: str = ""
    #: What came in the place of a stream.
    page: str = ""

    @property
    def whole(self) -> bool:
        """It ended as it should: with the event that says so."""
        return self.ending is Ending.ENDED and bool(self.events_at) and bool(self.events_at[-1][1].get("last"))

    @property
    def cut_after(self) -> float | None:
        """After how many seconds it was cut, or answered by another for its length; None where it was not."""
        gateway = self.ending is Ending.NO_STREAM and self.status in {408, 502, 504}
        broken = self.ending is Ending.CUT or (self.ending is Ending.ENDED and not self.whole)
        return self.ended_at if broken or gateway else None


async def listen(
    client: httpx.AsyncClient,
    method: str,
    path: str,
    *,
    enough: Callable[[Heard], bool] = lambda heard: False,
    patience: float,
    encoding: str = "identity",
    **arguments: Any,
) -> Heard:
    """Ask for a stream and hear it to its end, or until it is enough, or until the patience is over."""
    heard = Heard()
    clock = asyncio.get_running_loop().time
    began = clock()
    headers = {"Accept": "text/event-stream", "Accept-Encoding": encoding}
    try:
        async with (
            asyncio.timeout(patience),
            client.stream(
                method, path, headers=headers, timeout=httpx.Timeout(None, connect=_CONNECT_SECONDS), **arguments
            ) as response,
        ):
            heard.status, heard.head_at = response.status_code, clock() - began
            heard.headers = {name.lower(): value for name, value in response.headers.items()}
            if not _is_stream(response.status_code, heard.headers):
                heard.page = (await response.aread())[:4096].decode(errors="replace")
            else:
                await _hear(heard, response, lambda: clock() - began, enough)
    except TimeoutError:
        heard.ending = Ending.GIVEN_UP
    except httpx.HTTPError as error:
        heard.error = str(error) or type(error).__name__
        heard.ending = Ending.CUT if _was_open(heard, error) else Ending.NO_STREAM
    heard.ended_at = clock() - began
    return heard


async def _hear(
    heard: Heard, response: httpx.Response, now: Callable[[], float], enough: Callable[[Heard], bool]
) -> None:
    rest = ""
    async for text in response.aiter_text():
        at = now()
        heard.bytes_at.append((at, response.num_bytes_downloaded))
        *lines, rest = (rest + text).split("\n")
        for line in lines:
            if line.startswith(_DATA) and (event := _object(line[len(_DATA) :])) is not None:
                heard.events_at.append((at, event))
        if enough(heard):
            heard.ending = Ending.STOPPED
            return
    heard.ending = Ending.ENDED


def _is_stream(status: int, headers: Mapping[str, str]) -> bool:
    return status == 200 and headers.get("content-type", "").startswith("text/event-stream")


def _was_open(heard: Heard, error: httpx.HTTPError) -> bool:
    """It broke off after it had been asked for; who could not even connect was not cut."""
    return heard.head_at is not None or isinstance(error, httpx.ReadError | httpx.RemoteProtocolError)


def _object(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
