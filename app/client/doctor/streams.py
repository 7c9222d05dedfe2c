"""Event streams and polls as clients ask for them, and streams of a known pace: do they come, when, and how long?"""

from __future__ import annotations

import asyncio
from typing import Any, Final

import httpx

from app.client.doctor.asking import Asker
from app.client.doctor.listening import Ending, Heard
from app.client.doctor.observations import Lasting, Live, LiveSeen
from app.client.doctor.pacing import Pacing, Passing, pacing_of
from app.client.doctor.upgrades import PATIENCE_SECONDS, QUIET, TOGETHER_SECONDS, is_poll
from app.client.polling import PATH
from app.client.transports.sse import PAD_BYTES

STREAM: Final = "/v1/doctor/stream"
#: The measured streams: an event every 200 ms for 3 s.
_SECONDS: Final = 3.0
_PACE: Final = {"seconds": "3", "every": "0.2"}
#: Beyond its own time a stream may take so much longer to arrive.
_SPARE_SECONDS: Final = 10.0
#: A stream that is silent at first, to see when its head comes.
_LATE_FIRST_SECONDS: Final = 1.5
_MOST_POLL_SECONDS: Final = 55.0

#: How the measured streams are asked for: the method, padding, and what compression is taken.
_ASKED: Final[dict[str, tuple[str, int, str]]] = {
    "get": ("GET", 0, "identity"),
    "get, compressible": ("GET", 0, "gzip"),
    "get, unmarked": ("GET", 0, "gzip"),
    "post": ("POST", 0, "identity"),
    "get, 1.5 KB": ("GET", 1500, "identity"),
    "post, 16 KB": ("POST", PAD_BYTES, "identity"),
}
#: The one that does not ask to be passed on at once.
_UNMARKED: Final = "get, unmarked"


async def try_stream(asker: Asker, method: str, *, pad: int = 0) -> LiveSeen:
    """Ask for the real stream, and wait for its first two messages, which are sent 0.6 s apart.

    That it is held depends on how punctual this process is, and is believed when it is so twice.
    """
    seen = await _try_stream_once(asker, method, pad)
    return await _try_stream_once(asker, method, pad) if seen.outcome is Live.HELD else seen


async def _try_stream_once(asker: Asker, method: str, pad: int) -> LiveSeen:
    query: dict[str, Any] = {**QUIET, "probe": "1", "transport": "sse"}
    if pad:
        query["pad"] = pad
    arguments: dict[str, Any] = {"params": query} if method == "GET" else {"json": query}
    heard = await asker.listen(
        method, PATH, enough=lambda heard: len(heard.events_at) >= 2, patience=PATIENCE_SECONDS, **arguments
    )
    times = [at for at, _ in heard.events_at]
    if len(times) >= 2:
        held = times[1] - times[0] < TOGETHER_SECONDS
        return LiveSeen(Live.HELD if held else Live.WORKS, heard.status)
    if heard.ending is Ending.GIVEN_UP:
        return LiveSeen(Live.HELD if times else Live.MUTE, heard.status)
    if heard.ending is Ending.NO_STREAM:
        return LiveSeen(Live.REFUSED, heard.status, heard.error)
    return LiveSeen(Live.CUT, heard.status, heard.error)


async def try_poll(asker: Asker) -> LiveSeen:
    """Ask for what there is, which is answered at once."""
    answer = await asker.ask("GET", PATH, params={**QUIET, "transport": "poll", "wait": "0"})
    if answer.status == 200 and answer.document is not None and {"cursor", "messages"} <= answer.document.keys():
        return LiveSeen(Live.WORKS, 200)
    return LiveSeen(Live.REFUSED, answer.status, answer.error)


async def measure(asker: Asker) -> tuple[dict[str, Pacing], bool]:
    """How streams of a known pace come, by how they are asked for; and whether a header for buffers was taken out.

    What is held is measured again, and believed when it is so twice: a busy machine is late once.
    """

    async def one(name: str, method: str, pad: int, encoding: str) -> Heard:
        return await asker.listen(
            method,
            STREAM,
            params={**_PACE, "pad": str(pad), "unmarked": str(name == _UNMARKED).lower()},
            patience=_SECONDS + _SPARE_SECONDS,
            encoding=encoding,
        )

    heard = await asyncio.gather(*(one(name, *asked) for name, asked in _ASKED.items()))
    taken = any(
        each.status == 200 and "x-accel-buffering" not in each.headers
        for name, each in zip(_ASKED, heard, strict=True)
        if name != _UNMARKED
    )
    pacings = {name: pacing_of(each) for name, each in zip(_ASKED, heard, strict=True)}
    held = [name for name, pacing in pacings.items() if pacing.held]
    again = await asyncio.gather(*(one(name, *_ASKED[name]) for name in held))
    second = dict(zip(held, map(pacing_of, again), strict=True))
    return pacings | {name: pacing for name, pacing in second.items() if pacing.passing is Passing.AT_ONCE}, taken


async def heads_are_held(asker: Asker) -> bool:
    """Whether the head of an answer waits for the first byte of its body, believed when it does so twice."""
    return await _head_came_late(asker) and await _head_came_late(asker)


async def _head_came_late(asker: Asker) -> bool:
    heard = await asker.listen(
        "GET",
        STREAM,
        params={"seconds": str(_LATE_FIRST_SECONDS), "silent_after": "0"},
        patience=_LATE_FIRST_SECONDS + _SPARE_SECONDS,
    )
    if heard.head_at is None or not heard.bytes_at:
        return False
    return heard.head_at > 0.8 * _LATE_FIRST_SECONDS and heard.bytes_at[0][0] - heard.head_at < 0.2


async def keep_stream(asker: Asker, seconds: float, *, silent: bool) -> Lasting:
    """Keep a stream open that says nothing, or one that says something twice a second."""
    params = {"seconds": f"{seconds:g}", **({"silent_after": "0"} if silent else {"every": "0.5"})}
    heard = await asker.listen("GET", STREAM, params=params, patience=seconds + _SPARE_SECONDS)
    return Lasting(seconds, cut_after=heard.cut_after, status=heard.status)


async def keep_poll(asker: Asker, seconds: float) -> Lasting:
    """Keep a poll waiting; what is answered in time, with news or without, was not cut."""
    asked = min(seconds, _MOST_POLL_SECONDS)
    clock = asyncio.get_running_loop().time
    began = clock()
    try:
        response = await asker.client.get(
            PATH,
            params={**QUIET, "transport": "poll", "wait": f"{asked:g}"},
            timeout=httpx.Timeout(asked + _SPARE_SECONDS, connect=10.0),
        )
    except httpx.HTTPError:
        return Lasting(asked, cut_after=clock() - began)
    if response.status_code == 200 and is_poll(response.text):
        return Lasting(asked, status=200)
    asker.note(response.headers, response.text[:4096])
    took = clock() - began
    # What fails at once does not fail for its length.
    return Lasting(asked, cut_after=took if took > 1 else None, status=response.status_code)


def at_once(pacing: Pacing | None) -> bool:
    """It came as it was sent."""
    return pacing is not None and pacing.passing is Passing.AT_ONCE
