"""What a server answers costs no more than it may, whatever it is."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Awaitable, Callable

import httpcore
import pytest

from app.errors import UrlBadStatus, UrlTimeout, UrlUnreachable
from app.outbound.addresses import Address
from app.outbound.client import Outbound, Response
from app.outbound.guard import Policy, read_url


def _chunked(size: int, times: int) -> bytes:
    piece = b"%x\r\n%s\r\n" % (size, b"x" * size)
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + piece * times + b"0\r\n\r\n"


async def _asked(answer: bytes, work: Callable[[Response], Awaitable[None]]) -> None:
    """Ask a server that answers so, and do something with that."""

    async def resolve(host: str) -> list[Address]:
        if host != "asked.example":
            raise OSError("no such name")
        return [ipaddress.ip_address("127.0.0.1")]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        try:
            await writer.drain()
        except ConnectionError:
            # Whoever asked has heard enough.
            return
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        hosts = f"asked.example:{port}, inner.example"
        outbound = Outbound(Policy.read(hosts, "127.0.0.1/32"), resolve=resolve)
        try:
            url = f"http://asked.example:{port}/x.png"
            async with outbound.get(url, seconds=60, max_bytes=10_000_000) as response:
                await work(response)
        finally:
            await outbound.close()


async def _read(response: Response) -> int:
    return sum([len(chunk) async for chunk in response.chunks()])


def test_a_body_of_very_small_pieces_is_refused() -> None:
    """Each piece costs more than what is in it: nobody who sends a file sends it so."""

    async def work(response: Response) -> None:
        with pytest.raises(UrlBadStatus):
            await _read(response)

    asyncio.run(_asked(_chunked(1, 20_000), work))


def test_a_body_of_small_pieces_is_read() -> None:
    """Few very small ones, or many that are not: all of it is there."""

    for piece, times in ((1, 900), (100, 2_000)):
        sizes: list[int] = []

        async def work(response: Response, sizes: list[int] = sizes) -> None:
            sizes.append(await _read(response))

        asyncio.run(_asked(_chunked(piece, times), work))
        assert sizes == [piece * times]


def test_the_time_that_a_body_may_take_ends_amid_pieces_that_are_there() -> None:
    """Nothing of it has to be waited for, and yet it gives way: to its own deadline, and to everybody else."""

    async def pieces() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 1000

    async def work() -> None:
        deadline = asyncio.get_running_loop().time()
        answer = httpcore.Response(200, content=pieces())
        with pytest.raises(UrlTimeout):
            await _read(Response(read_url("http://a.example/"), answer, deadline=deadline, max_bytes=10_000_000))

    asyncio.run(work())


def test_what_comes_before_an_answer_has_an_end() -> None:
    """A server that says again and again that one may go on is left."""

    async def work(_: Response) -> None:
        raise AssertionError("it has no end")

    with pytest.raises(UrlUnreachable):
        asyncio.run(_asked(b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000 + _chunked(1, 1), work))


@pytest.mark.parametrize("status", ["302 Found", "307 Temporary Redirect"])
def test_what_is_told_names_what_was_asked(status: str) -> None:
    """Where a redirect led is between this server and that one."""

    async def work(_: Response) -> None:
        raise AssertionError("nobody answers there")

    with pytest.raises(UrlUnreachable) as refused:
        asyncio.run(_asked(f"HTTP/1.1 {status}\r\nLocation: http://inner.example/secret\r\n\r\n".encode(), work))

    assert "asked.example" in refused.value.detail
    assert "inner.example" not in refused.value.detail


def test_a_large_body_is_not_taken_for_what_comes_before_an_answer() -> None:
    """What is bounded ends with the head of the answer."""

    async def work(response: Response) -> None:
        assert await _read(response) == 3_000_000

    asyncio.run(_asked(_chunked(100_000, 30), work))


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("attachment; filename=a.png", "a.png"),
        ("attachment; filename*=utf-8''gr%C3%BCn.png", "grün.png"),
        ("attachment; filename*=a%00b''x", "path.png"),
        ("attachment; filename*=idna''xn--%ff", "path.png"),
        ("attachment; filename*=punycode''%ff", "path.png"),
        ("attachment; filename*=nobody''x", "x"),
        ("attachment; filename*=b; filename*0=a", "path.png"),
        (f"attachment; filename*{'9' * 5000}=x", "path.png"),
        ("attachment; filename*=unicode_escape''%5Cud800.png", "?.png"),
        ("", "path.png"),
    ],
)
def test_a_name_that_can_not_be_read_is_that_of_the_path(header: str, name: str) -> None:
    """A server may say anything; the file has a name all the same."""
    answer = httpcore.Response(200, headers=[("Content-Disposition", header)])

    response = Response(read_url("http://a.example/path.png"), answer, deadline=0, max_bytes=1)

    assert response.name == name
