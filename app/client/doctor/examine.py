"""Examining the way to a server: all that is tried, in an order in which nothing disturbs what is measured."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from app.client.doctor.asking import Asker
from app.client.doctor.caps import find_caps
from app.client.doctor.conclusions import conclude
from app.client.doctor.introductions import introduction
from app.client.doctor.machines import distinct, machines_of_via
from app.client.doctor.observations import Observations, Reached
from app.client.doctor.reach import first_hop, reach
from app.client.doctor.report import Report
from app.client.doctor.streams import heads_are_held, keep_poll, keep_stream, measure, try_poll, try_stream
from app.client.doctor.upgrades import keep_websocket, try_plain_upgrade, try_websocket
from app.client.http import Http
from app.client.transports.sse import PAD_BYTES

#: The longest that anything is kept open, in seconds.
MOST_SECONDS = 130.0


async def examine(server: str, *, proxies: bool = True, ca_bundle: Path | None = None, seconds: float = 20.0) -> Report:
    """Find out what the way to the server does; streams are kept open for so many `seconds`, 0 leaves that out.

    Raises `ProxyUnusable`; whatever else goes wrong is in the report.
    """
    async with _http(server, proxies=proxies, ca_bundle=ca_bundle) as http:
        seen = await _observe(http, ca_bundle=ca_bundle, seconds=min(seconds, MOST_SECONDS))
    return conclude(seen)


@asynccontextmanager
async def _http(server: str, *, proxies: bool, ca_bundle: Path | None) -> AsyncIterator[Http]:
    http = Http(server, ca_bundle=ca_bundle, proxies=proxies)
    try:
        yield http
    finally:
        await http.close()


async def _observe(http: Http, *, ca_bundle: Path | None, seconds: float) -> Observations:
    asker = Asker(http.client)
    found = await reach(http, asker, ca_bundle=ca_bundle)
    server, proxy = _without_password(http.server) or "", _without_password(http.proxy)
    seen = Observations(server, proxy, seconds, found, examined_from=socket.gethostname())
    told = http.proxy is not None
    host, port = first_hop(http)
    encrypted = (http.proxy or http.server).startswith("https:")
    if found.addresses and found.connect_ms is not None:
        asker.machines += await introduction(host, port, tls=http.tls if encrypted else None, is_proxy=told)
    if found.reached is Reached.TRANSOM:
        asker.machines += machines_of_via(str(found.echo["headers"].get("via", "")), "requests arrive with")
        # What takes longest is begun first; bodies of megabytes come once nothing is measured any more.
        keeping = asyncio.ensure_future(_keep(http, asker, seen))
        try:
            await _try_ways(http, asker, seen)
            seen.caps = await find_caps(asker)
            await keeping
        finally:
            keeping.cancel()
    seen.gateway_errors, seen.requests = asker.gateway_errors, asker.requests
    seen.machines = distinct(asker.machines)
    return seen


async def _try_ways(http: Http, asker: Asker, seen: Observations) -> None:
    told_in_the_clear = http.proxy is not None and http.server.startswith("http:")
    async with asyncio.TaskGroup() as group:
        websocket = group.create_task(try_websocket(http, asker))
        plain = group.create_task(try_plain_upgrade(asker)) if told_in_the_clear else None
        sse = group.create_task(try_stream(asker, "GET"))
        sse_post = group.create_task(try_stream(asker, "POST"))
        sse_padded = group.create_task(try_stream(asker, "POST", pad=PAD_BYTES))
        poll = group.create_task(try_poll(asker))
        measured = group.create_task(measure(asker))
        heads = group.create_task(heads_are_held(asker))
    seen.websocket, seen.plain_upgrade = websocket.result(), plain.result() if plain else None
    seen.sse, seen.sse_post, seen.sse_padded = sse.result(), sse_post.result(), sse_padded.result()
    seen.poll, seen.headers_held = poll.result(), heads.result()
    seen.pacings, seen.accel_taken = measured.result()


async def _keep(http: Http, asker: Asker, seen: Observations) -> None:
    if not seen.seconds:
        return

    seen.silent, seen.busy, seen.long_poll, seen.quiet_websocket = await asyncio.gather(
        keep_stream(asker, seen.seconds, silent=True),
        keep_stream(asker, seen.seconds, silent=False),
        keep_poll(asker, seen.seconds),
        keep_websocket(http, seen.seconds),
    )


def _without_password(proxy: str | None) -> str | None:
    if proxy is None:
        return None
    parts = urlsplit(proxy)
    netloc = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, netloc, parts.path, "", ""))
