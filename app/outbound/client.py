"""The one place from which requests go to addresses that callers name: checked, bounded, and without credentials.

Redirects are followed here, each checked like the first address. Where a proxy is set everything goes through it; it
looks names up itself, so a name's addresses are checked as they are seen from here, where they are.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import httpcore

from app.client.tls import distrust, trusting
from app.errors import (
    ConfigurationError,
    TooBusy,
    UrlBadStatus,
    UrlInvalid,
    UrlNotAllowed,
    UrlTimeout,
    UrlTooLarge,
    UrlTooManyRedirects,
    UrlUnreachable,
)
from app.outbound.connecting import GuardedBackend, Resolve, SystemResolver, checked_addresses
from app.outbound.guard import Policy, Target
from app.outbound.streams import BoundedBackend, BoundedStream
from app.outbound.turns import Turns
from app.settings import Settings
from app.version import VERSION

logger = logging.getLogger(__name__)

MAX_REDIRECTS: Final = 5
#: Requests at a time; more wait for `POOL_SECONDS`.
MAX_CONNECTIONS: Final = 64
POOL_SECONDS: Final = 10.0
#: Of them, such as a caller waits for, in all and of one host: the rest is left to what runs in the background.
MAX_WAITED_FOR: Final = 48
MAX_WAITED_FOR_A_HOST: Final = 8
CONNECT_SECONDS: Final = 10.0
#: How long the other side may say nothing.
SILENT_SECONDS: Final = 20.0
#: Pieces of a body that may be as small as they like; of more the average has to be so many bytes.
MAX_SMALL_PIECES: Final = 1000
SMALL_BYTES: Final = 64
#: Pieces after which everybody else has a turn.
PIECES_A_TURN: Final = 32
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_WHOLE: Final = frozenset({200, 203})
_NEEDS_CREDENTIALS: Final = 407


class Response:
    """An answer whose body is read as it comes."""

    def __init__(self, asked: Target, answer: httpcore.Response, *, deadline: float, max_bytes: int) -> None:
        self._asked = asked
        self._answer = answer
        self._deadline = deadline
        self._max_bytes = max_bytes

    @property
    def name(self) -> str | None:
        """What the file is called: by Content-Disposition, else by the address that was asked for first."""
        return _said_name(self._answer) or self._asked.file_name

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """The body in pieces.

        Raises `UrlTooLarge`, `UrlTimeout`, `UrlUnreachable` where it breaks off, and `UrlBadStatus` where it comes in
        very many pieces that are nearly empty.
        """
        received = 0
        pieces = aiter(self._answer.aiter_stream())
        for count in itertools.count(1):
            with _told_as_ours(self._asked):
                async with asyncio.timeout_at(self._deadline):
                    if count % PIECES_A_TURN == 0:
                        # Pieces that are there already are given without any wait, in which the time could be over.
                        await asyncio.sleep(0)
                    piece = await anext(pieces, None)
            if piece is None:
                return
            received += len(piece)
            self._require_size(received)
            if count > MAX_SMALL_PIECES and received < count * SMALL_BYTES:
                raise UrlBadStatus(f"{self._asked.authority} sends the file in too many pieces that are too small")
            yield piece

    def require_file(self) -> None:
        """Raise `UrlBadStatus` unless the answer is the file itself, `UrlTooLarge` where it is said to be too large."""
        if self._answer.status not in _WHOLE:
            raise UrlBadStatus(f"{self._asked.authority} answered {self._answer.status}")
        encoding = (_header(self._answer, b"content-encoding") or "identity").strip().lower()
        if encoding != "identity":
            raise UrlBadStatus(f"{self._asked.authority} sends the file in an encoding that was not asked for")
        announced = _header(self._answer, b"content-length") or ""
        if announced.isascii() and announced.isdigit():
            self._require_size(int(announced[:20]))

    def _require_size(self, size: int) -> None:
        if size > self._max_bytes:
            raise UrlTooLarge(
                f"The file is larger than the {self._max_bytes} bytes that this server takes",
                limit_bytes=self._max_bytes,
            )


@dataclass(frozen=True, slots=True)
class Posted:
    """How a body that was sent was answered."""

    status: int
    #: `Retry-After`, as it was said.
    retry_after: str | None


class Outbound:
    """Requests under one policy. Raises `ConfigurationError` where the bundle of certificates can't be used."""

    def __init__(
        self, policy: Policy, *, proxy: str = "", ca_bundle: Path | None = None, resolve: Resolve | None = None
    ) -> None:
        self.policy = policy
        #: Those that a caller waits for, by the host that was asked.
        self.waited_for = Turns(most=MAX_WAITED_FOR, most_a_host=MAX_WAITED_FOR_A_HOST)
        self._resolve = resolve or SystemResolver()
        try:
            tls = trusting(ca_bundle)
        except OSError as error:
            raise ConfigurationError(f"TRANSOM_CA_BUNDLE={str(ca_bundle)!r}: {error.strerror or error}") from None
        self._behind_proxy = bool(proxy)
        if proxy:
            parts = urlsplit(proxy)
            credentials = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
            self._pool: httpcore.AsyncConnectionPool = httpcore.AsyncHTTPProxy(
                f"http://{parts.netloc.rpartition('@')[2]}",
                proxy_auth=None if credentials is None else (credentials[0].encode(), credentials[1].encode()),
                ssl_context=tls,
                max_connections=MAX_CONNECTIONS,
                max_keepalive_connections=0,
                network_backend=BoundedBackend(),
            )
        else:
            self._pool = httpcore.AsyncConnectionPool(
                ssl_context=tls,
                max_connections=MAX_CONNECTIONS,
                # Each request is checked anew, and none finds a connection that has just gone.
                max_keepalive_connections=0,
                network_backend=GuardedBackend(policy, self._resolve),
            )

    async def close(self) -> None:
        """Let go of the connections."""
        await self._pool.aclose()

    @asynccontextmanager
    async def get(self, url: str, *, seconds: float, max_bytes: int) -> AsyncIterator[Response]:
        """Ask for a file, wherever redirects lead; all of it has to be read within `seconds`.

        Raises `UrlInvalid`, `UrlNotAllowed`, `UrlForbiddenAddress`, `UrlUnreachable`, `UrlTimeout`, `UrlBadStatus`,
        `UrlTooLarge`, `UrlTooManyRedirects`, `TooBusy`.
        """
        deadline = asyncio.get_running_loop().time() + seconds
        asked = target = self.policy.target(url)
        for _ in range(MAX_REDIRECTS + 1):
            answer = await self._send("GET", target, {"Accept": "*/*"}, b"", deadline, asked=asked)
            try:
                location = _header(answer, b"location")
                if answer.status not in _REDIRECTS or location is None:
                    response = Response(asked, answer, deadline=deadline, max_bytes=max_bytes)
                    response.require_file()
                    yield response
                    return
            finally:
                await answer.aclose()
            target = self._next(target, location, asked=asked)
        raise UrlTooManyRedirects(f"{asked.authority} redirects more than {MAX_REDIRECTS} times")

    async def post(self, url: str, *, headers: Mapping[str, str], body: bytes, seconds: float) -> Posted:
        """Send a small body; how it was answered, without what the answer holds. No redirect is followed.

        Raises `UrlInvalid`, `UrlNotAllowed`, `UrlForbiddenAddress`, `UrlUnreachable`, `UrlTimeout`, `TooBusy`.
        """
        deadline = asyncio.get_running_loop().time() + seconds
        target = self.policy.target(url)
        answer = await self._send("POST", target, headers, body, deadline, asked=target)
        await answer.aclose()
        return Posted(answer.status, _header(answer, b"retry-after"))

    def _next(self, target: Target, location: str, *, asked: Target) -> Target:
        """Where a redirect leads; raises what `Policy.target` raises, without the address that was not asked for."""
        try:
            found = self.policy.target(target.joined(location))
        except (UrlNotAllowed, UrlInvalid) as error:
            # Where it leads is what the other side said, and not what the caller did.
            raise type(error)(f"{asked.authority} redirects to an address that may not be asked") from None
        if target.scheme == "https" and found.scheme == "http":
            raise UrlNotAllowed(f"{asked.authority} redirects from https to http")
        return found

    async def _send(
        self,
        method: str,
        target: Target,
        headers: Mapping[str, str],
        body: bytes,
        deadline: float,
        *,
        asked: Target,
    ) -> httpcore.Response:
        own = {
            "Host": target.authority,
            "User-Agent": f"transom/{VERSION}",
            "Accept-Encoding": "identity",
            "Connection": "close",
        }
        if method != "GET":
            own["Content-Length"] = str(len(body))
        request = httpcore.Request(
            method,
            httpcore.URL(
                scheme=target.scheme,
                # A proxy is told the address as a whole.
                host=target.bracketed if self._behind_proxy else target.host,
                port=target.port,
                target=target.path,
            ),
            headers=list({**headers, **own}.items()),
            content=body,
            extensions={
                "timeout": {
                    "pool": POOL_SECONDS,
                    "connect": CONNECT_SECONDS,
                    "read": SILENT_SECONDS,
                    "write": SILENT_SECONDS,
                }
            },
        )
        with _told_as_ours(asked, target):
            async with asyncio.timeout_at(deadline):
                if self._behind_proxy:
                    await self._check_from_here(target)
                answer = await self._pool.handle_async_request(request)
        stream = answer.extensions.get("network_stream")
        if isinstance(stream, BoundedStream):
            stream.end_head()
        if self._behind_proxy and answer.status == _NEEDS_CREDENTIALS:
            await answer.aclose()
            raise UrlUnreachable("The proxy that this server asks through wants other credentials")
        return answer

    async def _check_from_here(self, target: Target) -> None:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await checked_addresses(self.policy, self._resolve, target.host, target.port)
        except OSError:
            # Behind a proxy many machines can't look up names of the outside: the proxy has its own view of them.
            logger.debug("A name is left to the proxy to look up", extra={"action": "left_to_proxy"})


