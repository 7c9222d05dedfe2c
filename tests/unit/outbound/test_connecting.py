"""What a name resolves to is checked, and what was checked is what is connected to."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from app.errors import TransomError, UrlForbiddenAddress, UrlTimeout, UrlUnreachable
from app.outbound.addresses import Address
from app.outbound.client import Outbound
from app.outbound.connecting import MAX_LOOKUPS, Resolve, SystemResolver
from app.outbound.guard import Policy
from tests.certificates import make_certificate

LOOPBACK = "127.0.0.1/32"


class Names:
    """A resolver that says something else each time; the last answer stays."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str) -> list[Address]:
        """The next answer."""
        self.asked.append(host)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if not answer:
            raise OSError("no such name")
        return [ipaddress.ip_address(text) for text in answer]


async def _with_server(
    work: Callable[[int, list[bytes]], Awaitable[None]], *, tls: ssl.SSLContext | None = None
) -> None:
    """Do something beside a server that answers each request, and notes its head."""
    heads: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=tls)
    async with server:
        await work(server.sockets[0].getsockname()[1], heads)


async def _read(outbound: Outbound, url: str, *, seconds: float = 20) -> bytes:
    try:
        async with outbound.get(url, seconds=seconds, max_bytes=100) as response:
            return b"".join([chunk async for chunk in response.chunks()])
    finally:
        await outbound.close()


def _outbound(port: int, resolve: Resolve, networks: str = LOOPBACK) -> Outbound:
    return Outbound(Policy.read(_hosts(port), networks), resolve=resolve)


def _hosts(port: int) -> str:
    """The hosts that are asked here, each by its own name: only such may be in a network that is not public."""
    names = ("images.example.com", "two.example", "nobody.example", "slow.example", "other.example", "hooks.example")
    return ",".join(f"{name}:{port}" for name in (*names, "127.0.0.1"))


def test_the_address_that_was_checked_is_the_one_that_is_connected_to() -> None:
    """A name that answers otherwise the second time gains nothing: it is asked once, and the server hears the name."""
    names = Names(["127.0.0.1"], ["127.0.0.2"])

    async def work(port: int, heads: list[bytes]) -> None:
        assert await _read(_outbound(port, names), f"http://images.example.com:{port}/x") == b"hello"
        assert names.asked == ["images.example.com"]
        assert f"Host: images.example.com:{port}".encode() in heads[0]

    asyncio.run(_with_server(work))


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.2"],
        ["127.0.0.1", "127.0.0.2"],
        ["127.0.0.1", "::1"],
        ["8.8.8.8", "169.254.169.254"],
        ["::ffff:127.0.0.2"],
        ["fe80::1%1"],
    ],
)
def test_one_forbidden_address_of_a_name_is_enough(addresses: list[str]) -> None:
    """A name is asked only where all of its addresses may be reached, and which may not is not said."""

    async def work(port: int, heads: list[bytes]) -> None:
        with pytest.raises(UrlForbiddenAddress) as refused:
            await _read(_outbound(port, Names(addresses)), f"http://images.example.com:{port}/x")
        assert not heads
        assert not any(address in refused.value.detail for address in addresses)

    asyncio.run(_with_server(work))


def test_a_name_that_only_a_pattern_fits_leads_nowhere_private() -> None:
    """Whoever owns a name says where it leads: a network that was opened for a host is open for no other."""

    async def work(port: int, heads: list[bytes]) -> None:
        outbound = Outbound(Policy.read(f"*:{port}", LOOPBACK), resolve=Names(["127.0.0.1"]))
        with pytest.raises(UrlForbiddenAddress):
            await _read(outbound, f"http://images.example.com:{port}/x")
        assert not heads

    asyncio.run(_with_server(work))


def test_a_second_address_is_tried() -> None:
    """Where nobody listens at the first address of a name, the next one is asked."""

    async def work(port: int, _: list[bytes]) -> None:
        names = Names(["127.0.0.3", "127.0.0.1"])
        assert await _read(_outbound(port, names, "127.0.0.0/8"), f"http://two.example:{port}/") == b"hello"

    asyncio.run(_with_server(work))


def test_a_name_that_nobody_knows_is_unreachable() -> None:
    """That a name can't be looked up is an error of its own kind, without the resolver's words."""

    async def work(port: int, _: list[bytes]) -> None:
        with pytest.raises(UrlUnreachable) as refused:
            await _read(_outbound(port, Names([])), f"http://nobody.example:{port}/")
        assert "no such name" not in refused.value.detail

    asyncio.run(_with_server(work))


def test_a_resolver_that_says_nothing_is_not_waited_for() -> None:
    """Looking a name up counts in the time that a request may take."""

    async def never(_: str) -> list[Address]:
        await asyncio.Event().wait()
        return []

    async def work(port: int, _: list[bytes]) -> None:
        with pytest.raises(UrlTimeout):
            await _read(_outbound(port, never), f"http://slow.example:{port}/", seconds=0.05)

    asyncio.run(_with_server(work))


def test_a_thread_that_does_not_begin_costs_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system had no thread for a while, names are looked up again afterwards."""

    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    async def work() -> None:
        resolver = SystemResolver()
        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", refuse)
            for _ in range(MAX_LOOKUPS):
                with pytest.raises(RuntimeError):
                    await resolver("localhost")
        async with asyncio.timeout(30):
            assert await resolver("localhost")

    asyncio.run(work())


def test_what_answers_over_tls_has_to_be_who_was_asked(tmp_path: Path) -> None:
    """A certificate of the bundle is believed for its own name, and for no other that leads to the same address."""
    certificate, key = make_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    names = Names(["127.0.0.1"])

    async def work(port: int, _: list[bytes]) -> None:
        def outbound(bundle: Path | None) -> Outbound:
            return Outbound(Policy.read(_hosts(port), LOOPBACK), ca_bundle=bundle, resolve=names)

        assert await _read(outbound(certificate), f"https://127.0.0.1:{port}/") == b"hello"
        for url, bundle in ((f"https://other.example:{port}/", certificate), (f"https://127.0.0.1:{port}/", None)):
            with pytest.raises(UrlUnreachable):
                await _read(outbound(bundle), url)

    asyncio.run(_with_server(work, tls=context))


def test_a_small_body_is_sent_and_its_status_heard() -> None:
    """A POST carries its body and headers, and of the answer only the status and when to come back are told."""

    async def work(port: int, heads: list[bytes]) -> None:
        outbound = _outbound(port, Names(["127.0.0.1"]))
        posted = await outbound.post(
            f"http://hooks.example:{port}/hook?x=1", headers={"X-Signature": "abc"}, body=b"{}", seconds=5
        )
        await outbound.close()
        assert (posted.status, posted.retry_after) == (200, None)
        assert heads[0].startswith(b"POST /hook?x=1 HTTP/1.1\r\n")
        assert b"x-signature: abc" in heads[0].lower()
        assert b"content-length: 2" in heads[0].lower()

    asyncio.run(_with_server(work))


def test_nothing_is_sent_to_a_host_that_is_not_listed() -> None:
    """A POST is under the same rule as a GET."""

    async def work(port: int, heads: list[bytes]) -> None:
        outbound = Outbound(Policy.read("hooks.example", LOOPBACK), resolve=Names(["127.0.0.1"]))
        with pytest.raises(TransomError) as refused:
            await outbound.post(f"http://hooks.example:{port}/", headers={}, body=b"{}", seconds=5)
        await outbound.close()
        assert refused.value.code == "URL_NOT_ALLOWED"
        assert not heads

    asyncio.run(_with_server(work))