def outbound_to(hosts: str, settings: Settings) -> Outbound:
    """Requests to the hosts of a setting, by the way and into the networks that the others say.

    Raises `ConfigurationError`.
    """
    policy = Policy.read(hosts, settings.private_networks)
    return Outbound(policy, proxy=settings.outbound_proxy, ca_bundle=settings.ca_bundle)


@contextmanager
def _told_as_ours(asked: Target, target: Target | None = None) -> Iterator[None]:
    """Tell what goes wrong with one kind of error, which says nothing of how things are behind the address.

    It names what the caller asked, and the log where that led.
    """
    target = target or asked
    try:
        yield
    except httpcore.PoolTimeout:
        raise TooBusy("Too many addresses are being asked at once") from None
    except (TimeoutError, httpcore.TimeoutException) as error:
        _log(target, error)
        raise UrlTimeout(f"{asked.authority} took too long") from None
    except httpcore.ProxyError as error:
        _log(target, error)
        raise UrlUnreachable(f"The proxy that this server asks through did not reach {asked.authority}") from None
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError) as error:
        _log(target, error)
        if target is asked and distrust(error) is not None:
            raise UrlUnreachable(f"{asked.authority} shows a certificate that this server does not trust") from None
        raise UrlUnreachable(f"{asked.authority} could not be reached, or broke off") from None


def _log(target: Target, error: Exception) -> None:
    """What the operator may know and a caller may not."""
    logger.info(
        "An address could not be asked: %s",
        repr(error.__cause__ or error),
        extra={"action": "outbound_failed", "host": target.authority},
    )


def _said_name(answer: httpcore.Response) -> str | None:
    """The name of Content-Disposition; None where there is none that can be read."""
    message = Message()
    try:
        message["Content-Disposition"] = _header(answer, b"content-disposition") or "attachment"
        name = message.get_filename()
    except (ValueError, TypeError, LookupError):
        # Names in parts that don't fit together, in an encoding that is none: Python's reader has no error of its own.
        return None
    return None if name is None else name.encode(errors="replace").decode()


def _header(answer: httpcore.Response, name: bytes) -> str | None:
    for key, value in answer.headers:
        if key.lower() == name:
            try:
                return value.decode("utf-8")
            except UnicodeDecodeError:
                return value.decode("latin-1")
    return None
